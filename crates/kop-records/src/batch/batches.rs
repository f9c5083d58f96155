//! Cutting a buffer into batches.

use bytes::Bytes;

use super::header::{ENTRY_HEADER_LEN, LOG_OVERHEAD, LogEntryHeader, check_size, int32};
use super::{RecordBatch, RecordsError};

/// The batches of `bytes`, one after the other.
///
/// A last batch that is not whole ends the iteration in silence, as answers to fetches end so;
/// [`valid_bytes`](Batches::valid_bytes) tells where. An error is the last item.
pub fn batches(bytes: &Bytes) -> Batches {
    Batches {
        bytes: bytes.clone(),
        at: 0,
        failed: false,
    }
}

/// Iterator over the batches of a buffer; see [`batches`].
#[derive(Debug, Clone)]
pub struct Batches {
    bytes: Bytes,
    at: usize,
    failed: bool,
}

impl Batches {
    /// Bytes of the whole batches given so far.
    pub fn valid_bytes(&self) -> usize {
        self.at
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, RecordsError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(overhead) = rest.first_chunk::<LOG_OVERHEAD>() else {
            return Ok(None);
        };
        // A size that no batch can have is an error even where the magic is not there yet.
        check_size(int32(overhead, 8))?;
        if rest.len() < ENTRY_HEADER_LEN {
            return Ok(None);
        }
        let size = LogEntryHeader::parse(rest)?.size_in_bytes;
        if size > rest.len() {
            return Ok(None);
        }
        let batch = RecordBatch::parse(self.bytes.slice(self.at..self.at + size))?;
        self.at += size;
        Ok(Some(batch))
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, RecordsError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.next_batch().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}

impl std::iter::FusedIterator for Batches {}
