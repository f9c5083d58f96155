//! Reading a log file from one batch to the next, a large piece at a time.

use std::fs::File;
use std::os::unix::fs::FileExt;

use bytes::BytesMut;
use kop_records::{LOG_OVERHEAD, RecordBatch, batches};

use crate::scan::ScanError;

/// Whole batches of a log file.
#[derive(Debug)]
pub(crate) struct Chunks<'a> {
    file: &'a File,
    position: u64,
    end: u64,
    buffer: &'a mut BytesMut,
    size: usize,
}

impl<'a> Chunks<'a> {
    /// Begins at `position`, where a batch must begin, and ends before `end`. Reads `size` bytes at a time into
    /// `buffer`, more for a batch that is larger.
    pub(crate) fn new(
        file: &'a File,
        position: u64,
        end: u64,
        buffer: &'a mut BytesMut,
        size: usize,
    ) -> Self {
        Self {
            file,
            position,
            end,
            buffer,
            size,
        }
    }

    /// Calls `each` for the next batches, whose sums are right, and returns how many bytes they had; 0 at the end.
    /// Where `each` says `false` the rest is left out, and the chunks have come to their end.
    pub(crate) fn next<E: From<ScanError>>(
        &mut self,
        mut each: impl FnMut(RecordBatch) -> Result<bool, E>,
    ) -> Result<usize, E> {
        let left = self.end.saturating_sub(self.position);
        let mut wanted = usize::try_from(left).unwrap_or(usize::MAX).min(self.size);
        loop {
            if wanted == 0 {
                return Ok(0);
            }
            self.buffer.resize(wanted, 0);
            self.file
                .read_exact_at(self.buffer, self.position)
                .map_err(ScanError::from)?;
            let chunk = std::mem::take(self.buffer).freeze();
            let mut batches = batches(&chunk);
            let mut before = 0;
            let mut stopped = false;
            while let Some(batch) = batches.next() {
                let damaged = |error: kop_records::RecordsError| self.damaged(before, error);
                let batch = batch.map_err(damaged)?;
                batch.verify_crc().map_err(damaged)?;
                before = batches.valid_bytes();
                if !each(batch)? {
                    stopped = true;
                    break;
                }
            }
            let read = batches.valid_bytes();
            drop(batches);
            let needed = chunk.get(8..LOG_OVERHEAD).and_then(|size| {
                let size = i32::from_be_bytes(size.try_into().ok()?);
                Some(usize::try_from(size).ok()? + LOG_OVERHEAD)
            });
            *self.buffer = chunk.try_into_mut().unwrap_or_default();
            if read > 0 {
                self.position = if stopped {
                    self.end
                } else {
                    self.position + read as u64
                };
                return Ok(read);
            }
            match needed.filter(|needed| *needed > wanted && *needed as u64 <= left) {
                Some(needed) => wanted = needed,
                None => {
                    let error = format!("{left} bytes are left, which is no batch");
                    return Err(self.damaged(0, error).into());
                }
            }
        }
    }

    fn damaged(&self, before: usize, reason: impl std::fmt::Display) -> ScanError {
        ScanError::Damaged {
            position: self.position + before as u64,
            reason: reason.to_string(),
        }
    }
}
