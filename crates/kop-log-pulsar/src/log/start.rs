//! Where a reader has to begin.

use std::time::Duration;

use kop_log::LogError;
use kop_pulsar_client::{MessageId, Start};
use tokio::time::{Instant, timeout_at};

use super::lost::{entry_info, internal_stats, offsets};
use super::shared::Shared;

/// So many offsets are read rather than asked for.
const NEAR: i64 = 1000;
/// How long that may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Where a reader has to begin to come across `offset`.
pub(super) async fn start_of(shared: &Shared, offset: i64) -> Result<Start, LogError> {
    let (point, log_start) = {
        let state = shared.state.lock();
        (state.index.floor(offset), state.log_start)
    };
    let from = point.map_or(log_start, |point| point.offset);
    let known = match point {
        Some(point) => Start::At(point.at),
        None => shared.first(),
    };
    if offset.saturating_sub(from) <= NEAR || shared.partition.topic.read_compacted {
        return Ok(known);
    }
    let topic = &shared.partition.pulsar_topic;
    let index = u64::try_from(offset).unwrap_or(0);
    let limit = Instant::now() + LIMIT;
    let asking = shared
        .context
        .client
        .admin()
        .message_id_by_index(topic, index);
    if let Ok(Ok(Some(id))) = timeout_at(limit, asking).await {
        return Ok(Start::At(id));
    }
    // Old brokers cannot tell, those that meet a lost ledger neither, and within the first entry none can.
    let found = timeout_at(limit, search(shared, offset)).await;
    Ok(match found {
        Ok(Ok(Some(at))) => Start::At(at),
        _ => known,
    })
}

/// The last entry that ends at or before `offset`, or one before it; lost ledgers are left out. `None` where that is not
/// known.
async fn search(shared: &Shared, offset: i64) -> Result<Option<MessageId>, LogError> {
    let ledgers = internal_stats(shared).await?.entries_by_ledger();
    let mut found = None;
    let (mut low, mut high) = (0, ledgers.len());
    while low < high {
        let middle = low.midpoint(high);
        // The first one from there on that can be read.
        let mut there = None;
        for (number, &(ledger, entries)) in ledgers.iter().enumerate().take(high).skip(middle) {
            if let Some(end) = end_of(shared, MessageId { ledger, entry: 0 }).await? {
                there = Some((number, ledger, entries, end));
                break;
            }
        }
        match there {
            Some((number, ledger, entries, end)) if end <= offset => {
                found = Some((ledger, entries));
                low = number + 1;
            }
            _ => high = middle,
        }
    }
    let Some((ledger, entries)) = found else {
        return Ok(None);
    };
    let (mut entry, mut high) = (0, entries);
    while high.saturating_sub(entry) > 1 {
        let middle = entry.midpoint(high);
        let at = MessageId {
            ledger,
            entry: middle,
        };
        match end_of(shared, at).await? {
            Some(end) if end <= offset => entry = middle,
            _ => high = middle,
        }
    }
    Ok(Some(MessageId { ledger, entry }))
}

/// The offset behind an entry; null where it cannot be read.
async fn end_of(shared: &Shared, at: MessageId) -> Result<Option<i64>, LogError> {
    let info = entry_info(shared, at).await?;
    Ok(info.and_then(offsets).map(|(_, end)| end))
}
