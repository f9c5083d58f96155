//! Writing magic 0 and 1.

use bytes::Bytes;

use super::{BatchBuilder, MAX_RECORDS_LEN, check_magic};
use crate::batch::TimestampType;
use crate::compression;
use crate::pool::{Lease, Scratch};
use crate::{Compression, RecordsError};

/// From the offset to the attributes.
const FIXED: usize = 18;
const CRC_AT: usize = 12;
const LOG_APPEND_TIME: u8 = 0x08;

/// One message.
struct Message<'a> {
    magic: i8,
    offset: i64,
    attributes: u8,
    timestamp: i64,
    key: Option<&'a [u8]>,
    value: Option<&'a [u8]>,
}

impl Message<'_> {
    fn len(&self) -> usize {
        let timestamp = if self.magic == 0 { 0 } else { 8 };
        FIXED + timestamp + 8 + self.key.map_or(0, <[u8]>::len) + self.value.map_or(0, <[u8]>::len)
    }

    fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.reserve(self.len());
        out.extend_from_slice(&self.offset.to_be_bytes());
        out.extend_from_slice(&((self.len() - CRC_AT) as i32).to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&[self.magic as u8, self.attributes]);
        if self.magic > 0 {
            out.extend_from_slice(&self.timestamp.to_be_bytes());
        }
        for bytes in [self.key, self.value] {
            let len = bytes.map_or(-1, |bytes| bytes.len() as i32);
            out.extend_from_slice(&len.to_be_bytes());
            out.extend_from_slice(bytes.unwrap_or_default());
        }
        let crc = crc32fast::hash(&out[start + CRC_AT + 4..]);
        out[start + CRC_AT..start + CRC_AT + 4].copy_from_slice(&crc.to_be_bytes());
    }
}

impl BatchBuilder {
    pub(super) fn append_legacy(
        &mut self,
        offset: i64,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Result<(), RecordsError> {
        check_magic(self.magic)?;
        // Inner offsets are relative from magic 1 on (KIP-31).
        let relative = self.magic == 1 && self.fields.compression != Compression::None;
        let base = if relative { self.fields.base_offset } else { 0 };
        let offset_to_write = offset.checked_sub(base).ok_or(RecordsError::Build(
            "an offset is too far from the base offset",
        ))?;
        let message = Message {
            magic: self.magic,
            offset: offset_to_write,
            attributes: self.time_attribute(),
            timestamp: if self.time_attribute() == 0 {
                timestamp
            } else {
                self.log_append_time
            },
            key,
            value,
        };
        if message.len() > MAX_RECORDS_LEN - self.buffer.len().min(MAX_RECORDS_LEN) {
            return Err(RecordsError::Build("more than 1 GiB of records"));
        }
        message.write(&mut self.buffer);
        self.note(offset, timestamp);
        Ok(())
    }

    pub(super) fn build_legacy(self) -> Result<Bytes, RecordsError> {
        check_magic(self.magic)?;
        let codec = self.fields.compression;
        if codec == Compression::None || self.appended.count == 0 {
            return Ok(Bytes::copy_from_slice(self.records()));
        }
        let mut compressed = Lease::<Scratch>::take();
        compression::compress(
            codec,
            self.level,
            self.magic,
            self.records(),
            &mut compressed,
        )?;
        let time = self.time_attribute();
        let wrapper = Message {
            magic: self.magic,
            offset: self.appended.last_offset,
            attributes: codec.id() | time,
            timestamp: if time == 0 {
                self.appended.max_timestamp
            } else {
                self.log_append_time
            },
            key: None,
            value: Some(&compressed),
        };
        let mut out = Vec::with_capacity(wrapper.len());
        wrapper.write(&mut out);
        Ok(Bytes::from(out))
    }

    fn time_attribute(&self) -> u8 {
        let append = self.magic > 0 && self.fields.timestamp_type == TimestampType::LogAppendTime;
        if append { LOG_APPEND_TIME } else { 0 }
    }
}
