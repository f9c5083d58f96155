//! All topics of a data directory.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::join_all;
use kop_codec::Uuid;
use kop_log::compaction::CleanerStats;
use kop_log::{
    BoxFuture, LogCatalog, LogDir, LogError, MetadataStore, NewTopic, PartitionLog, TopicInfo,
};
use parking_lot::{Mutex, RwLock};

use crate::OpenError;
use crate::cleaner::{Cleaner, CleanerConfig};
use crate::data_dir::{DirLock, leave_clean_mark, sync_file_system, write_checkpoint};
use crate::log::Log;
use crate::names;
use crate::shared::{Shared, interrupted};

mod batches;
mod changes;
mod clean;
mod kraft;
mod metadata;
mod open;
mod soundness;
mod table;

pub(crate) use batches::requests;
pub(crate) use changes::TopicRecord;
pub(crate) use clean::CleanState;
pub(crate) use kraft::KafkaTopics;
use metadata::{Metadata, ServerValues};
pub(crate) use soundness::check as check_metadata;
use table::Table;

/// The topics of a data directory, in Kafka's files. One process can have a directory open.
///
/// Dropping it leaves the files as a crash would, which the next start repairs. Call [`close`](LogCatalog::close) first
/// for a quick start.
#[derive(Debug)]
pub struct LocalCatalog {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    shared: Arc<Shared>,
    cluster_id: String,
    metadata: Arc<Metadata>,
    table: RwLock<Table>,
    /// Held while topics are changed.
    changes: tokio::sync::Mutex<()>,
    checkpoints: Mutex<()>,
    cleaner: Cleaner,
    _lock: DirLock,
}

impl LocalCatalog {
    /// Opens a data directory, or makes it. `defaults` are the server-wide defaults of topic settings, as
    /// [`LogCatalog::set_topic_defaults`] takes them. After a crash this reads what had not been flushed; damage is
    /// logged, and what is sound is served.
    ///
    /// # Errors
    /// [`OpenError`]. Damaged partitions are none.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    pub async fn open(
        root: impl AsRef<Path>,
        defaults: BTreeMap<String, String>,
    ) -> Result<Self, OpenError> {
        let root = root.as_ref().to_owned();
        let runtime = tokio::runtime::Handle::current();
        let path = root.clone();
        let opened = runtime
            .clone()
            .spawn_blocking(move || Inner::open(&root, defaults, runtime))
            .await;
        match opened {
            Ok(inner) => Ok(Self { inner: inner? }),
            Err(error) => Err(OpenError::Io {
                path,
                source: io::Error::other(error),
            }),
        }
    }

    /// Sets what compaction may take: threads from the next call of [`compact`](LogCatalog::compact) on, memory from the
    /// next log on, and bytes per second at once.
    pub fn set_cleaner(&self, config: CleanerConfig) {
        self.inner.cleaner.configure(config);
    }

    fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Arc<Inner>) -> Result<T, LogError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        let inner = Arc::clone(&self.inner);
        // A task of its own: it goes on when the future is dropped.
        let task = self.inner.shared.runtime.spawn(async move {
            let _one_at_a_time = inner.changes.lock().await;
            let working = Arc::clone(&inner);
            inner.shared.blocking(move || change(&working)).await
        });
        async move { task.await.unwrap_or_else(|error| Err(interrupted(error))) }.boxed()
    }
}

impl LogCatalog for LocalCatalog {
    fn cluster_id(&self) -> String {
        self.inner.cluster_id.clone()
    }

    fn topic(&self, name: &str) -> Option<Arc<TopicInfo>> {
        self.inner
            .table
            .read()
            .topic(name)
            .map(|topic| Arc::clone(&topic.info))
    }

    fn topic_by_id(&self, id: Uuid) -> Option<Arc<TopicInfo>> {
        self.inner
            .table
            .read()
            .topic_by_id(id)
            .map(|topic| Arc::clone(&topic.info))
    }

    fn topics(&self) -> Vec<Arc<TopicInfo>> {
        self.inner
            .table
            .read()
            .topics()
            .map(|topic| Arc::clone(&topic.info))
            .collect()
    }

    fn check_name(&self, name: &str) -> Result<(), LogError> {
        changes::check_name(name)
    }

    fn create_topic(
        &self,
        topic: NewTopic,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.change(move |inner| inner.create_topic(topic))
    }

    fn delete_topic(&self, name: &str) -> BoxFuture<'static, Result<(), LogError>> {
        let name = name.to_owned();
        self.change(move |inner| inner.delete_topic(&name))
    }

    fn add_partitions(
        &self,
        name: &str,
        total: i32,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        let name = name.to_owned();
        self.change(move |inner| inner.add_partitions(&name, total))
    }

    fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        let name = name.to_owned();
        self.change(move |inner| inner.set_topic_config(&name, overrides))
    }

    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        self.inner.table.write().set_defaults(defaults)
    }

    fn partition(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        self.inner
            .table
            .read()
            .partition(topic, partition)
            .map(|log| log as Arc<dyn PartitionLog>)
    }

    fn log_dirs(&self) -> Vec<LogDir> {
        let space = rustix::fs::statvfs(&self.inner.shared.root);
        let bytes =
            |blocks: u64, size: u64| i64::try_from(blocks.saturating_mul(size)).unwrap_or(i64::MAX);
        let (total_bytes, usable_bytes) = match space {
            Ok(space) => (
                bytes(space.f_blocks, space.f_frsize),
                bytes(space.f_bavail, space.f_frsize),
            ),
            Err(_) => (-1, -1),
        };
        let failed = self.inner.shared.failed.load(Ordering::Relaxed);
        vec![LogDir {
            path: self.inner.shared.root.clone(),
            total_bytes,
            usable_bytes,
            failed,
        }]
    }

    fn metadata(&self) -> Arc<dyn MetadataStore> {
        Arc::new(ServerValues(Arc::clone(&self.inner.metadata)))
    }

    fn maintain(&self, now_ms: i64) -> BoxFuture<'static, ()> {
        let inner = Arc::clone(&self.inner);
        let work = self.inner.shared.blocking(move || {
            inner.maintain(now_ms);
            Ok(())
        });
        work.map(|_| ()).boxed()
    }

    fn compact(&self, now_ms: i64) -> BoxFuture<'static, ()> {
        let jobs = (0..self.inner.cleaner.jobs()).map(|_| {
            let inner = Arc::clone(&self.inner);
            self.inner.shared.blocking(move || {
                inner.compact(now_ms);
                Ok(())
            })
        });
        join_all(jobs).map(|_| ()).boxed()
    }

    fn cleaner(&self) -> Option<CleanerStats> {
        Some(self.inner.cleaner.stats())
    }

    fn close(&self) -> BoxFuture<'static, Result<(), LogError>> {
        self.change(|inner| inner.close())
    }
}

impl Inner {
    fn maintain(&self, now_ms: i64) {
        let logs = self.table.read().logs();
        logs.iter().for_each(|log| log.0.maintain(now_ms));
        self.shared.remove_doomed(now_ms);
        if self.shared.checkpoints_due.swap(false, Ordering::Relaxed)
            && let Err(error) = self.save_checkpoints()
        {
            self.shared.checkpoints_due.store(true, Ordering::Relaxed);
            tracing::error!(%error, "the checkpoints were not written, will be tried again");
        }
    }

    fn compact(&self, now_ms: i64) {
        let logs = || self.table.read().logs();
        self.cleaner.run(logs, now_ms, || {
            let _one_at_a_time = self.checkpoints.lock();
            self.write_cleaned()
        });
    }

    fn close(&self) -> Result<(), LogError> {
        self.cleaner.stop();
        let root = &self.shared.root;
        let failed = |error| LogError::storage(format!("closing {}", root.display()), error);
        let logs = self.table.read().logs();
        let all = || logs.iter().map(|log| &*log.0).chain([self.metadata.log()]);
        let closed: Vec<_> = all()
            .map(|log| log.close().map(|dirty| (log, dirty)))
            .collect();
        let closed = closed
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let dirty: Vec<&Log> = closed
            .filter_map(|(log, dirty)| dirty.then_some(log))
            .collect();
        let at_once = dirty.len() > FLUSH_ALONE;
        if at_once {
            sync_file_system(root).map_err(failed)?;
        }
        dirty
            .into_iter()
            .try_for_each(|log| log.flush_closed(at_once))?;
        self.shared.remove_doomed(i64::MAX);
        self.save_checkpoints()
            .and_then(|()| leave_clean_mark(root))
            .map_err(failed)?;
        if let Err(error) = clean::leave(&self.shared, logs.iter().map(|log| &*log.0)) {
            tracing::warn!(%error, "the next start has to look into all partitions");
        }
        Ok(())
    }

    /// Writes recovery points and log start offsets.
    fn save_checkpoints(&self) -> io::Result<()> {
        let _one_at_a_time = self.checkpoints.lock();
        let logs = self.table.read().logs();
        let all = || logs.iter().map(|log| &*log.0).chain([self.metadata.log()]);
        let points = all().map(|log| {
            (
                log.identity.topic.clone(),
                log.identity.partition,
                log.recovery_point(),
            )
        });
        let points: Vec<_> = points.filter(|(.., offset)| *offset > 0).collect();
        write_checkpoint(&self.shared.root.join(names::RECOVERY_POINTS), &points)?;
        self.write_cleaned()?;
        self.write_log_starts(all())
    }

    fn write_cleaned(&self) -> io::Result<()> {
        let logs = self.table.read().logs();
        let cleaned = logs.iter().map(|log| {
            let identity = &log.0.identity;
            (
                identity.topic.clone(),
                identity.partition,
                log.0.cleaned_to(),
            )
        });
        let cleaned: Vec<_> = cleaned.filter(|(.., offset)| *offset >= 0).collect();
        let path = self.shared.root.join(names::CLEANED);
        if cleaned.is_empty() && !path.exists() {
            return Ok(());
        }
        write_checkpoint(&path, &cleaned)
    }

    /// Writes the log start offsets after one of them moved. Callers at the same time share a write.
    pub(crate) fn save_log_starts(&self, ticket: u64) -> io::Result<()> {
        let _one_at_a_time = self.checkpoints.lock();
        if self.shared.log_starts.saved.load(Ordering::Acquire) >= ticket {
            return Ok(());
        }
        let covered = self.shared.log_starts.raised.load(Ordering::Acquire);
        let logs = self.table.read().logs();
        let all = logs.iter().map(|log| &*log.0).chain([self.metadata.log()]);
        self.write_log_starts(all)?;
        self.shared
            .log_starts
            .saved
            .store(covered, Ordering::Release);
        Ok(())
    }

    fn write_log_starts<'a>(&self, logs: impl Iterator<Item = &'a Log>) -> io::Result<()> {
        let starts = logs.filter_map(|log| {
            Some((
                log.identity.topic.clone(),
                log.identity.partition,
                log.raised_log_start()?,
            ))
        });
        write_checkpoint(
            &self.shared.root.join(names::LOG_STARTS),
            &starts.collect::<Vec<_>>(),
        )
    }
}

/// With more partitions to flush, one call for the whole file system is faster than one for each of their files.
const FLUSH_ALONE: usize = 32;

/// Now, in milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
