//! Ledgers that are lost: their topic lists them, but BookKeeper does not have them any more.
//!
//! A broker tries for ever to read such a ledger, and its readers wait for as long. So where nothing comes for a while
//! although something is there, it is asked whether the next entry can be read, and which one can.

use std::fmt;
use std::time::Duration;

use kop_log::LogError;
use kop_pulsar_client::{EntryInfo, InternalStats, MessageId};

use super::cache::Item;
use super::context::count;
use super::decode::damaged;
use super::shared::Shared;

/// How long an entry that should come is waited for, before the broker is asked what became of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Where a reader is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// Before the first entry.
    Start,
    /// Before this entry.
    At(MessageId),
    /// This was the last entry that it gave.
    Behind(MessageId),
}

/// What lies ahead of a reader.
#[derive(Debug)]
pub(super) struct Ahead {
    /// What it would wait for in vain.
    pub(super) lost: Lost,
    /// The first entry that can be read; where there is none, the first of the ledger that is written to.
    pub(super) at: MessageId,
    /// The first offset there, and the one behind the entry; both are the log's end where there is no entry. Null where it
    /// has no index.
    pub(super) range: Option<(i64, i64)>,
    /// Whether there is an entry.
    pub(super) is_there: bool,
    /// Readers do not get it before a transaction has ended.
    pub(super) is_hidden: bool,
}

/// Lost ledgers that follow one another.
#[derive(Debug, Default)]
pub(super) struct Lost {
    ledgers: Vec<u64>,
    entries: u64,
}

impl Lost {
    pub(super) fn is_none(&self) -> bool {
        self.ledgers.is_empty()
    }

    /// The log starts or ends behind them, at this offset: counted and named.
    pub(super) fn tell(&self, shared: &Shared, offset: i64) {
        count(&shared.context.counters.undecodable);
        let topic = &shared.partition.pulsar_topic;
        tracing::warn!(topic, offset, lost = %self, "what lies before this offset is lost");
    }

    /// What was in them is an item that cannot be decoded, counted and named.
    pub(super) fn item(&self, shared: &Shared, range: (i64, i64)) -> Item {
        let at = MessageId {
            ledger: self.ledgers.first().copied().unwrap_or_default(),
            entry: 0,
        };
        let topic = &shared.partition.pulsar_topic;
        damaged(&shared.context, topic, at, range, &self.to_string())
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ledgers, entries } = self;
        write!(
            f,
            "BookKeeper does not have ledgers {ledgers:?} any more, with {entries} entries"
        )
    }
}

impl Place {
    /// The first entry ahead of it in a ledger with so many entries.
    fn first_in(self, ledger: u64, entries: u64) -> Option<MessageId> {
        let entry = match self {
            Self::At(at) if at.ledger == ledger => at.entry,
            Self::Behind(at) if at.ledger == ledger => at.entry.saturating_add(1),
            Self::At(at) | Self::Behind(at) if at.ledger > ledger => return None,
            _ => 0,
        };
        (entry < entries).then_some(MessageId { ledger, entry })
    }
}

/// Looks at what lies ahead of a reader; null where that is nothing.
pub(super) async fn ahead(shared: &Shared, place: Place) -> Result<Option<Ahead>, LogError> {
    let stats = internal_stats(shared).await?;
    let mut missing = Vec::new();
    let mut found = None;
    for (ledger, entries) in stats.entries_by_ledger() {
        let Some(at) = place.first_in(ledger, entries) else {
            continue;
        };
        match entry_info(shared, at).await? {
            Some(info) => {
                found = Some((at, info));
                break;
            }
            None => missing.push((ledger, entries - at.entry)),
        }
    }
    let mut lost = Lost::default();
    if !missing.is_empty() {
        // Those that the topic does not list any more were deleted meanwhile, as they should be.
        let listed = internal_stats(shared).await?.entries_by_ledger();
        missing.retain(|(ledger, _)| listed.iter().any(|(listed, _)| listed == ledger));
        lost.entries = missing.iter().map(|(_, entries)| entries).sum();
        lost.ledgers = missing.into_iter().map(|(ledger, _)| ledger).collect();
    }
    if let Some((at, info)) = found {
        return Ok(Some(Ahead {
            lost,
            at,
            range: offsets(info),
            is_there: true,
            is_hidden: info.is_hidden,
        }));
    }
    let last = stats.ledgers.last();
    let current = last.and_then(|ledger| u64::try_from(ledger.ledger_id).ok());
    // Of one that is still written to, nobody knows the end.
    let current = current.filter(|ledger| !lost.is_none() && !lost.ledgers.contains(ledger));
    let end = stored_end(&stats);
    Ok(current.map(|ledger| Ahead {
        lost,
        at: MessageId { ledger, entry: 0 },
        range: Some((end, end)),
        is_there: false,
        is_hidden: false,
    }))
}

/// What the topic consists of.
pub(super) async fn internal_stats(shared: &Shared) -> Result<InternalStats, LogError> {
    let admin = shared.context.client.admin();
    let asking = admin.internal_stats(&shared.partition.pulsar_topic);
    asking.await.map_err(|error| shared.error(error))
}

/// What is known of an entry without reading it; null where its ledger does not exist.
pub(super) async fn entry_info(
    shared: &Shared,
    at: MessageId,
) -> Result<Option<EntryInfo>, LogError> {
    let admin = shared.context.client.admin();
    let asking = admin.entry(&shared.partition.pulsar_topic, at);
    asking.await.map_err(|error| shared.error(error))
}

/// The offset behind all that was written before the ledger that is written to now.
pub(super) fn stored_end(stats: &InternalStats) -> i64 {
    let index = stats.stored_index();
    index.map_or(0, |index| index.saturating_add(1)).max(0)
}

/// The first offset of an entry and the one behind it; null where it has no index.
pub(super) fn offsets(info: EntryInfo) -> Option<(i64, i64)> {
    let end = i64::try_from(info.index?).ok()?.saturating_add(1);
    let messages = i64::try_from(info.messages).unwrap_or(i64::MAX);
    Some((end.saturating_sub(messages).max(0), end))
}
