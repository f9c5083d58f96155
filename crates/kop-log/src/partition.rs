//! One partition: append batches, read bytes, know the offsets.

use std::fmt::Debug;
use std::sync::Arc;

use kop_codec::{Records, Uuid};
use kop_records::ValidatedRecords;

use crate::producer::ActiveProducer;
use crate::{BoxFuture, LogError, TopicConfig, Waiter};

/// The log of one partition.
///
/// **Ordering.** Appends take effect in the order in which [`append`](Self::append) is *called*, whether or not the
/// returned futures have been polled. A reader sees batches in offset order and never part of a batch.
///
/// **Durability.** A resolved append is readable, and survives a crash of the process. It survives a crash of the
/// machine as far as `flush.messages` and `flush.ms` of the topic say.
///
/// **Cancel safety.** Dropping the future of an append does not take the append back. All other futures may be dropped
/// at any time without effect.
///
/// **After deletion** every operation that can fail fails with [`LogError::Deleted`], and those who wait are woken.
pub trait PartitionLog: Debug + Send + Sync + 'static {
    /// Topic name, without the partition.
    fn topic(&self) -> &str;

    /// Topic id: changes when a topic is deleted and created again.
    fn topic_id(&self) -> Uuid;

    /// Partition index, from 0.
    fn partition(&self) -> i32;

    /// The settings that hold for this log now: the topic's own over the server's defaults. Cheap: for every request.
    fn config(&self) -> Arc<TopicConfig>;

    /// Where the log begins and ends now.
    fn offsets(&self) -> LogOffsets;

    /// Appends validated batches, after checking producer epochs and sequences. All of them are appended, or none.
    ///
    /// # Errors
    /// Producer errors, [`LogError::TooLarge`], [`LogError::Storage`], [`LogError::Deleted`].
    fn append(&self, request: AppendRequest) -> BoxFuture<'static, Result<Appended, LogError>>;

    /// Reads whole batches from the one that holds `request.offset`, which may begin before it. Nothing (and no error)
    /// at the end of what the isolation lets see, also where the log goes on beyond.
    ///
    /// # Errors
    /// [`LogError::OffsetOutOfRange`] below the log start offset or above the log end offset.
    fn read(&self, request: ReadRequest) -> BoxFuture<'static, Result<ReadResult, LogError>>;

    /// Whether the records of a read are regions of files, which take no memory. If not, who asks has to have room for what
    /// a read may give.
    fn reads_files(&self) -> bool {
        false
    }

    /// Finds an offset. `None` where no record qualifies (by time, past the last record; maximum of an empty log).
    fn find(
        &self,
        spec: OffsetSpec,
    ) -> BoxFuture<'static, Result<Option<TimestampedOffset>, LogError>>;

    /// Where the largest epoch that is not above `epoch` ends (KIP-101, KIP-279). As Kafka, no error but
    /// [`EpochEnd::UNKNOWN`] where `epoch` is negative or above the log's last one.
    ///
    /// # Errors
    /// [`LogError::Deleted`].
    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError>;

    /// A read from `offset` is about to come, after others: what has to be opened for it may be opened meanwhile.
    fn read_soon(&self, offset: i64) {
        let _ = offset;
    }

    /// Moves the log start offset up to `offset` (`-1`: to the high watermark) and returns it.
    ///
    /// # Errors
    /// [`LogError::OffsetOutOfRange`] above the high watermark. Below the log start nothing happens.
    fn delete_records(&self, offset: i64) -> BoxFuture<'static, Result<i64, LogError>>;

    /// Wakes `waiter` once, as soon as the offsets differ from `seen` or the log is deleted; at once where that is so
    /// already. No change between the look at the offsets and this call is lost.
    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>);

    /// The idempotent and transactional producers that the log remembers, by their ids.
    ///
    /// # Errors
    /// [`LogError::Deleted`].
    fn producers(&self) -> BoxFuture<'static, Result<Vec<ActiveProducer>, LogError>>;

    /// Makes everything appended so far survive a crash of the machine.
    fn flush(&self) -> BoxFuture<'static, Result<(), LogError>>;

    /// Bytes of records that the log holds.
    fn size_bytes(&self) -> u64;
}

/// What to append.
#[derive(Clone, Debug)]
pub struct AppendRequest {
    /// Batches with offsets relative to 0, from [`kop_records::validate`]. Sequence numbers are checked where a batch has
    /// some. A coordinator that writes in a producer's transaction leaves them out (-1), as it sends each batch once.
    pub records: ValidatedRecords,
    /// The wall clock, in milliseconds since 1970: the append time where the topic wants `LogAppendTime`.
    pub now_ms: i64,
}

/// What an append did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Appended {
    /// Offset of the first record. For a duplicate, that of the first attempt.
    pub base_offset: i64,
    /// Offset of the last record.
    pub last_offset: i64,
    /// Milliseconds since 1970 under `LogAppendTime`, else -1.
    pub log_append_time_ms: i64,
    /// The log start offset at that moment.
    pub log_start_offset: i64,
    /// The producer had sent this batch before: nothing was written.
    pub duplicate: bool,
}

/// The offsets that describe a log.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct LogOffsets {
    /// The first offset that can be read.
    pub log_start: i64,
    /// The last stable offset: below it no transaction is open.
    pub last_stable: i64,
    /// The high watermark: what lies below it is committed and can be read.
    pub high_watermark: i64,
    /// The offset that the next record gets.
    pub log_end: i64,
    /// The current leader epoch.
    pub leader_epoch: i32,
}

impl LogOffsets {
    /// Where what a reader sees ends: the first offset that it must not have.
    pub fn visible_end(&self, isolation: Isolation) -> i64 {
        match isolation {
            Isolation::ReadUncommitted => self.high_watermark,
            Isolation::ReadCommitted => self.last_stable,
        }
    }
}

/// How far a read may see.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Isolation {
    /// Up to the high watermark.
    #[default]
    ReadUncommitted,
    /// Up to the last stable offset, with the list of aborted transactions.
    ReadCommitted,
}

/// What to read.
#[derive(Clone, Copy, Debug)]
pub struct ReadRequest {
    /// The first offset wanted.
    pub offset: i64,
    /// Bytes wanted at most.
    pub max_bytes: usize,
    /// Give the first batch even if it alone is larger than `max_bytes`, so that a reader always gets on (KIP-74).
    pub at_least_one: bool,
    /// How far to see.
    pub isolation: Isolation,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct ReadResult {
    /// Whole batches; empty at the end of the log.
    pub records: Records,
    /// The offset behind the last record, where a reader goes on; the one asked for where there are no records.
    pub next_offset: i64,
    /// The offsets at the moment of the read.
    pub offsets: LogOffsets,
    /// Under [`Isolation::ReadCommitted`], the aborted transactions that touch the records; else `None`.
    pub aborted: Option<Vec<AbortedTransaction>>,
}

/// A transaction whose records a `read_committed` reader must drop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AbortedTransaction {
    /// Its producer.
    pub producer_id: i64,
    /// Its first offset.
    pub first_offset: i64,
}

/// Which offset to find: the special timestamps of ListOffsets by name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OffsetSpec {
    /// The log start offset (-2; -4 asks for the local one, which is the same here).
    Earliest,
    /// The high watermark, or the last stable offset under [`Isolation::ReadCommitted`] (-1).
    Latest(Isolation),
    /// The record with the largest timestamp (-3, KIP-734).
    MaxTimestamp,
    /// The first record with this timestamp or a later one, in milliseconds since 1970.
    AtOrAfter(i64),
}

/// An offset and its record's timestamp.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimestampedOffset {
    /// The offset.
    pub offset: i64,
    /// Milliseconds since 1970; -1 for [`OffsetSpec::Earliest`] and [`OffsetSpec::Latest`].
    pub timestamp_ms: i64,
    /// Leader epoch of the batch, -1 if not known.
    pub leader_epoch: i32,
}

/// The end of a leader epoch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EpochEnd {
    /// The epoch found; the one asked for where that is older than all that the log knows; -1 if unknown.
    pub epoch: i32,
    /// The first offset after it, -1 if unknown.
    pub end_offset: i64,
}

impl EpochEnd {
    /// The log knows nothing of the epoch.
    pub const UNKNOWN: Self = Self {
        epoch: -1,
        end_offset: -1,
    };
}
