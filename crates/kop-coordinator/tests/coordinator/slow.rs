//! A catalog whose logs are slow, or fail, when a test wants it; and whose server is lost at a certain write.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use kop_codec::Uuid;
use kop_log::producer::ActiveProducer;
use kop_log::{
    AppendRequest, Appended, BoxFuture, EpochEnd, LogCatalog, LogDir, LogError, LogOffsets,
    MetadataStore, NewTopic, OffsetSpec, PartitionLog, ReadRequest, ReadResult, TimestampedOffset,
    TopicConfig, TopicInfo, Waiter,
};
use parking_lot::Mutex;
use tokio::time::sleep;

#[derive(Clone, Copy, Debug, Default)]
struct Trouble {
    takes: Duration,
    read: Duration,
    fail: bool,
    /// How many appends there were.
    appends: usize,
    crash: Option<Crash>,
}

/// When the server is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crash {
    /// So many appends are done and answered.
    pub(crate) after: usize,
    /// Whether the next one is done; it is not answered. Those after it are not done.
    pub(crate) written: bool,
}

impl Trouble {
    /// Counts an append: whether it is done, and whether that is answered.
    fn append(&mut self) -> (bool, bool) {
        let number = self.appends;
        self.appends += 1;
        match self.crash {
            Some(Crash { after, written }) if number >= after => {
                (written && number == after, false)
            }
            _ => (!self.fail, !self.fail),
        }
    }
}

/// A catalog around another.
#[derive(Debug)]
pub(crate) struct SlowCatalog {
    inner: Arc<dyn LogCatalog>,
    trouble: Arc<Mutex<Trouble>>,
}

#[derive(Debug)]
struct SlowLog {
    inner: Arc<dyn PartitionLog>,
    trouble: Arc<Mutex<Trouble>>,
}

impl SlowCatalog {
    pub(crate) fn new(inner: Arc<dyn LogCatalog>) -> Self {
        Self {
            inner,
            trouble: Arc::default(),
        }
    }

    pub(crate) fn append_takes(&self, time: Duration) {
        self.trouble.lock().takes = time;
    }

    pub(crate) fn read_takes(&self, time: Duration) {
        self.trouble.lock().read = time;
    }

    pub(crate) fn crash(&self, when: Option<Crash>) {
        self.trouble.lock().crash = when;
    }

    /// How many appends were asked for.
    pub(crate) fn appends(&self) -> usize {
        self.trouble.lock().appends
    }

    /// Whether the server is lost by now.
    pub(crate) fn crashed(&self) -> bool {
        let trouble = self.trouble.lock();
        trouble
            .crash
            .is_some_and(|crash| trouble.appends > crash.after)
    }

    pub(crate) fn appends_fail(&self, fail: bool) {
        self.trouble.lock().fail = fail;
    }
}

fn full() -> LogError {
    let full = io::Error::new(io::ErrorKind::StorageFull, "no space left");
    LogError::storage("appending", full)
}

impl LogCatalog for SlowCatalog {
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
    fn create_topic(
        &self,
        topic: NewTopic,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.inner.create_topic(topic)
    }
    fn delete_topic(&self, name: &str) -> BoxFuture<'static, Result<(), LogError>> {
        self.inner.delete_topic(name)
    }
    fn add_partitions(
        &self,
        name: &str,
        total: i32,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.inner.add_partitions(name, total)
    }
    fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.inner.set_topic_config(name, overrides)
    }
    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        self.inner.set_topic_defaults(defaults)
    }
    fn partition(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        let inner = self.inner.partition(topic, partition)?;
        Ok(Arc::new(SlowLog {
            inner,
            trouble: Arc::clone(&self.trouble),
        }))
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
    fn close(&self) -> BoxFuture<'static, Result<(), LogError>> {
        self.inner.close()
    }
}

impl PartitionLog for SlowLog {
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
    fn append(&self, request: AppendRequest) -> BoxFuture<'static, Result<Appended, LogError>> {
        let (done, answered, time) = {
            let mut trouble = self.trouble.lock();
            let (done, answered) = trouble.append();
            (done, answered, trouble.takes)
        };
        let done = done.then(|| self.inner.append(request));
        async move {
            let result = match done {
                Some(done) => {
                    sleep(time).await;
                    done.await
                }
                None => Err(full()),
            };
            if answered { result } else { Err(full()) }
        }
        .boxed()
    }
    fn read(&self, request: ReadRequest) -> BoxFuture<'static, Result<ReadResult, LogError>> {
        let time = self.trouble.lock().read;
        let done = self.inner.read(request);
        async move {
            sleep(time).await;
            done.await
        }
        .boxed()
    }
    fn find(
        &self,
        spec: OffsetSpec,
    ) -> BoxFuture<'static, Result<Option<TimestampedOffset>, LogError>> {
        self.inner.find(spec)
    }
    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        self.inner.epoch_end(epoch)
    }
    fn delete_records(&self, offset: i64) -> BoxFuture<'static, Result<i64, LogError>> {
        self.inner.delete_records(offset)
    }
    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>) {
        self.inner.wake_on_change(seen, waiter);
    }
    fn producers(&self) -> BoxFuture<'static, Result<Vec<ActiveProducer>, LogError>> {
        self.inner.producers()
    }

    fn flush(&self) -> BoxFuture<'static, Result<(), LogError>> {
        self.inner.flush()
    }
    fn size_bytes(&self) -> u64 {
        self.inner.size_bytes()
    }
}
