//! The transactions that a round of compaction passes.

use std::collections::{HashMap, HashSet};

use kop_records::control::EndTxnMarker;
use kop_records::{DecompressLimits, RecordBatch, RecordsError};

use crate::producer::AbortedEntry;

/// A marker has a few bytes; nobody compresses it, but a batch could say that it is.
const MAX_CONTROL_BYTES: usize = 4096;

/// The transactions that a pass over a log is in, by what it has met of them.
#[derive(Clone, Debug, Default)]
pub struct CleanedTransactions {
    /// Aborted transactions that have not begun yet, the first one last.
    to_come: Vec<AbortedEntry>,
    /// By producer. True once a batch of it was met.
    aborted: HashMap<i64, (AbortedEntry, bool)>,
    /// Producers of which a batch was met in a transaction that was not aborted.
    committed: HashSet<i64>,
    kept: Vec<AbortedEntry>,
}

impl CleanedTransactions {
    /// A pass over a log from offset `from` on, in which these transactions were aborted. Those that ended before do not
    /// count.
    pub fn new(aborted: &[AbortedEntry], from: i64) -> Self {
        let ahead = aborted.iter().filter(|entry| entry.last_offset >= from);
        let mut aborted: Vec<_> = ahead.copied().collect();
        aborted.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.first_offset));
        Self {
            to_come: aborted,
            ..Self::default()
        }
    }

    /// Takes note of a control batch. Returns whether nothing of its transaction was met any more, or the batch is empty.
    ///
    /// # Errors
    /// The batch cannot be read.
    pub fn on_control(&mut self, batch: &RecordBatch) -> Result<bool, RecordsError> {
        self.begin_up_to(batch.last_offset());
        let limits = DecompressLimits {
            max_bytes: MAX_CONTROL_BYTES,
        };
        let section = batch.section(&limits)?;
        let Some(record) = section.iter().next() else {
            return Ok(true);
        };
        let producer_id = batch.producer_id();
        Ok(match EndTxnMarker::parse(&record?)? {
            None => false,
            Some(marker) if marker.committed => !self.committed.remove(&producer_id),
            Some(_) => match self.aborted.remove(&producer_id) {
                Some((entry, true)) => {
                    self.kept.push(entry);
                    false
                }
                _ => true,
            },
        })
    }

    /// Takes note of another batch. Returns whether it belongs to an aborted transaction.
    pub fn on_data(&mut self, batch: &RecordBatch) -> bool {
        self.begin_up_to(batch.last_offset());
        if !batch.is_transactional() {
            return false;
        }
        match self.aborted.get_mut(&batch.producer_id()) {
            Some((_, met)) => {
                *met = true;
                true
            }
            None => {
                self.committed.insert(batch.producer_id());
                false
            }
        }
    }

    /// The aborted transactions whose markers were passed since the last call and of which batches are left, by the
    /// offsets of their markers.
    pub fn take_kept(&mut self) -> Vec<AbortedEntry> {
        std::mem::take(&mut self.kept)
    }

    fn begin_up_to(&mut self, offset: i64) {
        while let Some(entry) = self.to_come.pop_if(|entry| entry.first_offset <= offset) {
            self.aborted
                .entry(entry.producer_id)
                .or_insert((entry, false));
        }
    }
}
