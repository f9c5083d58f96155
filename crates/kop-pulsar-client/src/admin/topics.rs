//! Topics and partitions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Admin, Body, NOTHING, encode, topic_path};
use crate::error::Error;

/// Properties of a topic: names and values of anybody's choice.
type Properties = BTreeMap<String, String>;

#[derive(Serialize)]
struct NewPartitioned<'a> {
    partitions: u32,
    properties: &'a Properties,
}

#[derive(Deserialize)]
struct Partitioned {
    partitions: u32,
}

impl Admin {
    /// The full names of a namespace's persistent topics that are not partitioned, and of the partitions of those that
    /// are.
    pub async fn topics(&self, namespace: &str) -> Result<Vec<String>, Error> {
        self.get(&listing(namespace, "")?).await
    }

    /// The full names of a namespace's persistent partitioned topics.
    pub async fn partitioned_topics(&self, namespace: &str) -> Result<Vec<String>, Error> {
        self.get(&listing(namespace, "/partitioned")?).await
    }

    /// How many partitions a topic has; 0 for one that is not partitioned, also when it does not exist. Creates nothing.
    pub async fn partition_count(&self, topic: &str) -> Result<u32, Error> {
        let path = format!(
            "{}/partitions?checkAllowAutoCreation=false",
            topic_path(topic)?
        );
        let found: Option<Partitioned> = self.find(&path).await?;
        Ok(found.map_or(0, |found| found.partitions))
    }

    /// Creates a partitioned topic with its partitions.
    pub async fn create_partitioned_topic(
        &self,
        topic: &str,
        partitions: u32,
        properties: &Properties,
    ) -> Result<(), Error> {
        let body = NewPartitioned {
            partitions,
            properties,
        };
        let content_type = "application/vnd.partitioned-topic-metadata+json";
        let path = format!("{}/partitions", topic_path(topic)?);
        self.change("PUT", &path, Body::Typed(content_type, &body))
            .await
    }

    /// Creates a topic that is not partitioned, or one partition of a partitioned one.
    pub async fn create_topic(&self, topic: &str, properties: &Properties) -> Result<(), Error> {
        self.change("PUT", &topic_path(topic)?, Body::Json(properties))
            .await
    }

    /// Gives a partitioned topic more partitions. There can never be fewer.
    pub async fn update_partitions(&self, topic: &str, partitions: u32) -> Result<(), Error> {
        let path = format!("{}/partitions", topic_path(topic)?);
        self.change("POST", &path, Body::Json(&partitions)).await
    }

    /// Creates the partitions of a partitioned topic that do not exist (any more).
    pub async fn create_missed_partitions(&self, topic: &str) -> Result<(), Error> {
        let path = format!("{}/createMissedPartitions", topic_path(topic)?);
        self.change("POST", &path, NOTHING).await
    }

    /// Deletes a partitioned topic with its partitions; with `force` also while it is in use.
    pub async fn delete_partitioned_topic(&self, topic: &str, force: bool) -> Result<(), Error> {
        let path = format!("{}/partitions?force={force}", topic_path(topic)?);
        self.change("DELETE", &path, NOTHING).await
    }

    /// Deletes a topic that is not partitioned, or one partition; with `force` also while it is in use.
    pub async fn delete_topic(&self, topic: &str, force: bool) -> Result<(), Error> {
        let path = format!("{}?force={force}", topic_path(topic)?);
        self.change("DELETE", &path, NOTHING).await
    }

    /// The properties of a topic; of all of it, if it is partitioned. Brokers keep some of their own there (`index`).
    /// None: there is no such topic.
    pub async fn properties(&self, topic: &str) -> Result<Option<Properties>, Error> {
        self.find(&format!("{}/properties", topic_path(topic)?))
            .await
    }

    /// Sets properties; others stay as they are.
    pub async fn set_properties(&self, topic: &str, properties: &Properties) -> Result<(), Error> {
        let path = format!("{}/properties", topic_path(topic)?);
        self.change("PUT", &path, Body::Json(properties)).await
    }

    /// Removes a property. Nothing happens if it is not set.
    pub async fn remove_property(&self, topic: &str, name: &str) -> Result<(), Error> {
        let path = format!("{}/properties?key={}", topic_path(topic)?, encode(name));
        self.change("DELETE", &path, NOTHING).await
    }

    /// The names of a topic's subscriptions, those of readers too. Loads the topic.
    pub async fn subscriptions(&self, topic: &str) -> Result<Vec<String>, Error> {
        self.get(&format!("{}/subscriptions", topic_path(topic)?))
            .await
    }

    /// Closes a topic, so that a broker loads it anew.
    pub async fn unload(&self, topic: &str) -> Result<(), Error> {
        self.change("PUT", &format!("{}/unload", topic_path(topic)?), NOTHING)
            .await
    }

    /// Starts a compaction; [`is_conflict`](Error::is_conflict) while one runs. Brokers with transactions may take a topic
    /// that they loaded a moment ago for empty until the next write, and then compact nothing with success.
    pub async fn compact(&self, topic: &str) -> Result<(), Error> {
        self.change(
            "PUT",
            &format!("{}/compaction", topic_path(topic)?),
            NOTHING,
        )
        .await
    }

    /// How the last compaction of a topic went: `NOT_RUN`, `RUNNING`, `SUCCESS` or `ERROR`.
    pub async fn compaction_status(&self, topic: &str) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Running {
            status: String,
        }
        let path = format!("{}/compaction", topic_path(topic)?);
        Ok(self.get::<Running>(&path).await?.status)
    }

    /// Deletes whole ledgers that retention does not hold and nobody needs.
    pub async fn trim(&self, topic: &str) -> Result<(), Error> {
        self.change("POST", &format!("{}/trim", topic_path(topic)?), NOTHING)
            .await
    }

    /// Closes a topic for good: it can be read, but takes no more messages.
    pub async fn terminate(&self, topic: &str) -> Result<(), Error> {
        self.change(
            "POST",
            &format!("{}/terminate", topic_path(topic)?),
            NOTHING,
        )
        .await
    }
}

fn listing(namespace: &str, kind: &str) -> Result<String, Error> {
    let path = super::namespace_path(namespace)?;
    let path = path.replacen("/namespaces/", "/persistent/", 1);
    Ok(format!("{path}{kind}"))
}
