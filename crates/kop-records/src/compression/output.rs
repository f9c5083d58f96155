//! What codecs decompress to.

use std::cell::RefCell;
use std::ops::Deref;
use std::thread::LocalKey;

use bytes::Bytes;

use crate::pool::{MAX_KEPT_BUFFER, Pooled, Shelf};

/// What a codec that can stop anywhere is given room for: what is decompressed is walked while it is in the cache.
const PIECE: usize = 64 * 1024;

/// Decompressed bytes, and room behind them that codecs write to. The room has been filled with zeros once, when the
/// buffer grew to its size, and not for every block that goes there.
#[derive(Default)]
pub(crate) struct Output {
    bytes: Vec<u8>,
    len: usize,
    /// End of the room.
    end: usize,
}

thread_local! {
    static OUTPUTS: Shelf<Output> = const { RefCell::new(Vec::new()) };
}

impl Pooled for Output {
    fn shelf() -> &'static LocalKey<Shelf<Self>> {
        &OUTPUTS
    }

    fn create() -> Self {
        Self::default()
    }

    fn recycle(&mut self) -> bool {
        self.clear();
        self.capacity() <= MAX_KEPT_BUFFER
    }
}

impl Output {
    /// Forgets the bytes, and the room.
    pub(crate) fn clear(&mut self) {
        (self.len, self.end) = (0, 0);
    }

    /// All memory that it holds, in bytes.
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Makes room for `additional` bytes at least, and returns all there is.
    pub(crate) fn reserve(&mut self, additional: usize) -> &mut [u8] {
        self.end = self.end.max(self.len + additional);
        if self.bytes.len() < self.end {
            self.bytes.resize(self.end, 0);
        }
        self.bytes.get_mut(self.len..self.end).unwrap_or_default()
    }

    /// The room there is, up to `most` bytes. If there is none, a piece.
    pub(crate) fn room(&mut self, most: usize) -> &mut [u8] {
        let wanted = if self.len == self.end { PIECE } else { 0 };
        let room = self.reserve(wanted.min(most));
        let len = room.len().min(most);
        &mut room[..len]
    }

    /// Takes the first `count` bytes of the room as written.
    pub(crate) fn advance(&mut self, count: usize) {
        self.len += count;
        debug_assert!(self.len <= self.end, "nobody writes beyond the room");
    }

    pub(crate) fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.advance(bytes.len());
    }

    /// The bytes as they are, with all the memory that they lie in.
    pub(crate) fn into_bytes(mut self) -> Bytes {
        self.bytes.truncate(self.len);
        Bytes::from(self.bytes)
    }
}

impl Deref for Output {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_where_the_bytes_end_and_grows_by_pieces() {
        let mut output = Output::default();
        output.extend_from_slice(b"abc");
        assert_eq!(output.room(10).len(), 10);
        assert_eq!(output.room(usize::MAX).len(), 10);
        output.room(2).copy_from_slice(b"de");
        output.advance(2);
        assert_eq!(&*output, b"abcde");
        output.reserve(PIECE + 7);
        assert_eq!(output.room(usize::MAX).len(), PIECE + 7);
        output.clear();
        assert_eq!((output.len(), output.room(usize::MAX).len()), (0, PIECE));
        output.extend_from_slice(b"xyz");
        assert_eq!(output.into_bytes(), "xyz");
    }
}
