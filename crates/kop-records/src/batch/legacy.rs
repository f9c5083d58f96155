//! Messages of magic 0 and 1, alone or as the wrapper of compressed ones.

use bytes::Bytes;

use super::header::{LOG_OVERHEAD, NO_TIMESTAMP, check_size};
use crate::{Compression, RecordsError, TimestampType};

const CRC_AT: usize = 12;
const MAGIC_AT: usize = 16;
const ATTRIBUTES_AT: usize = 17;
const TIMESTAMP_AT: usize = 18;
const LOG_APPEND_TIME: u8 = 0x08;
/// An inner message's key starts at least here, for magic 0.
const MIN_MESSAGE: usize = 26;

/// A claim above 1.25 GiB is damage and not a message that was cut: there a Java with a heap of 2 GiB, which takes the memory
/// before it looks whether there is so much, runs out of it.
const MAX_INNER: i32 = 5 << 28;

/// The fixed fields of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LegacyHeader {
    pub(crate) offset: i64,
    pub(crate) crc: u32,
    pub(crate) magic: i8,
    pub(crate) compression: Compression,
    pub(crate) timestamp_type: TimestampType,
    pub(crate) timestamp: i64,
}

impl LegacyHeader {
    /// Reads the fields of a message that begins with offset and size.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, RecordsError> {
        let magic = *bytes
            .get(MAGIC_AT)
            .ok_or(RecordsError::InvalidWrapper("a message without a magic"))?
            as i8;
        let needed = match magic {
            0 => MIN_MESSAGE,
            1 => MIN_MESSAGE + 8,
            _ => return Err(RecordsError::UnknownMagic(magic)),
        };
        let fixed = bytes
            .first_chunk::<MIN_MESSAGE>()
            .filter(|_| bytes.len() >= needed);
        let fixed = fixed.ok_or(RecordsError::HeaderTruncated {
            needed,
            available: bytes.len(),
        })?;
        let attributes = fixed[ATTRIBUTES_AT];
        let (timestamp_type, timestamp) = match magic {
            0 => (TimestampType::NoTimestamp, NO_TIMESTAMP),
            _ if attributes & LOG_APPEND_TIME == 0 => {
                (TimestampType::CreateTime, super::header::int64(fixed, 18))
            }
            _ => (
                TimestampType::LogAppendTime,
                super::header::int64(fixed, TIMESTAMP_AT),
            ),
        };
        let compression = Compression::from_attributes(attributes)?;
        if compression == Compression::Zstd {
            return Err(RecordsError::CompressionNotInMagic {
                codec: compression,
                magic,
            });
        }
        Ok(Self {
            offset: super::header::int64(fixed, 0),
            crc: super::header::int32(fixed, CRC_AT) as u32,
            magic,
            compression,
            timestamp_type,
            timestamp,
        })
    }

    fn key_at(&self) -> usize {
        if self.magic == 0 {
            TIMESTAMP_AT
        } else {
            TIMESTAMP_AT + 8
        }
    }
}

/// Checks the CRC-32 of a message that begins with offset and size.
pub(crate) fn verify_crc(header: &LegacyHeader, bytes: &[u8]) -> Result<(), RecordsError> {
    let computed = crc32fast::hash(bytes.get(MAGIC_AT..).unwrap_or_default());
    if computed == header.crc {
        Ok(())
    } else {
        Err(RecordsError::CrcMismatch {
            stored: header.crc,
            computed,
        })
    }
}

/// Key and value of a message.
pub(crate) struct KeyValue<'a> {
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
}

/// Reads key and value. Any negative size is null and bytes after the value are passed over, as for Kafka's readers.
pub(crate) fn key_value<'a>(
    header: &LegacyHeader,
    bytes: &'a [u8],
) -> Result<KeyValue<'a>, RecordsError> {
    let rest = bytes.get(header.key_at()..).unwrap_or_default();
    let (key, rest) = sized(rest)?;
    let (value, _) = sized(rest)?;
    Ok(KeyValue { key, value })
}

fn sized(bytes: &[u8]) -> Result<(Option<&[u8]>, &[u8]), RecordsError> {
    let broken = RecordsError::InvalidRecord {
        index: 0,
        fault: "invalid structure",
    };
    let (size, rest) = bytes.split_first_chunk::<4>().ok_or(broken.clone())?;
    let Ok(size) = usize::try_from(i32::from_be_bytes(*size)) else {
        return Ok((None, rest));
    };
    let (value, rest) = rest.split_at_checked(size).ok_or(broken)?;
    Ok((Some(value), rest))
}

/// The messages inside a wrapper, decompressed.
#[derive(Debug)]
pub(crate) struct InnerMessages {
    pub(crate) bytes: Bytes,
    /// What to add to an inner offset: relative offsets in magic 1, absolute ones in magic 0.
    pub(crate) base_offset: i64,
    /// Number of whole messages.
    pub(crate) count: i32,
    /// End of the last whole message.
    pub(crate) end: usize,
}

/// Finds the messages in a decompressed wrapper. A last message that is cut is passed over, as Kafka does.
pub(crate) fn scan_inner(
    wrapper: &LegacyHeader,
    bytes: Bytes,
) -> Result<InnerMessages, RecordsError> {
    let (mut end, mut count, mut last_offset) = (0, 0, 0);
    while let Some(message) = next_message(&bytes, end)? {
        let header = LegacyHeader::parse(message)?;
        if header.compression != Compression::None {
            return Err(RecordsError::InvalidWrapper(
                "a compressed message inside a compressed message",
            ));
        }
        last_offset = header.offset;
        end += message.len();
        count += 1;
    }
    if count == 0 {
        return Err(RecordsError::InvalidWrapper("no messages inside"));
    }
    let base_offset = match wrapper.magic {
        0 => 0,
        // Some versions of librdkafka left the offset at 0 when producing.
        _ if wrapper.offset == 0 => 0,
        _ if wrapper.offset < last_offset => {
            return Err(RecordsError::WrapperOffset {
                wrapper: wrapper.offset,
                inner: last_offset,
            });
        }
        _ => wrapper.offset.wrapping_sub(last_offset),
    };
    Ok(InnerMessages {
        bytes,
        base_offset,
        count,
        end,
    })
}

/// The whole message at `at`, if there is one.
pub(crate) fn next_message(bytes: &[u8], at: usize) -> Result<Option<&[u8]>, RecordsError> {
    let rest = bytes.get(at..).unwrap_or_default();
    let Some(overhead) = rest.first_chunk::<LOG_OVERHEAD>() else {
        return Ok(None);
    };
    let size = check_size(super::header::int32(overhead, 8))?;
    if size > MAX_INNER {
        return Err(RecordsError::SizeTooLarge(size));
    }
    Ok(rest.get(..size as usize + LOG_OVERHEAD))
}
