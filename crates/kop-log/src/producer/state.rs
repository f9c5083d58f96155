//! All producers of a log.

use std::collections::{BTreeSet, HashMap};

use super::entry::{Entry, Remembered};
use super::{AbortedEntry, ActiveProducer, LastRecord, ProducerBatch};
use crate::LogError;

/// The producers of a log that are remembered, and their open transactions.
///
/// Takes no memory worth speaking of before the first idempotent batch. It is changed in two steps, so that a failed
/// write changes nothing: [`check`](Self::check) batches into [`ProducerChanges`], write them, [`apply`](Self::apply).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProducerState {
    entries: HashMap<i64, Entry>,
    /// First offset of each open transaction, and its producer.
    open: BTreeSet<(i64, i64)>,
}

/// What appended batches will change once they are written. Several requests can be checked into the same changes: the
/// later ones see the earlier.
#[derive(Clone, Debug, Default)]
pub struct ProducerChanges {
    /// By producer id. There are few: a request has one producer, and a group of requests is written at once.
    entries: Vec<(i64, Entry)>,
    aborted: Vec<AbortedEntry>,
}

/// Where a batch lies that was sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Duplicate {
    /// Offset of its first record.
    pub base_offset: i64,
    /// Offset of its last record.
    pub last_offset: i64,
    /// Its largest timestamp: the time of its append under `LogAppendTime`.
    pub timestamp: i64,
}

impl ProducerState {
    /// Checks the batches of one request. Where one of them is a duplicate, as of a retry whose first attempt was
    /// written, nothing of the request must be written. On any outcome but `Ok(None)` `changes` is as it was.
    ///
    /// As in Apache Kafka, a producer that is not remembered may begin with any sequence number, and a batch without
    /// one (a coordinator's) is checked for its epoch alone.
    ///
    /// # Errors
    /// [`LogError::FencedProducer`], [`LogError::OutOfOrderSequence`], [`LogError::TransactionOpen`],
    /// [`LogError::CoordinatorFenced`].
    pub fn check(
        &self,
        changes: &mut ProducerChanges,
        batches: &[ProducerBatch],
    ) -> Result<Option<Duplicate>, LogError> {
        // A client sends one batch; more come from coordinators and old magics.
        let before = (batches.len() > 1).then(|| changes.clone());
        for batch in batches {
            let outcome = self.check_one(changes, batch);
            if !matches!(outcome, Ok(None)) {
                if let Some(before) = before {
                    *changes = before;
                }
                return outcome;
            }
        }
        Ok(None)
    }

    /// Takes over what was checked and has been written. Transactions that were aborted are in
    /// [`ProducerChanges::aborted`].
    pub fn apply(&mut self, changes: ProducerChanges) {
        for (producer_id, entry) in changes.entries {
            let old = self
                .entries
                .insert(producer_id, entry)
                .and_then(|old| old.open_since);
            if old == entry.open_since {
                continue;
            }
            if let Some(offset) = old {
                self.open.remove(&(offset, producer_id));
            }
            if let Some(offset) = entry.open_since {
                self.open.insert((offset, producer_id));
            }
        }
    }

    /// Folds in a batch that is in the log already, without checks: what was written is a fact. Returns the transaction
    /// that it aborts.
    pub fn replay(&mut self, batch: &ProducerBatch) -> Option<AbortedEntry> {
        let mut changes = ProducerChanges::default();
        let entry = self
            .entries
            .get(&batch.producer_id)
            .copied()
            .unwrap_or_else(Entry::new);
        self.fold(&mut changes, entry, batch);
        let aborted = changes.aborted.pop();
        self.apply(changes);
        aborted
    }

    /// The last stable offset of a log with this high watermark: where the first open transaction begins.
    pub fn last_stable_offset(&self, high_watermark: i64) -> i64 {
        self.open
            .first()
            .map_or(high_watermark, |(offset, _)| high_watermark.min(*offset))
    }

    /// Forgets producers whose last batch is older than `expiration_ms`, unless they have a transaction open.
    pub fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.entries.retain(|_, entry| {
            entry.open_since.is_some()
                || now_ms.saturating_sub(entry.last_timestamp) < expiration_ms
        });
        if self.entries.is_empty() {
            self.entries = HashMap::new();
        }
    }

    /// Number of producers that are remembered.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// No producer is remembered.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether this producer is remembered.
    pub fn contains(&self, producer_id: i64) -> bool {
        self.entries.contains_key(&producer_id)
    }

    /// The producers that are remembered, by their ids.
    pub fn active(&self) -> Vec<ActiveProducer> {
        let mut active: Vec<_> = self
            .entries()
            .map(|(producer_id, entry)| entry.describe(producer_id))
            .collect();
        active.sort_unstable_by_key(|producer| producer.producer_id);
        active
    }

    /// The last record of each producer that is remembered, by which compaction has to leave something.
    pub fn last_records(&self) -> HashMap<i64, LastRecord> {
        self.entries()
            .map(|(producer_id, entry)| (producer_id, entry.last_record()))
            .collect()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (i64, &Entry)> {
        self.entries
            .iter()
            .map(|(&producer_id, entry)| (producer_id, entry))
    }

    pub(super) fn insert(&mut self, producer_id: i64, entry: Entry) {
        self.apply(ProducerChanges {
            entries: vec![(producer_id, entry)],
            aborted: Vec::new(),
        });
    }

    fn check_one(
        &self,
        changes: &mut ProducerChanges,
        batch: &ProducerBatch,
    ) -> Result<Option<Duplicate>, LogError> {
        let known = changes
            .get(batch.producer_id)
            .or_else(|| self.entries.get(&batch.producer_id));
        let entry = known.copied().unwrap_or_else(Entry::new);
        let has_sequence = batch.marker.is_none() && batch.base_sequence >= 0;
        if has_sequence && let Some(duplicate) = entry.duplicate(batch) {
            return Ok(Some(duplicate));
        }
        entry.check_epochs(batch)?;
        if has_sequence {
            entry.check_sequence(batch)?;
        }
        if batch.marker.is_none() && !batch.transactional && entry.open_since.is_some() {
            return Err(LogError::TransactionOpen {
                producer_id: batch.producer_id,
            });
        }
        self.fold(changes, entry, batch);
        Ok(None)
    }

    fn fold(&self, changes: &mut ProducerChanges, mut entry: Entry, batch: &ProducerBatch) {
        entry.enter_epoch(batch.epoch);
        entry.last_timestamp = batch.max_timestamp;
        if let Some(marker) = batch.marker {
            entry.coordinator_epoch = marker.coordinator_epoch;
            if let Some(first_offset) = entry.open_since.take()
                && !marker.committed
            {
                changes.aborted.push(AbortedEntry {
                    producer_id: batch.producer_id,
                    first_offset,
                    last_offset: batch.base_offset,
                    last_stable_offset: self.stable_after(changes, batch),
                });
            }
        } else {
            // Also without sequence numbers, as Kafka: the snapshot names the producer's last offset.
            let offset_delta = i32::try_from(batch.last_offset.saturating_sub(batch.base_offset))
                .unwrap_or(i32::MAX);
            entry.remember(Remembered {
                last_sequence: batch.last_sequence,
                offset_delta,
                last_offset: batch.last_offset,
                timestamp: batch.max_timestamp,
            });
            if batch.transactional && entry.open_since.is_none() {
                entry.open_since = Some(batch.base_offset);
            }
        }
        changes.set(batch.producer_id, entry);
    }

    /// The last stable offset once `marker` has ended its producer's transaction.
    fn stable_after(&self, changes: &ProducerChanges, marker: &ProducerBatch) -> i64 {
        let unchanged = self.open.iter().find(|(_, producer_id)| {
            *producer_id != marker.producer_id && changes.get(*producer_id).is_none()
        });
        let changed = changes
            .entries
            .iter()
            .filter(|(producer_id, _)| *producer_id != marker.producer_id);
        let first = changed
            .filter_map(|(_, entry)| entry.open_since)
            .chain(unchanged.map(|(offset, _)| *offset))
            .min();
        first.unwrap_or(marker.base_offset.saturating_add(1))
    }
}

impl ProducerChanges {
    /// Transactions that were aborted, in the order of their markers.
    pub fn aborted(&self) -> &[AbortedEntry] {
        &self.aborted
    }

    /// Nothing changes.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn get(&self, producer_id: i64) -> Option<&Entry> {
        let index = self.index(producer_id).ok()?;
        self.entries.get(index).map(|(_, entry)| entry)
    }

    fn set(&mut self, producer_id: i64, entry: Entry) {
        match self.index(producer_id) {
            Ok(index) => self.entries[index].1 = entry,
            Err(index) => self.entries.insert(index, (producer_id, entry)),
        }
    }

    fn index(&self, producer_id: i64) -> Result<usize, usize> {
        self.entries
            .binary_search_by_key(&producer_id, |(producer_id, _)| *producer_id)
    }
}

impl Entry {
    fn duplicate(&self, batch: &ProducerBatch) -> Option<Duplicate> {
        if self.epoch != batch.epoch {
            return None;
        }
        let same = |sent: &&Remembered| {
            sent.last_sequence == batch.last_sequence && sent.base_sequence() == batch.base_sequence
        };
        self.window().iter().find(same).map(|sent| Duplicate {
            base_offset: sent.base_offset(),
            last_offset: sent.last_offset,
            timestamp: sent.timestamp,
        })
    }

    fn check_epochs(&self, batch: &ProducerBatch) -> Result<(), LogError> {
        let ProducerBatch {
            producer_id, epoch, ..
        } = *batch;
        if epoch < self.epoch {
            return Err(LogError::FencedProducer {
                producer_id,
                epoch,
                current: self.epoch,
            });
        }
        match batch.marker {
            Some(marker) if marker.coordinator_epoch < self.coordinator_epoch => {
                Err(LogError::CoordinatorFenced {
                    producer_id,
                    epoch: marker.coordinator_epoch,
                    current: self.coordinator_epoch,
                })
            }
            _ => Ok(()),
        }
    }

    fn check_sequence(&self, batch: &ProducerBatch) -> Result<(), LogError> {
        let expected = match self.last() {
            // A producer that is not known, perhaps since its records are gone: any sequence number will do.
            _ if self.epoch < 0 => return Ok(()),
            _ if self.epoch != batch.epoch => 0,
            Some(last) => last.last_sequence.wrapping_add(1) & i32::MAX,
            None => 0,
        };
        if batch.base_sequence == expected {
            return Ok(());
        }
        let (producer_id, epoch, sequence) = (batch.producer_id, batch.epoch, batch.base_sequence);
        Err(LogError::OutOfOrderSequence {
            producer_id,
            epoch,
            sequence,
            expected,
        })
    }
}
