//! Readers of older data, kept open between fetches.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::scan::Scan;

/// How long a reader is kept that nobody goes on with.
const KEEP: Duration = Duration::from_secs(30);

/// Readers that wait for the next fetch, the one that has waited longest in front. Few enough to be searched.
#[derive(Debug)]
pub(super) struct Readers {
    max: usize,
    idle: Mutex<VecDeque<Idle>>,
}

#[derive(Debug)]
struct Idle {
    log: u64,
    since: Instant,
    scan: Scan,
}

impl Readers {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            idle: Mutex::default(),
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.idle.lock().len()
    }

    /// The reader of a log that goes on at `offset`.
    pub(super) fn take(&self, log: u64, offset: i64) -> Option<Scan> {
        let mut idle = self.idle.lock();
        let goes_on = |idle: &Idle| idle.log == log && idle.scan.next_offset() == offset;
        let found = idle.iter().rposition(goes_on)?;
        idle.remove(found).map(|idle| idle.scan)
    }

    /// Keeps a reader, perhaps in place of another.
    pub(super) fn put(&self, log: u64, scan: Scan) {
        let gone = {
            let mut idle = self.idle.lock();
            idle.push_back(Idle {
                log,
                since: Instant::now(),
                scan,
            });
            let over = idle.len().saturating_sub(self.max);
            idle.drain(..over).collect::<Vec<_>>()
        };
        // Closing them talks to their connections: not under the lock.
        drop(gone);
    }

    /// Closes those that have waited for long, and all of a log that is gone.
    pub(super) fn prune(&self, gone_log: Option<u64>) {
        let gone = {
            let mut idle = self.idle.lock();
            let (gone, kept): (VecDeque<_>, _) = idle
                .drain(..)
                .partition(|idle: &Idle| idle.since.elapsed() > KEEP || Some(idle.log) == gone_log);
            *idle = kept;
            gone
        };
        drop(gone);
    }
}
