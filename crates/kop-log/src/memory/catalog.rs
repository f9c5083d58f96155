//! Topics in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::ready;
use kop_codec::{ByteString, Uuid};
use parking_lot::RwLock;

use super::log::{MemoryLog, SharedTopic};
use super::metadata::MemoryMetadata;
use crate::{
    BoxFuture, LogCatalog, LogDir, LogError, MetadataStore, NewTopic, PartitionLog, TopicConfig,
    TopicInfo, is_internal_topic, random_id,
};

/// Topics whose records are in memory. Clones are the same catalog, so that one can be kept to "restart" from.
#[derive(Clone, Debug)]
pub struct MemoryCatalog {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    cluster_id: String,
    metadata: Arc<MemoryMetadata>,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    topics: BTreeMap<ByteString, Topic>,
    names: HashMap<Uuid, ByteString>,
    defaults: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Topic {
    info: Arc<TopicInfo>,
    shared: Arc<SharedTopic>,
    logs: Vec<Arc<MemoryLog>>,
}

impl MemoryCatalog {
    /// A catalog without topics and with a cluster id of its own.
    pub fn new() -> Self {
        let inner = Inner {
            cluster_id: random_id().to_string(),
            metadata: Arc::default(),
            state: RwLock::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, LogError>,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        ready(change(&mut self.inner.state.write())).boxed()
    }
}

impl Default for MemoryCatalog {
    fn default() -> Self {
        Self::new()
    }
}

impl LogCatalog for MemoryCatalog {
    fn cluster_id(&self) -> String {
        self.inner.cluster_id.clone()
    }

    fn topic(&self, name: &str) -> Option<Arc<TopicInfo>> {
        self.inner
            .state
            .read()
            .topics
            .get(name)
            .map(|topic| topic.info.clone())
    }

    fn topic_by_id(&self, id: Uuid) -> Option<Arc<TopicInfo>> {
        let state = self.inner.state.read();
        state
            .names
            .get(&id)
            .and_then(|name| state.topics.get(name))
            .map(|topic| topic.info.clone())
    }

    fn topics(&self) -> Vec<Arc<TopicInfo>> {
        self.inner
            .state
            .read()
            .topics
            .values()
            .map(|topic| topic.info.clone())
            .collect()
    }

    fn create_topic(
        &self,
        topic: NewTopic,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.change(|state| state.create(topic))
    }

    fn delete_topic(&self, name: &str) -> BoxFuture<'static, Result<(), LogError>> {
        self.change(|state| {
            let topic = state
                .topics
                .remove(name)
                .ok_or_else(|| LogError::UnknownTopic(name.to_owned()))?;
            state.names.remove(&topic.info.id);
            topic.logs.iter().for_each(|log| log.delete());
            Ok(())
        })
    }

    fn add_partitions(
        &self,
        name: &str,
        total: i32,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.change(|state| {
            let topic = state.topic_mut(name)?;
            topic.info.check_growth(total)?;
            topic.grow_to(total);
            Ok(topic.info.clone())
        })
    }

    fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> BoxFuture<'static, Result<Arc<TopicInfo>, LogError>> {
        self.change(|state| {
            let defaults = state.defaults.clone();
            let topic = state.topic_mut(name)?;
            let config = TopicConfig::resolve(&defaults, &overrides)?;
            *topic.shared.config.write() = Arc::new(config);
            topic.info = Arc::new(TopicInfo {
                overrides,
                ..(*topic.info).clone()
            });
            Ok(topic.info.clone())
        })
    }

    fn set_topic_defaults(&self, defaults: BTreeMap<String, String>) -> Result<(), LogError> {
        let mut state = self.inner.state.write();
        TopicConfig::resolve(&defaults, &BTreeMap::new())?;
        let mut configs = Vec::with_capacity(state.topics.len());
        for topic in state.topics.values() {
            configs.push(TopicConfig::resolve(&defaults, &topic.info.overrides)?);
        }
        for (topic, config) in state.topics.values().zip(configs) {
            *topic.shared.config.write() = Arc::new(config);
        }
        state.defaults = defaults;
        Ok(())
    }

    fn partition(&self, topic: &str, partition: i32) -> Result<Arc<dyn PartitionLog>, LogError> {
        let state = self.inner.state.read();
        let found = state
            .topics
            .get(topic)
            .ok_or_else(|| LogError::UnknownTopic(topic.to_owned()))?;
        match usize::try_from(partition)
            .ok()
            .and_then(|index| found.logs.get(index))
        {
            Some(log) => Ok(log.clone()),
            None => Err(LogError::UnknownPartition {
                topic: topic.to_owned(),
                partition,
            }),
        }
    }

    fn log_dirs(&self) -> Vec<LogDir> {
        vec![LogDir {
            path: "memory".into(),
            total_bytes: -1,
            usable_bytes: -1,
            failed: false,
        }]
    }

    fn metadata(&self) -> Arc<dyn MetadataStore> {
        self.inner.metadata.clone()
    }

    fn maintain(&self, now_ms: i64) -> BoxFuture<'static, ()> {
        for topic in self.inner.state.read().topics.values() {
            topic.logs.iter().for_each(|log| log.maintain(now_ms));
        }
        ready(()).boxed()
    }

    fn compact(&self, now_ms: i64) -> BoxFuture<'static, ()> {
        for topic in self.inner.state.read().topics.values() {
            topic.logs.iter().for_each(|log| log.compact(now_ms));
        }
        ready(()).boxed()
    }

    fn close(&self) -> BoxFuture<'static, Result<(), LogError>> {
        ready(Ok(())).boxed()
    }
}

impl State {
    fn create(&mut self, new: NewTopic) -> Result<Arc<TopicInfo>, LogError> {
        new.validate()?;
        new.check_collision(self.topics.keys().map(|name| &**name))?;
        let config = TopicConfig::resolve(&self.defaults, &new.overrides)?;
        let NewTopic {
            name,
            partitions,
            overrides,
        } = new;
        let internal = is_internal_topic(&name);
        let info = TopicInfo {
            name: name.clone(),
            id: random_id(),
            partitions: 0,
            internal,
            overrides,
        };
        let shared = SharedTopic {
            name: name.to_string(),
            id: info.id,
            config: RwLock::new(Arc::new(config)),
        };
        let mut topic = Topic {
            info: Arc::new(info),
            shared: Arc::new(shared),
            logs: Vec::new(),
        };
        topic.grow_to(partitions);
        let info = topic.info.clone();
        self.names.insert(info.id, name.clone());
        self.topics.insert(name, topic);
        Ok(info)
    }

    fn topic_mut(&mut self, name: &str) -> Result<&mut Topic, LogError> {
        self.topics
            .get_mut(name)
            .ok_or_else(|| LogError::UnknownTopic(name.to_owned()))
    }
}

impl Topic {
    fn grow_to(&mut self, partitions: i32) {
        let new = self.info.partitions..partitions;
        self.logs
            .extend(new.map(|partition| MemoryLog::new(self.shared.clone(), partition)));
        self.info = Arc::new(TopicInfo {
            partitions,
            ..(*self.info).clone()
        });
    }
}
