//! Metrics by topic.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kop_codec::ByteString;
use parking_lot::RwLock;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Unit;

use super::encode::{Total, family};

/// Counters of what goes in and out of each topic that is in use.
#[derive(Clone, Debug, Default)]
pub struct TopicMetrics(Arc<RwLock<BTreeMap<ByteString, Arc<TopicCounters>>>>);

/// The counters of one topic.
#[derive(Debug, Default)]
pub struct TopicCounters {
    pub(super) bytes_in: AtomicU64,
    pub(super) messages_in: AtomicU64,
    pub(super) bytes_out: AtomicU64,
    pub(super) messages_out: AtomicU64,
    pub(super) produce_conversions: AtomicU64,
    pub(super) fetch_conversions: AtomicU64,
    produce_conversion_nanos: AtomicU64,
    fetch_conversion_nanos: AtomicU64,
}

impl TopicMetrics {
    /// The counters of a topic, to be looked up once for all of its partitions in a request.
    pub fn of(&self, topic: &ByteString) -> Arc<TopicCounters> {
        if let Some(counters) = self.0.read().get(topic) {
            return Arc::clone(counters);
        }
        // A copy: the name may be a slice of a whole request, and would keep it in memory.
        let name = ByteString::from(topic.to_string());
        Arc::clone(self.0.write().entry(name).or_default())
    }

    /// Forgets a topic that was deleted.
    pub fn remove(&self, topic: &ByteString) {
        self.0.write().remove(topic);
    }

    pub(super) fn all(&self) -> Vec<(ByteString, Arc<TopicCounters>)> {
        let topics = self.0.read();
        let topics = topics.iter();
        topics
            .map(|(name, counters)| (name.clone(), Arc::clone(counters)))
            .collect()
    }
}

impl TopicCounters {
    /// Counts an append.
    pub fn appended(&self, records: u64, bytes: u64) {
        self.bytes_in.fetch_add(bytes, Ordering::Relaxed);
        self.messages_in.fetch_add(records, Ordering::Relaxed);
    }

    /// Counts records that go to a client.
    pub fn fetched(&self, records: u64, bytes: u64) {
        self.bytes_out.fetch_add(bytes, Ordering::Relaxed);
        self.messages_out.fetch_add(records, Ordering::Relaxed);
    }

    /// Counts records that were converted from an older format, or into another codec.
    pub fn converted_for_produce(&self, records: u64, took: Duration) {
        self.produce_conversions
            .fetch_add(records, Ordering::Relaxed);
        add(&self.produce_conversion_nanos, took);
    }

    /// Counts records that were converted for an older client.
    pub fn converted_for_fetch(&self, records: u64, took: Duration) {
        self.fetch_conversions.fetch_add(records, Ordering::Relaxed);
        add(&self.fetch_conversion_nanos, took);
    }
}

/// A counter's name, what it counts, and where it is.
pub(super) type Column = (&'static str, &'static str, fn(&TopicCounters) -> &AtomicU64);

pub(super) const COLUMNS: [Column; 6] = [
    ("topic_bytes_in", "Bytes of records appended", |topic| {
        &topic.bytes_in
    }),
    ("topic_messages_in", "Records appended", |topic| {
        &topic.messages_in
    }),
    ("topic_bytes_out", "Bytes of records fetched", |topic| {
        &topic.bytes_out
    }),
    (
        "topic_produce_conversions",
        "Records converted from an older format when produced",
        |topic| &topic.produce_conversions,
    ),
    (
        "topic_fetch_conversions",
        "Records converted to an older format when fetched",
        |topic| &topic.fetch_conversions,
    ),
    (
        "topic_messages_out",
        "Offsets that answers to fetches moved their readers on",
        |topic| &topic.messages_out,
    ),
];

/// The same for times, in nanoseconds.
pub(super) const TIMES: [Column; 2] = [
    (
        "topic_produce_conversion",
        "Time of the conversions of produced records",
        |topic| &topic.produce_conversion_nanos,
    ),
    (
        "topic_fetch_conversion",
        "Time of the conversions of fetched records",
        |topic| &topic.fetch_conversion_nanos,
    ),
];

impl Collector for TopicMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let topics = self.all();
        for (name, help, counter) in COLUMNS {
            let rows = topics.iter().map(|(topic, counters)| {
                let value = counter(counters).load(Ordering::Relaxed);
                ([("topic", &**topic)], Total(value))
            });
            family(&mut encoder, (name, None), help, rows)?;
        }
        for (name, help, nanos) in TIMES {
            let rows = topics.iter().map(|(topic, counters)| {
                let took = Duration::from_nanos(nanos(counters).load(Ordering::Relaxed));
                ([("topic", &**topic)], Total(took.as_secs_f64()))
            });
            family(&mut encoder, (name, Some(Unit::Seconds)), help, rows)?;
        }
        Ok(())
    }
}

fn add(nanos: &AtomicU64, took: Duration) {
    let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    nanos.fetch_add(took, Ordering::Relaxed);
}
