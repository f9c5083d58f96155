//! Bytes that are ready to be sent, as a list of parts.

use std::{io, mem, vec};

use bytes::Bytes;

use crate::{RecordsPart, records};

/// An encoded message or a whole frame, as parts that are sent one after the other.
///
/// Between parts of the message itself lie the records, as they were given: slices of memory or regions of files.
#[derive(Debug, Clone, Default)]
pub struct Encoded {
    bytes: Bytes,
    /// Records, each with the place among `bytes` where it belongs, in order.
    inserts: Vec<(usize, RecordsPart)>,
    len: usize,
}

impl Encoded {
    #[inline]
    pub(crate) fn new(bytes: Bytes, inserts: Vec<(usize, RecordsPart)>, len: usize) -> Self {
        Self {
            bytes,
            inserts,
            len,
        }
    }

    /// The parts in the order in which they are sent; none of them is empty.
    pub fn into_parts(self) -> impl Iterator<Item = RecordsPart> + Send {
        Parts {
            bytes: self.bytes,
            taken: 0,
            inserts: self.inserts.into_iter(),
            ahead: None,
        }
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
        if self.inserts.is_empty() {
            return Ok(self.bytes.clone());
        }
        records::concat(self.clone().into_parts(), self.len)
    }
}

/// Cuts the message's own bytes where records belong, only when they are asked for.
struct Parts {
    bytes: Bytes,
    /// Bytes that were cut off already.
    taken: usize,
    inserts: vec::IntoIter<(usize, RecordsPart)>,
    /// Records whose turn is next.
    ahead: Option<RecordsPart>,
}

impl Iterator for Parts {
    type Item = RecordsPart;

    fn next(&mut self) -> Option<RecordsPart> {
        if let Some(part) = self.ahead.take() {
            return Some(part);
        }
        match self.inserts.next() {
            Some((at, part)) if at > self.taken => {
                let bytes = self.bytes.split_to(at - self.taken);
                self.taken = at;
                self.ahead = Some(part);
                Some(RecordsPart::Bytes(bytes))
            }
            Some((_, part)) => Some(part),
            None if self.bytes.is_empty() => None,
            None => Some(RecordsPart::Bytes(mem::take(&mut self.bytes))),
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
