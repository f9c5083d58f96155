//! What the coordinators count.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::group_state::GroupState;
use crate::outbox::Tally;
use crate::transaction::{TransactionState, TransactionTally};

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
        moved(&self.by_state, before, after);
    }
}

fn moved(by_state: &[AtomicI64], before: &[usize], after: &[usize]) {
    for ((gauge, before), after) in by_state.iter().zip(before).zip(after) {
        if before != after {
            gauge.fetch_add(*after as i64 - *before as i64, Ordering::Relaxed);
        }
    }
}

/// Counters and gauges of a transaction coordinator. Reading them never waits.
#[derive(Debug, Default)]
pub struct TransactionMetrics {
    by_state: [AtomicI64; TransactionState::ALL.len()],
    begun: AtomicU64,
    committed: AtomicU64,
    aborted: AtomicU64,
    timed_out: AtomicU64,
    expired_ids: AtomicU64,
    markers: AtomicU64,
    marker_failures: AtomicU64,
    marker_ns: AtomicU64,
    marker_max_ns: AtomicU64,
}

impl TransactionMetrics {
    /// Transactional ids in this state now.
    pub fn ids(&self, state: TransactionState) -> i64 {
        self.by_state[state as usize].load(Ordering::Relaxed)
    }

    /// What has happened since the start.
    pub fn tally(&self) -> TransactionTally {
        TransactionTally {
            begun: self.begun.load(Ordering::Relaxed),
            committed: self.committed.load(Ordering::Relaxed),
            aborted: self.aborted.load(Ordering::Relaxed),
            timed_out: self.timed_out.load(Ordering::Relaxed),
            expired_ids: self.expired_ids.load(Ordering::Relaxed),
        }
    }

    /// Markers that were written.
    pub fn markers(&self) -> u64 {
        self.markers.load(Ordering::Relaxed)
    }

    /// Attempts to write a marker that failed and were made again, or were given up since the topic is gone.
    pub fn marker_failures(&self) -> u64 {
        self.marker_failures.load(Ordering::Relaxed)
    }

    /// How long it took to write the markers, all together.
    pub fn marker_time(&self) -> Duration {
        Duration::from_nanos(self.marker_ns.load(Ordering::Relaxed))
    }

    /// How long the slowest marker took.
    pub fn marker_time_max(&self) -> Duration {
        Duration::from_nanos(self.marker_max_ns.load(Ordering::Relaxed))
    }

    pub(crate) fn add(&self, tally: TransactionTally) {
        for (counter, more) in [
            (&self.begun, tally.begun),
            (&self.committed, tally.committed),
            (&self.aborted, tally.aborted),
            (&self.timed_out, tally.timed_out),
            (&self.expired_ids, tally.expired_ids),
        ] {
            if more > 0 {
                counter.fetch_add(more, Ordering::Relaxed);
            }
        }
    }

    /// An attempt to write a marker has ended.
    pub(crate) fn marker(&self, written: bool, took: Duration) {
        if !written {
            self.marker_failures.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let took_ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.markers.fetch_add(1, Ordering::Relaxed);
        self.marker_ns.fetch_add(took_ns, Ordering::Relaxed);
        self.marker_max_ns.fetch_max(took_ns, Ordering::Relaxed);
    }

    /// A shard had `before` transactional ids by state and now has `after`.
    pub(crate) fn moved(&self, before: &[usize], after: &[usize]) {
        moved(&self.by_state, before, after);
    }
}
