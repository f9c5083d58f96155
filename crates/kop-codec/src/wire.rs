//! What each struct of a message can do; messages build on it.

use crate::{DecodeError, Reader, Writer};

/// A struct that is written field by field. Generated; not for implementing elsewhere.
pub trait Wire: Sized {
    /// The fewest bytes that it takes in any version.
    const MIN_LEN: usize;

    /// Reads it at a version that the message has.
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError>;

    /// The bytes that [`write`](Wire::write) writes.
    fn size(&self, version: i16) -> usize;

    /// The bytes of records in it, which are part of its size but not copied.
    fn records_len(&self) -> usize {
        0
    }

    /// Writes it at a version that the message has; faults are kept by the writer.
    fn write(&self, writer: &mut Writer, version: i16);
}
