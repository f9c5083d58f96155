//! A catalog around another, for the tests of what uses one: storage that is slow, that fails, that is lost.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::ready;
use kop_codec::Uuid;
use kop_log::producer::ActiveProducer;
use kop_log::{
    AppendRequest, Appended, BoxFuture, EpochEnd, Leadership, LogCatalog, LogDir, LogError,
    LogOffsets, MetadataStore, NewTopic, OffsetSpec, PartitionLog, ReadRequest, ReadResult,
    TimestampedOffset, TopicConfig, TopicInfo, Waiter,
};

/// The outcome of what a storage is asked for.
pub type Outcome<T> = BoxFuture<'static, Result<T, LogError>>;

/// What a test does to a storage: what is not said works as ever.
pub trait Trouble: Debug + Send + Sync + 'static {
    /// Does an append, or not.
    fn append(&self, log: &dyn PartitionLog, request: AppendRequest) -> Outcome<Appended> {
        log.append(request)
    }

    /// Does a read, or not.
    fn read(&self, log: &dyn PartitionLog, request: ReadRequest) -> Outcome<ReadResult> {
        log.read(request)
    }

    /// Looks for an offset, or does not.
    fn find(&self, log: &dyn PartitionLog, spec: OffsetSpec) -> Outcome<Option<TimestampedOffset>> {
        log.find(spec)
    }

    /// Whether partitions can be opened.
    fn open(&self) -> Result<(), LogError> {
        Ok(())
    }

    /// Creates a topic, or does not.
    fn create_topic(
        &self,
        catalog: &Arc<dyn LogCatalog>,
        topic: NewTopic,
    ) -> Outcome<Arc<TopicInfo>> {
        catalog.create_topic(topic)
    }

    /// Changes a topic's settings, or does not.
    fn set_topic_config(
        &self,
        catalog: &Arc<dyn LogCatalog>,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> Outcome<Arc<TopicInfo>> {
        catalog.set_topic_config(name, overrides)
    }

    /// Who leads.
    fn leadership(&self, catalog: &Arc<dyn LogCatalog>) -> Arc<dyn Leadership> {
        catalog.leadership()
    }
}

/// A catalog around one whose partitions are open and whose names are Kafka's, and what is done to it.
pub fn troubled<T: Trouble>(
    inner: Arc<dyn LogCatalog>,
    trouble: T,
) -> (Arc<T>, Arc<dyn LogCatalog>) {
    let trouble = Arc::new(trouble);
    let catalog = Troubled {
        trouble: Arc::clone(&trouble),
        inner,
    };
    (trouble, Arc::new(catalog))
}

#[derive(Debug)]
struct Troubled<T> {
    trouble: Arc<T>,
    inner: Arc<dyn LogCatalog>,
}

#[derive(Debug)]
struct Log<T> {
    trouble: Arc<T>,
    inner: Arc<dyn PartitionLog>,
}

impl<T: Trouble> LogCatalog for Troubled<T> {
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

    fn create_topic(&self, topic: NewTopic) -> Outcome<Arc<TopicInfo>> {
        self.trouble.create_topic(&self.inner, topic)
    }

    fn delete_topic(&self, name: &str) -> Outcome<()> {
        self.inner.delete_topic(name)
    }

    fn add_partitions(&self, name: &str, total: i32) -> Outcome<Arc<TopicInfo>> {
        self.inner.add_partitions(name, total)
    }

    fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> Outcome<Arc<TopicInfo>> {
        self.trouble.set_topic_config(&self.inner, name, overrides)
    }

    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        self.inner.set_topic_defaults(defaults)
    }

    fn partition(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        let inner = self.inner.partition(topic, partition)?;
        let trouble = Arc::clone(&self.trouble);
        Ok(Arc::new(Log { trouble, inner }))
    }

    fn open_partition(&self, topic: &str, partition: i32) -> Outcome<Arc<dyn PartitionLog>> {
        let opened = self.trouble.open();
        ready(opened.and_then(|()| self.partition(topic, partition))).boxed()
    }

    fn leadership(&self) -> Arc<dyn Leadership> {
        self.trouble.leadership(&self.inner)
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

    fn close(&self) -> Outcome<()> {
        self.inner.close()
    }
}

impl<T: Trouble> PartitionLog for Log<T> {
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

    fn append(&self, request: AppendRequest) -> Outcome<Appended> {
        self.trouble.append(&*self.inner, request)
    }

    fn read(&self, request: ReadRequest) -> Outcome<ReadResult> {
        self.trouble.read(&*self.inner, request)
    }

    fn find(&self, spec: OffsetSpec) -> Outcome<Option<TimestampedOffset>> {
        self.trouble.find(&*self.inner, spec)
    }

    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        self.inner.epoch_end(epoch)
    }

    fn delete_records(&self, offset: i64) -> Outcome<i64> {
        self.inner.delete_records(offset)
    }

    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>) {
        self.inner.wake_on_change(seen, waiter);
    }

    fn producers(&self) -> Outcome<Vec<ActiveProducer>> {
        self.inner.producers()
    }

    fn flush(&self) -> Outcome<()> {
        self.inner.flush()
    }

    fn size_bytes(&self) -> u64 {
        self.inner.size_bytes()
    }
}
