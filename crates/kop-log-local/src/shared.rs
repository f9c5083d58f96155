//! What all partitions of a data directory have in common.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{OnceLock, Weak};

use futures_util::FutureExt;
use kop_log::{BoxFuture, LogError};
use parking_lot::Mutex;
use tokio::runtime::Handle;

use crate::catalog::{Inner, now_ms};
use crate::handles::Handles;
use crate::log::Ready;

/// The data directory and what serves it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) root: PathBuf,
    /// The same, open: names are found faster from there.
    pub(crate) root_dir: File,
    pub(crate) runtime: Handle,
    pub(crate) handles: Handles,
    pub(crate) ready: Ready,
    /// The last write failed. Cleared by the next one that succeeds.
    pub(crate) failed: AtomicBool,
    /// A recovery point or a log start offset moved since the checkpoints were written.
    pub(crate) checkpoints_due: AtomicBool,
    pub(crate) log_starts: LogStarts,
    /// Knows all partitions. Set once the catalog is open.
    pub(crate) catalog: OnceLock<Weak<Inner>>,
    doomed: Mutex<Vec<(i64, PathBuf)>>,
}

/// How often a log start offset was raised, and how many of these are in the checkpoint.
#[derive(Debug, Default)]
pub(crate) struct LogStarts {
    pub(crate) raised: AtomicU64,
    pub(crate) saved: AtomicU64,
}

impl Shared {
    pub(crate) fn new(root: PathBuf, runtime: Handle) -> io::Result<Self> {
        Ok(Self {
            root_dir: File::open(&root)?,
            root,
            runtime,
            handles: Handles::for_this_process(),
            ready: Ready::new(),
            failed: AtomicBool::new(false),
            checkpoints_due: AtomicBool::new(false),
            log_starts: LogStarts::default(),
            catalog: OnceLock::new(),
            doomed: Mutex::default(),
        })
    }

    /// Makes the log start offsets durable, after one was raised. May block.
    pub(crate) fn save_log_starts(&self) -> io::Result<()> {
        let ticket = self.log_starts.raised.fetch_add(1, Ordering::AcqRel) + 1;
        self.catalog
            .get()
            .and_then(Weak::upgrade)
            .map_or(Ok(()), |catalog| catalog.save_log_starts(ticket))
    }

    /// Has a file or directory removed after a delay (`file.delete.delay.ms`), by what comes to it first: maintenance,
    /// the close, or the next start.
    pub(crate) fn doom(&self, path: PathBuf, delay_ms: i64) {
        self.doomed
            .lock()
            .push((now_ms().saturating_add(delay_ms), path));
    }

    /// Removes what is due. May block.
    pub(crate) fn remove_doomed(&self, now_ms: i64) {
        let due: Vec<_> = self
            .doomed
            .lock()
            .extract_if(.., |(due, _)| *due <= now_ms)
            .collect();
        for (_, path) in due {
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            // With its directory a file may be gone already.
            if let Err(error) = removed.or_else(|error| {
                if error.kind() == io::ErrorKind::NotFound {
                    Ok(())
                } else {
                    Err(error)
                }
            }) {
                tracing::error!(path = %path.display(), %error, "left to the next start to remove");
            }
        }
    }

    /// Runs `work` where blocking is allowed. It runs to its end even if the future is dropped.
    pub(crate) fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let task = self.runtime.spawn_blocking(work);
        async move { task.await.unwrap_or_else(|error| Err(interrupted(error))) }.boxed()
    }
}

/// The work did not come to its end: the runtime is being shut down, or there is a bug.
pub(crate) fn interrupted(error: impl std::error::Error + Send + Sync + 'static) -> LogError {
    LogError::storage("waiting for the disk", io::Error::other(error))
}
