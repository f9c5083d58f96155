//! Offset → position (`.index`).

use std::fs::File;
use std::io;

use crate::IndexError;
use crate::table::{Entry, Table, relative};

/// An entry: the batch at `position` ends with `offset`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OffsetPosition {
    /// Last offset of the batch.
    pub offset: i64,
    /// Where the batch begins in the log file, in bytes; at most 2³¹-1.
    pub position: u32,
}

/// The sparse index from offsets to positions of one segment. Its entries are in a file that the caller holds; every
/// call must be given that same file.
#[derive(Clone, Copy, Debug)]
pub struct OffsetIndex {
    table: Table<OffsetPosition>,
}

impl OffsetIndex {
    /// Bytes of an entry.
    pub const ENTRY_LEN: usize = OffsetPosition::LEN;

    /// An index without entries, for an empty file.
    pub fn new(base_offset: i64) -> Self {
        Self {
            table: Table::new(base_offset),
        }
    }

    /// Opens the index of a log of `log_len` bytes. What lies beyond it is cut off the file, and so are the zeros that
    /// Kafka preallocates.
    ///
    /// # Errors
    /// The file could not be read or cut.
    pub fn open(file: &File, base_offset: i64, log_len: u64) -> io::Result<Self> {
        // Position 0 never has an entry: scans begin there anyway. So zero means "nothing written here".
        let sound = |e: OffsetPosition| {
            e.position > 0 && u64::from(e.position) < log_len && e.offset >= base_offset
        };
        Ok(Self {
            table: Table::open(file, base_offset, sound)?,
        })
    }

    /// The index as it was when it had `len` entries and this last one, without a look into its file; `None` where these
    /// contradict each other.
    pub fn resume(base_offset: i64, len: u32, last: Option<OffsetPosition>) -> Option<Self> {
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

    /// The last entry.
    pub fn last(&self) -> Option<OffsetPosition> {
        self.table.last
    }

    /// Adds the entry for a batch at `position` that ends with `offset`. Nothing changes on an error.
    ///
    /// # Errors
    /// [`IndexError::OffsetOutOfReach`], [`IndexError::PositionOutOfReach`], [`IndexError::NotAscending`] (a position
    /// of 0 too), [`IndexError::Io`].
    pub fn append(&mut self, file: &File, offset: i64, position: u32) -> Result<(), IndexError> {
        let base_offset = self.table.base_offset;
        if relative(offset, base_offset).is_none() {
            return Err(IndexError::OffsetOutOfReach {
                offset,
                base_offset,
            });
        }
        if i32::try_from(position).is_err() {
            return Err(IndexError::PositionOutOfReach { position });
        }
        let last = self.table.last.unwrap_or(OffsetPosition {
            offset: base_offset - 1,
            position: 0,
        });
        if offset <= last.offset || position <= last.position {
            return Err(IndexError::NotAscending {
                key: offset,
                value: position.into(),
                last_key: last.offset,
                last_value: last.position.into(),
            });
        }
        Ok(self.table.push(file, OffsetPosition { offset, position })?)
    }

    /// The last entry at or below `offset`: where to begin looking for it. `None`: at the start of the log.
    ///
    /// # Errors
    /// The file could not be read.
    pub fn floor(&self, file: &File, offset: i64) -> io::Result<Option<OffsetPosition>> {
        self.table.last_where(file, |e| e.offset <= offset)
    }

    /// The last entry at or below a position: the start of a batch near it. `None`: the start of the log.
    ///
    /// # Errors
    /// The file could not be read.
    pub fn floor_by_position(
        &self,
        file: &File,
        position: u64,
    ) -> io::Result<Option<OffsetPosition>> {
        self.table
            .last_where(file, |e| u64::from(e.position) <= position)
    }

    /// Cuts off the entries at or beyond `log_len`, for a log that was cut to that length.
    ///
    /// # Errors
    /// The file could not be read or cut.
    pub fn truncate(&mut self, file: &File, log_len: u64) -> io::Result<()> {
        self.table
            .truncate_where(file, |e| u64::from(e.position) < log_len)
    }
}

impl Entry for OffsetPosition {
    const LEN: usize = 8;

    fn encode(self, base_offset: i64, out: &mut [u8]) {
        let delta = relative(self.offset, base_offset).unwrap_or(0);
        out[..4].copy_from_slice(&delta.to_be_bytes());
        out[4..].copy_from_slice(&self.position.to_be_bytes());
    }

    fn decode(base_offset: i64, bytes: &[u8]) -> Self {
        let delta = i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let position = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
        Self {
            offset: base_offset.saturating_add(delta.into()),
            position,
        }
    }
}
