//! Changes to topics: first into the metadata log, then on disk, then in memory.
//!
//! The callers hold `Inner::changes`, on a thread that may block.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use kop_codec::Uuid;
use kop_log::{
    LogError, NewTopic, TopicConfig, TopicInfo, check_topic_name, is_internal_topic, random_id,
};
use serde::{Deserialize, Serialize};

use super::table::{Opened, Topic};
use super::{Inner, now_ms};
use crate::log::{Identity, LocalLog, Log, Start};
use crate::names;

/// Keys of topics; their names follow.
pub(super) const TOPIC: &str = "topic/";
/// Keys of topics whose directories are being removed; their ids follow.
pub(super) const DELETED: &str = "deleted/";

/// What the metadata log says about a topic.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct TopicRecord {
    id: String,
    partitions: i32,
    overrides: BTreeMap<String, String>,
}

impl Inner {
    pub(super) fn create_topic(&self, new: NewTopic) -> Result<Arc<TopicInfo>, LogError> {
        check_name(&new.name)?;
        let config = self.table.read().check_new(&new)?;
        let NewTopic {
            name,
            partitions,
            overrides,
        } = new;
        let internal = is_internal_topic(&name);
        let info = Arc::new(TopicInfo {
            name,
            id: random_id(),
            partitions,
            internal,
            overrides,
        });
        self.store(&info)?;
        let logs: Vec<Opened> = (0..partitions)
            .map(|partition| self.make(&info, partition, &config))
            .collect();
        let failed = logs.iter().find_map(|log| log.as_ref().err().cloned());
        let topic = Topic {
            info: Arc::clone(&info),
            logs,
        };
        if let Some(error) = failed {
            self.remove(topic)?;
            return Err(error);
        }
        self.table.write().insert(topic);
        Ok(info)
    }

    pub(super) fn delete_topic(&self, name: &str) -> Result<(), LogError> {
        let id = self.table.read().known(name)?.info.id;
        // In one batch: a crash leaves the topic as it was, or its directories to be removed by the next start.
        let gone = vec![
            (format!("{TOPIC}{name}"), None),
            (format!("{DELETED}{id}"), Some(Bytes::new())),
        ];
        self.metadata.put_now(gone)?;
        let topic = self.table.write().remove(name);
        topic.map_or(Ok(()), |topic| self.remove_files(topic))
    }

    pub(super) fn add_partitions(
        &self,
        name: &str,
        total: i32,
    ) -> Result<Arc<TopicInfo>, LogError> {
        let (old, config) = {
            let table = self.table.read();
            let old = Arc::clone(&table.known(name)?.info);
            old.check_growth(total)?;
            (Arc::clone(&old), table.config_or_default(&old))
        };
        let info = Arc::new(TopicInfo {
            partitions: total,
            ..(*old).clone()
        });
        let added: Vec<Opened> = (old.partitions..total)
            .map(|partition| self.make(&info, partition, &config))
            .collect();
        let made = added
            .iter()
            .find_map(|log| log.as_ref().err().cloned())
            .map_or_else(|| self.store(&info), Err);
        if let Err(error) = made {
            // Empty directories, which the topic does not know of.
            for log in added.into_iter().flatten() {
                if let Ok(dir) = log.0.delete() {
                    self.shared.doom(dir, 0);
                }
            }
            return Err(error);
        }
        self.table.write().update(Arc::clone(&info), &config, added);
        Ok(info)
    }

    pub(super) fn set_topic_config(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> Result<Arc<TopicInfo>, LogError> {
        let (old, config) = {
            let table = self.table.read();
            let old = Arc::clone(&table.known(name)?.info);
            (old, table.config(&overrides)?)
        };
        let info = Arc::new(TopicInfo {
            overrides,
            ..(*old).clone()
        });
        self.store(&info)?;
        self.table
            .write()
            .update(Arc::clone(&info), &config, Vec::new());
        Ok(info)
    }

    /// Writes what a topic is into the metadata log.
    pub(super) fn store(&self, info: &TopicInfo) -> Result<(), LogError> {
        let TopicInfo {
            id,
            partitions,
            overrides,
            ..
        } = info;
        let record = TopicRecord {
            id: id.to_string(),
            partitions: *partitions,
            overrides: overrides.clone(),
        };
        let json = serde_json::to_vec(&record)
            .map_err(|error| malformed(&info.name, &error.to_string()))?;
        self.metadata
            .put_now(vec![(format!("{TOPIC}{}", info.name), Some(json.into()))])
    }

    fn make(&self, info: &TopicInfo, partition: i32, config: &Arc<TopicConfig>) -> Opened {
        let start = Start {
            clean: true,
            recovery_point: 0,
            log_start: 0,
            cleaned_to: -1,
            noted_id: None,
            now_ms: now_ms(),
        };
        let identity = Identity {
            topic: info.name.clone(),
            id: info.id,
            partition,
        };
        let log = Log::open(&self.shared, identity, Arc::clone(config), start)?;
        Ok(Arc::new(LocalLog(Arc::new(log))))
    }

    /// Takes a topic back that could not be made.
    fn remove(&self, topic: Topic) -> Result<(), LogError> {
        let (name, id) = (&topic.info.name, topic.info.id);
        let gone = vec![
            (format!("{TOPIC}{name}"), None),
            (format!("{DELETED}{id}"), Some(Bytes::new())),
        ];
        let noted = self.metadata.put_now(gone);
        self.remove_files(topic)?;
        noted
    }

    fn remove_files(&self, topic: Topic) -> Result<(), LogError> {
        let mut failed = None;
        let mut checkpointed = false;
        for log in topic.logs.into_iter().flatten() {
            checkpointed |= log.0.recovery_point() > 0
                || log.0.offsets().log_start > 0
                || log.0.cleaned_to() >= 0;
            match log.0.delete() {
                Ok(dir) => self.shared.doom(dir, log.0.config().file_delete_delay_ms),
                Err(error) => failed = Some(error),
            }
        }
        if checkpointed {
            // Or else a new topic of this name would inherit the offsets of this one after a crash.
            let saved = self.save_checkpoints();
            failed = failed.or(saved.err());
        }
        match failed {
            // The mark that stays behind lets the next start try again.
            Some(error) => {
                tracing::error!(topic = %topic.info.name, %error, "files of the deleted topic are left until the next start");
                Ok(())
            }
            None => self
                .metadata
                .put_now(vec![(format!("{DELETED}{}", topic.info.id), None)]),
        }
    }
}

impl TopicRecord {
    /// Reads a record of the metadata log.
    pub(crate) fn parse(name: &str, json: &[u8]) -> Result<TopicInfo, LogError> {
        let record: Self =
            serde_json::from_slice(json).map_err(|error| malformed(name, &error.to_string()))?;
        let id: Uuid = record
            .id
            .parse()
            .map_err(|_| malformed(name, "its id is no id"))?;
        let new = NewTopic {
            name: name.into(),
            partitions: record.partitions,
            overrides: record.overrides,
        };
        new.validate()?;
        let NewTopic {
            name,
            partitions,
            overrides,
        } = new;
        Ok(TopicInfo {
            internal: is_internal_topic(&name),
            name,
            id,
            partitions,
            overrides,
        })
    }
}

/// Checks a topic's name: Kafka's rules, and that its directories belong to no log of the catalog itself.
pub(super) fn check_name(name: &str) -> Result<(), LogError> {
    if names::is_reserved(name) {
        return Err(LogError::InvalidTopicName {
            name: name.to_owned(),
            reason: "the server keeps a log of its own under it",
        });
    }
    check_topic_name(name)
}

fn malformed(name: &str, reason: &str) -> LogError {
    LogError::Malformed {
        what: "a topic's metadata record",
        reason: format!("topic {name}: {reason}"),
    }
}
