//! What the coordinator counts.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::classic::GroupState;
use crate::outbox::Tally;

/// Counters and gauges of a coordinator. Reading them never waits.
#[derive(Debug, Default)]
pub struct GroupMetrics {
    by_state: [AtomicI64; GroupState::ALL.len()],
    rebalances: AtomicU64,
    commits: AtomicU64,
    expired_offsets: AtomicU64,
    deleted_offsets: AtomicU64,
    partitions_loaded: AtomicU64,
    load_ms: AtomicU64,
    load_max_ms: AtomicU64,
}

impl GroupMetrics {
    /// Groups in this state now.
    pub fn groups(&self, state: GroupState) -> i64 {
        self.by_state[state as usize].load(Ordering::Relaxed)
    }

    /// What has happened since the start.
    pub fn tally(&self) -> Tally {
        Tally {
            rebalances: self.rebalances.load(Ordering::Relaxed),
            commits: self.commits.load(Ordering::Relaxed),
            expired_offsets: self.expired_offsets.load(Ordering::Relaxed),
            deleted_offsets: self.deleted_offsets.load(Ordering::Relaxed),
        }
    }

    /// Partitions of `__consumer_offsets` that have been read.
    pub fn partitions_loaded(&self) -> u64 {
        self.partitions_loaded.load(Ordering::Relaxed)
    }

    /// Milliseconds spent on reading them, in all.
    pub fn load_ms(&self) -> u64 {
        self.load_ms.load(Ordering::Relaxed)
    }

    /// Milliseconds that the slowest of them took.
    pub fn load_max_ms(&self) -> u64 {
        self.load_max_ms.load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, tally: Tally) {
        self.rebalances
            .fetch_add(tally.rebalances, Ordering::Relaxed);
        self.commits.fetch_add(tally.commits, Ordering::Relaxed);
        self.expired_offsets
            .fetch_add(tally.expired_offsets, Ordering::Relaxed);
        self.deleted_offsets
            .fetch_add(tally.deleted_offsets, Ordering::Relaxed);
    }

    pub(crate) fn loaded(&self, took_ms: u64) {
        self.partitions_loaded.fetch_add(1, Ordering::Relaxed);
        self.load_ms.fetch_add(took_ms, Ordering::Relaxed);
        self.load_max_ms.fetch_max(took_ms, Ordering::Relaxed);
    }

    /// A shard had `before` groups by state and now has `after`.
    pub(crate) fn moved(&self, before: &[usize], after: &[usize]) {
        for ((gauge, before), after) in self.by_state.iter().zip(before).zip(after) {
            if before != after {
                gauge.fetch_add(*after as i64 - *before as i64, Ordering::Relaxed);
            }
        }
    }
}
