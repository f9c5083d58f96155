//! The aborted transactions of a log, for those who read committed records only.

use crate::{AbortedTransaction, LogError};

/// Bytes of an entry in Kafka's `.txnindex` files.
pub const ABORTED_ENTRY_LEN: usize = 34;

const VERSION: i16 = 0;

/// An aborted transaction, as Kafka's `.txnindex` files have it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AbortedEntry {
    /// Its producer.
    pub producer_id: i64,
    /// Its first offset.
    pub first_offset: i64,
    /// The offset of its marker.
    pub last_offset: i64,
    /// The last stable offset once it was aborted.
    pub last_stable_offset: i64,
}

/// The aborted transactions of a log, by the offsets of their markers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AbortedTransactions {
    entries: Vec<AbortedEntry>,
}

impl AbortedEntry {
    /// Its bytes in a `.txnindex` file.
    pub fn to_bytes(&self) -> [u8; ABORTED_ENTRY_LEN] {
        let mut bytes = [0; ABORTED_ENTRY_LEN];
        bytes[..2].copy_from_slice(&VERSION.to_be_bytes());
        let numbers = [
            self.producer_id,
            self.first_offset,
            self.last_offset,
            self.last_stable_offset,
        ];
        for (field, number) in bytes[2..].chunks_exact_mut(8).zip(numbers) {
            field.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    /// Reads the bytes of a `.txnindex` file.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for another version or offsets that cannot be.
    pub fn from_bytes(bytes: &[u8; ABORTED_ENTRY_LEN]) -> Result<Self, LogError> {
        let malformed = |reason: String| LogError::Malformed {
            what: "transaction index entry",
            reason,
        };
        let version = i16::from_be_bytes([bytes[0], bytes[1]]);
        if version != VERSION {
            return Err(malformed(format!("version {version} is not {VERSION}")));
        }
        let number = |index: usize| {
            let mut field = [0; 8];
            field.copy_from_slice(&bytes[2 + 8 * index..10 + 8 * index]);
            i64::from_be_bytes(field)
        };
        let entry = Self {
            producer_id: number(0),
            first_offset: number(1),
            last_offset: number(2),
            last_stable_offset: number(3),
        };
        if entry.first_offset < 0 || entry.last_offset < entry.first_offset {
            return Err(malformed(format!(
                "{}..={} is no range",
                entry.first_offset, entry.last_offset
            )));
        }
        Ok(entry)
    }
}

impl AbortedTransactions {
    /// Adds a transaction. Markers come in order; an entry that is there already (as of a file that is ahead of what is
    /// folded again) is not added twice.
    pub fn add(&mut self, entry: AbortedEntry) {
        if self
            .entries
            .last()
            .is_none_or(|last| last.last_offset < entry.last_offset)
        {
            self.entries.push(entry);
        }
    }

    /// Transactions with records in `start..end`, by the offsets of their markers.
    pub fn touching(&self, start: i64, end: i64) -> Vec<AbortedTransaction> {
        let first = self
            .entries
            .partition_point(|entry| entry.last_offset < start);
        let touching = self.entries[first..]
            .iter()
            .filter(|entry| entry.first_offset < end);
        touching
            .map(|entry| AbortedTransaction {
                producer_id: entry.producer_id,
                first_offset: entry.first_offset,
            })
            .collect()
    }

    /// The log now starts at `log_start`: forgets what lies before.
    pub fn truncate_before(&mut self, log_start: i64) {
        let gone = self
            .entries
            .partition_point(|entry| entry.last_offset < log_start);
        self.entries.drain(..gone);
    }

    /// Replaces the entries whose markers lie in `start..end` by those of `kept`: what compaction left of them.
    pub fn replace(&mut self, start: i64, end: i64, kept: &[AbortedEntry]) {
        let at = |offset| {
            self.entries
                .partition_point(|entry| entry.last_offset < offset)
        };
        let range = at(start)..at(end);
        self.entries.splice(range, kept.iter().copied());
    }

    /// The entries, by the offsets of their markers.
    pub fn entries(&self) -> &[AbortedEntry] {
        &self.entries
    }
}
