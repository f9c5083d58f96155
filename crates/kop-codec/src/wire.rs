//! What each struct of a message can do; messages build on it.

use crate::{DecodeError, Reader, Records, Writer};

/// A struct that is written field by field. Generated; not for implementing elsewhere.
pub trait Wire: Sized {
    /// The fewest bytes that it takes in any version.
    const MIN_LEN: usize;

    /// Reads it at a version that the message has.
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError>;

    /// The bytes that [`write`](Wire::write) writes.
    fn size(&self, version: i16) -> usize;

    /// Counts the records in it, which are part of its size but not copied.
    fn count_records(&self, _count: &mut RecordsCount) {}

    /// Writes it at a version that the message has; faults are kept by the writer.
    fn write(&self, writer: &mut Writer, version: i16);
}

/// What the records in a message amount to, so that memory for a message is asked for once.
#[derive(Debug, Default)]
pub struct RecordsCount {
    /// Their length in bytes.
    pub len: usize,
    /// How many parts they have.
    pub parts: usize,
}

impl RecordsCount {
    #[inline]
    pub(crate) fn add(&mut self, records: Option<&Records>) {
        if let Some(records) = records {
            self.len += records.len();
            self.parts += records.parts().len();
        }
    }
}
