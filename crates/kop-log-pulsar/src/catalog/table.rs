//! The topics that are known, in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use kop_codec::{ByteString, Uuid};
use kop_entry::EntryFormat;
use kop_log::{LogError, TopicConfig, TopicInfo};
use parking_lot::Mutex;

use super::names::Address;
use super::policies;
use crate::SharedTopic;
use crate::log::{LogContext, LogPartition, PulsarLog};
use crate::shared::Writing;

/// All topics by canonical name.
#[derive(Debug, Default)]
pub(super) struct Table {
    topics: BTreeMap<ByteString, Arc<Topic>>,
    names: HashMap<Uuid, ByteString>,
}

/// A version of a topic, and its logs.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) info: Arc<TopicInfo>,
    pub(super) shared: Arc<SharedTopic>,
    pub(super) address: Address,
    /// Whether Pulsar has it in partitions. Otherwise it is its own partition 0.
    pub(super) partitioned: bool,
    /// The entry format that it asks for.
    pub(super) format: Option<EntryFormat>,
    /// Whether it belongs to the list of all topics.
    pub(super) listed: bool,
    /// When its reading from the cluster began, or this server had changed it there.
    pub(super) read_at: Instant,
    /// Those that have been used. Shared by all versions of the topic.
    pub(super) logs: Arc<Mutex<HashMap<i32, Arc<PulsarLog>>>>,
}

impl Table {
    pub(super) fn get(&self, name: &str) -> Option<&Arc<Topic>> {
        self.topics.get(name)
    }

    pub(super) fn by_id(&self, id: Uuid) -> Option<&Arc<Topic>> {
        self.names.get(&id).and_then(|name| self.topics.get(name))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Topic>> {
        self.topics.values()
    }

    /// Names of topics that Kafka clients can see.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.topics.keys().map(|name| &**name)
    }

    /// Adds a topic, or replaces one of this name: with its logs, if it is still the same topic. A version of that which is
    /// older than the one that is here changes nothing. Gives what is here now, and what it replaced, if that is another
    /// topic.
    pub(super) fn put(&mut self, mut topic: Topic) -> (Arc<Topic>, Option<Arc<Topic>>) {
        let name = topic.info.name.clone();
        let is_newer =
            |here: &&Arc<Topic>| here.info.id == topic.info.id && here.read_at > topic.read_at;
        if let Some(newer) = self.get(&name).filter(is_newer) {
            return (Arc::clone(newer), None);
        }
        let mut replaced = self.remove(&name);
        if let Some(same) = replaced.take_if(|old| old.info.id == topic.info.id) {
            same.shared.set_config((*topic.shared.config()).clone());
            topic.shared = Arc::clone(&same.shared);
            topic.logs = Arc::clone(&same.logs);
            topic.listed |= same.listed;
        }
        topic.shared.set_writing(Writing {
            format: topic.format,
            max_entry_bytes: policies::own_message_size(
                &topic.shared.config(),
                &topic.info.overrides,
            ),
        });
        let topic = Arc::new(topic);
        self.names.insert(topic.info.id, name.clone());
        self.topics.insert(name, Arc::clone(&topic));
        (topic, replaced)
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Arc<Topic>> {
        let topic = self.topics.remove(name)?;
        self.names.remove(&topic.info.id);
        Some(topic)
    }
}

impl Topic {
    /// The log of a partition, if it has been used before.
    pub(super) fn log(&self, partition: i32) -> Result<Option<Arc<PulsarLog>>, LogError> {
        if !(0..self.info.partitions).contains(&partition) {
            return Err(LogError::UnknownPartition {
                topic: self.info.name.to_string(),
                partition,
            });
        }
        Ok(self.logs.lock().get(&partition).cloned())
    }

    /// The log of a partition. Must be called within a runtime.
    pub(super) fn make_log(
        &self,
        partition: i32,
        context: &Arc<LogContext>,
        default_format: EntryFormat,
    ) -> Arc<PulsarLog> {
        let mut logs = self.logs.lock();
        let make = || {
            let pulsar_topic = if self.partitioned {
                self.address.partition(partition)
            } else {
                self.address.to_string()
            };
            PulsarLog::new(
                Arc::clone(context),
                LogPartition {
                    topic: Arc::clone(&self.shared),
                    partition,
                    pulsar_topic,
                    format: default_format,
                },
            )
        };
        Arc::clone(logs.entry(partition).or_insert_with(make))
    }

    /// The logs that have been used.
    pub(super) fn used_logs(&self) -> Vec<Arc<PulsarLog>> {
        self.logs.lock().values().cloned().collect()
    }

    /// Tells everybody that the topic is gone.
    pub(super) fn delete(&self) {
        self.shared.set_deleted();
        self.used_logs().iter().for_each(|log| log.delete());
    }

    /// Gives the logs new settings.
    pub(super) fn set_config(&self, config: TopicConfig) {
        self.shared.set_config(policies::of_logs(config));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kop_log::random_id;

    use super::*;

    /// What was read while the topic was being created may come after the creation is done.
    #[test]
    fn an_older_version_does_not_replace_a_newer_one() {
        let (id, then) = (random_id(), Instant::now());
        let version = |partitions, read_at| Topic {
            info: Arc::new(TopicInfo {
                name: "t".into(),
                id,
                partitions,
                internal: false,
                overrides: BTreeMap::new(),
            }),
            shared: Arc::new(SharedTopic::new("t", id, TopicConfig::default())),
            address: Address::new("a/b", "t"),
            partitioned: true,
            format: None,
            listed: true,
            read_at,
            logs: Arc::default(),
        };
        let mut table = Table::default();
        let later = then + Duration::from_millis(1);
        for (partitions, read_at, expected) in [(2, later, 2), (1, then, 2), (3, later, 3)] {
            let (now, replaced) = table.put(version(partitions, read_at));
            assert_eq!(now.info.partitions, expected);
            assert!(replaced.is_none());
        }
        assert_eq!(table.get("t").map(|topic| topic.info.partitions), Some(3));
    }
}
