//! The steps of `clients/README.md` with librdkafka.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{bail, ensure};

use crate::data::{self, CODECS, Record};
use crate::librdkafka::{Reading, Sending, create_topic};
use crate::transactions::Transactions;

const DEADLINE: Duration = Duration::from_secs(60);

/// One run of the program: what its command line said, and what a step leaves for the next.
#[derive(Debug)]
pub struct Steps {
    bootstrap: String,
    topic: String,
    group: String,
    count: usize,
    start: i64,
    first: Option<Reading>,
}

impl Steps {
    /// A run against a server; `name` names the topic and the group.
    pub fn new(bootstrap: &str, name: &str, count: usize) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            bootstrap: bootstrap.to_owned(),
            topic: name.to_owned(),
            group: format!("{name}-group"),
            count,
            start: now.as_millis() as i64,
            first: None,
        }
    }

    /// Names of the steps of a verb; `None` for an unknown verb.
    pub fn of(verb: &str) -> Option<&'static [&'static str]> {
        match verb {
            "before" => Some(&[
                "create",
                "produce",
                "consume",
                "group",
                "commit",
                "idempotent",
                "transactions",
            ]),
            "after" => Some(&[
                "committed",
                "resume",
                "reread",
                "idempotent again",
                "transactions again",
            ]),
            _ => None,
        }
    }

    /// Runs a step; the text says what was seen.
    pub async fn run(&mut self, step: &str) -> anyhow::Result<String> {
        match step {
            "create" => {
                create_topic(&self.bootstrap, &self.topic, 2).await?;
                Ok(format!("{} with 2 partitions", self.topic))
            }
            "produce" => self.produce(),
            "consume" => self.expect_all(true),
            "group" => self.join(),
            "commit" => self.commit(),
            "idempotent" => {
                create_topic(&self.bootstrap, &self.idempotent_topic(), 2).await?;
                self.idempotent(1)
            }
            "committed" => self.committed(),
            "resume" => self.resume(),
            "reread" => self.expect_all(false),
            "idempotent again" => self.idempotent(2),
            "transactions" => self.transactions().before().await,
            "transactions again" => self.transactions().after(),
            _ => bail!("no step {step:?}"),
        }
    }

    fn transactions(&self) -> Transactions<'_> {
        Transactions {
            bootstrap: &self.bootstrap,
            name: &self.topic,
            count: self.count,
        }
    }

    fn idempotent_topic(&self) -> String {
        format!("{}-idem", self.topic)
    }

    fn produce(&self) -> anyhow::Result<String> {
        for codec in CODECS {
            let records: Vec<Record> = (0..self.count)
                .map(|i| data::record(codec, i, self.start))
                .collect();
            send(
                &self.bootstrap,
                &self.topic,
                &[("compression.type", codec), ("linger.ms", "5")],
                &records,
            )?;
        }
        Ok(format!(
            "{} records, codecs {CODECS:?}",
            CODECS.len() * self.count
        ))
    }

    fn wanted(&self) -> [Vec<Record>; 2] {
        [0, 1].map(|number| data::partition(number, &CODECS, self.count, self.start))
    }

    fn expect_all(&self, timestamps: bool) -> anyhow::Result<String> {
        let reading = Reading::all(&self.bootstrap, &self.topic)?;
        expect(&reading, &self.wanted(), [0, 0], timestamps)
    }

    fn member(&self) -> anyhow::Result<Reading> {
        Reading::member(&self.bootstrap, &self.group, &self.topic)
    }

    fn join(&mut self) -> anyhow::Result<String> {
        let first = self
            .first
            .insert(Reading::member(&self.bootstrap, &self.group, &self.topic)?);
        let both = |first: &Reading| Ok(first.assigned()?.len() == 2);
        until("the first member has both", &[first], || both(first))?;
        let second = Reading::member(&self.bootstrap, &self.group, &self.topic)?;
        until("each has one", &[first, &second], || {
            let (one, other) = (first.assigned()?, second.assigned()?);
            Ok(one.len() == 1 && other.len() == 1 && one != other)
        })?;
        drop(second);
        until("the first has both again", &[first], || both(first))?;
        Ok("2, then 1 and 1, then 2".to_owned())
    }

    fn commits(&self) -> Vec<(i64, String)> {
        let size = (CODECS.len() * self.count / 2) as i64;
        vec![(size / 2, "at 0".to_owned()), (size / 4, "at 1".to_owned())]
    }

    fn commit(&mut self) -> anyhow::Result<String> {
        let Some(first) = self.first.take() else {
            bail!("nobody is in the group")
        };
        first.commit(&self.commits())?;
        drop(first);
        self.committed()
    }

    fn committed(&self) -> anyhow::Result<String> {
        let want = self.commits();
        let end = Instant::now() + DEADLINE;
        // Unlike other clients, librdkafka does not try again while the coordinator comes back.
        let got = loop {
            match Reading::committed(&self.bootstrap, &self.group, &self.topic) {
                Ok(got) => break got,
                Err(error) if Instant::now() > end => return Err(error),
                Err(_) => crate::pause(Duration::from_millis(200)),
            }
        };
        ensure!(got == want, "committed is {got:?} instead of {want:?}");
        Ok(format!("{got:?}"))
    }

    fn resume(&self) -> anyhow::Result<String> {
        let commits = self.commits();
        expect(
            &self.member()?,
            &self.wanted(),
            [commits[0].0, commits[1].0],
            false,
        )
    }

    fn idempotent(&self, rounds: usize) -> anyhow::Result<String> {
        let records: Vec<Record> = (0..self.count)
            .map(|i| data::idempotent_record(rounds, i))
            .collect();
        let topic = self.idempotent_topic();
        send(
            &self.bootstrap,
            &topic,
            &[("enable.idempotence", "true")],
            &records,
        )?;
        let wanted = [0, 1].map(|number| data::idempotent_partition(number, rounds, self.count));
        expect(
            &Reading::all(&self.bootstrap, &topic)?,
            &wanted,
            [0, 0],
            false,
        )
    }
}

/// Sends records with a producer of these settings; all of them must be acknowledged.
///
/// # Errors
/// A record that was not.
pub fn send(
    bootstrap: &str,
    topic: &str,
    settings: &[(&str, &str)],
    records: &[Record],
) -> anyhow::Result<()> {
    let sending = Sending::new(bootstrap, settings)?;
    for (number, record) in records.iter().enumerate() {
        sending.send(topic, record, number)?;
    }
    sending.flush()?;
    let mut delivered = 0;
    for (number, result) in sending.reports() {
        ensure!(result.is_ok(), "record {number}: {result:?}");
        delivered += 1;
    }
    ensure!(
        delivered == records.len(),
        "{delivered} of {} records were acknowledged",
        records.len()
    );
    Ok(())
}

/// Polls until both partitions are read to their ends and compares every record on the way.
///
/// # Errors
/// The first difference, a record too many, or that it took longer than a minute.
pub fn expect(
    reading: &Reading,
    wanted: &[Vec<Record>; 2],
    start: [i64; 2],
    timestamps: bool,
) -> anyhow::Result<String> {
    let mut next = start;
    let end = Instant::now() + DEADLINE;
    while (0..2).any(|p| next[p] < wanted[p].len() as i64) {
        ensure!(Instant::now() < end, "stuck at offsets {next:?}");
        for (offset, mut got) in reading.poll(Duration::from_millis(100))? {
            let p = got.partition as usize;
            ensure!(
                offset == next[p],
                "partition {p}: offset {offset} instead of {}",
                next[p]
            );
            let Some(want) = wanted[p].get(offset as usize) else {
                bail!("a record too many: {got:?}")
            };
            if !timestamps {
                got.timestamp = want.timestamp;
            }
            ensure!(got == *want, "offset {offset}: {got:?} instead of {want:?}");
            next[p] += 1;
        }
    }
    let more = reading.poll(Duration::from_millis(300))?;
    ensure!(
        more.is_empty(),
        "there are more records than were sent: {more:?}"
    );
    Ok(format!(
        "{} records from {start:?}",
        next[0] - start[0] + next[1] - start[1]
    ))
}

/// Polls the members until a condition holds.
fn until(
    what: &str,
    members: &[&Reading],
    done: impl Fn() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let end = Instant::now() + DEADLINE;
    while !done()? {
        ensure!(Instant::now() < end, "in vain: {what}");
        for member in members {
            member.poll(Duration::from_millis(50))?;
        }
    }
    Ok(())
}
