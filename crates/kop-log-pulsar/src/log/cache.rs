//! The end of a partition in memory, for those who read along.
//!
//! All partitions share one budget, and what came first goes first, whoever has it: what is older than the last so many bytes
//! of all. A partition that nobody writes to any more looks from time to time, so that what it keeps does not take the room of
//! those that are in use.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use kop_entry::DecodedBatch;
use kop_pulsar_client::MessageId;

/// What a batch costs beside its bytes.
const OVERHEAD: usize = 168;

/// Bytes that the caches of all partitions may hold together.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: AtomicUsize,
    /// Bytes that were ever added.
    added: AtomicU64,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicUsize::new(0),
            added: AtomicU64::new(0),
        })
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        self.used() > self.limit
    }

    /// Takes bytes; gives the moment, in bytes.
    fn take(&self, bytes: usize) -> u64 {
        self.used.fetch_add(bytes, Ordering::Relaxed);
        self.added.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64
    }

    /// Whether so much has come since that it has to go. Not all of the limit, as others may not have looked yet.
    fn is_old(&self, moment: u64) -> bool {
        let age = self.added.load(Ordering::Relaxed).saturating_sub(moment);
        age > (self.limit - self.limit / 8) as u64
    }
}

/// Something that takes offsets.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// A batch at its offset, in parts so that what a producer sent is not copied.
    Batch(DecodedBatch),
    /// An entry that could not be decoded: its offsets, and why.
    Damaged {
        base_offset: i64,
        next_offset: i64,
        at: MessageId,
        reason: Arc<str>,
    },
}

impl Item {
    pub(crate) fn base_offset(&self) -> i64 {
        match self {
            Self::Batch(batch) => batch.header.base_offset(),
            Self::Damaged { base_offset, .. } => *base_offset,
        }
    }

    pub(crate) fn next_offset(&self) -> i64 {
        match self {
            Self::Batch(batch) => batch.header.next_offset(),
            Self::Damaged { next_offset, .. } => *next_offset,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Batch(batch) => batch.size_in_bytes(),
            Self::Damaged { .. } => 0,
        }
    }

    fn cost(&self) -> usize {
        self.len().saturating_add(OVERHEAD)
    }
}

/// The last batches of a partition: all of them from `covered_from` on.
#[derive(Debug)]
pub(crate) struct Cache {
    items: VecDeque<Kept>,
    covered_from: i64,
    cost: usize,
    budget: Arc<Budget>,
}

#[derive(Debug)]
struct Kept {
    item: Item,
    since: u64,
}

impl Cache {
    /// A cache of a log that ends at `next_offset`.
    pub(crate) fn new(budget: Arc<Budget>, next_offset: i64) -> Self {
        Self {
            items: VecDeque::new(),
            covered_from: next_offset,
            cost: 0,
            budget,
        }
    }

    /// The offset from which on everything is here.
    pub(crate) fn covered_from(&self) -> i64 {
        self.covered_from
    }

    /// Begins anew, in a log that ends at `next_offset`.
    pub(crate) fn restart(&mut self, next_offset: i64) {
        while self.pop() {}
        self.items = VecDeque::new();
        self.covered_from = next_offset;
    }

    /// Adds the next item of the log, and makes room for it.
    pub(crate) fn push(&mut self, item: Item) {
        let cost = item.cost();
        self.cost += cost;
        let since = self.budget.take(cost);
        self.items.push_back(Kept { item, since });
        self.trim();
        while self.budget.is_over() && self.pop() {}
    }

    /// Lets go of what is old.
    pub(crate) fn trim(&mut self) {
        while self
            .items
            .front()
            .is_some_and(|kept| self.budget.is_old(kept.since))
        {
            self.pop();
        }
        if self.items.is_empty() {
            self.items = VecDeque::new();
        }
    }

    /// Nobody needs what lies below `offset`.
    pub(crate) fn truncate_before(&mut self, offset: i64) {
        while self
            .items
            .front()
            .is_some_and(|kept| kept.item.next_offset() <= offset)
        {
            self.pop();
        }
    }

    /// The items from the one that holds `offset`, or the first behind it. `None` if the cache does not reach so far back.
    pub(crate) fn from(&self, offset: i64) -> Option<impl Iterator<Item = &Item>> {
        (offset >= self.covered_from).then(|| {
            let first = self
                .items
                .partition_point(|kept| kept.item.next_offset() <= offset);
            self.items.range(first..).map(|kept| &kept.item)
        })
    }

    fn pop(&mut self) -> bool {
        let Some(Kept { item, .. }) = self.items.pop_front() else {
            return false;
        };
        self.covered_from = self.covered_from.max(item.next_offset());
        let cost = item.cost();
        self.cost -= cost;
        self.budget.used.fetch_sub(cost, Ordering::Relaxed);
        true
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.cost, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damaged(base_offset: i64, next_offset: i64) -> Item {
        Item::Damaged {
            base_offset,
            next_offset,
            at: MessageId {
                ledger: 1,
                entry: 1,
            },
            reason: "test".into(),
        }
    }

    #[test]
    fn the_oldest_make_room() {
        let budget = Budget::new(2 * OVERHEAD);
        let mut cache = Cache::new(Arc::clone(&budget), 10);
        for offset in 10..13 {
            cache.push(damaged(offset, offset + 1));
        }
        assert_eq!(cache.covered_from(), 11);
        assert!(cache.from(10).is_none());
        assert_eq!(cache.from(12).unwrap().count(), 1);
        assert_eq!(cache.from(13).unwrap().count(), 0);
        let other = Cache::new(Arc::clone(&budget), 0);
        drop((cache, other));
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn those_that_are_not_in_use_make_room_for_others() {
        let budget = Budget::new(16 * OVERHEAD);
        let mut idle = Cache::new(Arc::clone(&budget), 0);
        let mut busy = Cache::new(Arc::clone(&budget), 0);
        for offset in 0..20 {
            idle.push(damaged(offset, offset + 1));
        }
        for offset in 0..100 {
            busy.push(damaged(offset, offset + 1));
            assert_eq!(busy.from(offset).map(Iterator::count), Some(1), "{offset}");
            idle.trim();
            assert!(budget.used() <= 16 * OVERHEAD);
        }
        assert_eq!((idle.covered_from(), idle.cost), (20, 0));
        assert!(busy.from(90).is_some());
    }

    #[test]
    fn gaps_are_covered_too() {
        let mut cache = Cache::new(Budget::new(1 << 20), 0);
        cache.push(damaged(0, 5));
        cache.push(damaged(8, 9));
        assert_eq!(
            cache.from(6).unwrap().next().map(Item::base_offset),
            Some(8)
        );
        cache.truncate_before(5);
        assert_eq!(cache.covered_from(), 5);
        assert_eq!(cache.from(5).unwrap().count(), 1);
    }
}
