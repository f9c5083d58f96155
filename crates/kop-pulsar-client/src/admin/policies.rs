//! Policies of topics.

use serde::{Deserialize, Serialize};

use super::{Admin, Body, NOTHING, topic_path};
use crate::error::Error;

/// How long messages are kept for which no subscription waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Minutes; −1: for ever.
    #[serde(rename = "retentionTimeInMinutes")]
    pub minutes: i64,
    /// Mebibytes; −1: any size.
    #[serde(rename = "retentionSizeInMB")]
    pub mebibytes: i64,
}

impl Retention {
    /// Everything is kept.
    pub const FOREVER: Self = Self {
        minutes: -1,
        mebibytes: -1,
    };

    /// They are not kept: Pulsar's default.
    pub const NONE: Self = Self {
        minutes: 0,
        mebibytes: 0,
    };

    /// Whether any are kept. To Pulsar either number is enough to say no.
    pub fn keeps(self) -> bool {
        self.minutes != 0 && self.mebibytes != 0
    }
}

/// What becomes of topics that nobody uses.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InactiveTopicPolicies {
    inactive_topic_delete_mode: &'static str,
    max_inactive_duration_seconds: u32,
    delete_while_inactive: bool,
}

/// Policies need `topicLevelPoliciesEnabled` (the default) and `systemTopicEnabled`. They take effect a moment after the
/// call, and reading one back may show the old value until then.
impl Admin {
    /// The retention of a topic of its own; None: its namespace's.
    pub async fn topic_retention(&self, topic: &str) -> Result<Option<Retention>, Error> {
        self.find(&format!("{}/retention", topic_path(topic)?))
            .await
    }

    /// The retention that holds for a topic: its own, else its namespace's, else the brokers'.
    pub async fn topic_retention_that_holds(
        &self,
        topic: &str,
    ) -> Result<Option<Retention>, Error> {
        self.find(&format!("{}/retention?applied=true", topic_path(topic)?))
            .await
    }

    /// Sets the retention of a topic; None: its namespace's.
    pub async fn set_topic_retention(
        &self,
        topic: &str,
        retention: Option<Retention>,
    ) -> Result<(), Error> {
        let path = format!("{}/retention", topic_path(topic)?);
        self.set("POST", &path, retention).await
    }

    /// Has brokers keep a topic that nobody uses, whatever `brokerDeleteInactiveTopicsEnabled` says.
    pub async fn keep_inactive_topic(&self, topic: &str) -> Result<(), Error> {
        let path = format!("{}/inactiveTopicPolicies", topic_path(topic)?);
        let policies = InactiveTopicPolicies {
            inactive_topic_delete_mode: "delete_when_no_subscriptions",
            max_inactive_duration_seconds: 60,
            delete_while_inactive: false,
        };
        self.change("POST", &path, Body::Json(&policies)).await
    }

    /// Bytes of backlog after which a topic is compacted by itself; None: its namespace's, 0: never.
    pub async fn topic_compaction_threshold(&self, topic: &str) -> Result<Option<u64>, Error> {
        self.find(&format!("{}/compactionThreshold", topic_path(topic)?))
            .await
    }

    /// Sets the bytes of backlog after which a topic is compacted by itself; None: its namespace's.
    pub async fn set_topic_compaction_threshold(
        &self,
        topic: &str,
        bytes: Option<u64>,
    ) -> Result<(), Error> {
        let path = format!("{}/compactionThreshold", topic_path(topic)?);
        self.set("POST", &path, bytes).await
    }

    /// The largest message that a topic takes, in bytes; None: the broker's limit.
    pub async fn topic_max_message_size(&self, topic: &str) -> Result<Option<u64>, Error> {
        self.find(&format!("{}/maxMessageSize", topic_path(topic)?))
            .await
    }

    /// Sets the largest message that a topic takes, in bytes, up to the broker's limit; None: that limit.
    pub async fn set_topic_max_message_size(
        &self,
        topic: &str,
        bytes: Option<u64>,
    ) -> Result<(), Error> {
        let path = format!("{}/maxMessageSize", topic_path(topic)?);
        self.set("POST", &path, bytes).await
    }

    /// Seconds after which messages count as consumed; None: its namespace's, 0: never.
    pub async fn topic_message_ttl(&self, topic: &str) -> Result<Option<u64>, Error> {
        self.find(&format!("{}/messageTTL", topic_path(topic)?))
            .await
    }

    /// Sets the time after which messages of a topic count as consumed, in seconds; None: its namespace's.
    pub async fn set_topic_message_ttl(
        &self,
        topic: &str,
        seconds: Option<u64>,
    ) -> Result<(), Error> {
        let path = format!("{}/messageTTL", topic_path(topic)?);
        match seconds {
            // The one policy that is a parameter, not a body.
            Some(seconds) => {
                self.change("POST", &format!("{path}?messageTTL={seconds}"), NOTHING)
                    .await
            }
            None => self.change("DELETE", &path, NOTHING).await,
        }
    }
}
