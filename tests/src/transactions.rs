//! The steps with transactions of `clients/README.md` with librdkafka.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};

use crate::librdkafka::{config, create_topic};

const TIMEOUT: Duration = Duration::from_secs(60);

/// A run against a server: what its command line said.
#[derive(Clone, Copy, Debug)]
pub struct Transactions<'a> {
    /// The server.
    pub bootstrap: &'a str,
    /// Names topics, the group and the transactional ids.
    pub name: &'a str,
    /// Records of a transaction.
    pub count: usize,
}

type Transactional = ThreadedProducer<DefaultProducerContext>;

impl Transactions<'_> {
    /// Commits, aborts, loops; leaves a transaction open.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub async fn before(&self) -> anyhow::Result<String> {
        create_topic(self.bootstrap, &self.input(), 2).await?;
        create_topic(self.bootstrap, &self.output(), 2).await?;
        let writer = self.producer("writer")?;
        self.write(&writer, "one", true)?;
        self.write(&writer, "two", false)?;
        self.write(&writer, "three", true)?;
        self.check(&self.input(), &["one", "three"])?;
        let looped = self.run_loop()?;
        self.check(&self.output(), &["ONE", "THREE"])?;
        let open = self.producer("open")?;
        open.begin_transaction()?;
        self.send(&open, "open")?;
        open.flush(TIMEOUT)?;
        self.write(&writer, "behind", true)?;
        self.check(&self.input(), &["one", "three"])?;
        // As if the process had been killed: nobody ends the transaction.
        std::mem::forget(open);
        Ok(format!(
            "commit, abort, {looped} transactions in a loop, one left open"
        ))
    }

    /// The open transaction is taken over, and everything goes on.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub fn after(&self) -> anyhow::Result<String> {
        let open = self.producer("open")?;
        self.check(&self.input(), &["one", "three", "behind"])?;
        self.write(&open, "after", true)?;
        let looped = self.run_loop()?;
        self.check(&self.output(), &["ONE", "THREE", "BEHIND", "AFTER"])?;
        Ok(format!(
            "the open transaction was aborted, {looped} more transactions in a loop"
        ))
    }

    fn input(&self) -> String {
        format!("{}-txn", self.name)
    }

    fn output(&self) -> String {
        format!("{}-txn-out", self.name)
    }

    fn producer(&self, id: &str) -> anyhow::Result<Transactional> {
        let id = format!("{}-{id}", self.name);
        let settings = [("transactional.id", &*id)];
        let producer: Transactional = config(self.bootstrap, &settings).create()?;
        producer.init_transactions(TIMEOUT).context("init")?;
        Ok(producer)
    }

    fn write(&self, producer: &Transactional, what: &str, commit: bool) -> anyhow::Result<()> {
        producer.begin_transaction()?;
        self.send(producer, what)?;
        if commit {
            producer.commit_transaction(TIMEOUT).context("commit")
        } else {
            producer.flush(TIMEOUT)?;
            producer.abort_transaction(TIMEOUT).context("abort")
        }
    }

    fn send(&self, producer: &Transactional, what: &str) -> anyhow::Result<()> {
        let topic = self.input();
        for i in 0..self.count {
            send(producer, &topic, (i % 2) as i32, &format!("{what}-{i}"))?;
        }
        Ok(())
    }

    /// Consumes, transforms, produces; every second transaction is aborted.
    fn run_loop(&self) -> anyhow::Result<usize> {
        let producer = self.producer("loop")?;
        let group = format!("{}-txn-group", self.name);
        let consumer = self.consumer(&group)?;
        consumer.subscribe(&[&self.input()])?;
        let end = Instant::now() + TIMEOUT;
        let (mut transactions, mut quiet) = (0, 0);
        // Two seconds without a record, once there was one.
        while transactions == 0 || quiet < 20 {
            ensure!(Instant::now() < end, "the loop is stuck");
            let Some(first) = consumer.poll(Duration::from_millis(100)) else {
                quiet += 1;
                continue;
            };
            quiet = 0;
            producer.begin_transaction()?;
            let mut offsets = TopicPartitionList::new();
            let mut next = Some(first);
            while let Some(message) = next {
                let message = message?;
                let value = String::from_utf8_lossy(message.payload().unwrap_or_default());
                let partition = message.partition();
                send(&producer, &self.output(), partition, &value.to_uppercase())?;
                let offset = Offset::Offset(message.offset() + 1);
                match offsets.find_partition(message.topic(), partition) {
                    Some(mut known) => known.set_offset(offset)?,
                    None => offsets.add_partition_offset(message.topic(), partition, offset)?,
                }
                next = consumer.poll(Duration::ZERO);
            }
            let metadata = consumer.group_metadata().context("no group")?;
            producer.send_offsets_to_transaction(&offsets, &metadata, TIMEOUT)?;
            transactions += 1;
            if transactions % 2 == 1 {
                producer.abort_transaction(TIMEOUT).context("abort")?;
                rewind(&consumer)?;
            } else {
                producer.commit_transaction(TIMEOUT).context("commit")?;
            }
        }
        Ok(transactions)
    }

    fn consumer(&self, group: &str) -> anyhow::Result<BaseConsumer> {
        let settings = [
            ("group.id", group),
            ("auto.offset.reset", "earliest"),
            ("enable.auto.commit", "false"),
            ("isolation.level", "read_committed"),
            ("session.timeout.ms", "10000"),
        ];
        Ok(config(self.bootstrap, &settings).create()?)
    }

    /// What readers of committed records see of a topic is exactly this, in order.
    fn check(&self, topic: &str, whats: &[&str]) -> anyhow::Result<()> {
        let wanted = [0, 1].map(|partition| -> Vec<String> {
            let of = |what: &&str| {
                let numbers = (partition..self.count).step_by(2);
                numbers.map(|i| format!("{what}-{i}")).collect::<Vec<_>>()
            };
            whats.iter().flat_map(of).collect()
        });
        let consumer = self.consumer("unused")?;
        let mut partitions = TopicPartitionList::new();
        for partition in 0..2 {
            partitions.add_partition_offset(topic, partition, Offset::Beginning)?;
        }
        consumer.assign(&partitions)?;
        let mut got = [Vec::new(), Vec::new()];
        let end = Instant::now() + TIMEOUT;
        let mut quiet = 0;
        while got.iter().map(Vec::len).sum::<usize>() < wanted.iter().map(Vec::len).sum()
            || quiet < 5
        {
            ensure!(Instant::now() < end, "{topic} has {got:?}, not {wanted:?}");
            match consumer.poll(Duration::from_millis(100)) {
                None => quiet += 1,
                Some(message) => {
                    let message = message?;
                    let value = String::from_utf8_lossy(message.payload().unwrap_or_default());
                    got[message.partition() as usize].push(value.into_owned());
                }
            }
        }
        ensure!(got == wanted, "{topic} has {got:?} instead of {wanted:?}");
        Ok(())
    }
}

fn send(producer: &Transactional, topic: &str, partition: i32, value: &str) -> anyhow::Result<()> {
    let record = BaseRecord::<(), str>::to(topic)
        .partition(partition)
        .payload(value);
    producer
        .send(record)
        .map_err(|(error, _)| error)
        .context("send")
}

/// Back to what is committed.
pub(crate) fn rewind<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> anyhow::Result<()> {
    if consumer.assignment()?.count() == 0 {
        return Ok(());
    }
    let committed = consumer.committed(TIMEOUT)?;
    for element in committed.elements() {
        let offset = match element.offset() {
            Offset::Offset(offset) => Offset::Offset(offset),
            _ => Offset::Beginning,
        };
        consumer.seek(element.topic(), element.partition(), offset, TIMEOUT)?;
    }
    Ok(())
}
