//! Creating, deleting and changing topics in the cluster.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kop_log::{
    LogError, MetadataStore, NewTopic, TopicChange, TopicConfig, TopicInfo, is_internal_topic,
    random_id,
};
use kop_pulsar_client::{Error, Retention};
use tokio::time::sleep;

use super::names::{Address, kept};
use super::policies::{self, Policies, Properties};
use super::table::Topic;
use super::{Inner, KEPT_WHOLE, is_kept_whole};
use crate::fault::fault;
use crate::topic_keys;

/// Attempts to delete a topic that is in use, and the pause between two.
const DELETE_ATTEMPTS: usize = 5;
const DELETE_PAUSE: Duration = Duration::from_millis(200);

impl Inner {
    pub(super) async fn create(&self, new: NewTopic) -> Result<Arc<TopicInfo>, LogError> {
        let address = self.naming().new_address(&new.name)?;
        new.check_partitions()?;
        let name = self.naming().canonical(&address);
        let canonical = NewTopic {
            name: name.as_str().into(),
            ..new.clone()
        };
        canonical.check_collision(self.table.read().names())?;
        let config = self.resolve(None, &new.overrides)?;
        let id = random_id();
        let mut properties = policies::to_properties(&new.overrides);
        properties.insert(policies::ID.to_owned(), policies::print_id(id));
        if is_internal_topic(&name) {
            properties.insert(policies::ENTRY_FORMAT.to_owned(), "PULSAR".to_owned());
        }
        let partitions = u32::try_from(new.partitions).unwrap_or(0);
        let full = address.to_string();
        let creating = self.client.admin();
        let created = creating
            .create_partitioned_topic(&full, partitions, &properties)
            .await;
        match created {
            Ok(()) => {}
            Err(error) if error.is_conflict() => {
                self.reload(&address).await?;
                return Err(LogError::TopicExists(name));
            }
            Err(error) if error.is_not_found() => {
                return Err(LogError::InvalidTopicName {
                    name: new.name.to_string(),
                    reason: "there is no such tenant or namespace",
                });
            }
            Err(error) => return Err(fault(&format!("creating {full}"), &error)),
        }
        if let Err(error) = self
            .set_policies(&address, &config, &new.overrides, true)
            .await
        {
            if !new.overrides.is_empty() {
                let _ = self
                    .client
                    .admin()
                    .delete_partitioned_topic(&full, true)
                    .await;
                return Err(error);
            }
            tracing::warn!(topic = full, %error, "the topic has no retention of its own: its namespace's counts");
        }
        tell_if_kept_whole(&name, &config);
        let topic = self.topic(&address, (id, new.partitions, new.overrides), None);
        self.misses.lock().remove(&name);
        Ok(Arc::clone(&self.put(topic).info))
    }

    pub(super) async fn delete(&self, name: &str) -> Result<(), LogError> {
        let topic = self.existing(name).await?;
        self.check_own(&topic)?;
        // Before Pulsar deletes it, so that no log that opens again creates it anew.
        self.table.write().remove(&topic.info.name);
        topic.delete();
        let full = topic.address.to_string();
        let admin = self.client.admin();
        let mut attempt = 1;
        loop {
            let deleted = if topic.partitioned {
                admin.delete_partitioned_topic(&full, true).await
            } else {
                admin.delete_topic(&full, true).await
            };
            match deleted {
                Ok(()) => break,
                Err(error) if error.is_not_found() => {
                    return Err(LogError::UnknownTopic(name.to_owned()));
                }
                Err(error) if error.is_retriable() && attempt < DELETE_ATTEMPTS => {
                    attempt += 1;
                    sleep(DELETE_PAUSE).await;
                }
                Err(error) => {
                    // It is still there, and goes on under the same id.
                    let error = fault(&format!("deleting {full}"), &error);
                    self.reload(&topic.address).await?;
                    return Err(error);
                }
            }
        }
        self.remove_keys(&topic).await
    }

    /// Removes what the logs of a topic kept beside it.
    async fn remove_keys(&self, topic: &Topic) -> Result<(), LogError> {
        for (key, _) in self.store.scan(&topic_keys(topic.info.id)) {
            self.store.put(&key, None).await?;
        }
        Ok(())
    }

    pub(super) async fn grow(&self, name: &str, total: i32) -> Result<Arc<TopicInfo>, LogError> {
        let topic = self.existing(name).await?;
        topic.info.check_growth(total)?;
        self.check_change(&topic, TopicChange::Partitions)?;
        let full = topic.address.to_string();
        let partitions = u32::try_from(total).unwrap_or(0);
        let grown = self
            .client
            .admin()
            .update_partitions(&full, partitions)
            .await;
        grown.map_err(|error| fault(&format!("adding partitions to {full}"), &error))?;
        let info = TopicInfo {
            partitions: total,
            ..(*topic.info).clone()
        };
        Ok(self.replace(&topic, info))
    }

    pub(super) async fn configure(
        &self,
        name: &str,
        overrides: BTreeMap<String, String>,
    ) -> Result<Arc<TopicInfo>, LogError> {
        let topic = self.existing(name).await?;
        self.check_change(&topic, TopicChange::Config)?;
        let config = self.resolve(topic.format, &overrides)?;
        let full = topic.address.to_string();
        let failed = |error: Error| fault(&format!("changing the settings of {full}"), &error);
        self.set_policies(&topic.address, &config, &overrides, false)
            .await?;
        let admin = self.client.admin();
        let changed: BTreeMap<String, String> = overrides
            .iter()
            .filter(|(key, value)| topic.info.overrides.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !changed.is_empty() {
            let properties: Properties = policies::to_properties(&changed);
            admin
                .set_properties(&full, &properties)
                .await
                .map_err(failed)?;
        }
        let gone = topic.info.overrides.keys();
        for key in gone.filter(|key| !overrides.contains_key(*key)) {
            let property = policies::property(key);
            admin
                .remove_property(&full, &property)
                .await
                .map_err(failed)?;
        }
        let name = &topic.info.name;
        if !topic.shared.config().compacted {
            tell_if_kept_whole(name, &config);
        }
        topic.set_config(config);
        let info = TopicInfo {
            overrides,
            ..(*topic.info).clone()
        };
        Ok(self.replace(&topic, info))
    }

    /// Puts another version of a topic into the table.
    fn replace(&self, topic: &Topic, info: TopicInfo) -> Arc<TopicInfo> {
        let topic = Topic {
            info: Arc::new(info),
            read_at: Instant::now(),
            ..topic.clone()
        };
        Arc::clone(&self.put(topic).info)
    }

    /// Whether this server may change a topic.
    fn check_own(&self, topic: &Topic) -> Result<(), LogError> {
        match self.naming().is_of_another(&topic.address) {
            true => Err(kept(&topic.info.name)),
            false => Ok(()),
        }
    }

    /// Whether a topic may be changed so.
    pub(super) fn check_change(&self, topic: &Topic, change: TopicChange) -> Result<(), LogError> {
        self.check_own(topic)?;
        if change == TopicChange::Partitions && !topic.partitioned {
            let reason = format!(
                "{} is not partitioned in Pulsar: it cannot get partitions",
                topic.address
            );
            return Err(LogError::InvalidPartitions { reason });
        }
        Ok(())
    }

    /// Gives a topic the policies that its settings ask for. A new one has none yet.
    async fn set_policies(
        &self,
        address: &Address,
        config: &TopicConfig,
        overrides: &BTreeMap<String, String>,
        new: bool,
    ) -> Result<(), LogError> {
        let internal = address.namespace == self.naming().metadata_namespace
            && is_internal_topic(&address.local);
        let full = address.to_string();
        let set = match internal {
            true => self.set_policies_of_own(&full).await,
            false => self.set_policies_of(&full, config, overrides, new).await,
        };
        match set {
            // Its namespace has retention, and the server has it compacted by itself.
            Err(error) if error.is_without_topic_policies() && internal => Ok(()),
            Err(error) if error.is_without_topic_policies() => {
                self.check_without_policies(address, config, overrides)
                    .await
            }
            set => set.map_err(|error| fault(&format!("setting policies of {full}"), &error)),
        }
    }

    /// The policies of a topic that the server keeps for itself.
    async fn set_policies_of_own(&self, full: &str) -> Result<(), Error> {
        let retention = Retention {
            minutes: self.config.metadata_retention_minutes,
            mebibytes: -1,
        };
        let threshold = Some(self.config.compaction_threshold);
        let admin = self.client.admin();
        admin.keep_inactive_topic(full).await?;
        admin.set_topic_retention(full, Some(retention)).await?;
        admin.set_topic_compaction_threshold(full, threshold).await
    }

    async fn set_policies_of(
        &self,
        full: &str,
        config: &TopicConfig,
        overrides: &BTreeMap<String, String>,
        new: bool,
    ) -> Result<(), Error> {
        let Policies {
            retention,
            max_message_size,
        } = policies::policies(config, overrides);
        let admin = self.client.admin();
        if new {
            // Kafka never deletes a topic by itself.
            admin.keep_inactive_topic(full).await?;
        }
        admin.set_topic_retention(full, retention).await?;
        if new && max_message_size.is_none() {
            return Ok(());
        }
        let size = max_message_size.map(|size| size.min(self.store.max_message_bytes()));
        admin.set_topic_max_message_size(full, size).await
    }

    /// Where the brokers have no policies of single topics, a topic may not ask for more than its namespace keeps.
    async fn check_without_policies(
        &self,
        address: &Address,
        config: &TopicConfig,
        overrides: &BTreeMap<String, String>,
    ) -> Result<(), LogError> {
        if !policies::sets_retention(overrides) {
            return Ok(());
        }
        let namespace = &address.namespace;
        let kept = self.client.admin().namespace_retention(namespace).await;
        let kept =
            kept.map_err(|error| fault(&format!("asking what {namespace} keeps"), &error))?;
        if kept.is_some_and(|kept| policies::covers(kept, policies::retention(config))) {
            return Ok(());
        }
        Err(LogError::InvalidConfig {
            key: "retention.ms".to_owned(),
            reason: format!(
                "namespace {namespace} keeps less, and topics have no retention of their own: the brokers have \
                 topicLevelPoliciesEnabled=false"
            ),
        })
    }
}

/// Tells the operator of a topic that grows.
fn tell_if_kept_whole(topic: &str, config: &TopicConfig) {
    if is_kept_whole(topic, config) {
        tracing::warn!(topic, "{KEPT_WHOLE}");
    }
}
