//! Walking over the batches of a log file by their headers, without reading the records.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use kop_offset_index::OffsetPosition;
use kop_records::{BatchHeader, HEADER_LEN, RecordBatch};

/// Offset and size stand in front of every entry, and are not counted in the size.
const PREFIX: usize = 12;
/// The size of the smallest message, magic 0 without key and value, behind the prefix.
const MIN_V0: u64 = 14;
const MIN_V1: u64 = 22;
/// Headers are read in blocks: a batch that is smaller shares a read with its neighbours.
const BLOCK: usize = 4096;

/// A batch of a log file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scanned {
    pub(crate) position: u64,
    pub(crate) size: u64,
    /// Offset of the first record. For a compressed magic 0 or 1 wrapper that of its last one, since the header says no more.
    pub(crate) base_offset: i64,
    pub(crate) last_offset: i64,
    /// Milliseconds since 1970, -1 for magic 0.
    pub(crate) max_timestamp: i64,
    /// -1 before magic 2.
    pub(crate) leader_epoch: i32,
    /// Magic 2 only.
    pub(crate) header: Option<BatchHeader>,
}

impl Scanned {
    /// That this batch is not sound, and why.
    pub(crate) fn damaged(&self, reason: impl fmt::Display) -> ScanError {
        ScanError::Damaged {
            position: self.position,
            reason: reason.to_string(),
        }
    }

    /// A magic 2 batch at `position`.
    pub(crate) fn of(header: &BatchHeader, position: u64) -> Self {
        Self {
            position,
            size: header.size_in_bytes() as u64,
            base_offset: header.base_offset(),
            last_offset: header.last_offset(),
            max_timestamp: header.max_timestamp(),
            leader_epoch: header.partition_leader_epoch(),
            header: Some(*header),
        }
    }

    pub(crate) fn end(&self) -> u64 {
        self.position + self.size
    }
}

/// Why a walk ended before the end of the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScanError {
    #[error("the batch at byte {position} is not sound: {reason}")]
    Damaged { position: u64, reason: String },
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Walks from one batch to the next.
pub(crate) struct Scanner<'a> {
    file: &'a File,
    position: u64,
    end: u64,
    block: Vec<u8>,
    block_at: u64,
}

impl<'a> Scanner<'a> {
    /// Begins at `position`, where a batch must begin, and ends before `end`.
    pub(crate) fn new(file: &'a File, position: u64, end: u64) -> Self {
        Self {
            file,
            position,
            end,
            block: Vec::new(),
            block_at: 0,
        }
    }

    /// Begins at an index entry, or at the start of the file without one.
    ///
    /// # Errors
    /// [`ScanError::Damaged`] where the entry does not tell the truth.
    pub(crate) fn at(
        file: &'a File,
        entry: Option<OffsetPosition>,
        end: u64,
    ) -> Result<Self, ScanError> {
        let Some(OffsetPosition { offset, position }) = entry else {
            return Ok(Self::new(file, 0, end));
        };
        let position = u64::from(position);
        let mut scanner = Self::new(file, position, end);
        match scanner.next()? {
            // Its header is in the block that was read, so that going back costs nothing.
            Some(batch) if batch.last_offset == offset => scanner.position = position,
            _ if position >= end => {}
            found => {
                let found = found.map(|batch| batch.last_offset);
                let reason = format!("the index expects offset {offset}, but there is {found:?}");
                return Err(ScanError::Damaged { position, reason });
            }
        }
        Ok(scanner)
    }

    /// Where the next batch begins: behind the last sound one.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The next batch; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Scanned>, ScanError> {
        let position = self.position;
        let left = self.end.saturating_sub(position);
        if left == 0 {
            return Ok(None);
        }
        let wanted = left.min(HEADER_LEN as u64) as usize;
        let bytes = self.peek(wanted)?;
        let scanned = parse(bytes, position, left)
            .map_err(|reason| ScanError::Damaged { position, reason })?;
        self.position = scanned.end();
        Ok(Some(scanned))
    }

    fn peek(&mut self, len: usize) -> io::Result<&[u8]> {
        let from = self.position.wrapping_sub(self.block_at);
        let held = self.position >= self.block_at && from + len as u64 <= self.block.len() as u64;
        if !held {
            let block = (self.end - self.position).min(BLOCK as u64) as usize;
            self.block.resize(block, 0);
            self.block_at = self.position;
            self.file.read_exact_at(&mut self.block, self.position)?;
        }
        let from = (self.position - self.block_at) as usize;
        Ok(&self.block[from..from + len])
    }
}

/// Reads a whole batch.
pub(crate) fn read_batch(file: &File, scanned: &Scanned) -> Result<RecordBatch, ScanError> {
    let len = usize::try_from(scanned.size).map_err(io::Error::other)?;
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, scanned.position)?;
    RecordBatch::parse(Bytes::from(bytes)).map_err(|error| scanned.damaged(error))
}

/// Reads a whole batch and checks its sum.
pub(crate) fn read_sound_batch(file: &File, scanned: &Scanned) -> Result<RecordBatch, ScanError> {
    let batch = read_batch(file, scanned)?;
    batch.verify_crc().map_err(|error| scanned.damaged(error))?;
    Ok(batch)
}

/// Reads the header at the start of `bytes`, of a batch at `position` with `left` bytes behind that.
pub(crate) fn parse(bytes: &[u8], position: u64, left: u64) -> Result<Scanned, String> {
    if bytes.len() < PREFIX + MIN_V0 as usize {
        return Err(format!("{left} bytes are left, which is no batch"));
    }
    let offset = be_i64(bytes, 0);
    let length = i32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]);
    let length = u64::try_from(length).map_err(|_| format!("its length is {length}"))?;
    let size = PREFIX as u64 + length;
    if size > left {
        return Err(format!("it has {size} bytes, but {left} are left"));
    }
    if offset < 0 {
        return Err(format!("its offset is {offset}"));
    }
    let max_timestamp = match bytes[16] {
        2 => return parse_v2(bytes, position, size),
        1 if length >= MIN_V1 => be_i64(bytes, 18),
        0 if length >= MIN_V0 => -1,
        magic => return Err(format!("magic {magic} with {size} bytes")),
    };
    Ok(Scanned {
        position,
        size,
        base_offset: offset,
        last_offset: offset,
        max_timestamp,
        leader_epoch: -1,
        header: None,
    })
}

fn parse_v2(bytes: &[u8], position: u64, size: u64) -> Result<Scanned, String> {
    let header = BatchHeader::parse(bytes).map_err(|error| error.to_string())?;
    let scanned = Scanned::of(&header, position);
    if scanned.last_offset < scanned.base_offset || scanned.size != size {
        return Err(format!(
            "its offsets go from {} to {}",
            scanned.base_offset, scanned.last_offset
        ));
    }
    Ok(scanned)
}

fn be_i64(bytes: &[u8], at: usize) -> i64 {
    let mut value = [0; 8];
    value.copy_from_slice(&bytes[at..at + 8]);
    i64::from_be_bytes(value)
}
