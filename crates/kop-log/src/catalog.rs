//! All topics: create, list, configure, delete, and open their partitions.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::ready;
use kop_codec::Uuid;

use crate::compaction::CleanerStats;
use crate::{
    AutoCreation, BoxFuture, Leadership, LeadsAll, LogError, NewTopic, PartitionLog, TopicInfo,
    check_topic_name,
};

/// What is to be changed of a topic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TopicChange {
    /// Its settings.
    Config,
    /// Its number of partitions, which rises.
    Partitions,
}

/// The topics of a server and their partitions.
///
/// Look-ups read a snapshot in memory and never wait. Changes are durable when their future resolves, and are then seen
/// by every look-up. Dropping the future of a change does not take the change back.
///
/// Where others can make topics in the same storage, the snapshot may be behind: [`find_topic`](Self::find_topic) asks
/// the storage itself. Where opening a partition takes a while, it is open only while it is in use:
/// [`open_partition`](Self::open_partition) opens it.
///
/// A storage may know one topic by several spellings of its name. All methods take any of them;
/// [`canonical_name`](Self::canonical_name) gives the one that [`TopicInfo::name`] has.
pub trait LogCatalog: Debug + Send + Sync + 'static {
    /// The cluster's id: made once, then kept.
    fn cluster_id(&self) -> String;

    /// A topic by name.
    fn topic(&self, name: &str) -> Option<Arc<TopicInfo>>;

    /// A topic by id.
    fn topic_by_id(&self, id: Uuid) -> Option<Arc<TopicInfo>>;

    /// All topics, by name.
    fn topics(&self) -> Vec<Arc<TopicInfo>>;

    /// A topic by name, from the storage itself where the snapshot does not know it. From then on the snapshot does.
    ///
    /// # Errors
    /// [`LogError::Unavailable`], [`LogError::Unauthorized`].
    fn find_topic(
        &self,
        name: &str,
    ) -> BoxFuture<'static, Result<Option<Arc<TopicInfo>>, LogError>> {
        ready(Ok(self.topic(name))).boxed()
    }

    /// Whether a topic could have this name: by Kafka's rules, if the storage has none of its own.
    ///
    /// # Errors
    /// [`LogError::InvalidTopicName`].
    fn check_name(&self, name: &str) -> Result<(), LogError> {
        check_topic_name(name)
    }

    /// The spelling of a topic's name that stands for all others; the name as it is, if there are no others.
    fn canonical_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(name)
    }

    /// Whether a topic is created when a client asks for it: as the server's settings say, which are `server`, unless the
    /// storage has rules of its own.
    ///
    /// # Errors
    /// [`LogError::Unavailable`].
    fn auto_creation(
        &self,
        _name: &str,
        server: AutoCreation,
    ) -> BoxFuture<'static, Result<AutoCreation, LogError>> {
        ready(Ok(server)).boxed()
    }

    /// Creates a topic. Checks everything about it: [`check_name`](Self::check_name), [`NewTopic::check_partitions`], [`NewTopic::check_collision`],
    /// [`TopicConfig::resolve`](crate::TopicConfig::resolve).
    ///
    /// # Errors
    /// [`LogError::TopicExists`], [`LogError::TopicNameCollides`], [`LogError::InvalidTopicName`],
    /// [`LogError::InvalidPartitions`], [`LogError::TooManyPartitions`], [`LogError::InvalidConfig`],
    /// [`LogError::Storage`].
    fn create_topic(&self, topic: NewTopic)
    -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>>;

    /// Deletes a topic and its data. The data may go a moment later; the name is free at once.
    ///
    /// # Errors
    /// [`LogError::UnknownTopic`], [`LogError::Storage`].
    fn delete_topic(&self, name: &str) -> BoxFuture<'static, Result<(), LogError>>;

    /// Whether a topic of this name, which is there, may be changed at all, or get more partitions: nothing is changed, and
    /// nobody waits. For those who only ask.
    ///
    /// # Errors
    /// [`LogError::InvalidTopicName`], [`LogError::InvalidPartitions`].
    fn check_change(&self, _name: &str, _change: TopicChange) -> Result<(), LogError> {
        Ok(())
    }

    /// Raises the number of partitions to `total`.
    ///
    /// # Errors
    /// [`LogError::UnknownTopic`], [`LogError::Storage`], and those of [`TopicInfo::check_growth`].
    fn add_partitions(
        &self,
        name: &str,
        total: i32,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>>;

    /// Replaces the topic's own settings (those that differ from the server's defaults), by Kafka's names.
    ///
    /// # Errors
    /// [`LogError::UnknownTopic`], [`LogError::InvalidConfig`].
    fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>>;

    /// Replaces the server-wide defaults of the topic settings, by Kafka's broker names (`log.retention.ms`, …: those of
    /// [`topic_config::broker_names`](crate::topic_config::broker_names)). They are not stored here: the server gives
    /// them at start and when they change, and logs in use follow at once.
    ///
    /// # Errors
    /// [`LogError::InvalidConfig`].
    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError>;

    /// The log of a partition, if that needs no waiting.
    ///
    /// # Errors
    /// [`LogError::NotOpen`] where [`open_partition`](Self::open_partition) has to open it first,
    /// [`LogError::UnknownTopic`], [`LogError::UnknownPartition`], [`LogError::Storage`] where it could not be opened.
    fn partition(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError>;

    /// The log of a partition, opened if it is not. Several calls at a time open it once.
    ///
    /// # Errors
    /// Those of [`partition`](Self::partition) but [`LogError::NotOpen`], [`LogError::Unavailable`],
    /// [`LogError::Unauthorized`].
    fn open_partition(
        &self,
        topic: &str,
        partition: i32,
    ) -> BoxFuture<'static, Result<Arc<dyn PartitionLog>, LogError>> {
        ready(self.partition(topic, partition)).boxed()
    }

    /// The log of a partition for those who only append. It need not be open yet: where appends by themselves wait until it
    /// is, this does not.
    ///
    /// # Errors
    /// Those of [`open_partition`](Self::open_partition).
    fn partition_to_append(
        &self,
        topic: &str,
        partition: i32,
    ) -> BoxFuture<'static, Result<Arc<dyn PartitionLog>, LogError>> {
        self.open_partition(topic, partition)
    }

    /// Who leads the partitions.
    fn leadership(&self) -> Arc<dyn Leadership> {
        Arc::new(LeadsAll)
    }

    /// # Errors
    /// Why the storage cannot be used at present, for those who watch the server. It may come back by itself.
    fn health(&self) -> Result<(), String> {
        Ok(())
    }

    /// Resolves when the catalog can never be used again, with the reason: another server has taken its place. The server
    /// has to end then.
    fn replaced(&self) -> BoxFuture<'static, String> {
        std::future::pending().boxed()
    }

    /// Where the data lies, for DescribeLogDirs.
    fn log_dirs(&self) -> Vec<LogDir>;

    /// Small durable values of the server itself: its dynamic settings, producer id blocks.
    fn metadata(&self) -> Arc<dyn MetadataStore>;

    /// Does what is due at `now_ms` (milliseconds since 1970): retention, rolling by age, flushing by age.
    /// Failures are logged, and tried again at the next call.
    fn maintain(&self, now_ms: i64) -> BoxFuture<'static, ()>;

    /// Whether what compacts the topics that the server keeps for itself goes by the keys of records alone: it knows no
    /// transactions, and drops what has no key, markers too.
    fn compacts_by_keys_alone(&self) -> bool {
        false
    }

    /// Compacts, one after the other, the logs with `cleanup.policy=compact` that are dirty enough at `now_ms`
    /// (milliseconds since 1970). Where the storage does that by itself, nothing is to be done. Failures are logged.
    /// It goes on when the future is dropped, until [`close`](Self::close).
    fn compact(&self, _now_ms: i64) -> BoxFuture<'static, ()> {
        ready(()).boxed()
    }

    /// Numbers of what compacts the logs; `None` where the storage does that by itself.
    fn cleaner(&self) -> Option<CleanerStats> {
        None
    }

    /// Flushes everything and marks the shutdown as clean. Nothing may be appended afterwards.
    fn close(&self) -> BoxFuture<'static, Result<(), LogError>>;
}

/// Small durable values by key, all of them in memory. Not for data that grows with the records.
pub trait MetadataStore: Debug + Send + Sync + 'static {
    /// The value of a key.
    fn get(&self, key: &str) -> Option<Bytes>;

    /// All keys with this prefix and their values, in order of the keys.
    fn scan(&self, prefix: &str) -> Vec<(String, Bytes)>;

    /// Sets a value, or removes it (`None`). Durable when the future resolves; puts take effect in the order of the calls.
    fn put(&self, key: &str, value: Option<Bytes>) -> BoxFuture<'static, Result<(), LogError>>;
}

/// The pairs of a map whose keys begin with `prefix`, in order of the keys: for [`MetadataStore::scan`].
pub fn with_prefix<'a>(
    values: &'a BTreeMap<String, Bytes>,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a String, &'a Bytes)> {
    let from = (Bound::Included(prefix), Bound::Unbounded);
    let pairs = values.range::<str, _>(from);
    pairs.take_while(move |(key, _)| key.starts_with(prefix))
}

/// A directory that holds partitions.
#[derive(Clone, Debug)]
pub struct LogDir {
    /// Its absolute path, or a name for a storage without one.
    pub path: PathBuf,
    /// Bytes of its volume, -1 if not known.
    pub total_bytes: i64,
    /// Bytes free on its volume, -1 if not known.
    pub usable_bytes: i64,
    /// Writes to it fail at present, for instance because the disk is full.
    pub failed: bool,
}
