//! Timestamp → offset (`.timeindex`).

use std::fs::File;
use std::io;

use crate::IndexError;
use crate::table::{Entry, Table, relative};

/// An entry: no record before `offset` is later than `timestamp_ms`, and the batch that ends with `offset` has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TimestampOffset {
    /// The largest timestamp so far, in milliseconds since 1970.
    pub timestamp_ms: i64,
    /// Last offset of the batch that holds it.
    pub offset: i64,
}

/// The sparse index from timestamps to offsets of one segment. Its entries are in a file that the caller holds; every
/// call must be given that same file.
#[derive(Clone, Copy, Debug)]
pub struct TimeIndex {
    table: Table<TimestampOffset>,
}

impl TimeIndex {
    /// Bytes of an entry.
    pub const ENTRY_LEN: usize = TimestampOffset::LEN;

    /// An index without entries, for an empty file.
    pub fn new(base_offset: i64) -> Self {
        Self {
            table: Table::new(base_offset),
        }
    }

    /// Opens the index of a log that ends before `next_offset`. What lies beyond is cut off the file, and so are the
    /// zeros that Kafka preallocates.
    ///
    /// # Errors
    /// The file could not be read or cut.
    pub fn open(file: &File, base_offset: i64, next_offset: i64) -> io::Result<Self> {
        let sound = |e: TimestampOffset| {
            let written = e.timestamp_ms > 0 || (e.timestamp_ms == 0 && e.offset > base_offset);
            written && e.offset >= base_offset && e.offset < next_offset
        };
        Ok(Self {
            table: Table::open(file, base_offset, sound)?,
        })
    }

    /// The index as it was when it had `len` entries and this last one, without a look into its file; `None` where these
    /// contradict each other.
    pub fn resume(base_offset: i64, len: u32, last: Option<TimestampOffset>) -> Option<Self> {
        let table = Table::resume(base_offset, len, last)?;
        Some(Self { table })
    }

    /// The first offset of the segment, from which entries count.
    pub fn base_offset(&self) -> i64 {
        self.table.base_offset
    }

    /// Number of entries.
    pub fn len(&self) -> u32 {
        self.table.len
    }

    /// Has no entries.
    pub fn is_empty(&self) -> bool {
        self.table.len == 0
    }

    /// Bytes of the file.
    pub fn size_bytes(&self) -> u64 {
        self.table.bytes()
    }

    /// The last entry: the largest timestamp that the index knows.
    pub fn last(&self) -> Option<TimestampOffset> {
        self.table.last
    }

    /// Adds an entry unless its timestamp is not above the last one, since then it would say nothing new; then `false`.
    /// Timestamps below 0 mean "none" in Kafka and are not indexed either.
    ///
    /// # Errors
    /// [`IndexError::OffsetOutOfReach`], [`IndexError::NotAscending`] (a later timestamp at an offset before the last
    /// one), [`IndexError::Io`].
    pub fn maybe_append(
        &mut self,
        file: &File,
        timestamp_ms: i64,
        offset: i64,
    ) -> Result<bool, IndexError> {
        let base_offset = self.table.base_offset;
        if relative(offset, base_offset).is_none() {
            return Err(IndexError::OffsetOutOfReach {
                offset,
                base_offset,
            });
        }
        let last = self.table.last.unwrap_or(TimestampOffset {
            timestamp_ms: -1,
            offset: base_offset,
        });
        if timestamp_ms <= last.timestamp_ms {
            return Ok(false);
        }
        if offset < last.offset {
            return Err(IndexError::NotAscending {
                key: timestamp_ms,
                value: offset,
                last_key: last.timestamp_ms,
                last_value: last.offset,
            });
        }
        self.table.push(
            file,
            TimestampOffset {
                timestamp_ms,
                offset,
            },
        )?;
        Ok(true)
    }

    /// The last entry below `timestamp_ms`: every record up to its offset that lies in an earlier batch is earlier, so
    /// a search begins there. `None`: at the start of the log.
    ///
    /// # Errors
    /// The file could not be read.
    pub fn lower(&self, file: &File, timestamp_ms: i64) -> io::Result<Option<TimestampOffset>> {
        self.table
            .last_where(file, |e| e.timestamp_ms < timestamp_ms)
    }

    /// Cuts off the entries at or beyond `next_offset`, for a log that was cut to end before it.
    ///
    /// # Errors
    /// The file could not be read or cut.
    pub fn truncate(&mut self, file: &File, next_offset: i64) -> io::Result<()> {
        self.table.truncate_where(file, |e| e.offset < next_offset)
    }
}

impl Entry for TimestampOffset {
    const LEN: usize = 12;

    fn encode(self, base_offset: i64, out: &mut [u8]) {
        let delta = relative(self.offset, base_offset).unwrap_or(0);
        out[..8].copy_from_slice(&self.timestamp_ms.to_be_bytes());
        out[8..].copy_from_slice(&delta.to_be_bytes());
    }

    fn decode(base_offset: i64, bytes: &[u8]) -> Self {
        let mut timestamp = [0; 8];
        timestamp.copy_from_slice(&bytes[..8]);
        let delta = i32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
        Self {
            timestamp_ms: i64::from_be_bytes(timestamp),
            offset: base_offset.saturating_add(delta.into()),
        }
    }
}
