//! What compaction keeps of a log: the decisions, for every backend. Each record by itself is superseded, a tombstone
//! whose time has come, part of an aborted transaction, or stays.
//!
//! A round goes twice over the batches in order. First those that are new since the last one: [`LatestOffsets::index`]
//! notes the last offset of each key. Then all from the start of the log: [`Round::clean`] writes what is left.
//! The rules are those of Apache Kafka's cleaner, so that a log that both have cleaned holds the same records.

use std::collections::HashMap;

use kop_records::{
    DecompressLimits, Filtered, Horizon, RecordBatch, RecordsError, emptied, filter,
};

mod stats;
mod transactions;

pub use stats::CleanerStats;
pub use transactions::CleanedTransactions;

use crate::producer::LastRecord;

/// The last offset of each key in the part of a log that is new.
pub trait LatestOffsets {
    /// Notes a record; later ones come later. `false` where there is no room for its key: it is not noted then.
    fn note(&mut self, key: &[u8], offset: i64) -> bool;

    /// The offset that was noted last for this key.
    fn latest(&self, key: &[u8]) -> Option<i64>;

    /// Notes the records of a batch from offset `from` on, unless its transaction was aborted. `false` where there was
    /// no room for all of them: the round ends before this batch then.
    ///
    /// # Errors
    /// The batch cannot be read.
    fn index(
        &mut self,
        batch: &RecordBatch,
        from: i64,
        transactions: &mut CleanedTransactions,
    ) -> Result<bool, RecordsError> {
        if batch.is_control() {
            transactions.on_control(batch)?;
            return Ok(true);
        }
        if transactions.on_data(batch) {
            return Ok(true);
        }
        let section = batch.section(&DecompressLimits::default())?;
        for record in &section {
            let record = record?;
            if let Some(key) = record.key
                && record.offset >= from
                && !self.note(key, record.offset)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// One round over a log.
#[derive(Debug)]
pub struct Round {
    /// The wall clock, in milliseconds since 1970.
    pub now_ms: i64,
    /// `delete.retention.ms` of the topic.
    pub delete_retention_ms: i64,
    /// The last offset that the first pass has seen. What lies behind it stays.
    pub latest_offset: i64,
    /// Where the round could have ended at most: the batch before it stays, if without records, so that the offset at
    /// which the log goes on is never lost.
    pub upper_bound: i64,
    /// Whether tombstones of magic 0 and 1 stay, which cannot say when they are to go. What stays is written as magic 2,
    /// which can.
    pub keep_legacy_tombstones: bool,
    /// The last record of each producer that is remembered, from [`ProducerState::last_records`](crate::producer::ProducerState::last_records).
    pub producers: HashMap<i64, LastRecord>,
    /// The transactions of the part that is gone over, from its start.
    pub transactions: CleanedTransactions,
}

/// What is left of a batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cleaned {
    /// All of it: it is to be copied.
    Kept,
    /// This many records, in a batch that was written.
    Written(u32),
    /// Nothing.
    Gone,
}

impl Round {
    /// Appends to `out` what is left of the next batch, unless that is all of it.
    ///
    /// # Errors
    /// The batch cannot be read. `out` is as it was.
    pub fn clean(
        &mut self,
        batch: &RecordBatch,
        latest: &impl LatestOffsets,
        out: &mut Vec<u8>,
    ) -> Result<Cleaned, RecordsError> {
        let control = batch.is_control();
        // A marker may go once nothing is left of its transaction, and then waits as long as a tombstone.
        let over = if control {
            self.transactions.on_control(batch)?
        } else {
            self.transactions.on_data(batch)
        };
        let past = batch
            .delete_horizon_ms()
            .map(|horizon| horizon <= self.now_ms);
        let discard = over && (!control || past == Some(true));
        let keep_empty = self.is_last_of_producer(batch) || batch.next_offset() == self.upper_bound;
        let filtered = if discard {
            Filtered::Empty
        } else {
            let horizon = Horizon {
                at_ms: self.now_ms.saturating_add(self.delete_retention_ms),
                always: over && control,
            };
            let keep_tombstones = match batch.magic() {
                2 => past != Some(true),
                _ => self.keep_legacy_tombstones,
            };
            let keep = |record: &kop_records::RecordView<'_>| {
                control
                    || record.offset > self.latest_offset
                    || record.key.is_some_and(|key| {
                        (record.value.is_some() || keep_tombstones)
                            && latest.latest(key).is_none_or(|last| record.offset >= last)
                    })
            };
            filter(
                batch,
                &DecompressLimits::default(),
                Some(horizon),
                keep,
                out,
            )?
        };
        Ok(match filtered {
            Filtered::Unchanged => Cleaned::Kept,
            Filtered::Rewritten(records) => Cleaned::Written(records),
            Filtered::Empty if keep_empty => match emptied(batch)? {
                Some(empty) => {
                    out.extend_from_slice(&empty);
                    Cleaned::Written(0)
                }
                None => Cleaned::Gone,
            },
            Filtered::Empty => Cleaned::Gone,
        })
    }

    /// Whether the batch holds the last sequence number of its producer, or else its epoch, by which it is fenced.
    fn is_last_of_producer(&self, batch: &RecordBatch) -> bool {
        let last = self.producers.get(&batch.producer_id());
        last.is_some_and(|last| match last.data_offset {
            Some(offset) => batch.last_offset() == offset,
            None => batch.is_control() && batch.producer_epoch() == last.epoch,
        })
    }
}
