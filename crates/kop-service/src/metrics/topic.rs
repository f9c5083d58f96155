//! Metrics by topic.

use std::fmt::Write;

use kop_codec::ByteString;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::{counter::Counter, family::Family};
use prometheus_client::registry::Registry;

/// Counters of what goes in and out of each topic.
#[derive(Clone, Debug, Default)]
pub struct TopicMetrics {
    bytes_in: Family<TopicLabel, Counter>,
    messages_in: Family<TopicLabel, Counter>,
    bytes_out: Family<TopicLabel, Counter>,
    produce_conversions: Family<TopicLabel, Counter>,
    fetch_conversions: Family<TopicLabel, Counter>,
}

/// The label of a topic.
#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
pub struct TopicLabel {
    topic: Name,
}

/// A topic's name, which costs no allocation to look up.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Name(ByteString);

impl EncodeLabelValue for Name {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        encoder.write_str(&self.0)
    }
}

impl TopicLabel {
    /// The label of this topic.
    pub fn new(topic: ByteString) -> Self {
        Self { topic: Name(topic) }
    }
}

impl TopicMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "topic_bytes_in",
            "Bytes of records appended",
            self.bytes_in.clone(),
        );
        registry.register(
            "topic_messages_in",
            "Records appended",
            self.messages_in.clone(),
        );
        registry.register(
            "topic_bytes_out",
            "Bytes of records fetched",
            self.bytes_out.clone(),
        );
        let help = "Records converted from an older format when produced";
        registry.register(
            "topic_produce_conversions",
            help,
            self.produce_conversions.clone(),
        );
        let help = "Records converted to an older format when fetched";
        registry.register(
            "topic_fetch_conversions",
            help,
            self.fetch_conversions.clone(),
        );
    }

    /// Counts an append.
    pub fn appended(&self, topic: &TopicLabel, records: u64, bytes: u64, converted: u64) {
        self.bytes_in.get_or_create(topic).inc_by(bytes);
        self.messages_in.get_or_create(topic).inc_by(records);
        if converted > 0 {
            self.produce_conversions
                .get_or_create(topic)
                .inc_by(converted);
        }
    }

    /// Counts records that went to a client.
    pub fn fetched(&self, topic: &TopicLabel, bytes: u64) {
        self.bytes_out.get_or_create(topic).inc_by(bytes);
    }

    /// Counts records that were converted for an older client.
    pub fn converted_for_fetch(&self, topic: &TopicLabel, records: u64) {
        self.fetch_conversions.get_or_create(topic).inc_by(records);
    }

    /// Forgets a topic that was deleted.
    pub fn remove(&self, topic: &TopicLabel) {
        self.bytes_in.remove(topic);
        self.messages_in.remove(topic);
        self.bytes_out.remove(topic);
        self.produce_conversions.remove(topic);
        self.fetch_conversions.remove(topic);
    }
}
