//! What is known of a transactional id, and what it becomes: every transition as a new value, stored before it counts.

use std::collections::{BTreeMap, BTreeSet};

use kop_codec::internal::transaction::TransactionLogValue;
use kop_codec::internal::transaction::transaction_log_value::PartitionsSchema;
use kop_codec::{ByteString, ErrorCode};

use super::TransactionState;
use super::request::{ClientVersion, Producer};
use crate::classic::detached;

/// No producer id.
pub(crate) const NO_PRODUCER_ID: i64 = -1;
/// No epoch.
pub(crate) const NO_EPOCH: i16 = -1;
/// An epoch from here on is the last of its producer id: the one after it is left for fencing.
const LAST_EPOCH: i16 = i16::MAX - 1;

/// Whether a producer with this epoch needs another id before its epoch can be raised.
pub(crate) fn is_exhausted(epoch: i16) -> bool {
    epoch >= LAST_EPOCH
}

/// Partitions of topics.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Partitions(BTreeMap<ByteString, BTreeSet<i32>>);

impl Partitions {
    pub(crate) fn contains(&self, topic: &str, partition: i32) -> bool {
        self.0
            .get(topic)
            .is_some_and(|partitions| partitions.contains(&partition))
    }

    pub(crate) fn insert(&mut self, topic: &ByteString, partition: i32) {
        match self.0.get_mut(&**topic) {
            Some(partitions) => {
                partitions.insert(partition);
            }
            None => {
                self.0.insert(detached(topic), BTreeSet::from([partition]));
            }
        }
    }

    /// Whether it was there.
    pub(crate) fn remove(&mut self, topic: &str, partition: i32) -> bool {
        let Some(partitions) = self.0.get_mut(topic) else {
            return false;
        };
        let was_there = partitions.remove(&partition);
        if partitions.is_empty() {
            self.0.remove(topic);
        }
        was_there
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn topics(&self) -> impl Iterator<Item = (&ByteString, &BTreeSet<i32>)> {
        self.0.iter()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ByteString, i32)> {
        let topics = self.0.iter();
        topics.flat_map(|(topic, partitions)| partitions.iter().map(move |&p| (topic, p)))
    }
}

/// A transactional id at one moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TransactionMetadata {
    pub(crate) producer: Producer,
    /// The producer id before the last transition, to know a client by that missed the answer that changed it.
    pub(crate) previous_producer_id: i64,
    /// The producer id that follows when the transaction is complete, -1 for none.
    pub(crate) next_producer_id: i64,
    /// The epoch before the last bump that a client asked for, -1 for none. Not stored.
    pub(crate) last_epoch: i16,
    pub(crate) timeout_ms: i32,
    pub(crate) state: TransactionState,
    pub(crate) partitions: Partitions,
    /// Milliseconds since 1970, -1 before the first transaction.
    pub(crate) start_ms: i64,
    /// Milliseconds since 1970.
    pub(crate) update_ms: i64,
    pub(crate) client: ClientVersion,
}

impl TransactionMetadata {
    /// A transactional id that nobody has used: its first epoch will be 0.
    pub(crate) fn new(producer_id: i64, timeout_ms: i32, now_ms: i64) -> Self {
        Self {
            producer: Producer {
                id: producer_id,
                epoch: NO_EPOCH,
            },
            previous_producer_id: NO_PRODUCER_ID,
            next_producer_id: NO_PRODUCER_ID,
            last_epoch: NO_EPOCH,
            timeout_ms,
            state: TransactionState::Empty,
            partitions: Partitions::default(),
            start_ms: -1,
            update_ms: now_ms,
            client: ClientVersion::V1,
        }
    }

    /// Reads a stored value; `None` where the state is none that is ever stored.
    pub(crate) fn from_value(value: &TransactionLogValue) -> Option<Self> {
        let mut partitions = Partitions::default();
        for topic in value.transaction_partitions.iter().flatten() {
            for partition in topic.partition_ids.iter() {
                partitions.insert(&topic.topic, *partition);
            }
        }
        Some(Self {
            producer: Producer {
                id: value.producer_id,
                epoch: value.producer_epoch,
            },
            previous_producer_id: value.previous_producer_id,
            next_producer_id: value.next_producer_id,
            last_epoch: NO_EPOCH,
            timeout_ms: value.transaction_timeout_ms,
            state: TransactionState::from_id(value.transaction_status)
                .filter(|state| *state != TransactionState::Dead)?,
            partitions,
            start_ms: value.transaction_start_timestamp_ms,
            update_ms: value.transaction_last_update_timestamp_ms,
            client: ClientVersion::from_level(value.client_transaction_version),
        })
    }

    pub(crate) fn to_value(&self) -> TransactionLogValue {
        let topics = self
            .partitions
            .topics()
            .map(|(topic, ids)| PartitionsSchema {
                topic: topic.clone(),
                partition_ids: ids.iter().copied().collect(),
                ..PartitionsSchema::default()
            });
        // Kafka stores no list, instead of an empty one, for an id without a transaction.
        let empty = self.state == TransactionState::Empty;
        TransactionLogValue {
            producer_id: self.producer.id,
            producer_epoch: self.producer.epoch,
            previous_producer_id: self.previous_producer_id,
            next_producer_id: self.next_producer_id,
            transaction_timeout_ms: self.timeout_ms,
            transaction_status: self.state.id(),
            transaction_partitions: (!empty).then(|| topics.collect()),
            transaction_last_update_timestamp_ms: self.update_ms,
            transaction_start_timestamp_ms: self.start_ms,
            client_transaction_version: self.client.level(),
            ..TransactionLogValue::default()
        }
    }

    fn next(&self, state: TransactionState, now_ms: i64) -> Self {
        debug_assert!(
            self.state.may_become(state),
            "{:?} to {state:?}",
            self.state
        );
        Self {
            state,
            previous_producer_id: self.producer.id,
            update_ms: now_ms,
            ..self.clone()
        }
    }

    /// InitProducerId with nothing going on: the epoch is raised, so that whoever had the one before is fenced.
    /// A client that repeats a call whose answer it missed gets the same epoch again (KIP-360).
    pub(crate) fn bump_epoch(
        &self,
        timeout_ms: i32,
        expected: Option<i16>,
        now_ms: i64,
    ) -> Result<Self, ErrorCode> {
        let current = self.producer.epoch;
        let (epoch, last_epoch) = match expected {
            Some(expected) if expected == self.last_epoch && current != NO_EPOCH => {
                (current, self.last_epoch)
            }
            Some(expected) if current != NO_EPOCH && expected != current => {
                return Err(ErrorCode::PRODUCER_FENCED);
            }
            expected => {
                let next = current.checked_add(1).ok_or(ErrorCode::PRODUCER_FENCED)?;
                (next, expected.map_or(NO_EPOCH, |_| current))
            }
        };
        let producer = Producer {
            epoch,
            ..self.producer
        };
        Ok(self.initialized(producer, last_epoch, timeout_ms, now_ms))
    }

    /// InitProducerId where the epochs of the producer id are used up: another one, from epoch 0.
    pub(crate) fn rotate(&self, id: i64, timeout_ms: i32, continues: bool, now_ms: i64) -> Self {
        let last_epoch = if continues {
            self.producer.epoch
        } else {
            NO_EPOCH
        };
        self.initialized(Producer { id, epoch: 0 }, last_epoch, timeout_ms, now_ms)
    }

    fn initialized(
        &self,
        producer: Producer,
        last_epoch: i16,
        timeout_ms: i32,
        now_ms: i64,
    ) -> Self {
        Self {
            producer,
            last_epoch,
            timeout_ms,
            next_producer_id: NO_PRODUCER_ID,
            partitions: Partitions::default(),
            start_ms: -1,
            ..self.next(TransactionState::Empty, now_ms)
        }
    }

    /// Partitions are added, and the transaction begins if it has not.
    pub(crate) fn add<'a>(
        &self,
        partitions: impl IntoIterator<Item = &'a (ByteString, i32)>,
        client: ClientVersion,
        now_ms: i64,
    ) -> Self {
        let mut next = self.next(TransactionState::Ongoing, now_ms);
        if self.state != TransactionState::Ongoing {
            next.start_ms = now_ms;
        }
        for (topic, partition) in partitions {
            next.partitions.insert(topic, *partition);
        }
        next.client = client;
        next
    }

    /// The end is decided. In version 2 the epoch is raised with it, so that nothing late can slip in behind the
    /// markers; `next_producer_id` is given where that is the last epoch.
    pub(crate) fn prepare(
        &self,
        commit: bool,
        client: ClientVersion,
        next_producer_id: Option<i64>,
        now_ms: i64,
    ) -> Self {
        let state = if commit {
            TransactionState::PrepareCommit
        } else {
            TransactionState::PrepareAbort
        };
        let mut next = self.next(state, now_ms);
        if self.state != TransactionState::Ongoing {
            next.start_ms = now_ms;
        }
        if client == ClientVersion::V2 {
            next.last_epoch = self.producer.epoch;
            next.producer.epoch = self.producer.epoch.saturating_add(1);
            next.next_producer_id = next_producer_id.unwrap_or(NO_PRODUCER_ID);
        }
        next.client = client;
        next
    }

    /// The transaction is aborted because its time is up, or because somebody else wants its id: its producer is fenced.
    pub(crate) fn fence(&self, now_ms: i64) -> Self {
        let mut next = self.next(TransactionState::PrepareAbort, now_ms);
        // Never handed out: the largest epoch is there for this.
        next.producer.epoch = self.producer.epoch.saturating_add(1);
        next.last_epoch = NO_EPOCH;
        next
    }

    /// All markers are written.
    pub(crate) fn complete(&self, now_ms: i64) -> Self {
        let state = if self.state == TransactionState::PrepareCommit {
            TransactionState::CompleteCommit
        } else {
            TransactionState::CompleteAbort
        };
        let mut next = self.next(state, now_ms);
        next.producer = self.producer_after();
        next.next_producer_id = NO_PRODUCER_ID;
        next.partitions = Partitions::default();
        next
    }

    /// The producer once the transaction that is being ended is complete: what its client goes on with.
    pub(crate) fn producer_after(&self) -> Producer {
        if self.next_producer_id == NO_PRODUCER_ID {
            self.producer
        } else {
            Producer {
                id: self.next_producer_id,
                epoch: 0,
            }
        }
    }
}
