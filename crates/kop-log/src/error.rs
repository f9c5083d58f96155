//! What can go wrong with a log.

use std::io;
use std::sync::Arc;

/// A fault of a log or of the catalog. Cheap to clone, since one failed write may answer many requests.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The topic was deleted while the partition was in use.
    #[error("the topic was deleted")]
    Deleted,
    /// The producer's epoch is older than the one the log has seen.
    #[error("producer {producer_id} has epoch {epoch}, but the log has seen {current}")]
    FencedProducer {
        /// The producer.
        producer_id: i64,
        /// Its epoch.
        epoch: i16,
        /// The epoch of the log.
        current: i16,
    },
    /// A setting that does not exist, or a value that it does not take.
    #[error("{key}: {reason}")]
    InvalidConfig {
        /// The setting's name.
        key: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// A number of partitions that cannot be.
    #[error("{reason}")]
    InvalidPartitions {
        /// What is wrong.
        reason: String,
    },
    /// A topic name that Kafka refuses.
    #[error("topic name {name:?} is not valid: {reason}")]
    InvalidTopicName {
        /// The name.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// An offset below the log start or above the end.
    #[error("offset {requested} is outside of {start}..={end}")]
    OffsetOutOfRange {
        /// The offset asked for.
        requested: i64,
        /// The log start offset.
        start: i64,
        /// The end that counted.
        end: i64,
    },
    /// A gap in a producer's sequence numbers.
    #[error("producer {producer_id} epoch {epoch} sent sequence {sequence}, expected {expected}")]
    OutOfOrderSequence {
        /// The producer.
        producer_id: i64,
        /// Its epoch.
        epoch: i16,
        /// The sequence of the batch.
        sequence: i32,
        /// The sequence that would have been right.
        expected: i32,
    },
    /// The storage failed: nothing was written, or what was written is taken back.
    #[error("storage failed while {doing}: {source}")]
    Storage {
        /// What was being done, and to which file.
        doing: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// The batches together are larger than a segment.
    #[error("{size} bytes are more than a segment of {limit}")]
    TooLarge {
        /// Bytes to append.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The topic exists already.
    #[error("topic {0} exists already")]
    TopicExists(String),
    /// The leader epoch lies in the future.
    #[error("leader epoch {requested} is above the current one, {current}")]
    UnknownLeaderEpoch {
        /// The epoch asked for.
        requested: i32,
        /// The current epoch.
        current: i32,
    },
    /// The topic has no such partition.
    #[error("topic {topic} has no partition {partition}")]
    UnknownPartition {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
    },
    /// There is no such topic.
    #[error("there is no topic {0}")]
    UnknownTopic(String),
}

impl LogError {
    /// A failure of the storage while `doing` something.
    pub fn storage(doing: impl Into<String>, source: io::Error) -> Self {
        Self::Storage { doing: doing.into(), source: Arc::new(source) }
    }
}
