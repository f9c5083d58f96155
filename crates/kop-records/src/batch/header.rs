//! The fixed bytes of a batch.

use crate::{Compression, RecordsError, TimestampType};

/// Bytes of the fixed header of a magic 2 batch, from the base offset to the record count.
pub const HEADER_LEN: usize = 61;
/// Offset and size: what precedes the part that the size field counts.
pub const LOG_OVERHEAD: usize = 12;
/// The bytes that tell what a batch is: offset, size and, after four bytes that differ, the magic.
pub const ENTRY_HEADER_LEN: usize = 17;
/// Where the part begins that the CRC of magic 2 covers.
pub const CRC_START: usize = 21;
/// Smallest size field of any magic.
const MIN_SIZE: i32 = 14;
/// Smallest size field per magic.
const MIN_SIZES: [i32; 3] = [MIN_SIZE, 22, (HEADER_LEN - LOG_OVERHEAD) as i32];

const TRANSACTIONAL: u16 = 0x10;
const CONTROL: u16 = 0x20;
const DELETE_HORIZON: u16 = 0x40;
const LOG_APPEND_TIME: u16 = 0x08;

/// Value of [`BatchHeader::producer_id`] for a producer that is not idempotent.
pub const NO_PRODUCER_ID: i64 = -1;
/// Value of [`BatchHeader::base_sequence`] without an idempotent producer.
pub const NO_SEQUENCE: i32 = -1;
/// A record or batch without a timestamp.
pub const NO_TIMESTAMP: i64 = -1;

/// The first 17 bytes of a batch of any magic: enough to step over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntryHeader {
    /// Base offset for magic 2; for magic 0 and 1 the offset of the message, which is the last for a wrapper.
    pub offset: i64,
    /// Size of the whole batch in bytes, the first 12 included.
    pub size_in_bytes: usize,
    /// 0, 1 or 2.
    pub magic: i8,
}

impl LogEntryHeader {
    /// Reads the header at the start of `bytes`, which may be shorter than the batch.
    ///
    /// Errors: [`HeaderTruncated`](RecordsError::HeaderTruncated) for fewer than 17 bytes,
    /// [`SizeTooSmall`](RecordsError::SizeTooSmall), [`SizeTooLarge`](RecordsError::SizeTooLarge),
    /// [`UnknownMagic`](RecordsError::UnknownMagic).
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordsError> {
        let truncated = RecordsError::HeaderTruncated {
            needed: ENTRY_HEADER_LEN,
            available: bytes.len(),
        };
        let header = bytes.first_chunk::<ENTRY_HEADER_LEN>().ok_or(truncated)?;
        let size = check_size(int32(header, 8))?;
        let magic = header[16] as i8;
        if !(0..=2).contains(&magic) {
            return Err(RecordsError::UnknownMagic(magic));
        }
        let minimum = MIN_SIZES[magic as usize];
        if size < minimum {
            return Err(RecordsError::SizeTooSmall { size, minimum });
        }
        Ok(Self {
            offset: int64(header, 0),
            size_in_bytes: size as usize + LOG_OVERHEAD,
            magic,
        })
    }
}

/// Checks a size field as far as this can be done without the magic.
pub(crate) fn check_size(size: i32) -> Result<i32, RecordsError> {
    if size < MIN_SIZE {
        return Err(RecordsError::SizeTooSmall {
            size,
            minimum: MIN_SIZE,
        });
    }
    if size > i32::MAX - LOG_OVERHEAD as i32 {
        return Err(RecordsError::SizeTooLarge(size));
    }
    Ok(size)
}

/// The 61 fixed bytes of a magic 2 batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchHeader {
    base_offset: i64,
    size_in_bytes: u32,
    partition_leader_epoch: i32,
    crc: u32,
    attributes: u16,
    last_offset_delta: i32,
    base_timestamp: i64,
    max_timestamp: i64,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
    record_count: i32,
}

impl BatchHeader {
    /// Reads the header at the start of `bytes`, which may be shorter than the batch. The CRC and the count are not
    /// checked.
    ///
    /// Errors: [`HeaderTruncated`](RecordsError::HeaderTruncated) for fewer than 61 bytes, those of
    /// [`LogEntryHeader::parse`], [`UnknownMagic`](RecordsError::UnknownMagic) for any magic but 2,
    /// [`UnknownCompression`](RecordsError::UnknownCompression).
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordsError> {
        let entry = LogEntryHeader::parse(bytes)?;
        if entry.magic != 2 {
            return Err(RecordsError::UnknownMagic(entry.magic));
        }
        let truncated = RecordsError::HeaderTruncated {
            needed: HEADER_LEN,
            available: bytes.len(),
        };
        let b = bytes.first_chunk::<HEADER_LEN>().ok_or(truncated)?;
        Compression::from_attributes(b[22])?;
        Ok(Self {
            base_offset: entry.offset,
            size_in_bytes: entry.size_in_bytes as u32,
            partition_leader_epoch: int32(b, 12),
            crc: int32(b, 17) as u32,
            attributes: u16::from_be_bytes([b[21], b[22]]),
            last_offset_delta: int32(b, 23),
            base_timestamp: int64(b, 27),
            max_timestamp: int64(b, 35),
            producer_id: int64(b, 43),
            producer_epoch: i16::from_be_bytes([b[51], b[52]]),
            base_sequence: int32(b, 53),
            record_count: int32(b, 57),
        })
    }

    /// The header as 61 bytes.
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut b = [0; HEADER_LEN];
        b[0..8].copy_from_slice(&self.base_offset.to_be_bytes());
        b[8..12].copy_from_slice(&(self.size_in_bytes - LOG_OVERHEAD as u32).to_be_bytes());
        b[12..16].copy_from_slice(&self.partition_leader_epoch.to_be_bytes());
        b[16] = 2;
        b[17..21].copy_from_slice(&self.crc.to_be_bytes());
        b[21..23].copy_from_slice(&self.attributes.to_be_bytes());
        b[23..27].copy_from_slice(&self.last_offset_delta.to_be_bytes());
        b[27..35].copy_from_slice(&self.base_timestamp.to_be_bytes());
        b[35..43].copy_from_slice(&self.max_timestamp.to_be_bytes());
        b[43..51].copy_from_slice(&self.producer_id.to_be_bytes());
        b[51..53].copy_from_slice(&self.producer_epoch.to_be_bytes());
        b[53..57].copy_from_slice(&self.base_sequence.to_be_bytes());
        b[57..61].copy_from_slice(&self.record_count.to_be_bytes());
        b
    }

    /// Always 2.
    pub fn magic(&self) -> i8 {
        2
    }

    /// Offset of the first record that the batch was written with.
    pub fn base_offset(&self) -> i64 {
        self.base_offset
    }

    /// Offset of the last record that the batch was written with. Wraps for damaged headers, as in Java.
    pub fn last_offset(&self) -> i64 {
        self.base_offset
            .wrapping_add(i64::from(self.last_offset_delta))
    }

    /// One more than [`last_offset`](Self::last_offset).
    pub fn next_offset(&self) -> i64 {
        self.last_offset().wrapping_add(1)
    }

    /// Last offset minus base offset.
    pub fn last_offset_delta(&self) -> i32 {
        self.last_offset_delta
    }

    /// Size of the whole batch in bytes.
    pub fn size_in_bytes(&self) -> usize {
        self.size_in_bytes as usize
    }

    /// Epoch of the leader that appended the batch; -1 if unknown.
    pub fn partition_leader_epoch(&self) -> i32 {
        self.partition_leader_epoch
    }

    /// Producer id, -1 for none.
    pub fn producer_id(&self) -> i64 {
        self.producer_id
    }

    /// Producer epoch, -1 for none.
    pub fn producer_epoch(&self) -> i16 {
        self.producer_epoch
    }

    /// Sequence number of the first record, -1 for none.
    pub fn base_sequence(&self) -> i32 {
        self.base_sequence
    }

    /// Sequence number of the last record, -1 for none. Wraps from 2³¹-1 to 0.
    pub fn last_sequence(&self) -> i32 {
        if self.base_sequence == NO_SEQUENCE {
            return NO_SEQUENCE;
        }
        increment_sequence(self.base_sequence, self.last_offset_delta)
    }

    /// Whether the batch belongs to a transaction.
    pub fn is_transactional(&self) -> bool {
        self.attributes & TRANSACTIONAL != 0
    }

    /// Whether the records are control records.
    pub fn is_control(&self) -> bool {
        self.attributes & CONTROL != 0
    }

    /// When a compacted topic may drop the batch's tombstones or marker (KIP-534), in milliseconds since the epoch.
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        (self.attributes & DELETE_HORIZON != 0).then_some(self.base_timestamp)
    }

    /// The codec.
    pub fn compression(&self) -> Compression {
        // The constructors let no other id through.
        Compression::from_attributes(self.attributes as u8).unwrap_or_default()
    }

    /// What the timestamps mean.
    pub fn timestamp_type(&self) -> TimestampType {
        if self.attributes & LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// What the timestamp deltas of the records are added to; the delete horizon where there is one.
    pub fn base_timestamp(&self) -> i64 {
        self.base_timestamp
    }

    /// Largest timestamp, or the append time; -1 for none.
    pub fn max_timestamp(&self) -> i64 {
        self.max_timestamp
    }

    /// Number of records, as the header says.
    pub fn record_count(&self) -> i32 {
        self.record_count
    }

    /// Stored CRC-32C of everything after it.
    pub fn crc(&self) -> u32 {
        self.crc
    }

    /// The attribute bits.
    pub fn attributes(&self) -> u16 {
        self.attributes
    }

    pub(crate) fn has_producer_id(&self) -> bool {
        self.producer_id > NO_PRODUCER_ID
    }

    /// A header for `body`, with size and CRC still to be set by [`seal`](Self::seal).
    pub(crate) fn from_fields(fields: &HeaderFields) -> Self {
        let mut attributes = u16::from(fields.compression.id());
        let mut set = |flag, on: bool| attributes |= if on { flag } else { 0 };
        set(
            LOG_APPEND_TIME,
            fields.timestamp_type == TimestampType::LogAppendTime,
        );
        set(TRANSACTIONAL, fields.transactional);
        set(CONTROL, fields.control);
        set(DELETE_HORIZON, fields.delete_horizon);
        Self {
            base_offset: fields.base_offset,
            size_in_bytes: HEADER_LEN as u32,
            partition_leader_epoch: fields.partition_leader_epoch,
            crc: 0,
            attributes,
            last_offset_delta: fields.last_offset_delta,
            base_timestamp: fields.base_timestamp,
            max_timestamp: fields.max_timestamp,
            producer_id: fields.producer_id,
            producer_epoch: fields.producer_epoch,
            base_sequence: fields.base_sequence,
            record_count: fields.record_count,
        }
    }

    pub(crate) fn set_offset_and_epoch(&mut self, base_offset: i64, leader_epoch: i32) {
        self.base_offset = base_offset;
        self.partition_leader_epoch = leader_epoch;
    }

    /// Sets the timestamp type and the largest timestamp; whether that changed anything, so that the CRC is stale.
    pub(crate) fn set_max_timestamp(&mut self, kind: TimestampType, max_timestamp: i64) -> bool {
        let append = kind == TimestampType::LogAppendTime;
        let attributes = if append {
            self.attributes | LOG_APPEND_TIME
        } else {
            self.attributes & !LOG_APPEND_TIME
        };
        let changed = attributes != self.attributes || max_timestamp != self.max_timestamp;
        self.attributes = attributes;
        self.max_timestamp = max_timestamp;
        changed
    }

    /// Sets the number of records, and the largest timestamp where it is theirs. The CRC is stale then.
    pub(crate) fn set_records(&mut self, count: i32, max_timestamp: i64) {
        self.record_count = count;
        if self.timestamp_type() == TimestampType::CreateTime {
            self.max_timestamp = max_timestamp;
        }
    }

    pub(crate) fn set_compression(&mut self, compression: Compression) {
        self.attributes = self.attributes & !0x07 | u16::from(compression.id());
    }

    /// Sets size and CRC for this header in front of `body`.
    pub(crate) fn seal(&mut self, body: &[u8]) -> Result<(), RecordsError> {
        let size = HEADER_LEN + body.len();
        if size > i32::MAX as usize {
            return Err(RecordsError::Build("the batch exceeds 2 GiB"));
        }
        self.size_in_bytes = size as u32;
        self.crc = self.compute_crc(body);
        Ok(())
    }

    /// Sets the CRC for this header in front of `body`, which has not changed its size.
    pub(crate) fn refresh_crc(&mut self, body: &[u8]) {
        self.crc = self.compute_crc(body);
    }

    fn compute_crc(&self, body: &[u8]) -> u32 {
        crc32c::crc32c_append(crc32c::crc32c(&self.to_bytes()[CRC_START..]), body)
    }
}

/// What a header is made from.
#[derive(Debug, Clone)]
pub(crate) struct HeaderFields {
    pub(crate) base_offset: i64,
    pub(crate) partition_leader_epoch: i32,
    pub(crate) compression: Compression,
    pub(crate) timestamp_type: TimestampType,
    pub(crate) transactional: bool,
    pub(crate) control: bool,
    pub(crate) delete_horizon: bool,
    pub(crate) last_offset_delta: i32,
    pub(crate) base_timestamp: i64,
    pub(crate) max_timestamp: i64,
    pub(crate) producer_id: i64,
    pub(crate) producer_epoch: i16,
    pub(crate) base_sequence: i32,
    pub(crate) record_count: i32,
}

/// The sequence number `increment` after `sequence`; 0 follows 2³¹-1. Damaged input wraps as in Java.
pub(crate) fn increment_sequence(sequence: i32, increment: i32) -> i32 {
    if sequence > i32::MAX.wrapping_sub(increment) {
        return increment
            .wrapping_sub(i32::MAX.wrapping_sub(sequence))
            .wrapping_sub(1);
    }
    sequence.wrapping_add(increment)
}

pub(crate) fn int32<const N: usize>(bytes: &[u8; N], at: usize) -> i32 {
    i32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

pub(crate) fn int64<const N: usize>(bytes: &[u8; N], at: usize) -> i64 {
    i64::from(int32(bytes, at)) << 32 | i64::from(int32(bytes, at + 4) as u32)
}
