//! Where entries are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Admin, NOTHING, topic_path};
use crate::error::Error;
use crate::types::MessageId;

/// The header that carries an entry's index.
const INDEX: &str = "x-pulsar-broker-entry-metadata-index";
/// The header that markers have.
const MARKER: &str = "x-pulsar-marker-type";
/// The header that entries of transactions have.
const TRANSACTION: &str = "x-pulsar-txnid-most-bits";
/// The header that says whether the transaction was aborted.
const ABORTED: &str = "x-pulsar-txn-aborted";
/// The header that says whether readers have to wait for the end of a transaction. Older brokers have none.
const UNCOMMITTED: &str = "x-pulsar-txn-uncommitted";
/// The header with the number of messages of a batch.
const MESSAGES: &str = "x-pulsar-num-batch-message";
/// What BookKeeper says of a ledger that it does not have, as brokers repeat it.
const NO_LEDGER: &str = "No such ledger exists";

/// What a topic consists of.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InternalStats {
    /// Entries that were not trimmed.
    pub number_of_entries: i64,
    /// Their bytes.
    pub total_size: i64,
    /// Entries in the ledger that is written to now. Those that are being written are among them, and those that failed.
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
    /// Entries that the broker has counted, since a start of its own choice.
    #[serde(default)]
    pub entries_added_counter: i64,
    /// Subscriptions that are stored, and that of compaction.
    #[serde(default)]
    pub cursors: BTreeMap<String, CursorInfo>,
    /// What the broker's interceptors keep with the topic.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    /// What the broker does with it, such as `LedgerOpened` and `Terminated`.
    #[serde(default)]
    pub state: String,
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

/// How far a subscription has come.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CursorInfo {
    /// The entries that it is done with, counted as those of the topic are.
    pub messages_consumed_counter: i64,
}

/// What can be known of an entry without its bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EntryInfo {
    /// The index of its last message; None if it has none.
    pub index: Option<u64>,
    /// How many messages it says that it has.
    pub messages: u64,
    /// Brokers give it to no reader: it is a marker, or its transaction was aborted.
    pub is_skipped: bool,
    /// It belongs to a transaction of Pulsar's own.
    pub in_transaction: bool,
    /// Readers do not get it yet: a transaction of Pulsar's own that began before it, or with it, has not ended.
    pub is_hidden: bool,
}

impl InternalStats {
    /// The ledgers that have entries, in their order, and how many, the one that is written to now too.
    pub fn entries_by_ledger(&self) -> Vec<(u64, u64)> {
        let last = self.ledgers.len().saturating_sub(1);
        let confirmed = self.last_confirmed();
        let ledgers = self.ledgers.iter().enumerate();
        ledgers
            .filter_map(|(number, ledger)| {
                let id = u64::try_from(ledger.ledger_id).ok()?;
                let entries = match u64::try_from(ledger.entries).ok()? {
                    // The broker's counter has those too that are being written, and those that failed.
                    0 if number == last => {
                        let confirmed = confirmed.filter(|at| at.ledger == id)?;
                        confirmed.entry.saturating_add(1)
                    }
                    entries => entries,
                };
                Some((id, entries)).filter(|(_, entries)| *entries > 0)
            })
            .collect()
    }

    /// Whether the last compaction went to the end of the topic, and nothing was written since.
    pub fn is_compacted_to_the_end(&self) -> bool {
        let compaction = self.cursors.get("__compaction");
        compaction.is_some_and(|done| done.messages_consumed_counter >= self.entries_added_counter)
    }

    /// Whether somebody has ended the topic for good.
    pub fn is_terminated(&self) -> bool {
        self.state == "Terminated"
    }

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
        let entry = self.entry(topic, id).await?;
        Ok(entry.and_then(|entry| entry.index))
    }

    /// What an entry is; None if its ledger does not exist. That may be one that the topic still lists, but that is lost.
    ///
    /// # Errors
    ///
    /// Status 500 for an entry behind the last one of its ledger.
    pub async fn entry(&self, topic: &str, id: MessageId) -> Result<Option<EntryInfo>, Error> {
        let MessageId { ledger, entry } = id;
        let path = format!("{}/ledger/{ledger}/entry/{entry}", topic_path(topic)?);
        let response = match self.call("GET", &path, NOTHING).await {
            Ok(response) => response,
            Err(error) if error.is_not_found() => return Ok(None),
            // Brokers before 4.0 make an error of their own of it.
            Err(Error::Admin { reason, .. }) if reason.contains(NO_LEDGER) => return Ok(None),
            Err(error) => return Err(error),
        };
        let number = |name: &str| {
            let value = response.headers.get(name)?.to_str().ok()?;
            Some(value.parse().map_err(|_| Error::malformed("entry", name)))
        };
        let says = |name: &str| {
            response
                .headers
                .get(name)
                .is_some_and(|value| value == "true")
        };
        Ok(Some(EntryInfo {
            index: number(INDEX).transpose()?,
            messages: number(MESSAGES).transpose()?.unwrap_or(1),
            is_skipped: response.headers.contains_key(MARKER) || says(ABORTED),
            in_transaction: response.headers.contains_key(TRANSACTION),
            is_hidden: says(UNCOMMITTED),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(last_confirmed: &str, last: i64) -> Vec<(u64, u64)> {
        let stats = serde_json::json!({
            "numberOfEntries": 53, "totalSize": 1, "currentLedgerEntries": 5, "currentLedgerSize": 1,
            "lastConfirmedEntry": last_confirmed,
            "ledgers": [
                { "ledgerId": 66, "entries": 50, "size": 1 },
                { "ledgerId": 67, "entries": last, "size": 0 },
            ],
        });
        let stats: InternalStats = serde_json::from_value(stats).unwrap();
        stats.entries_by_ledger()
    }

    #[test]
    fn what_was_not_written_is_not_counted() {
        assert_eq!(entries("67:3", 0), [(66, 50), (67, 4)]);
        assert_eq!(entries("67:-1", 0), [(66, 50)]);
        assert_eq!(entries("66:49", 0), [(66, 50)]);
        assert_eq!(entries("67:3", 4), [(66, 50), (67, 4)]);
    }
}
