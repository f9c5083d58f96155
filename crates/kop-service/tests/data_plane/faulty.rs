//! A catalog whose storage fails or stands still when told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{pending, ready};
use kop_codec::Uuid;
use kop_log::producer::ActiveProducer;
use kop_log::{
    AppendRequest, Appended, BoxFuture, EpochEnd, Leader, Leadership, LogCatalog, LogDir, LogError,
    LogOffsets, MemoryCatalog, MetadataStore, NewTopic, OffsetSpec, PartitionLog, ReadRequest,
    ReadResult, TimestampedOffset, TopicConfig, TopicInfo, Waiter,
};
use tokio::time::sleep;

type Future<T> = BoxFuture<'static, Result<T, LogError>>;

/// What the storage does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mood {
    Works = 0,
    Fails = 1,
    StandsStill = 2,
    TakesAMoment = 3,
}

/// Appends, reads, creations and changes of settings behave as the mood says; all else works.
#[derive(Debug, Default)]
pub(crate) struct FaultyCatalog {
    inner: Arc<MemoryCatalog>,
    mood: Arc<AtomicU8>,
    replaced: Arc<Replaced>,
}

/// Whether another server has taken the place of this one.
#[derive(Debug, Default)]
struct Replaced(AtomicBool);

impl Leadership for Replaced {
    fn leader(&self, _: &str, _: i32) -> Leader {
        if self.0.load(Ordering::Relaxed) {
            Leader::Elsewhere
        } else {
            Leader::ThisServer
        }
    }
}

impl FaultyCatalog {
    /// From now on another server leads.
    pub(crate) fn replace(&self) {
        self.replaced.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::Relaxed);
    }
}

fn in_mood<T: Send + 'static>(mood: &AtomicU8, work: impl FnOnce() -> Future<T>) -> Future<T> {
    match mood.load(Ordering::Relaxed) {
        0 => work(),
        1 => {
            let error = LogError::storage("writing /secret/path", io::Error::other("no"));
            ready(Err(error)).boxed()
        }
        3 => {
            let work = work();
            async {
                sleep(Duration::from_millis(10)).await;
                work.await
            }
            .boxed()
        }
        _ => pending().boxed(),
    }
}

impl LogCatalog for FaultyCatalog {
    fn cluster_id(&self) -> String {
        self.inner.cluster_id()
    }

    fn topic(&self, name: &str) -> Option<Arc<TopicInfo>> {
        self.inner.topic(name)
    }

    fn topic_by_id(&self, id: Uuid) -> Option<Arc<TopicInfo>> {
        self.inner.topic_by_id(id)
    }

    fn topics(&self) -> Vec<Arc<TopicInfo>> {
        self.inner.topics()
    }

    fn create_topic(&self, topic: NewTopic) -> Future<Arc<TopicInfo>> {
        in_mood(&self.mood, || self.inner.create_topic(topic))
    }

    fn delete_topic(&self, name: &str) -> Future<()> {
        self.inner.delete_topic(name)
    }

    fn add_partitions(&self, name: &str, total: i32) -> Future<Arc<TopicInfo>> {
        self.inner.add_partitions(name, total)
    }

    fn set_topic_config(&self, name: &str, o: BTreeMap<String, String>) -> Future<Arc<TopicInfo>> {
        // The change takes effect at the end of the moment.
        let (inner, name) = (Arc::clone(&self.inner), name.to_owned());
        let change = async move { inner.set_topic_config(&name, o).await };
        in_mood(&self.mood, || change.boxed())
    }

    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        self.inner.set_topic_defaults(defaults)
    }

    fn partition(&self, topic: &str, index: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        let inner = self.inner.partition(topic, index)?;
        Ok(Arc::new(FaultyLog {
            inner,
            mood: Arc::clone(&self.mood),
        }))
    }

    fn leadership(&self) -> Arc<dyn Leadership> {
        self.replaced.clone()
    }

    fn log_dirs(&self) -> Vec<LogDir> {
        self.inner.log_dirs()
    }

    fn metadata(&self) -> Arc<dyn MetadataStore> {
        self.inner.metadata()
    }

    fn maintain(&self, now_ms: i64) -> BoxFuture<'static, ()> {
        self.inner.maintain(now_ms)
    }

    fn close(&self) -> Future<()> {
        self.inner.close()
    }
}

#[derive(Debug)]
struct FaultyLog {
    inner: Arc<dyn PartitionLog>,
    mood: Arc<AtomicU8>,
}

impl PartitionLog for FaultyLog {
    fn topic(&self) -> &str {
        self.inner.topic()
    }

    fn topic_id(&self) -> Uuid {
        self.inner.topic_id()
    }

    fn partition(&self) -> i32 {
        self.inner.partition()
    }

    fn config(&self) -> Arc<TopicConfig> {
        self.inner.config()
    }

    fn offsets(&self) -> LogOffsets {
        self.inner.offsets()
    }

    fn append(&self, request: AppendRequest) -> Future<Appended> {
        in_mood(&self.mood, || self.inner.append(request))
    }

    fn read(&self, request: ReadRequest) -> Future<ReadResult> {
        in_mood(&self.mood, || self.inner.read(request))
    }

    fn find(&self, spec: OffsetSpec) -> Future<Option<TimestampedOffset>> {
        in_mood(&self.mood, || self.inner.find(spec))
    }

    fn producers(&self) -> Future<Vec<ActiveProducer>> {
        self.inner.producers()
    }

    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        self.inner.epoch_end(epoch)
    }

    fn delete_records(&self, offset: i64) -> Future<i64> {
        self.inner.delete_records(offset)
    }

    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>) {
        self.inner.wake_on_change(seen, waiter);
    }

    fn flush(&self) -> Future<()> {
        self.inner.flush()
    }

    fn size_bytes(&self) -> u64 {
        self.inner.size_bytes()
    }
}
