//! What can go wrong with a log.

use std::io;
use std::sync::Arc;

/// A fault of a log or of the catalog. Cheap to clone, since one failed write may answer many requests.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// A transaction marker from a coordinator that another one has replaced.
    #[error(
        "coordinator epoch {epoch} of a marker of producer {producer_id} is older than {current}"
    )]
    CoordinatorFenced {
        /// The producer.
        producer_id: i64,
        /// The coordinator epoch of the marker.
        epoch: i32,
        /// The coordinator epoch that the log has seen.
        current: i32,
    },
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
    /// A control batch without a transaction marker that can be read, or a damaged file of ours.
    #[error("{what} is malformed: {reason}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// What is wrong.
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
    /// Kafka's metric names cannot tell the two topics apart: they differ by `.` and `_` only.
    #[error("topic {name} collides with the existing topic {existing}")]
    TopicNameCollides {
        /// The new name.
        name: String,
        /// The topic that is there.
        existing: String,
    },
    /// A batch outside of a transaction from a producer that has one open.
    #[error("producer {producer_id} has a transaction open but wrote outside of it")]
    TransactionOpen {
        /// The producer.
        producer_id: i64,
    },
    /// The partition is not open: [`LogCatalog::open_partition`](crate::LogCatalog::open_partition) opens it.
    #[error("the partition is not open")]
    NotOpen,
    /// Another server leads the partition: what this one knows of it no longer counts.
    #[error("another server leads the partition")]
    NotLeader,
    /// The storage takes no more writes to the partition, ever: somebody has ended it. It can be read. Nothing was written.
    #[error("the partition takes no more records: {reason}")]
    Terminated {
        /// By what it was ended, and what to do.
        reason: String,
    },
    /// The storage takes no writes to the partition, or not this one, before somebody changes it. It can be read. Nothing was
    /// written.
    #[error("the partition does not take the records: {reason}")]
    WritesRefused {
        /// Why, and what to change.
        reason: String,
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
    /// The storage takes no single batch that becomes so large. Smaller ones of the same records may be taken.
    #[error("a batch becomes {size} bytes or more in the storage: {reason}")]
    BatchTooLarge {
        /// Bytes that it becomes there, as far as they were counted.
        size: usize,
        /// What the storage takes.
        reason: String,
    },
    /// The storage has a limit for what was to be made. Nothing was changed.
    #[error("the storage does not allow it: {reason}")]
    Limited {
        /// What was to be made, and the limit.
        reason: String,
    },
    /// More partitions than a topic may get at once.
    #[error("{added} partitions are more than can be created at once, which is {limit}")]
    TooManyPartitions {
        /// How many were to be added.
        added: i32,
        /// The limit.
        limit: i32,
    },
    /// The topic exists already.
    #[error("topic {0} exists already")]
    TopicExists(String),
    /// The storage refuses the server what it asked for.
    #[error("not authorized: {reason}")]
    Unauthorized {
        /// What was refused, and by whom.
        reason: String,
    },
    /// The storage cannot be reached at present, or does not answer in time. Another attempt may succeed. Of a write it
    /// is not known whether it was made, unless the method says more.
    #[error("the storage is not available: {reason}")]
    Unavailable {
        /// What did not answer, and how.
        reason: String,
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
        Self::Storage {
            doing: doing.into(),
            source: Arc::new(source),
        }
    }
}
