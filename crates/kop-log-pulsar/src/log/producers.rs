//! Idempotent and transactional producers of one partition: what is in the log, and what is on its way there. No I/O.
//!
//! A write is checked when it is sent, since the next one of its producer follows before its receipt. Its offsets are
//! not known then. So there are two layers: the state of the log, a fold in the order of offsets; and per producer what
//! its writes on their way will change, with which the next one is checked.

use std::collections::HashMap;

use bytes::{Buf, BufMut};
use kop_log::producer::{
    ABORTED_ENTRY_LEN, AbortedEntry, AbortedTransactions, ActiveProducer, Duplicate, ProducerBatch,
    ProducerChanges, ProducerState,
};
use kop_log::{AbortedTransaction, LogError};
use smallvec::SmallVec;

const SNAPSHOT_VERSION: u8 = 1;
/// Version, offset, length of the producers.
const SNAPSHOT_HEADER: usize = 13;

/// The batches of one write, with offsets relative to its first.
pub(super) type WriteBatches = SmallVec<[ProducerBatch; 1]>;

/// What is to be done with a write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// It is sent and then [`settled`](Producers::settled), or [not](Producers::only_on_their_way).
    New,
    /// It is in the log already.
    Written(Duplicate),
    /// The same write is on its way.
    InFlight,
}

/// The producers of a partition.
#[derive(Debug, Default)]
pub(super) struct Producers {
    state: ProducerState,
    aborted: AbortedTransactions,
    in_flight: HashMap<i64, InFlight>,
    /// Batches folded in since the last snapshot.
    unsaved: usize,
}

#[derive(Debug, Default)]
struct InFlight {
    changes: ProducerChanges,
    writes: usize,
}

impl Producers {
    /// Checks a write that is about to be sent.
    ///
    /// # Errors
    /// Those of [`ProducerState::check`]; [`LogError::Malformed`] for batches of several producers.
    pub(super) fn check(&mut self, batches: &[ProducerBatch]) -> Result<Verdict, LogError> {
        let Some(first) = batches.first() else {
            return Ok(Verdict::New);
        };
        let id = first.producer_id;
        if batches.iter().any(|batch| batch.producer_id != id) {
            return Err(LogError::Malformed {
                what: "request",
                reason: "it has batches of several producers".to_owned(),
            });
        }
        let mut fresh = ProducerChanges::default();
        let pending = self.in_flight.get_mut(&id);
        let changes = match pending {
            Some(in_flight) => &mut in_flight.changes,
            None => &mut fresh,
        };
        if self.state.check(changes, batches)?.is_some() {
            // What is on its way has no offsets yet: ask the log alone.
            let in_log = self.state.check(&mut ProducerChanges::default(), batches);
            return Ok(match in_log {
                Ok(Some(duplicate)) => Verdict::Written(duplicate),
                _ => Verdict::InFlight,
            });
        }
        let in_flight = self.in_flight.entry(id).or_insert(InFlight {
            changes: fresh,
            writes: 0,
        });
        in_flight.writes += 1;
        Ok(Verdict::New)
    }

    /// Whether there is a write of this producer, in the log or on its way.
    pub(super) fn knows(&self, producer_id: i64) -> bool {
        self.state.contains(producer_id) || self.in_flight.contains_key(&producer_id)
    }

    /// The producers that the log remembers, by their ids.
    pub(super) fn active(&self) -> Vec<ActiveProducer> {
        self.state.active()
    }

    /// A write that was [`Verdict::New`] is in the log, at this offset.
    pub(super) fn settled(&mut self, batches: &[ProducerBatch], base_offset: i64) {
        for batch in batches {
            let mut batch = *batch;
            batch.base_offset = batch.base_offset.saturating_add(base_offset);
            batch.last_offset = batch.last_offset.saturating_add(base_offset);
            self.replay(&batch);
        }
        self.arrived(batches);
    }

    fn arrived(&mut self, batches: &[ProducerBatch]) {
        let Some(id) = batches.first().map(|batch| batch.producer_id) else {
            return;
        };
        if let Some(in_flight) = self.in_flight.get_mut(&id) {
            in_flight.writes = in_flight.writes.saturating_sub(1);
            if in_flight.writes == 0 {
                self.in_flight.remove(&id);
            }
        }
    }

    /// A batch of the log that did not come through [`check`](Self::check).
    pub(super) fn replay(&mut self, batch: &ProducerBatch) {
        self.unsaved += 1;
        if let Some(aborted) = self.state.replay(batch) {
            self.aborted.add(aborted);
        }
    }

    /// These writes alone are on their way, in the order in which they were sent: what else was [`Verdict::New`] and is not
    /// settled was not sent, or not written.
    pub(super) fn only_on_their_way<'a>(
        &mut self,
        writes: impl IntoIterator<Item = &'a WriteBatches>,
    ) {
        self.in_flight.clear();
        for batches in writes {
            // It was found right before.
            let _ = self.check(batches);
        }
    }

    /// The last stable offset of a log with this high watermark.
    pub(super) fn last_stable_offset(&self, high_watermark: i64) -> i64 {
        self.state.last_stable_offset(high_watermark)
    }

    /// Aborted transactions with records in `start..end`.
    pub(super) fn aborted(&self, start: i64, end: i64) -> Vec<AbortedTransaction> {
        self.aborted.touching(start, end)
    }

    /// The log now starts here.
    pub(super) fn truncate_before(&mut self, log_start: i64) {
        self.aborted.truncate_before(log_start);
    }

    /// Forgets producers that have been idle for long.
    pub(super) fn expire(&mut self, now_ms: i64, expiration_ms: i64) {
        self.state.expire(now_ms, expiration_ms);
    }

    /// Batches of producers since the last snapshot.
    pub(super) fn unsaved(&self) -> usize {
        self.unsaved
    }

    /// The state of the log up to `offset`, to be stored.
    pub(super) fn snapshot(&mut self, offset: i64) -> Vec<u8> {
        self.unsaved = 0;
        let producers = self.state.snapshot();
        let aborted = self.aborted.entries();
        let mut bytes = Vec::with_capacity(
            SNAPSHOT_HEADER + producers.len() + aborted.len() * ABORTED_ENTRY_LEN,
        );
        bytes.put_u8(SNAPSHOT_VERSION);
        bytes.put_i64(offset);
        bytes.put_u32(u32::try_from(producers.len()).expect("invariant: 46 bytes per producer"));
        bytes.extend_from_slice(&producers);
        for entry in aborted {
            bytes.extend_from_slice(&entry.to_bytes());
        }
        bytes
    }

    /// Reads what [`snapshot`](Self::snapshot) wrote, and its offset: what lies from there on is to be replayed.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub(super) fn load(mut bytes: &[u8]) -> Result<(Self, i64), LogError> {
        let malformed = |reason: String| LogError::Malformed {
            what: "stored producers",
            reason,
        };
        if bytes.len() < SNAPSHOT_HEADER {
            return Err(malformed(format!("{} bytes are too few", bytes.len())));
        }
        let version = bytes.get_u8();
        if version != SNAPSHOT_VERSION {
            return Err(malformed(format!(
                "version {version} is not {SNAPSHOT_VERSION}"
            )));
        }
        let (offset, len) = (bytes.get_i64(), bytes.get_u32() as usize);
        let Some((producers, aborted)) = bytes.split_at_checked(len) else {
            return Err(malformed(format!(
                "{len} bytes of producers, but {} are left",
                bytes.len()
            )));
        };
        let mut loaded = Self {
            state: ProducerState::load(producers)?,
            ..Self::default()
        };
        let (entries, rest) = aborted.as_chunks::<ABORTED_ENTRY_LEN>();
        if !rest.is_empty() {
            return Err(malformed(format!("{} bytes too many", rest.len())));
        }
        for entry in entries {
            loaded.aborted.add(AbortedEntry::from_bytes(entry)?);
        }
        Ok((loaded, offset))
    }
}

#[cfg(test)]
mod tests {
    use kop_records::control::EndTxnMarker;

    use super::*;

    fn batch(sequence: i32, records: i32) -> ProducerBatch {
        ProducerBatch {
            producer_id: 7,
            epoch: 0,
            base_sequence: sequence,
            last_sequence: sequence + records - 1,
            base_offset: 0,
            last_offset: i64::from(records) - 1,
            max_timestamp: 5,
            transactional: false,
            marker: None,
        }
    }

    #[test]
    fn writes_on_their_way_count() {
        let mut producers = Producers::default();
        assert_eq!(producers.check(&[batch(0, 2)]).unwrap(), Verdict::New);
        assert_eq!(producers.check(&[batch(2, 3)]).unwrap(), Verdict::New);
        assert_eq!(producers.check(&[batch(2, 3)]).unwrap(), Verdict::InFlight);
        assert!(matches!(
            producers.check(&[batch(9, 1)]),
            Err(LogError::OutOfOrderSequence { expected: 5, .. })
        ));
        producers.settled(&[batch(0, 2)], 100);
        assert_eq!(
            producers.check(&[batch(0, 2)]).unwrap(),
            Verdict::Written(Duplicate {
                base_offset: 100,
                last_offset: 101,
                timestamp: 5
            })
        );
        assert_eq!(producers.check(&[batch(2, 3)]).unwrap(), Verdict::InFlight);
        producers.settled(&[batch(2, 3)], 110);
        assert!(producers.in_flight.is_empty());
        assert_eq!(producers.check(&[batch(5, 1)]).unwrap(), Verdict::New);
    }

    #[test]
    fn what_was_not_written_is_taken_back() {
        let mut producers = Producers::default();
        producers.check(&[batch(0, 2)]).unwrap();
        producers.settled(&[batch(0, 2)], 0);
        producers.check(&[batch(2, 1)]).unwrap();
        producers.only_on_their_way([]);
        assert_eq!(producers.check(&[batch(2, 4)]).unwrap(), Verdict::New);
    }

    /// A batch that becomes too large for an entry, while others of its producer are on their way.
    #[test]
    fn a_refused_write_is_not_taken_for_one_that_is_on_its_way() {
        let mut producers = Producers::default();
        let writes = [batch(0, 2), batch(2, 3)].map(|batch| WriteBatches::from_slice(&[batch]));
        for write in &writes {
            assert_eq!(producers.check(write).unwrap(), Verdict::New);
        }
        assert_eq!(producers.check(&[batch(5, 4)]).unwrap(), Verdict::New);
        producers.only_on_their_way(&writes);
        assert!(
            matches!(
                producers.check(&[batch(9, 1)]),
                Err(LogError::OutOfOrderSequence { expected: 5, .. })
            ),
            "nothing may follow what was not sent"
        );
        assert_eq!(
            producers.check(&[batch(5, 2)]).unwrap(),
            Verdict::New,
            "its producer makes smaller ones of it"
        );
        producers.settled(&writes[0], 0);
        producers.settled(&writes[1], 2);
        producers.settled(&[batch(5, 2)], 5);
        assert!(producers.in_flight.is_empty());
    }

    #[test]
    fn a_refused_first_write_leaves_nothing() {
        let mut producers = Producers::default();
        producers.check(&[batch(0, 2)]).unwrap();
        producers.settled(&[batch(0, 2)], 0);
        assert!(producers.check(&[batch(7, 1)]).is_err());
        assert!(producers.in_flight.is_empty());
    }

    #[test]
    fn snapshots_survive_a_round_trip() {
        let mut producers = Producers::default();
        let transactional = ProducerBatch {
            transactional: true,
            ..batch(0, 2)
        };
        let marker = ProducerBatch {
            marker: Some(EndTxnMarker {
                committed: false,
                coordinator_epoch: 1,
            }),
            base_sequence: -1,
            ..transactional
        };
        producers.settled(&[transactional], 10);
        assert_eq!(producers.last_stable_offset(12), 10);
        producers.settled(
            &[ProducerBatch {
                last_offset: 0,
                ..marker
            }],
            12,
        );
        let bytes = producers.snapshot(13);
        let (loaded, offset) = Producers::load(&bytes).unwrap();
        assert_eq!((offset, loaded.last_stable_offset(13)), (13, 13));
        assert_eq!(loaded.aborted(0, 11), producers.aborted(0, 11));
        for cut in 0..bytes.len() {
            assert!(
                Producers::load(&bytes[..cut]).is_err() || cut == bytes.len() - ABORTED_ENTRY_LEN
            );
        }
    }
}
