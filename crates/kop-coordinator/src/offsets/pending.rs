//! Offsets in transactions that are open: seen by nobody until the transaction is committed (KIP-447).
//!
//! Where what compacts the log goes by keys alone, they lie *apart*, under keys of their own. Under the keys of committed
//! offsets they would supersede these, also where their transaction is aborted; and the marker that tells has no key, and
//! is dropped. When the marker is durable, what lies apart is *swept*: deleted, in one batch with what has taken effect,
//! under its usual key. The marker is answered after that. Who reads a log that ends in between sees the marker, and sweeps;
//! if compaction was faster, the offsets are pending again, until the marker is written again.

use std::collections::{BTreeMap, HashMap};

use kop_codec::ByteString;
use kop_codec::internal::group::OffsetCommitValue;

use super::{CommittedOffset, OffsetKey, Offsets};
use crate::classic::detached;
use crate::record::GroupRecord;

/// The offsets of open transactions of one group.
#[derive(Debug, Default)]
pub(super) struct Pending {
    by_producer: HashMap<i64, BTreeMap<OffsetKey, CommittedOffset>>,
    /// In how many open transactions each is, and in how many writes for one.
    unstable: BTreeMap<OffsetKey, u32>,
    /// They lie apart.
    apart: bool,
    /// What lies apart and has no meaning any more.
    to_sweep: Swept,
}

/// What lies apart and has no meaning any more: the producer and the offset, and whether it has taken effect.
pub(crate) type Swept = BTreeMap<(i64, OffsetKey), bool>;

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.unstable.is_empty()
    }

    pub(super) fn is_to_sweep(&self) -> bool {
        !self.to_sweep.is_empty()
    }

    /// Whether they lie apart from now on.
    pub(super) fn set_apart(&mut self, apart: bool) {
        self.apart |= apart;
    }

    /// A write begins.
    pub(super) fn begin(&mut self, topic: &ByteString, partition: i32) {
        let key = (detached(topic), partition);
        *self.unstable.entry(key).or_insert(0) += 1;
    }

    /// A write, or the transaction, has ended.
    fn end(&mut self, key: &OffsetKey) {
        if let Some(count) = self.unstable.get_mut(key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.unstable.remove(key);
            }
        }
    }

    /// An offset has been written for which [`begin`](Self::begin) was called.
    fn insert(
        &mut self,
        producer_id: i64,
        (topic, partition): &OffsetKey,
        offset: CommittedOffset,
    ) {
        let key = (detached(topic), *partition);
        let of_producer = self.by_producer.entry(producer_id).or_default();
        if of_producer.insert(key.clone(), offset).is_some() {
            // It replaces one that was counted.
            self.end(&key);
        }
    }

    /// The offset was deleted.
    pub(super) fn remove(&mut self, topic: &ByteString, partition: i32) {
        if self.by_producer.is_empty() {
            return;
        }
        let key = (topic.clone(), partition);
        let mut removed = Vec::new();
        self.by_producer.retain(|&producer_id, offsets| {
            removed.extend(offsets.remove(&key).map(|_| producer_id));
            !offsets.is_empty()
        });
        for producer_id in removed {
            self.end(&key);
            self.leave(producer_id, &key, false);
        }
    }

    /// An offset is pending no longer.
    fn leave(&mut self, producer_id: i64, key: &OffsetKey, took_effect: bool) {
        if self.apart {
            self.to_sweep
                .insert((producer_id, key.clone()), took_effect);
        }
    }

    pub(super) fn contains(&self, topic: &ByteString, partition: i32) -> bool {
        !self.unstable.is_empty() && self.unstable.contains_key(&(topic.clone(), partition))
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &OffsetKey> {
        self.unstable.keys()
    }
}

impl Offsets {
    /// A write of offsets in a transaction has ended: they wait for its end if it succeeded.
    pub(crate) fn committed_in_transaction(
        &mut self,
        producer_id: i64,
        offsets: Vec<(OffsetKey, CommittedOffset)>,
        durable: bool,
    ) {
        for (key, offset) in offsets {
            self.end_write(&key.0, key.1, false);
            if durable {
                self.pending.insert(producer_id, &key, offset);
            } else {
                self.pending.end(&key);
            }
        }
    }

    /// Takes an offset read from the log, of a transaction whose end was not read yet; `None` deletes it.
    pub(crate) fn load_in_transaction(
        &mut self,
        producer_id: i64,
        topic: &ByteString,
        partition: i32,
        value: Option<&OffsetCommitValue>,
    ) {
        let Some(value) = value else {
            return self.load(topic, partition, None);
        };
        let order = self.next_order();
        self.pending.begin(topic, partition);
        let offset = CommittedOffset::from_value(value, order);
        let key = (topic.clone(), partition);
        self.pending.insert(producer_id, &key, offset);
    }

    /// Takes an offset read from where it lies apart; `None` says that it was swept.
    pub(crate) fn load_apart(
        &mut self,
        producer_id: i64,
        topic: &ByteString,
        partition: i32,
        value: Option<&OffsetCommitValue>,
    ) {
        self.pending.set_apart(true);
        let key = (topic.clone(), partition);
        self.pending.to_sweep.remove(&(producer_id, key.clone()));
        if value.is_some() {
            return self.load_in_transaction(producer_id, topic, partition, value);
        }
        let offsets = self.pending.by_producer.get_mut(&producer_id);
        if offsets.is_some_and(|offsets| offsets.remove(&key).is_some()) {
            self.pending.end(&key);
        }
    }

    /// The records that sweep what has no meaning any more; to be in one batch.
    pub(crate) fn sweep(&mut self, group: &ByteString) -> (Vec<GroupRecord>, Swept) {
        let swept = std::mem::take(&mut self.pending.to_sweep);
        let mut records = Vec::with_capacity(swept.len());
        for ((producer_id, key), took_effect) in &swept {
            let (topic, partition) = key;
            let writing = self.being_written.get(&**topic);
            let writing = writing.and_then(|partitions| partitions.get(partition));
            // What is being written takes its place.
            let stays = *took_effect && writing.is_none_or(|writing| writing.plain == 0);
            let stays = self.get(topic, *partition).filter(|_| stays);
            records.extend(stays.map(|offset| offset.to_record(group, key)));
            records.push(GroupRecord::PendingOffset {
                group: group.clone(),
                topic: topic.clone(),
                partition: *partition,
                producer_id: *producer_id,
                value: None,
            });
        }
        (records, swept)
    }

    /// It could not be swept.
    pub(crate) fn not_swept(&mut self, swept: Swept) {
        self.pending.to_sweep.extend(swept);
    }

    /// All that lies apart has no meaning any more: the group is removed.
    pub(crate) fn sweep_all(&mut self, group: &ByteString) -> Vec<GroupRecord> {
        for (producer_id, offsets) in std::mem::take(&mut self.pending.by_producer) {
            for key in offsets.into_keys() {
                self.pending.end(&key);
                self.pending.leave(producer_id, &key, false);
            }
        }
        self.sweep(group).0
    }

    /// The transaction has ended. An offset that was committed later without a transaction stays. Returns how many
    /// offsets took effect.
    pub(crate) fn end_transaction(&mut self, producer_id: i64, committed: bool) -> u64 {
        let mut effective = 0;
        let offsets = self.pending.by_producer.remove(&producer_id);
        for (key, offset) in offsets.into_iter().flatten() {
            self.pending.end(&key);
            let (topic, partition) = &key;
            let newer = self
                .get(topic, *partition)
                .is_some_and(|known| known.order > offset.order);
            let takes_effect = committed && !newer;
            if takes_effect {
                effective += 1;
                self.insert(topic, *partition, offset);
            }
            self.pending.leave(producer_id, &key, takes_effect);
        }
        effective
    }

    /// Whether an open transaction may replace the offset.
    pub(super) fn is_unstable(&self, topic: &ByteString, partition: i32) -> bool {
        self.pending.contains(topic, partition)
    }

    /// Whether an open transaction has offsets here.
    pub(crate) fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }
}
