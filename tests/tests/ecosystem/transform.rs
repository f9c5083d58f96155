//! One group of consume-transform-produce loops with franz-go, librdkafka and Java, while they and the server are killed
//! at random: every record comes out once and in order, and no reader stands still for good.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::program::{Background, Program};
use kop_tests::target::Target;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{
    PATIENCE, check_delivered, create, installed, judge, read_until, record, sending, target, text,
};

/// Twice as many as members, so that each rebalance moves some.
const PARTITIONS: usize = 6;
/// Records that each round adds.
const PER_ROUND: usize = 600;
/// Between two looks whether everything so far has come out.
const ROUNDS_BETWEEN_CHECKS: usize = 5;

/// `KOP_TEST_LOOP_ROUNDS` and `KOP_TEST_LOOP_SEED`.
fn from_env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn every_record_once_while_clients_and_server_are_killed() {
    let (Some(go), Some(java)) = (
        installed("loop", "franz-go"),
        installed("loop", "streams-4.4.0"),
    ) else {
        return;
    };
    let Some((mut target, name)) = target("loop") else {
        return;
    };
    let c = Program::at("librdkafka", Path::new(env!("CARGO_BIN_EXE_librdkafka")));
    let rounds = from_env("KOP_TEST_LOOP_ROUNDS").unwrap_or(10) as usize;
    let now = Instant::now();
    let seed = from_env("KOP_TEST_LOOP_SEED").unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |now| u64::from(now.subsec_nanos()))
    });
    eprintln!("{rounds} rounds, KOP_TEST_LOOP_SEED={seed}");
    let result = Run::start(&target, name, [go, c, java])
        .and_then(|mut run| {
            let mut random = StdRng::seed_from_u64(seed);
            for round in 1..=rounds {
                run.round(round, &mut target, &mut random)
                    .with_context(|| format!("round {round}, seed {seed}"))?;
            }
            run.finish()
        })
        .map(|said| format!("{said}, {rounds} rounds in {:.0?}", now.elapsed()));
    judge("loop", &target, result);
}

struct Run {
    bootstrap: String,
    name: String,
    sending: Sending,
    sent: usize,
    members: Vec<(Program, Background)>,
    reading: Reading,
    read: Progress,
    kills: [usize; 4],
    ended: usize,
}

impl Run {
    fn start(target: &Target, name: String, programs: [Program; 3]) -> anyhow::Result<Self> {
        let bootstrap = target.bootstrap();
        let topics = ["in", "out"].map(|topic| format!("{name}-{topic}"));
        create(&bootstrap, &topics, PARTITIONS as i32)?;
        let mut members = Vec::new();
        for program in programs {
            let running = member(&program, &bootstrap, &name)?;
            members.push((program, running));
        }
        Ok(Self {
            sending: sending(&bootstrap)?,
            reading: Reading::partitions(&bootstrap, &topics[1], PARTITIONS as i32)?,
            bootstrap,
            name,
            sent: 0,
            members,
            read: Progress::default(),
            kills: [0; 4],
            ended: 0,
        })
    }

    /// Sends records and kills somebody somewhere in between.
    fn round(
        &mut self,
        round: usize,
        target: &mut Target,
        random: &mut StdRng,
    ) -> anyhow::Result<()> {
        let pause = Duration::from_millis(random.random_range(100..2_000) / 10);
        let when = random.random_range(0..10);
        for tenth in 0..10 {
            self.send(PER_ROUND / 10)?;
            kop_tests::pause(pause);
            self.supervise()?;
            self.read.take(&self.reading, Duration::ZERO)?;
            if tenth == when {
                self.kill(target, random)?;
            }
        }
        if round.is_multiple_of(ROUNDS_BETWEEN_CHECKS) {
            self.all_is_out()?;
            eprintln!("round {round}: {} records are out", self.sent);
        }
        Ok(())
    }

    fn send(&mut self, count: usize) -> anyhow::Result<()> {
        let topic = format!("{}-in", self.name);
        for number in self.sent..self.sent + count {
            let record = record((number % PARTITIONS) as i32, 0, "key", number.to_string());
            self.sending.send(&topic, &record, number)?;
        }
        self.sent += count;
        check_delivered(&self.sending)
    }

    /// A member, the server, or both of them.
    fn kill(&mut self, target: &mut Target, random: &mut StdRng) -> anyhow::Result<()> {
        let who = random.random_range(0..5);
        if who >= 3 {
            self.kills[3] += 1;
            target.crash()?;
        }
        let victim = match who {
            3 => return Ok(()),
            4 => random.random_range(0..3),
            victim => victim,
        };
        self.kills[victim] += 1;
        let (program, running) = &mut self.members[victim];
        running.kill()?;
        *running = member(program, &self.bootstrap, &self.name)?;
        Ok(())
    }

    /// Starts again who has given up, as it has to after a fatal error.
    fn supervise(&mut self) -> anyhow::Result<()> {
        for (program, running) in &mut self.members {
            if running.ended()?.is_some() {
                self.ended += 1;
                *running = member(program, &self.bootstrap, &self.name)?;
            }
        }
        Ok(())
    }

    /// Every record that was sent so far comes out.
    fn all_is_out(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while self.read.count() < self.sent {
            ensure!(
                Instant::now() < deadline,
                "{} of {} records came out: {:?}",
                self.read.count(),
                self.sent,
                self.read
            );
            self.read.take(&self.reading, Duration::from_millis(100))?;
            self.supervise()?;
        }
        Ok(())
    }

    /// All is out, nothing is repeated, and a new reader sees the same.
    fn finish(mut self) -> anyhow::Result<String> {
        self.sending.flush()?;
        self.all_is_out()?;
        self.members.clear();
        let topic = format!("{}-out", self.name);
        let again = Reading::partitions(&self.bootstrap, &topic, PARTITIONS as i32)?;
        let (mut read, sent) = (Progress::default(), self.sent);
        let count = std::cell::Cell::new(0);
        let take = |_, record: kop_tests::data::Record| {
            read.add(record.partition, &text(record.value.as_ref()))?;
            count.set(read.count());
            Ok(())
        };
        let all = read_until(&again, take, || count.get() == sent)?;
        ensure!(all, "a new reader sees {} of {sent} records", count.get());
        self.read.take(&self.reading, Duration::from_millis(500))?;
        ensure!(self.read.count() == sent, "more records than were sent");
        let [go, c, java, server] = self.kills;
        Ok(format!(
            "{sent} records, killed: franz-go {go}, librdkafka {c}, Java {java}, server {server}; {} had to be started \
             again after fatal errors; written by {:?}",
            self.ended, self.read.writers
        ))
    }
}

fn member(program: &Program, bootstrap: &str, name: &str) -> anyhow::Result<Background> {
    let who = program.name.as_str();
    program.spawn(&["loop", bootstrap, name, who], &format!("loop-{who}"))
}

/// The records that have come out: how many of each partition, and of each writer.
#[derive(Debug, Default)]
struct Progress {
    next: [usize; PARTITIONS],
    writers: std::collections::BTreeMap<String, usize>,
}

impl Progress {
    fn count(&self) -> usize {
        self.next.iter().sum()
    }

    fn take(&mut self, reading: &Reading, wait: Duration) -> anyhow::Result<()> {
        for (_, record) in reading.poll(wait)? {
            self.add(record.partition, &text(record.value.as_ref()))?;
        }
        Ok(())
    }

    /// Each partition has its numbers once and in order.
    fn add(&mut self, partition: i32, value: &str) -> anyhow::Result<()> {
        let (number, who) = value.split_once(' ').context("no writer")?;
        let next = &mut self.next[partition as usize];
        let wanted = *next * PARTITIONS + partition as usize;
        ensure!(
            number == wanted.to_string(),
            "partition {partition}: {value} instead of {wanted}"
        );
        *next += 1;
        *self.writers.entry(who.to_owned()).or_default() += 1;
        Ok(())
    }
}
