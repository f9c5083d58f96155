//! The table of topics in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kop_codec::{ByteString, Uuid};
use kop_log::{LogError, NewTopic, TopicConfig, TopicInfo};

use crate::log::LocalLog;

/// A partition, or why it could not be opened.
pub(super) type Opened = Result<Arc<LocalLog>, LogError>;

/// A topic and its partitions.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) info: Arc<TopicInfo>,
    pub(super) logs: Vec<Opened>,
}

/// Topics by name and by id, and the defaults of their settings.
#[derive(Debug, Default)]
pub(super) struct Table {
    by_name: BTreeMap<ByteString, Topic>,
    by_id: HashMap<Uuid, ByteString>,
    defaults: BTreeMap<String, String>,
}

impl Table {
    pub(super) fn new(defaults: BTreeMap<String, String>) -> Result<Self, LogError> {
        TopicConfig::resolve(&defaults, &BTreeMap::new())?;
        Ok(Self {
            defaults,
            ..Self::default()
        })
    }

    pub(super) fn topic(&self, name: &str) -> Option<&Topic> {
        self.by_name.get(name)
    }

    pub(super) fn known(&self, name: &str) -> Result<&Topic, LogError> {
        self.topic(name)
            .ok_or_else(|| LogError::UnknownTopic(name.to_owned()))
    }

    pub(super) fn topic_by_id(&self, id: Uuid) -> Option<&Topic> {
        self.by_id.get(&id).and_then(|name| self.by_name.get(name))
    }

    pub(super) fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.by_name.values()
    }

    pub(super) fn logs(&self) -> Vec<Arc<LocalLog>> {
        self.topics()
            .flat_map(|topic| topic.logs.iter().flatten().cloned())
            .collect()
    }

    pub(super) fn partition(&self, topic: &str, partition: i32) -> Opened {
        let logs = &self.known(topic)?.logs;
        match usize::try_from(partition)
            .ok()
            .and_then(|index| logs.get(index))
        {
            Some(log) => log.clone(),
            None => Err(LogError::UnknownPartition {
                topic: topic.to_owned(),
                partition,
            }),
        }
    }

    pub(super) fn check_new(&self, new: &NewTopic) -> Result<Arc<TopicConfig>, LogError> {
        new.validate()?;
        new.check_collision(self.by_name.keys().map(|name| &**name))?;
        self.config(&new.overrides)
    }

    /// The settings of a topic.
    pub(super) fn config(
        &self,
        overrides: &BTreeMap<String, String>,
    ) -> Result<Arc<TopicConfig>, LogError> {
        TopicConfig::resolve(&self.defaults, overrides).map(Arc::new)
    }

    /// The settings of a topic that is there already: where its own cannot be used, the defaults.
    pub(super) fn config_or_default(&self, info: &TopicInfo) -> Arc<TopicConfig> {
        self.config(&info.overrides).unwrap_or_else(|error| {
            tracing::error!(topic = %info.name, %error, "a stored setting cannot be used, the topic has the defaults");
            self.config(&BTreeMap::new()).unwrap_or_default()
        })
    }

    pub(super) fn insert(&mut self, topic: Topic) {
        self.by_id.insert(topic.info.id, topic.info.name.clone());
        self.by_name.insert(topic.info.name.clone(), topic);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Topic> {
        let topic = self.by_name.remove(name)?;
        self.by_id.remove(&topic.info.id);
        Some(topic)
    }

    /// Replaces what is known about a topic, and adds partitions.
    pub(super) fn update(
        &mut self,
        info: Arc<TopicInfo>,
        config: &Arc<TopicConfig>,
        added: Vec<Opened>,
    ) {
        if let Some(topic) = self.by_name.get_mut(&info.name) {
            topic.info = info;
            topic.logs.extend(added);
            topic
                .logs
                .iter()
                .flatten()
                .for_each(|log| log.0.set_config(Arc::clone(config)));
        }
    }

    pub(super) fn set_defaults(
        &mut self,
        defaults: BTreeMap<String, String>,
    ) -> Result<(), LogError> {
        TopicConfig::resolve(&defaults, &BTreeMap::new())?;
        self.defaults = defaults;
        for topic in self.topics() {
            let config = self.config_or_default(&topic.info);
            topic
                .logs
                .iter()
                .flatten()
                .for_each(|log| log.0.set_config(Arc::clone(&config)));
        }
        Ok(())
    }
}
