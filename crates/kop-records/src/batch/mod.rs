//! Record batches as borrowed views.

use std::fmt;

use bytes::Bytes;

use self::legacy::LegacyHeader;
use crate::section::{LegacySection, Section};
use crate::{Compression, DecompressLimits, RecordIter, RecordsError};

mod batches;
pub(crate) mod header;
pub(crate) mod legacy;

pub use self::batches::{Batches, batches};
pub use self::header::{
    BatchHeader, CRC_START, ENTRY_HEADER_LEN, HEADER_LEN, LOG_OVERHEAD, LogEntryHeader,
    NO_PRODUCER_ID, NO_SEQUENCE, NO_TIMESTAMP,
};

/// What the timestamps of a batch mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TimestampType {
    /// Magic 0 has none.
    NoTimestamp,
    /// Set by the producer.
    #[default]
    CreateTime,
    /// Set by the broker when it appended the batch.
    LogAppendTime,
}

/// One batch of magic 2, one message of magic 0 or 1, or one compressed wrapper of such messages.
///
/// The header and the lengths are checked when it is made; the CRC and the records are not. Clones share the bytes.
#[derive(Clone)]
pub struct RecordBatch {
    bytes: Bytes,
    header: Header,
}

#[derive(Clone, Copy)]
enum Header {
    Batch(BatchHeader),
    Legacy(LegacyHeader),
}

impl RecordBatch {
    /// Takes `bytes`, which must be exactly one batch.
    ///
    /// Errors: those of [`BatchHeader::parse`], and [`SizeMismatch`](RecordsError::SizeMismatch) where the size field
    /// says something else than the length of `bytes`.
    pub fn parse(bytes: Bytes) -> Result<Self, RecordsError> {
        let entry = LogEntryHeader::parse(&bytes)?;
        if entry.size_in_bytes != bytes.len() {
            return Err(RecordsError::SizeMismatch {
                declared: entry.size_in_bytes,
                available: bytes.len(),
            });
        }
        let header = match entry.magic {
            2 => Header::Batch(BatchHeader::parse(&bytes)?),
            _ => Header::Legacy(LegacyHeader::parse(&bytes)?),
        };
        Ok(Self { bytes, header })
    }

    /// The whole batch.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The header of a magic 2 batch.
    pub fn header(&self) -> Option<&BatchHeader> {
        match &self.header {
            Header::Batch(header) => Some(header),
            Header::Legacy(_) => None,
        }
    }

    /// 0, 1 or 2.
    pub fn magic(&self) -> i8 {
        match &self.header {
            Header::Batch(_) => 2,
            Header::Legacy(header) => header.magic,
        }
    }

    /// Base offset for magic 2. For magic 0 and 1 the offset of the message, which for a wrapper is that of its last
    /// message: [`first_offset`](Self::first_offset) reads inside.
    pub fn base_offset(&self) -> i64 {
        match &self.header {
            Header::Batch(header) => header.base_offset(),
            Header::Legacy(header) => header.offset,
        }
    }

    /// The base offset of any batch. Decompresses wrappers of magic 0 and 1, and nothing else.
    pub fn first_offset(&self, limits: &DecompressLimits) -> Result<i64, RecordsError> {
        if self.header().is_some() || self.compression() == Compression::None {
            return Ok(self.base_offset());
        }
        let section = self.section(limits)?;
        let first = section.iter().next().transpose()?;
        first
            .map(|record| record.offset)
            .ok_or(RecordsError::InvalidWrapper("no messages inside"))
    }

    /// Offset of the last record.
    pub fn last_offset(&self) -> i64 {
        match &self.header {
            Header::Batch(header) => header.last_offset(),
            Header::Legacy(header) => header.offset,
        }
    }

    /// One more than the last offset.
    pub fn next_offset(&self) -> i64 {
        self.last_offset().wrapping_add(1)
    }

    /// Size of the whole batch.
    pub fn size_in_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Epoch of the leader that appended it; -1 if unknown and for magic 0 and 1.
    pub fn partition_leader_epoch(&self) -> i32 {
        self.header()
            .map_or(-1, BatchHeader::partition_leader_epoch)
    }

    /// Producer id; -1 for none and for magic 0 and 1.
    pub fn producer_id(&self) -> i64 {
        self.header()
            .map_or(NO_PRODUCER_ID, BatchHeader::producer_id)
    }

    /// Producer epoch; -1 for none and for magic 0 and 1.
    pub fn producer_epoch(&self) -> i16 {
        self.header().map_or(-1, BatchHeader::producer_epoch)
    }

    /// Sequence number of the first record; -1 for none and for magic 0 and 1.
    pub fn base_sequence(&self) -> i32 {
        self.header()
            .map_or(NO_SEQUENCE, BatchHeader::base_sequence)
    }

    /// Sequence number of the last record; -1 for none and for magic 0 and 1.
    pub fn last_sequence(&self) -> i32 {
        self.header()
            .map_or(NO_SEQUENCE, BatchHeader::last_sequence)
    }

    /// Whether it belongs to a transaction.
    pub fn is_transactional(&self) -> bool {
        self.header().is_some_and(BatchHeader::is_transactional)
    }

    /// Whether its records are control records; see [`control`](crate::control).
    pub fn is_control(&self) -> bool {
        self.header().is_some_and(BatchHeader::is_control)
    }

    /// As [`BatchHeader::delete_horizon_ms`].
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        self.header().and_then(BatchHeader::delete_horizon_ms)
    }

    /// The codec.
    pub fn compression(&self) -> Compression {
        match &self.header {
            Header::Batch(header) => header.compression(),
            Header::Legacy(header) => header.compression,
        }
    }

    /// What the timestamps mean.
    pub fn timestamp_type(&self) -> TimestampType {
        match &self.header {
            Header::Batch(header) => header.timestamp_type(),
            Header::Legacy(header) => header.timestamp_type,
        }
    }

    /// When a broker appended it, in milliseconds since the epoch, where all its records have that time.
    pub fn log_append_time(&self) -> Option<i64> {
        let append = self.timestamp_type() == TimestampType::LogAppendTime;
        append.then_some(self.max_timestamp())
    }

    /// What timestamp deltas are added to; for magic 0 and 1 the message's timestamp.
    pub fn base_timestamp(&self) -> i64 {
        match &self.header {
            Header::Batch(header) => header.base_timestamp(),
            Header::Legacy(header) => header.timestamp,
        }
    }

    /// Largest timestamp, or the append time; -1 for none. For a wrapper what it says, which old clients set wrongly.
    pub fn max_timestamp(&self) -> i64 {
        match &self.header {
            Header::Batch(header) => header.max_timestamp(),
            Header::Legacy(header) => header.timestamp,
        }
    }

    /// Number of records as the header says; `None` for magic 0 and 1, which do not say.
    pub fn record_count(&self) -> Option<i32> {
        self.header().map(BatchHeader::record_count)
    }

    /// The stored checksum: CRC-32C for magic 2, CRC-32 before.
    pub fn crc(&self) -> u32 {
        match &self.header {
            Header::Batch(header) => header.crc(),
            Header::Legacy(header) => header.crc,
        }
    }

    /// Compares the stored checksum with the bytes'. The checksum does not cover base offset, size and leader epoch.
    pub fn verify_crc(&self) -> Result<(), RecordsError> {
        match &self.header {
            Header::Batch(header) => {
                let computed = crc32c::crc32c(&self.bytes[CRC_START..]);
                if computed == header.crc() {
                    return Ok(());
                }
                Err(RecordsError::CrcMismatch {
                    stored: header.crc(),
                    computed,
                })
            }
            Header::Legacy(header) => legacy::verify_crc(header, &self.bytes),
        }
    }

    /// The records, as slices of this batch or of one buffer that it decompresses to. Nothing is allocated per record.
    ///
    /// Errors here: a negative count, damaged or too large compressed data, a broken wrapper. A broken record is the
    /// iterator's last item.
    pub fn records(&self, limits: &DecompressLimits) -> Result<RecordIter, RecordsError> {
        RecordIter::new(self, limits)
    }

    /// The records borrowed: no reference counts are touched, and a decompressed batch lies in a buffer that the thread
    /// keeps for the next one. The fastest way to look at every record. Errors as [`records`](Self::records).
    pub fn section(&self, limits: &DecompressLimits) -> Result<Section<'_>, RecordsError> {
        match &self.header {
            Header::Batch(header) => Section::of_batch(header, &self.bytes[HEADER_LEN..], limits),
            Header::Legacy(header) => Section::of_legacy(header, &self.bytes, limits),
        }
    }

    /// The part of a magic 2 batch after its header, decompressed.
    pub fn decompressed_body(&self, limits: &DecompressLimits) -> Result<Bytes, RecordsError> {
        let body = self.bytes.slice(HEADER_LEN.min(self.bytes.len())..);
        match (self.magic(), self.compression()) {
            (2, Compression::None) => Ok(body),
            (2, codec) => crate::compression::decompress(codec, 2, &body, limits),
            _ => Err(RecordsError::UnknownMagic(self.magic())),
        }
    }

    pub(crate) fn legacy_section(
        &self,
        limits: &DecompressLimits,
    ) -> Result<Option<LegacySection>, RecordsError> {
        match &self.header {
            Header::Batch(_) => Ok(None),
            Header::Legacy(header) => LegacySection::new(header, &self.bytes, limits).map(Some),
        }
    }
}

impl PartialEq for RecordBatch {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for RecordBatch {}

impl fmt::Debug for RecordBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordBatch")
            .field("magic", &self.magic())
            .field("codec", &self.compression())
            .field("base_offset", &self.base_offset())
            .field("last_offset", &self.last_offset())
            .field("size_in_bytes", &self.size_in_bytes())
            .finish_non_exhaustive()
    }
}
