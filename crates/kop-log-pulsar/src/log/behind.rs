//! What lies behind the last entry that readers get.
//!
//! Brokers keep markers from readers, and the messages of Pulsar's own transactions that were aborted. While one is open they
//! give out nothing from its first message on, whoever wrote it. All of this takes offsets.

use std::cmp::Ordering;

use kop_log::LogError;
use kop_pulsar_client::{InternalStats, MessageId};

use super::lost::{entry_info, offsets};
use super::shared::Shared;

/// So many entries are looked at one by one.
const MOST_LOOKS: usize = 64;

/// What readers do not get.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    /// The last of it.
    pub(super) at: MessageId,
    /// The offset behind that.
    pub(super) end: i64,
    /// They do once a transaction has ended.
    pub(super) is_hidden: bool,
}

/// Looks behind `last`, the last entry that readers get; null where that is nothing. There is nothing behind what they get a
/// moment later.
pub(super) async fn behind(
    shared: &Shared,
    stats: &InternalStats,
    last: Option<MessageId>,
) -> Result<Option<Behind>, LogError> {
    let at = stored_last(stats).filter(|at| last.is_none_or(|last| *at > last));
    let Some(at) = at else {
        return Ok(None);
    };
    let info = entry_info(shared, at).await?;
    let info = info.filter(|info| info.is_skipped || info.is_hidden);
    let range = info.and_then(|info| Some((offsets(info)?, info.is_hidden)));
    Ok(range.map(|((_, end), is_hidden)| Behind { at, end, is_hidden }))
}

/// Whether anything behind `last` may be of others than Pulsar's transactions, and so of Kafka's producers.
pub(super) async fn may_be_of_producers(
    shared: &Shared,
    stats: &InternalStats,
    last: Option<MessageId>,
) -> Result<bool, LogError> {
    let entries = stats.entries_by_ledger().into_iter();
    let behind = entries.flat_map(|(ledger, entries)| {
        let first = last.map_or(0, |last| match ledger.cmp(&last.ledger) {
            Ordering::Less => entries,
            Ordering::Equal => last.entry.saturating_add(1),
            Ordering::Greater => 0,
        });
        (first..entries).map(move |entry| MessageId { ledger, entry })
    });
    for (number, at) in behind.enumerate() {
        let info = match number {
            ..MOST_LOOKS => entry_info(shared, at).await?,
            _ => return Ok(true),
        };
        if info.is_none_or(|info| !info.in_transaction) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The last entry that is stored.
pub(super) fn stored_last(stats: &InternalStats) -> Option<MessageId> {
    let stored = stats.entries_by_ledger().last().copied();
    stored.map(|(ledger, entries)| MessageId {
        ledger,
        entry: entries.saturating_sub(1),
    })
}
