//! librdkafka, behind a few functions that the steps and the crash test need.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, DeliveryResult, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::data::Record;
use crate::wait_until;

const TIMEOUT: Duration = Duration::from_secs(60);

/// A configuration with the bootstrap address and these settings.
pub fn config(bootstrap: &str, settings: &[(&str, &str)]) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    for (key, value) in settings {
        config.set(*key, *value);
    }
    config
}

/// Creates a topic and waits for the answer.
pub async fn create_topic(bootstrap: &str, topic: &str, partitions: i32) -> anyhow::Result<()> {
    create_topic_with(bootstrap, topic, partitions, &[]).await
}

/// The same with these settings.
pub async fn create_topic_with(
    bootstrap: &str,
    topic: &str,
    partitions: i32,
    settings: &[(&str, &str)],
) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = config(bootstrap, &[]).create()?;
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    new.config.extend_from_slice(settings);
    let options = AdminOptions::new().operation_timeout(Some(TIMEOUT));
    for result in admin.create_topics([&new], &options).await? {
        result.map_err(|(topic, code)| anyhow!("create {topic}: {code}"))?;
    }
    Ok(())
}

/// All records of partition 0 from the earliest on, up to where readers of this isolation level,
/// `read_committed` or `read_uncommitted`, are at the end.
///
/// # Errors
/// The end is not reached within a minute.
pub fn read_to_end(bootstrap: &str, topic: &str, isolation: &str) -> anyhow::Result<Vec<Read>> {
    let settings = [
        ("group.id", "unused"),
        ("enable.partition.eof", "true"),
        ("auto.offset.reset", "earliest"),
        ("isolation.level", isolation),
    ];
    let consumer: BaseConsumer = config(bootstrap, &settings).create()?;
    let mut partition = TopicPartitionList::new();
    partition.add_partition_offset(topic, 0, Offset::Beginning)?;
    consumer.assign(&partition)?;
    let (mut records, deadline) = (Vec::new(), Instant::now() + TIMEOUT);
    while Instant::now() < deadline {
        match consumer.poll(Duration::from_millis(200)) {
            None => {}
            Some(Ok(message)) => records.push(convert(&message)),
            Some(Err(KafkaError::PartitionEOF(_))) => return Ok(records),
            Some(Err(error)) if away(&error) => {}
            Some(Err(error)) => return Err(error).context("poll"),
        }
    }
    bail!(
        "after {} records the end of {topic} is not reached",
        records.len()
    )
}

/// Deletes the records of the first partitions of a topic that are before these offsets, and waits for the answer.
pub async fn delete_records(bootstrap: &str, topic: &str, before: &[i64]) -> anyhow::Result<()> {
    let admin: AdminClient<DefaultClientContext> = config(bootstrap, &[]).create()?;
    let mut offsets = TopicPartitionList::new();
    for (partition, offset) in (0..).zip(before) {
        offsets.add_partition_offset(topic, partition, Offset::Offset(*offset))?;
    }
    let options = AdminOptions::new().operation_timeout(Some(TIMEOUT));
    for element in admin.delete_records(&offsets, &options).await?.elements() {
        element.error()?;
    }
    Ok(())
}

/// What became of a record: its number, and its offset or the error.
pub type Delivery = (usize, Result<i64, KafkaError>);

/// Sends every delivery report to a channel.
#[derive(Debug)]
pub struct Reports(Sender<Delivery>);

impl ClientContext for Reports {}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, number: Box<usize>) {
        let result = match result {
            Ok(message) => Ok(message.offset()),
            Err((error, _)) => Err(error.clone()),
        };
        // Nobody listens any more once the test has failed.
        let _ = self.0.send((*number, result));
    }
}

/// A producer with its delivery reports.
pub struct Sending {
    producer: ThreadedProducer<Reports>,
    reports: Receiver<Delivery>,
}

impl std::fmt::Debug for Sending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}

impl Sending {
    /// A producer with acks=all and these settings.
    pub fn new(bootstrap: &str, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let (sender, reports) = channel();
        let mut config = config(bootstrap, settings);
        config.set("acks", "all");
        Ok(Self {
            producer: config.create_with_context(Reports(sender))?,
            reports,
        })
    }

    /// Queues a record under a number; waits while the queue is full.
    pub fn send(&self, topic: &str, record: &Record, number: usize) -> anyhow::Result<()> {
        let mut headers = OwnedHeaders::new();
        for (key, value) in &record.headers {
            headers = headers.insert(Header {
                key,
                value: value.as_deref(),
            });
        }
        let mut base =
            BaseRecord::with_opaque_to(topic, Box::new(number)).partition(record.partition);
        if record.timestamp > 0 {
            base = base.timestamp(record.timestamp);
        }
        if !record.headers.is_empty() {
            base = base.headers(headers);
        }
        if let Some(key) = &record.key {
            base = base.key(key);
        }
        if let Some(value) = &record.value {
            base = base.payload(value);
        }
        loop {
            match self.producer.send(base) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    base = back;
                }
                Err((error, _)) => return Err(error).context("send"),
            }
            crate::pause(Duration::from_millis(5));
        }
    }

    /// The reports that are there.
    pub fn reports(&self) -> impl Iterator<Item = Delivery> {
        self.reports.try_iter()
    }

    /// Waits until everything queued is delivered or has failed.
    pub fn flush(&self) -> anyhow::Result<()> {
        self.producer.flush(TIMEOUT).context("flush")
    }
}

/// A record that was read, with its offset.
pub type Read = (i64, Record);

/// A consumer: of both partitions of a topic, or a member of a group.
pub struct Reading {
    consumer: BaseConsumer,
    topic: String,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

impl Reading {
    fn new(bootstrap: &str, group: &str, topic: &str) -> anyhow::Result<Self> {
        // After a long outage a member joins as a new one, and waits until the session of the old one has ended: with the
        // shortest that Kafka allows it is there again well within 10 s.
        let settings = [
            ("group.id", group),
            ("auto.offset.reset", "earliest"),
            ("enable.auto.commit", "false"),
            ("session.timeout.ms", "6000"),
            ("heartbeat.interval.ms", "500"),
        ];
        Ok(Self {
            consumer: config(bootstrap, &settings).create()?,
            topic: topic.to_owned(),
        })
    }

    /// Reads both partitions from the earliest offset, outside of any group.
    pub fn all(bootstrap: &str, topic: &str) -> anyhow::Result<Self> {
        Self::partitions(bootstrap, topic, 2)
    }

    /// The same of partition 0 alone.
    pub fn first(bootstrap: &str, topic: &str) -> anyhow::Result<Self> {
        Self::partitions(bootstrap, topic, 1)
    }

    /// The same of so many partitions.
    pub fn partitions(bootstrap: &str, topic: &str, count: i32) -> anyhow::Result<Self> {
        let reading = Self::new(bootstrap, "unused", topic)?;
        let mut partitions = TopicPartitionList::new();
        for partition in 0..count {
            partitions.add_partition_offset(topic, partition, Offset::Beginning)?;
        }
        reading.consumer.assign(&partitions)?;
        Ok(reading)
    }

    /// The same of partition 0 of each of these topics.
    pub fn of(bootstrap: &str, topics: &[&str]) -> anyhow::Result<Self> {
        let reading = Self::new(bootstrap, "unused", topics.first().unwrap_or(&""))?;
        let mut partitions = TopicPartitionList::new();
        for topic in topics {
            partitions.add_partition_offset(topic, 0, Offset::Beginning)?;
        }
        reading.consumer.assign(&partitions)?;
        Ok(reading)
    }

    /// Joins a group.
    pub fn member(bootstrap: &str, group: &str, topic: &str) -> anyhow::Result<Self> {
        let reading = Self::new(bootstrap, group, topic)?;
        reading.consumer.subscribe(&[topic])?;
        Ok(reading)
    }

    /// What arrives within this time, at most 1,000 records.
    pub fn poll(&self, time: Duration) -> anyhow::Result<Vec<Read>> {
        let mut records = Vec::new();
        let mut wait = time;
        while records.len() < 1_000 {
            let Some(message) = self.consumer.poll(wait) else {
                break;
            };
            match message {
                Ok(message) => records.push(convert(&message)),
                // The server is away for a moment; librdkafka connects again.
                Err(error) if away(&error) => {}
                Err(error) => return Err(error).context("poll"),
            }
            wait = Duration::ZERO;
        }
        Ok(records)
    }

    /// What arrives until there is so much, or the time is over. What fails meanwhile is tried again.
    pub fn take(&self, count: usize, time: Duration) -> Vec<Read> {
        let mut found = Vec::new();
        wait_until(time, || {
            found.extend(self.poll(Duration::from_millis(100)).unwrap_or_default());
            found.len() >= count
        });
        found
    }

    /// Polls until this member has so many partitions, or the time is over (`false`).
    pub fn joins(&self, partitions: usize, time: Duration) -> anyhow::Result<bool> {
        let end = Instant::now() + time;
        while self.assigned()?.len() != partitions {
            if Instant::now() >= end {
                return Ok(false);
            }
            self.poll(Duration::from_millis(100))?;
        }
        Ok(true)
    }

    /// The partitions assigned to this member.
    pub fn assigned(&self) -> anyhow::Result<Vec<i32>> {
        Ok(self
            .consumer
            .assignment()?
            .elements()
            .iter()
            .map(|element| element.partition())
            .collect())
    }

    /// Commits these offsets with metadata, and waits for the answer.
    pub fn commit(&self, offsets: &[(i64, String)]) -> anyhow::Result<()> {
        let mut list = TopicPartitionList::new();
        for (partition, (offset, metadata)) in (0..).zip(offsets) {
            let mut element = list.add_partition(&self.topic, partition);
            element.set_offset(Offset::Offset(*offset))?;
            element.set_metadata(metadata);
        }
        self.consumer
            .commit(&list, CommitMode::Sync)
            .context("commit")
    }

    /// Where each of so many partitions ends: for readers of this isolation level, `read_committed` or
    /// `read_uncommitted`.
    pub fn ends(
        bootstrap: &str,
        topic: &str,
        count: i32,
        isolation: &str,
    ) -> anyhow::Result<Vec<i64>> {
        let settings = [("isolation.level", isolation)];
        let consumer: BaseConsumer = config(bootstrap, &settings).create()?;
        let end = |partition| consumer.fetch_watermarks(topic, partition, TIMEOUT);
        let ends = (0..count).map(|partition| anyhow::Ok(end(partition)?.1));
        ends.collect()
    }

    /// The committed offsets of both partitions of a topic.
    pub fn committed(
        bootstrap: &str,
        group: &str,
        topic: &str,
    ) -> anyhow::Result<Vec<(i64, String)>> {
        let reading = Self::new(bootstrap, group, topic)?;
        let mut wanted = TopicPartitionList::new();
        wanted.add_partition_range(topic, 0, 1);
        let list = reading.consumer.committed_offsets(wanted, TIMEOUT)?;
        let mut found = Vec::new();
        for element in list.elements() {
            let Offset::Offset(offset) = element.offset() else {
                bail!("no commit: {element:?}")
            };
            found.push((offset, element.metadata().to_owned()));
        }
        Ok(found)
    }
}

fn away(error: &KafkaError) -> bool {
    let code = error.rdkafka_error_code();
    code.is_some_and(|code| {
        [
            RDKafkaErrorCode::BrokerTransportFailure,
            RDKafkaErrorCode::AllBrokersDown,
        ]
        .contains(&code)
    })
}

fn convert(message: &BorrowedMessage<'_>) -> Read {
    let mut headers = Vec::new();
    for header in message.headers().into_iter().flat_map(Headers::iter) {
        headers.push((header.key.to_owned(), header.value.map(<[u8]>::to_vec)));
    }
    let record = Record {
        partition: message.partition(),
        timestamp: message.timestamp().to_millis().unwrap_or(-1),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers,
    };
    (message.offset(), record)
}
