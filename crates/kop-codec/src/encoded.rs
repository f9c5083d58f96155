//! Bytes that are ready to be sent, as a list of parts.

use std::io;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::{RecordsPart, records};

/// An encoded message or a whole frame, as parts that are sent one after the other.
///
/// Between parts of the message itself lie the records, as they were given: slices of memory or regions of files.
#[derive(Debug, Clone, Default)]
pub struct Encoded {
    parts: SmallVec<[RecordsPart; 1]>,
    len: usize,
}

impl Encoded {
    pub(crate) fn assemble(bytes: Bytes, inserts: Vec<(usize, RecordsPart)>) -> Self {
        let mut parts = SmallVec::with_capacity(inserts.len() * 2 + 1);
        let mut len = bytes.len();
        let mut from = 0;
        for (at, part) in inserts {
            if at > from {
                parts.push(RecordsPart::Bytes(bytes.slice(from..at)));
                from = at;
            }
            len += part_len(&part);
            parts.push(part);
        }
        if from == 0 && !bytes.is_empty() {
            parts.push(RecordsPart::Bytes(bytes));
        } else if from < bytes.len() {
            parts.push(RecordsPart::Bytes(bytes.slice(from..)));
        }
        Self { parts, len }
    }

    /// The parts in the order in which they are sent; none of them is empty.
    #[must_use]
    pub fn parts(&self) -> &[RecordsPart] {
        &self.parts
    }

    /// The parts by value, in the order in which they are sent.
    pub fn into_parts(self) -> impl ExactSizeIterator<Item = RecordsPart> + Send {
        self.parts.into_iter()
    }

    /// The length of all parts in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All parts in one piece: copies records and reads those that are in files. This blocks; a server sends the
    /// parts.
    ///
    /// # Errors
    /// Whatever reading a file gives.
    pub fn to_bytes(&self) -> io::Result<Bytes> {
        match self.parts.as_slice() {
            [RecordsPart::Bytes(bytes)] => Ok(bytes.clone()),
            parts => records::concat(parts, self.len),
        }
    }
}

#[inline]
pub(crate) fn part_len(part: &RecordsPart) -> usize {
    match part {
        RecordsPart::Bytes(bytes) => bytes.len(),
        RecordsPart::File(region) => region.len as usize,
    }
}
