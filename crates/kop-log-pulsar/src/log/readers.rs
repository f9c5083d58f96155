//! Readers of older data, kept open between fetches.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use kop_log::LogError;
use parking_lot::Mutex;
use tokio::task::JoinHandle;

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
    offset: i64,
    since: Instant,
    kept: Kept,
}

/// A reader for the next fetch.
#[derive(Debug)]
pub(super) enum Kept {
    /// It goes on where another fetch has ended.
    Open(Box<Scan>),
    /// It was opened ahead of the fetch, or is just being opened.
    Opening(JoinHandle<Result<Scan, LogError>>),
}

impl Kept {
    /// The reader, once it is open; null for one that has ended since.
    pub(super) async fn scan(self) -> Result<Option<Scan>, LogError> {
        match self {
            Self::Open(scan) => Ok(Some(*scan).filter(Scan::is_live)),
            Self::Opening(task) => match task.await {
                Ok(scan) => scan.map(|scan| Some(scan).filter(Scan::is_live)),
                Err(_) => Err(LogError::Unavailable {
                    reason: "the server is shutting down".to_owned(),
                }),
            },
        }
    }
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
    pub(super) fn take(&self, log: u64, offset: i64) -> Option<Kept> {
        let mut idle = self.idle.lock();
        let goes_on = |idle: &Idle| idle.log == log && idle.offset == offset;
        let found = idle.iter().rposition(goes_on)?;
        idle.remove(found).map(|idle| idle.kept)
    }

    /// Opens a reader ahead of the fetch that needs it, unless there is one. No other makes room for it.
    pub(super) fn open_ahead(
        &self,
        log: u64,
        offset: i64,
        open: impl FnOnce() -> JoinHandle<Result<Scan, LogError>>,
    ) {
        let mut idle = self.idle.lock();
        let there = |idle: &Idle| idle.log == log && idle.offset == offset;
        if idle.len() < self.max && !idle.iter().any(there) {
            let kept = Kept::Opening(open());
            idle.push_back(Idle {
                log,
                offset,
                since: Instant::now(),
                kept,
            });
        }
    }

    /// Keeps a reader, perhaps in place of another.
    pub(super) fn put(&self, log: u64, scan: Scan) {
        let gone = {
            let mut idle = self.idle.lock();
            idle.push_back(Idle {
                log,
                offset: scan.next_offset(),
                since: Instant::now(),
                kept: Kept::Open(Box::new(scan)),
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
