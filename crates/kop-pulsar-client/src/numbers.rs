//! What happened to the connections of a client, in numbers.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts while things happen.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    made: AtomicU64,
    failed: AtomicU64,
    lost: AtomicU64,
    closed: AtomicU64,
}

/// Connections of a client since it was made.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ClientNumbers {
    /// Connections that are open.
    pub open: u64,
    /// Connections that were made.
    pub made: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Connections that ended though somebody still used them.
    pub lost: u64,
}

impl Counters {
    pub(crate) fn made(&self) {
        self.made.fetch_add(1, Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    /// A connection ended: it was `lost`, or is not needed any more.
    pub(crate) fn ended(&self, lost: bool) {
        let counter = if lost { &self.lost } else { &self.closed };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn read(&self) -> ClientNumbers {
        // In this order, so that none has ended that was not made.
        let (lost, closed) = (self.lost.load(Relaxed), self.closed.load(Relaxed));
        let made = self.made.load(Relaxed);
        ClientNumbers {
            open: made.saturating_sub(lost.saturating_add(closed)),
            made,
            failed: self.failed.load(Relaxed),
            lost,
        }
    }
}
