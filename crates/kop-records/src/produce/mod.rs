//! What a broker does to a producer's records before it appends them.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::batch::header::HEADER_LEN;
use crate::{BatchHeader, Compression, DecompressLimits, RecordsError, Section, TimestampType};

mod convert;
mod error;
mod validate;
mod walk;

pub use self::error::{ProduceError, RecordError};
pub use self::validate::validate;

/// Who wrote the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A client's Produce request: base offset 0, no control records, exactly the batches that its version allows.
    Client,
    /// A coordinator of this broker, which also writes control records.
    Coordinator,
}

/// The codec that a topic's batches are stored with (`compression.type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetCompression {
    /// As the producer sent them.
    Producer,
    /// This codec, whatever the producer sent; `level` as in [`BatchBuilder::level`](crate::BatchBuilder::level),
    /// `None` for the codec's default.
    Codec {
        /// The codec; [`Compression::None`] stores uncompressed.
        codec: Compression,
        /// Its level.
        level: Option<i32>,
    },
}

/// What records must be like, and what they become.
#[derive(Debug, Clone, Copy)]
pub struct ProduceRules {
    /// Version of the Produce request; `i16::MAX` for what did not come in one.
    pub produce_version: i16,
    /// Largest batch, as sent and as stored (`max.message.bytes`).
    pub max_message_bytes: usize,
    /// Whose timestamps the topic has (`message.timestamp.type`).
    pub timestamp_type: TimestampType,
    /// How far create times may lie before now (`message.timestamp.before.max.ms`).
    pub before_max_ms: i64,
    /// How far create times may lie after now (`message.timestamp.after.max.ms`).
    pub after_max_ms: i64,
    /// Now, in milliseconds since the epoch.
    pub now_ms: i64,
    /// The codec to store with.
    pub compression: TargetCompression,
    /// Whether records without a key are refused (compacted topics).
    pub require_keys: bool,
    /// Most decompressed bytes of the records.
    pub max_decompressed_bytes: usize,
    /// Who wrote the records.
    pub origin: Origin,
}

impl ProduceRules {
    /// For what a broker writes itself: batches of any size with any timestamps, which stay as they are.
    pub const fn of_coordinator(now_ms: i64) -> Self {
        Self {
            produce_version: i16::MAX,
            max_message_bytes: usize::MAX,
            timestamp_type: TimestampType::CreateTime,
            before_max_ms: i64::MAX,
            after_max_ms: i64::MAX,
            now_ms,
            compression: TargetCompression::Producer,
            require_keys: false,
            max_decompressed_bytes: usize::MAX,
            origin: Origin::Coordinator,
        }
    }
}

/// Records that may be appended.
#[derive(Debug, Clone, Default)]
pub struct ValidatedRecords {
    /// The batches, all of magic 2. One, or none where an old client sent no messages.
    pub batches: SmallVec<[ValidBatch; 1]>,
    /// Number of records in all.
    pub record_count: u32,
    /// Bytes of the batches in all.
    pub bytes: usize,
    /// Largest timestamp, -1 where no record has one. With log append time that time.
    pub max_timestamp: i64,
    /// Offset, relative to the first record, of the first record with the largest timestamp.
    pub offset_of_max_timestamp: i64,
    /// Number of records that had to be written anew, from an old magic or into another codec.
    pub converted: u32,
}

/// A validated batch of magic 2 with offsets from 0.
#[derive(Debug, Clone)]
pub struct ValidBatch {
    /// The batch as it came; the 61 bytes of its header are superseded by `header`.
    pub bytes: Bytes,
    /// The header to store: base offset relative to the first batch, timestamp type and largest timestamp right, and a
    /// CRC that fits.
    pub header: BatchHeader,
}

/// A batch at its offset: the two parts to write one after the other.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The final header.
    pub header: [u8; HEADER_LEN],
    /// What follows it, not copied.
    pub body: Bytes,
}

impl ValidBatch {
    /// Number of offsets that the batch takes.
    pub fn offset_count(&self) -> i64 {
        i64::from(self.header.last_offset_delta()) + 1
    }

    /// Bytes of the whole batch.
    pub fn size_in_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The records borrowed, at offsets relative to the first batch's and with the timestamps that the header to store
    /// gives them. Errors as [`RecordBatch::section`](crate::RecordBatch::section).
    pub fn section(&self, limits: &DecompressLimits) -> Result<Section<'_>, RecordsError> {
        let body = self.bytes.get(HEADER_LEN..).unwrap_or_default();
        Section::of_batch(&self.header, body, limits)
    }

    /// Puts the batch at `base_offset` (that of the first batch; this batch's own relative one is added) and sets the
    /// leader epoch. `log_append_time_ms` sets that time too, for a log that takes it when it appends and not when it
    /// validates. Offset and epoch are not under the CRC: it is computed anew only where the time changes.
    pub fn assign(
        &self,
        base_offset: i64,
        leader_epoch: i32,
        log_append_time_ms: Option<i64>,
    ) -> Assigned {
        let body = self.bytes.slice(HEADER_LEN.min(self.bytes.len())..);
        let mut header = self.header;
        header.set_offset_and_epoch(
            base_offset.wrapping_add(self.header.base_offset()),
            leader_epoch,
        );
        if let Some(now_ms) = log_append_time_ms
            && header.set_max_timestamp(TimestampType::LogAppendTime, now_ms)
        {
            header.refresh_crc(&body);
        }
        Assigned {
            header: header.to_bytes(),
            body,
        }
    }
}

impl From<RecordsError> for ProduceError {
    fn from(error: RecordsError) -> Self {
        Self::from_records_error(error)
    }
}
