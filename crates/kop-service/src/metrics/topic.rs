//! Metrics by topic.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kop_codec::ByteString;
use parking_lot::RwLock;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

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
    pub(super) produce_conversions: AtomicU64,
    pub(super) fetch_conversions: AtomicU64,
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
    pub fn appended(&self, records: u64, bytes: u64, converted: u64) {
        self.bytes_in.fetch_add(bytes, Ordering::Relaxed);
        self.messages_in.fetch_add(records, Ordering::Relaxed);
        self.produce_conversions
            .fetch_add(converted, Ordering::Relaxed);
    }

    /// Counts records that go to a client.
    pub fn fetched(&self, bytes: u64) {
        self.bytes_out.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts records that were converted for an older client.
    pub fn converted_for_fetch(&self, records: u64) {
        self.fetch_conversions.fetch_add(records, Ordering::Relaxed);
    }
}

/// A counter's name, what it counts, and where it is.
pub(super) type Column = (&'static str, &'static str, fn(&TopicCounters) -> &AtomicU64);

pub(super) const COLUMNS: [Column; 5] = [
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
        Ok(())
    }
}
