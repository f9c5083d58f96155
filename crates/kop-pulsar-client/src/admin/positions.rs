//! Where entries are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Admin, NOTHING, topic_path};
use crate::error::Error;
use crate::types::MessageId;

/// The header that carries an entry's index.
const INDEX: &str = "x-pulsar-broker-entry-metadata-index";

/// What a topic consists of.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InternalStats {
    /// Entries that were not trimmed.
    pub number_of_entries: i64,
    /// Their bytes.
    pub total_size: i64,
    /// Entries in the ledger that is written to now.
    pub current_ledger_entries: i64,
    /// Its bytes.
    pub current_ledger_size: i64,
    /// The last entry that is stored, as `ledger:entry`; its entry is −1 in a ledger without one.
    pub last_confirmed_entry: String,
    /// The ledgers in their order. The last one is open: its numbers are 0.
    pub ledgers: Vec<LedgerInfo>,
    /// What the last compaction left.
    #[serde(default)]
    pub compacted_ledger: Option<LedgerInfo>,
    /// What the broker's interceptors keep with the topic.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

/// A ledger.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerInfo {
    /// Its id; −1: there is none.
    pub ledger_id: i64,
    /// Its entries.
    pub entries: i64,
    /// Its bytes.
    pub size: i64,
}

impl InternalStats {
    /// The index of the last message before the ledger that is written to now, −1 before the first: in a topic whose
    /// entries were all trimmed, that of the last message ever. None: the broker has no
    /// `AppendIndexMetadataInterceptor`.
    pub fn stored_index(&self) -> Option<i64> {
        self.properties.get("index")?.parse().ok()
    }

    /// The position of the last entry; None for a topic whose last ledger is empty.
    pub fn last_confirmed(&self) -> Option<MessageId> {
        let (ledger, entry) = self.last_confirmed_entry.split_once(':')?;
        Some(MessageId {
            ledger: ledger.parse().ok()?,
            entry: entry.parse().ok()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Position {
    ledger_id: i64,
    entry_id: i64,
}

impl Position {
    fn id(&self) -> Option<MessageId> {
        Some(MessageId {
            ledger: u64::try_from(self.ledger_id).ok()?,
            entry: u64::try_from(self.entry_id).ok()?,
        })
    }
}

impl Admin {
    /// The ledgers of a topic.
    pub async fn internal_stats(&self, topic: &str) -> Result<InternalStats, Error> {
        self.get(&format!("{}/internalStats", topic_path(topic)?))
            .await
    }

    /// The entry that holds the message with an index; None past the end, and for brokers that cannot say. Needs Pulsar
    /// 4.1. Brokers answer nothing for indexes inside of the topic's first entry, except for its last one.
    pub async fn message_id_by_index(
        &self,
        topic: &str,
        index: u64,
    ) -> Result<Option<MessageId>, Error> {
        let path = format!("{}/getMessageIdByIndex?index={index}", topic_path(topic)?);
        Ok(self
            .find::<Position>(&path)
            .await?
            .and_then(|position| position.id()))
    }

    /// The first entry of a time, in milliseconds since the epoch, or later; the position behind the last one if there is
    /// none; None for a topic without entries. What counts is the broker's time stamp, and the publish time of entries
    /// without one.
    pub async fn message_id_by_time(
        &self,
        topic: &str,
        time_ms: u64,
    ) -> Result<Option<MessageId>, Error> {
        let path = format!("{}/messageid/{time_ms}", topic_path(topic)?);
        Ok(self
            .find::<Position>(&path)
            .await?
            .and_then(|position| position.id()))
    }

    /// The index of an entry's last message; None if the entry has none, or its ledger does not exist.
    ///
    /// # Errors
    ///
    /// Status 500 for an entry behind the last one of its ledger.
    pub async fn index_of(&self, topic: &str, id: MessageId) -> Result<Option<u64>, Error> {
        let MessageId { ledger, entry } = id;
        let path = format!("{}/ledger/{ledger}/entry/{entry}", topic_path(topic)?);
        let response = match self.call("GET", &path, NOTHING).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let index = response
            .headers
            .get(INDEX)
            .and_then(|value| value.to_str().ok());
        match index.map(str::parse) {
            None => Ok(None),
            Some(Ok(index)) => Ok(Some(index)),
            Some(Err(_)) => Err(Error::malformed("entry index", "not a number")),
        }
    }
}
