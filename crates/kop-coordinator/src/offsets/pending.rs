//! Offsets in transactions that are open: seen by nobody until the transaction is committed (KIP-447).

use std::collections::{BTreeMap, HashMap};

use kop_codec::ByteString;
use kop_codec::internal::group::OffsetCommitValue;

use super::{CommittedOffset, OffsetKey, Offsets};
use crate::classic::detached;

/// The offsets of open transactions of one group.
#[derive(Debug, Default)]
pub(super) struct Pending {
    by_producer: HashMap<i64, BTreeMap<OffsetKey, CommittedOffset>>,
    /// In how many open transactions each is, and in how many writes for one.
    unstable: BTreeMap<OffsetKey, u32>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.unstable.is_empty()
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
        let mut removed = 0;
        self.by_producer.retain(|_, offsets| {
            removed += usize::from(offsets.remove(&key).is_some());
            !offsets.is_empty()
        });
        (0..removed).for_each(|_| self.end(&key));
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
            self.end_write(&key.0, key.1);
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
            if committed && !newer {
                effective += 1;
                self.insert(topic, *partition, offset);
            }
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
