//! A consume-transform-produce loop with librdkafka, as `clients/README.md` has it for other clients too.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaResult;
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::librdkafka::config;
use crate::transactions::rewind;

const TIMEOUT: Duration = Duration::from_secs(60);
/// Records of a transaction, at most.
const MANY: usize = 500;

/// Consumes `NAME-in` and writes each value and who it was to the same partition of `NAME-out`, exactly once; ends with
/// what cannot be recovered from.
///
/// # Errors
/// Anything after which the program has to be started again.
pub fn run(bootstrap: &str, name: &str, who: &str) -> anyhow::Result<Infallible> {
    let id = format!("{name}-{who}");
    let settings = [
        ("transactional.id", &*id),
        ("transaction.timeout.ms", "10000"),
    ];
    let producer: ThreadedProducer<DefaultProducerContext> =
        config(bootstrap, &settings).create()?;
    producer.init_transactions(TIMEOUT).context("init")?;
    let group = format!("{name}-loop");
    let settings = [
        ("group.id", &*group),
        ("auto.offset.reset", "earliest"),
        ("enable.auto.commit", "false"),
        ("isolation.level", "read_committed"),
        ("session.timeout.ms", "3000"),
        ("heartbeat.interval.ms", "500"),
        // What all members of the group know, of whichever client.
        ("partition.assignment.strategy", "range"),
    ];
    let lost = Arc::new(AtomicBool::new(false));
    let watch = Watch(Arc::clone(&lost));
    let consumer: BaseConsumer<Watch> = config(bootstrap, &settings).create_with_context(watch)?;
    consumer.subscribe(&[&format!("{name}-in")])?;
    let this = Transform {
        producer,
        consumer,
        lost,
        out: format!("{name}-out"),
        who,
    };
    loop {
        this.transaction()?;
    }
}

/// Notes that partitions were taken away.
struct Watch(Arc<AtomicBool>);

impl ClientContext for Watch {}

impl ConsumerContext for Watch {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if !matches!(rebalance, Rebalance::Assign(_)) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

struct Transform<'a> {
    producer: ThreadedProducer<DefaultProducerContext>,
    consumer: BaseConsumer<Watch>,
    lost: Arc<AtomicBool>,
    out: String,
    who: &'a str,
}

impl Transform<'_> {
    /// What is there to be read, as one transaction.
    fn transaction(&self) -> anyhow::Result<()> {
        self.lost.store(false, Ordering::Relaxed);
        let Some(first) = self.consumer.poll(Duration::from_millis(200)) else {
            return Ok(());
        };
        // Of the generation in which the records are read: a later one would not be told that they are another's now.
        let metadata = self.consumer.group_metadata().context("no group")?;
        self.producer.begin_transaction()?;
        let mut offsets = TopicPartitionList::new();
        let more = std::iter::from_fn(|| self.consumer.poll(Duration::ZERO));
        for message in std::iter::once(first).chain(more).take(MANY) {
            let message = match message {
                Ok(message) => message,
                Err(error) => {
                    eprintln!("poll: {error}");
                    break;
                }
            };
            self.send(&message)?;
            let offset = Offset::Offset(message.offset() + 1);
            match offsets.find_partition(message.topic(), message.partition()) {
                Some(mut known) => known.set_offset(offset)?,
                None => {
                    offsets.add_partition_offset(message.topic(), message.partition(), offset)?;
                }
            }
        }
        let commit = || -> KafkaResult<()> {
            self.producer
                .send_offsets_to_transaction(&offsets, &metadata, TIMEOUT)?;
            self.producer.commit_transaction(TIMEOUT)
        };
        if self.lost.load(Ordering::Relaxed) {
            return self.abort("partitions were taken away");
        }
        commit().or_else(|error| self.abort(&error.to_string()))
    }

    fn send(&self, message: &impl Message) -> anyhow::Result<()> {
        let value = String::from_utf8_lossy(message.payload().unwrap_or_default());
        let value = format!("{value} {}", self.who);
        let record = BaseRecord::<(), str>::to(&self.out).partition(message.partition());
        let sent = self.producer.send(record.payload(&value));
        sent.map_err(|(error, _)| error).context("send")
    }

    /// After a fatal error this fails, and who supervises the program starts it again.
    fn abort(&self, why: &str) -> anyhow::Result<()> {
        eprintln!("aborted: {why}");
        self.producer.abort_transaction(TIMEOUT).context("abort")?;
        rewind(&self.consumer)
    }
}
