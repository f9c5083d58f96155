//! The topics of a Pulsar cluster as a [`LogCatalog`].
//!
//! Topics are what the brokers say they are; this is a copy that is kept fresh. A topic's id and its settings are
//! properties of the Pulsar topic, those settings that Pulsar has policies for are policies too.

mod changes;
mod checks;
mod config;
mod creation;
mod find;
mod names;
mod open;
mod policies;
mod refresh;
mod table;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};
use std::time::Instant;

use futures_util::FutureExt;
use futures_util::future::{join_all, ready};
use kop_codec::Uuid;
use kop_log::{
    AutoCreation, BoxFuture, Leadership, LogCatalog, LogDir, LogError, MetadataStore, NewTopic,
    PartitionLog, TopicChange, TopicConfig, TopicInfo, is_internal_topic,
};
use kop_pulsar_client::Client;
use parking_lot::{Mutex, RwLock};
use tokio::task::JoinSet;

use self::table::{Table, Topic};
use crate::fault::fault;
use crate::log::{LogContext, LogNumbers};
use crate::store::{TOPIC, TopicStore};

pub use checks::{Check, Outcome, check_cluster};
pub use config::PulsarConfig;
pub use names::{Address, Naming};
pub use open::OpenError;

/// The topics of a Pulsar cluster. Cheap to clone; the last clone that is dropped stops what runs beside it.
#[derive(Clone, Debug)]
pub struct PulsarCatalog {
    inner: Arc<Inner>,
    /// What keeps the topics fresh.
    tasks: Arc<Mutex<JoinSet<()>>>,
}

#[derive(Debug)]
struct Inner {
    config: PulsarConfig,
    client: Client,
    cluster_id: String,
    store: Arc<TopicStore>,
    context: Arc<LogContext>,
    defaults: RwLock<BTreeMap<String, String>>,
    table: RwLock<Table>,
    /// When a topic was looked for in vain, by canonical name.
    misses: Mutex<HashMap<String, Instant>>,
    creation_rules: creation::CreationRules,
    giving_ids: tokio::sync::Mutex<()>,
    compacted: Mutex<refresh::Compacted>,
}

impl PulsarCatalog {
    /// What happened in the logs so far, for metrics.
    pub fn numbers(&self) -> LogNumbers {
        self.inner.context.numbers()
    }

    /// What all logs share. Whoever has it does not keep the catalog at work.
    pub fn context(&self) -> Weak<LogContext> {
        Arc::downgrade(&self.inner.context)
    }

    /// Runs a change to its end, also where nobody waits for it.
    fn change<T, F>(
        &self,
        change: impl FnOnce(Arc<Inner>) -> F,
    ) -> BoxFuture<'static, Result<T, LogError>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, LogError>> + Send + 'static,
    {
        let context = Arc::clone(&self.inner.context);
        let changing = change(Arc::clone(&self.inner));
        let running = tokio::spawn(async move {
            let result = changing.await;
            if let Err(error) = &result {
                context.tell_of_change(error);
            }
            result
        });
        let ended = |_| {
            Err(LogError::Unavailable {
                reason: "the server stops".to_owned(),
            })
        };
        running
            .map(move |result| result.unwrap_or_else(ended))
            .boxed()
    }
}

impl Inner {
    fn naming(&self) -> &Naming {
        &self.config.naming
    }

    /// Whether a topic belongs to the list of all topics.
    fn lists(&self, address: &Address) -> bool {
        let tenant = address
            .namespace
            .split_once('/')
            .map_or("", |(tenant, _)| tenant);
        let of_tenant = |pattern: &str| pattern.strip_suffix("/*") == Some(tenant);
        let mut allowed = self.config.allowed_namespaces.iter();
        let metadata = address.namespace == self.naming().metadata_namespace;
        self.naming().is_visible(address)
            && (metadata || allowed.any(|entry| *entry == address.namespace || of_tenant(entry)))
    }

    /// A known topic by any spelling of its name.
    fn get(&self, name: &str) -> Option<Arc<Topic>> {
        let name = self.naming().canonical_name(name);
        self.table.read().get(&name).cloned()
    }

    /// A topic by any spelling of its name, also one that others have just made.
    async fn existing(&self, name: &str) -> Result<Arc<Topic>, LogError> {
        let found = self.find(name).await?;
        found.ok_or_else(|| LogError::UnknownTopic(name.to_owned()))
    }

    async fn open_partition(
        &self,
        name: &str,
        partition: i32,
    ) -> Result<Arc<dyn PartitionLog>, LogError> {
        let topic = self.existing(name).await?;
        topic.log(partition)?;
        let log = topic.make_log(partition, &self.context, self.config.entry_format);
        match log.open().await {
            Ok(()) => return Ok(log),
            // Pulsar has no such partition: all of the topic is gone, or it removed an idle one.
            Err(LogError::UnknownPartition { .. } | LogError::Deleted) => {}
            Err(error) => return Err(error),
        }
        let found = self.reload(&topic.address).await?;
        let topic = found.ok_or_else(|| LogError::UnknownTopic(name.to_owned()))?;
        if topic.partitioned {
            let full = topic.address.to_string();
            let made = self.client.admin().create_missed_partitions(&full).await;
            made.map_err(|error| fault(&format!("creating the partitions of {full}"), &error))?;
            tracing::info!(
                topic = full,
                partition,
                "a partition was missing in Pulsar and is created anew"
            );
        }
        let log = topic.make_log(partition, &self.context, self.config.entry_format);
        log.open().await?;
        Ok(log)
    }

    /// The log of a partition that is being opened, if it is not open. Appends wait until it is.
    async fn partition_to_append(
        self: Arc<Self>,
        name: &str,
        partition: i32,
    ) -> Result<Arc<dyn PartitionLog>, LogError> {
        let topic = self.existing(name).await?;
        topic.log(partition)?;
        let log = topic.make_log(partition, &self.context, self.config.entry_format);
        if !log.is_open() {
            let name = name.to_owned();
            // What is the matter the appends are told; this makes what is missing in Pulsar, for those who try again.
            tokio::spawn(async move { self.open_partition(&name, partition).await });
        }
        Ok(log)
    }

    /// Replaces the defaults, and the settings of all topics.
    fn set_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        TopicConfig::resolve(&defaults, &BTreeMap::new())?;
        let table = self.table.read();
        let mut configs = Vec::new();
        for topic in table.iter() {
            let info = &topic.info;
            let defaults = self.config.defaults_of(topic.format, &defaults);
            let config = TopicConfig::resolve(&defaults, &info.overrides)?;
            configs.push((Arc::clone(topic), config));
        }
        *self.defaults.write() = defaults;
        for (topic, config) in configs {
            topic.set_config(config);
        }
        Ok(())
    }

    async fn close(&self) -> Result<(), LogError> {
        let logs: Vec<_> = self
            .table
            .read()
            .iter()
            .flat_map(|topic| topic.used_logs())
            .collect();
        let closed = join_all(logs.iter().map(|log| log.close())).await;
        self.store.close().await;
        closed.into_iter().find(Result::is_err).unwrap_or(Ok(()))
    }
}

/// Why a topic with `cleanup.policy=compact` grows, and what to do: for the operator.
const KEPT_WHOLE: &str = "cleanup.policy=compact: nothing is compacted in Pulsar, every record is kept. \
    cleanup.policy=compact,delete with retention.ms or retention.bytes bounds it";

/// Whether a topic is kept whole, where a log of Kafka's own would be compacted.
fn is_kept_whole(topic: &str, config: &TopicConfig) -> bool {
    config.compacted && !is_internal_topic(topic)
}

impl LogCatalog for PulsarCatalog {
    fn cluster_id(&self) -> String {
        self.inner.cluster_id.clone()
    }

    fn topic(&self, name: &str) -> Option<Arc<TopicInfo>> {
        self.inner.get(name).map(|topic| Arc::clone(&topic.info))
    }

    fn topic_by_id(&self, id: Uuid) -> Option<Arc<TopicInfo>> {
        let table = self.inner.table.read();
        table.by_id(id).map(|topic| Arc::clone(&topic.info))
    }

    fn topics(&self) -> Vec<Arc<TopicInfo>> {
        let table = self.inner.table.read();
        let listed = table.iter().filter(|topic| topic.listed);
        listed.map(|topic| Arc::clone(&topic.info)).collect()
    }

    fn find_topic(
        &self,
        name: &str,
    ) -> BoxFuture<'static, Result<Option<Arc<TopicInfo>>, LogError>> {
        if let Some(topic) = self.topic(name) {
            return ready(Ok(Some(topic))).boxed();
        }
        let (inner, name) = (Arc::clone(&self.inner), name.to_owned());
        async move {
            let found = inner.find(&name).await?;
            Ok(found.map(|topic| Arc::clone(&topic.info)))
        }
        .boxed()
    }

    fn check_name(&self, name: &str) -> Result<(), LogError> {
        self.inner.naming().new_address(name).map(drop)
    }

    fn canonical_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        self.inner.naming().canonical_name(name)
    }

    fn auto_creation(
        &self,
        name: &str,
        server: AutoCreation,
    ) -> BoxFuture<'static, Result<AutoCreation, LogError>> {
        let (inner, name) = (Arc::clone(&self.inner), name.to_owned());
        async move { inner.auto_creation(&name, server).await }.boxed()
    }

    fn create_topic(
        &self,
        topic: NewTopic,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.change(|inner| async move { inner.create(topic).await })
    }

    fn delete_topic(&self, name: &str) -> BoxFuture<'static, Result<(), LogError>> {
        let name = name.to_owned();
        self.change(|inner| async move { inner.delete(&name).await })
    }

    fn check_change(&self, name: &str, change: TopicChange) -> Result<(), LogError> {
        let topic = self.inner.get(name);
        topic.map_or(Ok(()), |topic| self.inner.check_change(&topic, change))
    }

    fn add_partitions(
        &self,
        name: &str,
        total: i32,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        let name = name.to_owned();
        self.change(move |inner| async move { inner.grow(&name, total).await })
    }

    fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        let name = name.to_owned();
        self.change(|inner| async move { inner.configure(&name, overrides).await })
    }

    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        self.inner.set_defaults(defaults)
    }

    fn partition(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        let name = self.inner.naming().canonical_name(topic);
        let table = self.inner.table.read();
        let Some(found) = table.get(&name) else {
            return Err(LogError::UnknownTopic(topic.to_owned()));
        };
        match found.log(partition)? {
            Some(log) if log.is_open() => Ok(log),
            _ => Err(LogError::NotOpen),
        }
    }

    fn open_partition(
        &self,
        topic: &str,
        partition: i32,
    ) -> BoxFuture<'static, Result<Arc<dyn PartitionLog>, LogError>> {
        let (inner, name) = (Arc::clone(&self.inner), topic.to_owned());
        async move { inner.open_partition(&name, partition).await }.boxed()
    }

    fn partition_to_append(
        &self,
        topic: &str,
        partition: i32,
    ) -> BoxFuture<'static, Result<Arc<dyn PartitionLog>, LogError>> {
        let (inner, name) = (Arc::clone(&self.inner), topic.to_owned());
        async move { inner.partition_to_append(&name, partition).await }.boxed()
    }

    fn health(&self) -> Result<(), String> {
        self.inner.context.lease().health()
    }

    fn leadership(&self) -> Arc<dyn Leadership> {
        self.inner.context.lease()
    }

    fn replaced(&self) -> BoxFuture<'static, String> {
        let topic = Address::new(&*self.inner.naming().metadata_namespace, TOPIC);
        let lost = self.inner.store.lost();
        lost.map(move |owner| format!("{owner} has taken the lock {topic}"))
            .boxed()
    }

    fn log_dirs(&self) -> Vec<LogDir> {
        vec![LogDir {
            path: "pulsar".into(),
            total_bytes: -1,
            usable_bytes: -1,
            failed: false,
        }]
    }

    fn compacts_by_keys_alone(&self) -> bool {
        true
    }

    fn metadata(&self) -> Arc<dyn MetadataStore> {
        Arc::clone(&self.inner.store) as Arc<dyn MetadataStore>
    }

    fn maintain(&self, now_ms: i64) -> BoxFuture<'static, ()> {
        let inner = Arc::clone(&self.inner);
        async move { inner.maintain(now_ms).await }.boxed()
    }

    fn close(&self) -> BoxFuture<'static, Result<(), LogError>> {
        self.tasks.lock().abort_all();
        let inner = Arc::clone(&self.inner);
        async move { inner.close().await }.boxed()
    }
}
