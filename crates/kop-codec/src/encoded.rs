//! Bytes that are ready to be sent, as a list of parts.

use std::{cell::RefCell, io, mem};

use bytes::Bytes;

use crate::{RecordsPart, records};

/// An encoded message or a whole frame, as parts that are sent one after the other.
///
/// Between parts of the message itself lie the records, as they were given: slices of memory or regions of files.
#[derive(Debug, Clone, Default)]
pub struct Encoded {
    bytes: Bytes,
    inserts: Inserts,
    len: usize,
}

/// Records, each with the place among the other bytes where it belongs, in order.
///
/// The list's memory stays with the thread that drops it, for the next message with records: making the list costs more
/// than filling it.
#[derive(Debug, Default)]
pub(crate) struct Inserts(Vec<(usize, RecordsPart)>);

impl Encoded {
    #[inline]
    pub(crate) fn new(bytes: Bytes, inserts: Inserts, len: usize) -> Self {
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
            inserts: self.inserts,
            next: 0,
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
        if self.inserts.0.is_empty() {
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
    inserts: Inserts,
    /// Which of them is next.
    next: usize,
    /// Records whose turn is next.
    ahead: Option<RecordsPart>,
}

impl Iterator for Parts {
    type Item = RecordsPart;

    fn next(&mut self) -> Option<RecordsPart> {
        if let Some(part) = self.ahead.take() {
            return Some(part);
        }
        match self.inserts.take(&mut self.next) {
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

/// Lists longer than this are given back to the allocator.
const MAX_KEPT: usize = 1024;

thread_local! {
    static KEPT: RefCell<Vec<(usize, RecordsPart)>> = const { RefCell::new(Vec::new()) };
}

impl Inserts {
    /// An empty list with room for so many.
    #[inline]
    pub(crate) fn with_capacity(count: usize) -> Self {
        if count == 0 {
            return Self::default();
        }
        let kept = KEPT.try_with(|kept| mem::take(&mut *kept.borrow_mut()));
        let mut list = kept.unwrap_or_default();
        list.reserve_exact(count);
        Self(list)
    }

    #[inline]
    pub(crate) fn push(&mut self, at: usize, part: RecordsPart) {
        self.0.push((at, part));
    }

    /// Takes one out; those behind it keep their places.
    fn take(&mut self, next: &mut usize) -> Option<(usize, RecordsPart)> {
        let (at, part) = self.0.get_mut(*next)?;
        *next += 1;
        Some((*at, mem::replace(part, RecordsPart::Bytes(Bytes::new()))))
    }
}

impl Clone for Inserts {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Drop for Inserts {
    #[inline]
    fn drop(&mut self) {
        if self.0.capacity() == 0 {
            return;
        }
        self.0.clear();
        if self.0.capacity() <= MAX_KEPT {
            let list = mem::take(&mut self.0);
            // A thread that ends keeps nothing.
            let _ = KEPT.try_with(|kept| kept.replace(list));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(inserts: &[(usize, &'static str)]) -> Encoded {
        let mut list = Inserts::with_capacity(inserts.len());
        let mut len = 6;
        for (at, text) in inserts {
            list.push(*at, RecordsPart::Bytes(Bytes::from_static(text.as_bytes())));
            len += text.len();
        }
        Encoded::new(Bytes::from_static(b"abcdef"), list, len)
    }

    fn texts(encoded: Encoded) -> Vec<Bytes> {
        let parts = encoded.into_parts().map(|part| match part {
            RecordsPart::Bytes(bytes) => bytes,
            RecordsPart::File(_) => panic!("nothing here is in a file"),
        });
        parts.collect()
    }

    #[test]
    fn parts_come_in_order_and_none_is_empty() {
        assert_eq!(
            texts(encoded(&[(2, "X"), (2, "YY"), (6, "Z")])),
            ["ab", "X", "YY", "cdef", "Z"]
        );
        assert_eq!(texts(encoded(&[(0, "X")])), ["X", "abcdef"]);
        assert_eq!(texts(encoded(&[])), ["abcdef"]);
    }

    #[test]
    fn a_list_is_used_again_and_empty() {
        let first = encoded(&[(1, "X"), (2, "Y")]);
        let memory = first.inserts.0.as_ptr();
        drop(first);
        let second = encoded(&[(3, "Z")]);
        assert_eq!(second.inserts.0.as_ptr(), memory);
        let third = encoded(&[(4, "W")]);
        assert_eq!(texts(second), ["abc", "Z", "def"]);
        assert_eq!(texts(third.clone()), texts(third));
    }
}
