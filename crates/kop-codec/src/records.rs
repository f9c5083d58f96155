//! The value of a field of type `records`: opaque here, and never copied.

use std::{fmt, fs::File, io, sync::Arc};

use bytes::{Bytes, BytesMut};

use crate::encoded::part_len;

/// Record batches as a list of parts, which together are the field's bytes.
///
/// Decoding gives one part, a slice of the request. A broker may answer with regions of its segment files: encoding
/// passes them on, and whoever owns the socket decides how to send them.
#[derive(Clone, Default)]
pub struct Records(Parts);

/// One part is the usual case and needs no memory of its own. No part is empty.
#[derive(Clone, Default)]
enum Parts {
    #[default]
    None,
    One(RecordsPart),
    Many {
        parts: Arc<[RecordsPart]>,
        len: usize,
    },
}

/// A piece of records, or of an [`Encoded`](crate::Encoded) message.
#[derive(Debug, Clone)]
pub enum RecordsPart {
    /// Bytes in memory.
    Bytes(Bytes),
    /// Bytes in a file.
    File(FileRegion),
}

/// A region of a file that is read when it is sent.
#[derive(Debug, Clone)]
pub struct FileRegion {
    /// The open file. The region stays readable when the file is unlinked.
    pub file: Arc<File>,
    /// Where the region begins, in bytes.
    pub offset: u64,
    /// How long it is, in bytes.
    pub len: u32,
}

impl Records {
    /// Records made of these parts, in order. Empty parts are left out.
    pub fn from_parts(parts: impl IntoIterator<Item = RecordsPart>) -> Self {
        let mut parts = parts.into_iter().filter(|part| part_len(part) > 0).fuse();
        let Some(first) = parts.next() else {
            return Self::default();
        };
        let Some(second) = parts.next() else {
            return Self(Parts::One(first));
        };
        let parts: Arc<[RecordsPart]> = [first, second].into_iter().chain(parts).collect();
        let len = parts.iter().map(part_len).sum();
        Self(Parts::Many { parts, len })
    }

    /// The length of all parts in bytes.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Parts::None => 0,
            Parts::One(part) => part_len(part),
            Parts::Many { len, .. } => *len,
        }
    }

    /// Whether there is not one byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parts in order; none of them is empty.
    #[must_use]
    #[inline]
    pub fn parts(&self) -> &[RecordsPart] {
        match &self.0 {
            Parts::None => &[],
            Parts::One(part) => std::slice::from_ref(part),
            Parts::Many { parts, .. } => parts,
        }
    }

    /// The bytes, if they lie in memory in one piece. None if they do not; empty records are in one piece.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        static EMPTY: Bytes = Bytes::new();
        match self.parts() {
            [] => Some(&EMPTY),
            [RecordsPart::Bytes(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// The bytes in one piece, read from the files where they are there. This blocks; a server sends the parts.
    ///
    /// # Errors
    /// Whatever reading a file gives, [`io::ErrorKind::UnexpectedEof`] where the file is shorter than the region.
    pub fn to_bytes(&self) -> io::Result<Bytes> {
        match self.as_bytes() {
            Some(bytes) => Ok(bytes.clone()),
            None => concat(self.parts().iter().cloned(), self.len()),
        }
    }
}

impl From<Bytes> for Records {
    #[inline]
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            return Self::default();
        }
        Self(Parts::One(RecordsPart::Bytes(bytes)))
    }
}

impl From<Vec<u8>> for Records {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<FileRegion> for Records {
    fn from(region: FileRegion) -> Self {
        Self::from_parts([RecordsPart::File(region)])
    }
}

impl fmt::Debug for Records {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Records({} bytes in {} parts)",
            self.len(),
            self.parts().len()
        )
    }
}

/// In memory by content; a region of a file equals only the same region of the same open file.
impl PartialEq for Records {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_bytes(), other.as_bytes()) {
            (Some(left), Some(right)) => left == right,
            _ => self.len() == other.len() && self.parts() == other.parts(),
        }
    }
}

impl PartialEq for RecordsPart {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bytes(left), Self::Bytes(right)) => left == right,
            (Self::File(left), Self::File(right)) => {
                Arc::ptr_eq(&left.file, &right.file)
                    && left.offset == right.offset
                    && left.len == right.len
            }
            _ => false,
        }
    }
}

impl FileRegion {
    /// Reads the whole region. This blocks.
    ///
    /// # Errors
    /// Whatever reading the file gives, [`io::ErrorKind::UnexpectedEof`] where it is shorter than the region.
    pub fn read(&self) -> io::Result<Bytes> {
        let mut bytes = BytesMut::zeroed(self.len as usize);
        read_exact_at(&self.file, &mut bytes, self.offset)?;
        Ok(bytes.freeze())
    }
}

pub(crate) fn concat(parts: impl Iterator<Item = RecordsPart>, len: usize) -> io::Result<Bytes> {
    let mut all = BytesMut::with_capacity(len);
    for part in parts {
        match part {
            RecordsPart::Bytes(bytes) => all.extend_from_slice(&bytes),
            RecordsPart::File(region) => {
                let from = all.len();
                all.resize(from + region.len as usize, 0);
                read_exact_at(&region.file, &mut all[from..], region.offset)?;
            }
        }
    }
    Ok(all.freeze())
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, offset)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        offset += read as u64;
    }
    Ok(())
}
