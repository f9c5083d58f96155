//! One partition.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use futures_util::{FutureExt, future};
use kop_codec::{ByteString, Uuid};
use kop_log::producer::{AbortedTransactions, ActiveProducer, ProducerState};
use kop_log::{
    AppendRequest, Appended, BoxFuture, EpochEnd, LeaderEpochs, LogError, LogOffsets, OffsetSpec,
    PartitionLog, ReadRequest, ReadResult, TimestampedOffset, TopicConfig, Waiter, WaiterList,
};
use parking_lot::{Mutex, RwLock};

use crate::names;
use crate::scan::ScanError;
use crate::segment::{Place, Segment};
use crate::shared::Shared;
use crate::tail::Tail;

mod append;
mod cleaned;
mod compact;
mod find;
mod flush;
mod open;
mod producers;
mod read;
mod ready;
mod recover;
mod retain;
mod state;
mod unfinished;

pub(crate) use compact::{Range, RoundError};
pub(crate) use open::Start;
pub(crate) use ready::Ready;
pub(crate) use state::{PartitionState, modified};

/// Which partition.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) topic: ByteString,
    pub(crate) id: Uuid,
    pub(crate) partition: i32,
}

impl Identity {
    /// The directory's name.
    pub(crate) fn dir_name(&self) -> PathBuf {
        names::partition_dir(Path::new(""), &self.topic, self.partition)
    }
}

/// A partition as the rest of the server sees it.
#[derive(Clone, Debug)]
pub(crate) struct LocalLog(pub(crate) Arc<Log>);

/// A partition on disk.
///
/// Locks are taken in this order: `gate`, `writer`, `queue`, `view`, and that of the ready logs alone. Readers and callers on the runtime take `queue` and
/// `view` only, and these are never held over a system call other than opening a file.
#[derive(Debug)]
pub(crate) struct Log {
    pub(crate) identity: Identity,
    shared: Arc<Shared>,
    dir: PathBuf,
    config: RwLock<Arc<TopicConfig>>,
    /// Held for reading while files are opened by name; true once the directory belongs to nobody or to somebody else.
    gate: RwLock<bool>,
    /// What only the job that writes needs.
    writer: Mutex<Writer>,
    queue: Mutex<append::Queue>,
    view: RwLock<View>,
    waiters: WaiterList,
    /// What lies below is on disk, come what may.
    recovery_point: AtomicI64,
    /// When the log was flushed last, in milliseconds since 1970.
    flushed_ms: AtomicI64,
    /// A segment was completed and not flushed since.
    rolled: AtomicBool,
    /// What lies below was compacted; negative: nothing was.
    cleaned_to: AtomicI64,
    /// Its data is damaged, so that it is not compacted any more.
    uncleanable: AtomicBool,
}

/// The end of the log as the job that writes sees it: ahead of what is visible.
#[derive(Debug)]
struct Writer {
    active: Arc<Segment>,
    position: u32,
    next_offset: i64,
    leader_epoch: i32,
    producers: ProducerState,
    /// Where the last snapshot of the producers was taken.
    snapshot_offset: i64,
}

/// What readers see.
#[derive(Debug)]
struct View {
    offsets: LogOffsets,
    /// In order of their base offsets; the last one is being written. Never empty.
    segments: Vec<Arc<Segment>>,
    /// Bytes of the last segment that can be read.
    published: u32,
    tail: Tail,
    epochs: LeaderEpochs,
    aborted: AbortedTransactions,
    deleted: bool,
}

impl View {
    fn active(&self) -> &Arc<Segment> {
        self.segments
            .last()
            .expect("invariant: a log has at least one segment")
    }
}

impl Log {
    fn place(&self) -> Place<'_> {
        Place {
            dir: &self.dir,
            handles: &self.shared.handles,
        }
    }

    pub(crate) fn config(&self) -> Arc<TopicConfig> {
        Arc::clone(&self.config.read())
    }

    pub(crate) fn set_config(&self, config: Arc<TopicConfig>) {
        *self.config.write() = config;
    }

    pub(crate) fn recovery_point(&self) -> i64 {
        self.recovery_point.load(Ordering::Relaxed)
    }

    pub(crate) fn size_bytes(&self) -> u64 {
        let view = self.view.read();
        view.segments
            .iter()
            .map(|segment| view.visible(segment))
            .sum()
    }

    pub(crate) fn offsets(&self) -> LogOffsets {
        self.view.read().offsets
    }

    /// The log start offset if it lies behind the first offset that the files have.
    pub(crate) fn raised_log_start(&self) -> Option<i64> {
        let view = self.view.read();
        let raised = view
            .segments
            .first()
            .is_some_and(|first| first.base_offset < view.offsets.log_start);
        raised.then_some(view.offsets.log_start)
    }

    fn storage(&self, doing: &str, error: std::io::Error) -> LogError {
        LogError::storage(format!("{doing} {}", self.dir.display()), error)
    }

    fn scan_failed(&self, doing: &str, error: ScanError) -> LogError {
        let error = match error {
            ScanError::Io(error) => error,
            damaged @ ScanError::Damaged { .. } => {
                tracing::error!(topic = %self.identity.topic, partition = self.identity.partition, dir = %self.dir.display(), %damaged, "the log is damaged");
                std::io::Error::new(std::io::ErrorKind::InvalidData, damaged.to_string())
            }
        };
        self.storage(doing, error)
    }
}

impl PartitionLog for LocalLog {
    fn topic(&self) -> &str {
        &self.0.identity.topic
    }

    fn topic_id(&self) -> Uuid {
        self.0.identity.id
    }

    fn partition(&self) -> i32 {
        self.0.identity.partition
    }

    fn config(&self) -> Arc<TopicConfig> {
        self.0.config()
    }

    fn offsets(&self) -> LogOffsets {
        self.0.offsets()
    }

    fn reads_files(&self) -> bool {
        true
    }

    fn append(&self, request: AppendRequest) -> BoxFuture<'static, Result<Appended, LogError>> {
        self.0.submit(request)
    }

    fn read(&self, request: ReadRequest) -> BoxFuture<'static, Result<ReadResult, LogError>> {
        match self.0.read_hot(&request) {
            Some(result) => future::ready(result).boxed(),
            None => self.blocking(move |log| log.read_cold(&request)),
        }
    }

    fn find(
        &self,
        spec: OffsetSpec,
    ) -> BoxFuture<'static, Result<Option<TimestampedOffset>, LogError>> {
        match self.0.find_hot(spec) {
            Some(found) => future::ready(found).boxed(),
            None => self.blocking(move |log| log.find_cold(spec)),
        }
    }

    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        self.0.epoch_end(epoch)
    }

    fn delete_records(&self, offset: i64) -> BoxFuture<'static, Result<i64, LogError>> {
        self.blocking(move |log| log.raise_log_start(offset))
    }

    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>) {
        // Added before looking: a change in between wakes it too.
        self.0.waiters.add(waiter);
        let view = self.0.view.read();
        if view.deleted || view.offsets != seen {
            waiter.wake();
        }
    }

    fn producers(&self) -> BoxFuture<'static, Result<Vec<ActiveProducer>, LogError>> {
        self.blocking(Log::active_producers)
    }

    fn flush(&self) -> BoxFuture<'static, Result<(), LogError>> {
        self.blocking(Log::flush)
    }

    fn size_bytes(&self) -> u64 {
        self.0.size_bytes()
    }
}

impl LocalLog {
    fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Log) -> Result<T, LogError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let log = Arc::clone(&self.0);
        self.0.shared.blocking(move || work(&log))
    }
}
