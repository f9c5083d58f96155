//! What can go wrong with an index.

use std::io;

/// A fault of an index.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// The offset is below the base offset, or more than 2³¹-1 above it, which is all that an entry can hold.
    #[error("offset {offset} does not fit an index with base offset {base_offset}")]
    OffsetOutOfReach {
        /// The offset.
        offset: i64,
        /// The base offset of the index.
        base_offset: i64,
    },
    /// The position is above 2³¹-1.
    #[error("position {position} does not fit an index entry")]
    PositionOutOfReach {
        /// The position, in bytes.
        position: u32,
    },
    /// The entry does not lie above the last one.
    #[error("entry ({key}, {value}) does not lie above the last one, ({last_key}, {last_value})")]
    NotAscending {
        /// Offset, or timestamp, of the new entry.
        key: i64,
        /// Position, or offset, of the new entry.
        value: i64,
        /// Offset, or timestamp, of the last entry.
        last_key: i64,
        /// Position, or offset, of the last entry.
        last_value: i64,
    },
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}
