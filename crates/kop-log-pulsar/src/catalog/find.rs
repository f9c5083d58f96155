//! Finding topics in the cluster.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kop_codec::Uuid;
use kop_log::{LogError, TopicConfig, TopicInfo, is_internal_topic, random_id};
use kop_pulsar_client::Error;

use super::Inner;
use super::names::Address;
use super::policies::{self, Policies, Properties};
use super::table::Topic;
use crate::SharedTopic;
use crate::fault::fault;

/// How long a topic that was not found is not looked for again: clients that wait for one ask all the time.
const MISS: Duration = Duration::from_secs(1);
/// Misses that are remembered.
const MISSES: usize = 1_000;

impl Inner {
    /// A topic by any spelling of its name, from the cluster where it is not known.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Arc<Topic>>, LogError> {
        // A name that cannot be is a topic that is not there.
        let Ok(address) = self.naming().address(name) else {
            return Ok(None);
        };
        // Nor is one of those that servers and brokers keep for themselves: who could write to it or delete it could break
        // them.
        if !self.naming().is_visible(&address) {
            return Ok(None);
        }
        let canonical = self.naming().canonical(&address);
        if let Some(topic) = self.table.read().get(&canonical) {
            return Ok(Some(Arc::clone(topic)));
        }
        if self.missed(&canonical) {
            return Ok(None);
        }
        let found = self.reload(&address).await?;
        if found.is_none() {
            let mut misses = self.misses.lock();
            if misses.len() >= MISSES {
                misses.clear();
            }
            misses.insert(canonical, Instant::now());
        }
        Ok(found)
    }

    fn missed(&self, canonical: &str) -> bool {
        let misses = self.misses.lock();
        misses.get(canonical).is_some_and(|at| at.elapsed() < MISS)
    }

    /// Reads a topic anew, and brings the table up to date.
    pub(super) async fn reload(&self, address: &Address) -> Result<Option<Arc<Topic>>, LogError> {
        let found = self.load(address).await?;
        let canonical = self.naming().canonical(address);
        self.misses.lock().remove(&canonical);
        let Some(topic) = found else {
            if let Some(gone) = self.table.write().remove(&canonical) {
                gone.delete();
            }
            return Ok(None);
        };
        Ok(Some(self.put(topic)))
    }

    /// Puts a topic into the table, and lets go of another one that had its name.
    pub(super) fn put(&self, topic: Topic) -> Arc<Topic> {
        let (topic, replaced) = self.table.write().put(topic);
        if let Some(replaced) = replaced {
            replaced.delete();
        }
        topic
    }

    /// Reads a topic of the table anew: what others have changed of it counts from now on.
    pub(super) async fn reread(&self, known: Arc<Topic>) -> Result<(), LogError> {
        let found = self.load(&known.address).await?;
        let gone = {
            let mut table = self.table.write();
            let now = table.get(&known.info.name);
            if !now.is_some_and(|now| Arc::ptr_eq(now, &known)) {
                // What was read may be older than what the table has got meanwhile.
                return Ok(());
            }
            match found {
                Some(topic) => table.put(topic).1,
                None => table.remove(&known.info.name),
            }
        };
        if let Some(gone) = gone {
            gone.delete();
        }
        Ok(())
    }

    /// A topic as the cluster has it.
    async fn load(&self, address: &Address) -> Result<Option<Topic>, LogError> {
        let read_at = Instant::now();
        let admin = self.client.admin();
        let full = address.to_string();
        let failed = |error: Error| fault(&format!("looking for {full}"), &error);
        let missing = |error: Error| match error {
            gone if gone.is_not_found() => Ok(None),
            error => Err(failed(error)),
        };
        // In this order: asked for before, the partitions of a topic that is just being created might not be there yet, and
        // it would be taken for one without partitions.
        let mut properties = admin.properties(&full).await.or_else(missing)?;
        let partitions = admin.partition_count(&full).await.map_err(failed)?;
        if properties.is_none() && partitions > 0 {
            properties = admin.properties(&full).await.or_else(missing)?;
        }
        let properties = match properties {
            Some(properties) => properties,
            None if partitions == 0 => return Ok(None),
            None => Properties::new(),
        };
        let id = match policies::topic_id(&properties) {
            Some(id) => id,
            None => self.give_id(&full).await?,
        };
        let overrides = self
            .followed(address, policies::settings(&properties))
            .await;
        let format = policies::entry_format(&full, &properties);
        let count = i32::try_from(partitions.max(1)).unwrap_or(i32::MAX);
        let topic = self.topic(address, (id, count, overrides), format);
        Ok(Some(Topic {
            partitioned: partitions > 0,
            read_at,
            ..topic
        }))
    }

    /// A topic of the table. Settings that cannot be used any more are told to the operator and left out.
    pub(super) fn topic(
        &self,
        address: &Address,
        (id, partitions, mut overrides): (Uuid, i32, BTreeMap<String, String>),
        format: Option<kop_entry::EntryFormat>,
    ) -> Topic {
        let name = self.naming().canonical(address);
        // Those of other servers have a longer name.
        let own = is_internal_topic(&name);
        let format = format.or(own.then_some(kop_entry::EntryFormat::Pulsar));
        let config = self.resolve(format, &overrides).unwrap_or_else(|error| {
            tracing::warn!(topic = name, %error, "settings of the topic cannot be used: the server's defaults are");
            overrides.clear();
            self.resolve(format, &overrides).unwrap_or_default()
        });
        let mut shared = SharedTopic::new(&*name, id, policies::of_logs(config));
        shared.read_compacted = own;
        Topic {
            info: Arc::new(TopicInfo {
                name: name.into(),
                id,
                partitions,
                internal: is_internal_topic(&address.local),
                overrides,
            }),
            shared: Arc::new(shared),
            address: address.clone(),
            partitioned: true,
            format,
            listed: self.lists(address),
            read_at: Instant::now(),
            logs: Arc::default(),
        }
    }

    /// The settings of a topic over the server's defaults.
    pub(super) fn resolve(
        &self,
        format: Option<kop_entry::EntryFormat>,
        overrides: &BTreeMap<String, String>,
    ) -> Result<TopicConfig, LogError> {
        let defaults = self.defaults.read();
        let defaults = self.config.defaults_of(format, &defaults);
        TopicConfig::resolve(&defaults, overrides)
    }

    /// The settings, with what somebody has changed in Pulsar.
    async fn followed(
        &self,
        address: &Address,
        mut overrides: BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let admin = self.client.admin();
        let full = &address.to_string();
        let found = async {
            let mut retention = own(admin.topic_retention(full).await)?;
            if retention.is_none() && !policies::sets_retention(&overrides) {
                // Somebody else has made it: its namespace's counts, not Kafka's default.
                retention = match admin.topic_retention_that_holds(full).await {
                    Err(error) if error.is_without_topic_policies() => {
                        admin.namespace_retention(&address.namespace).await?
                    }
                    holds => holds?,
                };
            }
            Ok::<_, Error>(Policies {
                retention,
                max_message_size: own(admin.topic_max_message_size(full).await)?,
            })
        };
        match found.await {
            Ok(found) => {
                // Those of topics that the server keeps for itself are not Kafka's.
                if let Ok(config) = self.resolve(None, &overrides)
                    && address.namespace != self.naming().metadata_namespace
                {
                    policies::follow(found, &config, &mut overrides);
                }
            }
            Err(error) => {
                tracing::debug!(topic = full, %error, "policies of the topic cannot be read");
            }
        }
        overrides
    }

    /// Gives a topic an id that stays: in its properties, where the original has it too. Where the server may not write
    /// those, the id follows from the name.
    async fn give_id(&self, full: &str) -> Result<Uuid, LogError> {
        // Two at a time would give two ids.
        let _giving = self.giving_ids.lock().await;
        let admin = self.client.admin();
        let failed = |error: Error| fault(&format!("giving {full} an id"), &error);
        let properties = admin.properties(full).await.map_err(failed)?;
        if let Some(id) = properties.and_then(|properties| policies::topic_id(&properties)) {
            return Ok(id);
        }
        let id = random_id();
        let property = [(policies::ID.to_owned(), policies::print_id(id))];
        match admin
            .set_properties(full, &Properties::from(property))
            .await
        {
            Ok(()) => Ok(id),
            Err(error) if error.is_denied() => Ok(id_from(full)),
            Err(error) => Err(failed(error)),
        }
    }
}

/// A policy of a topic: none has one where the brokers have them switched off.
fn own<T>(policy: Result<Option<T>, Error>) -> Result<Option<T>, Error> {
    match policy {
        Err(error) if error.is_without_topic_policies() => Ok(None),
        policy => policy,
    }
}

/// An id that is the same for the same name at all times: FNV-1a with 128 bits, as a version 8 UUID.
fn id_from(full: &str) -> Uuid {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let hash = full.bytes().fold(BASIS, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    let mut bytes = hash.to_be_bytes();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_names() {
        let id = id_from("persistent://a/b/t");
        assert_eq!(id, id_from("persistent://a/b/t"));
        assert_ne!(id, id_from("persistent://a/b/u"));
        assert_eq!(
            policies::print_id(id_from("")),
            "6c62272e-07bb-8142-a2b8-21756295c58d"
        );
    }
}
