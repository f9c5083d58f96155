//! Offsets by time.
//!
//! Records carry the times that their producers gave them, in any order. Pulsar finds entries by the time at which they
//! were published. A record is published after its time, if the producer's clock is about right, so no record of a time or
//! later lies before the first entry that was published then: the search begins a little before, and looks at every batch.

use std::sync::Arc;

use kop_entry::DecodedBatch;
use kop_log::{LogError, OffsetSpec, TimestampedOffset};
use kop_pulsar_client::Error;
use kop_records::{DecompressLimits, RecordBatch};
use tokio::time::{Instant, timeout_at};

use super::cache::Item;
use super::decode::LEADER_EPOCH;
use super::lost::{internal_stats, offsets};
use super::open::refresh_start;
use super::scan::Scan;
use super::shared::Shared;
use super::state::MaxTime;

/// So much before a time the search for it begins, in milliseconds: clocks differ, and an entry of the original's, or of
/// Pulsar's own clients, may be published when its first record is made, not its last.
const SLACK: i64 = 1000;

pub(super) async fn find(
    shared: Arc<Shared>,
    spec: OffsetSpec,
) -> Result<Option<TimestampedOffset>, LogError> {
    let bound = |offset| {
        Some(TimestampedOffset {
            offset,
            timestamp_ms: -1,
            leader_epoch: LEADER_EPOCH,
        })
    };
    match spec {
        OffsetSpec::Earliest => {
            let offsets = shared.offsets()?;
            if offsets.log_start < offsets.log_end {
                refresh_start(&shared).await?;
            }
            Ok(bound(shared.offsets()?.log_start))
        }
        OffsetSpec::Latest(isolation) => Ok(bound(shared.offsets()?.visible_end(isolation))),
        OffsetSpec::AtOrAfter(timestamp) => at_or_after(&shared, timestamp).await,
        OffsetSpec::MaxTimestamp => match max_batch(&shared).await? {
            Some((largest, offset)) => first_in(&shared, offset, offset, largest).await,
            None => Ok(None),
        },
    }
}

async fn at_or_after(
    shared: &Arc<Shared>,
    timestamp: i64,
) -> Result<Option<TimestampedOffset>, LogError> {
    let offsets = shared.offsets()?;
    let from = {
        let state = shared.state.lock();
        let all_known = state.cache.covered_from() <= state.log_start;
        all_known.then_some(state.log_start)
    };
    let from = match from {
        Some(from) => from,
        None => {
            let time = timestamp.saturating_sub(SLACK);
            published_at(shared, time, offsets.log_start).await?
        }
    };
    let from = from.max(offsets.log_start);
    first_in(shared, from, offsets.log_start, timestamp).await
}

/// The first record with this time or a later one, of the batches from that of `from` on. None lies before `log_start`.
async fn first_in(
    shared: &Arc<Shared>,
    from: i64,
    log_start: i64,
    timestamp: i64,
) -> Result<Option<TimestampedOffset>, LogError> {
    let mut items = Forward::from(shared, from);
    while let Some(item) = items.next().await? {
        if let Item::Batch(batch) = item
            && batch.header.max_timestamp() >= timestamp
            && let Some(found) = first_record(&batch, log_start, timestamp)?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The largest timestamp of the log and the first offset of its batch. What was looked at once is remembered, so that a
/// search that took too long goes on where it ended.
async fn max_batch(shared: &Arc<Shared>) -> Result<Option<(i64, i64)>, LogError> {
    let (log_start, known) = {
        let state = shared.state.lock();
        state.check()?;
        (state.log_start, state.max_time)
    };
    if known.from <= log_start {
        return Ok(known.largest);
    }
    let mut older = {
        let mut state = shared.state.lock();
        let fresh = MaxTime::starting_at(log_start);
        let kept = state.older_max_time.filter(|older| older.from >= log_start);
        *state.older_max_time.insert(kept.unwrap_or(fresh))
    };
    let mut items = Forward::from(shared, older.to);
    while older.to < known.from {
        match items.next().await {
            Ok(Some(item)) => older.add(&item),
            Ok(None) => break,
            Err(error) => {
                shared.state.lock().older_max_time = Some(older);
                return Err(error);
            }
        }
    }
    let mut state = shared.state.lock();
    state.older_max_time = None;
    if state.max_time.from == known.from {
        state.max_time.prepend(older);
    }
    Ok(state.max_time.largest)
}

/// The items of a log up to its end: through a reader, then from the cache.
struct Forward<'a> {
    shared: &'a Arc<Shared>,
    next_offset: i64,
    scan: Option<Scan>,
    limit: Instant,
}

impl<'a> Forward<'a> {
    fn from(shared: &'a Arc<Shared>, offset: i64) -> Self {
        Self {
            shared,
            next_offset: offset,
            scan: None,
            limit: Instant::now() + shared.context.settings.operation_timeout,
        }
    }

    async fn next(&mut self) -> Result<Option<Item>, LogError> {
        let item = {
            let state = self.shared.state.lock();
            state.check()?;
            if self.next_offset >= state.log_end {
                return Ok(None);
            }
            if state.is_hidden(self.next_offset) {
                return Err(LogError::Unavailable {
                    reason: format!(
                        "a transaction of Pulsar's own is open at offset {} of {}: what lies behind is not known yet",
                        self.next_offset, self.shared.partition.pulsar_topic
                    ),
                });
            }
            match state.cache.from(self.next_offset) {
                Some(mut items) => {
                    let Some(item) = items.next() else {
                        return Ok(None);
                    };
                    Some(item.clone())
                }
                None => None,
            }
        };
        let item = match item {
            Some(item) => item,
            None => self.read().await?,
        };
        self.next_offset = item.next_offset();
        Ok(Some(item))
    }

    async fn read(&mut self) -> Result<Item, LogError> {
        if self.scan.is_none() {
            self.scan = Some(Scan::open(self.shared, self.next_offset).await?);
        }
        let read = match &mut self.scan {
            Some(scan) => scan.next_of_known(self.shared, self.limit).await?,
            None => None,
        };
        read.ok_or_else(|| LogError::Unavailable {
            reason: format!(
                "the search in {} has come to offset {} in {:?}",
                self.shared.partition.pulsar_topic,
                self.next_offset,
                self.shared.context.settings.operation_timeout
            ),
        })
    }
}

/// The offset of the first entry that was published at this time or later, the largest number where that is none; the log
/// start where Pulsar cannot tell.
async fn published_at(shared: &Shared, timestamp: i64, log_start: i64) -> Result<i64, LogError> {
    let Ok(time) = u64::try_from(timestamp) else {
        return Ok(log_start);
    };
    let admin = shared.context.client.admin();
    let topic = &shared.partition.pulsar_topic;
    let limit = Instant::now() + shared.context.settings.operation_timeout;
    let asking = async {
        let id = match admin.message_id_by_time(topic, time).await {
            Ok(Some(id)) => id,
            // There is no entry, or the broker has met a lost ledger.
            Ok(None) | Err(Error::Admin { status: 500, .. }) => return Ok(log_start),
            Err(error) => return Err(shared.error(error)),
        };
        match admin.entry(topic, id).await {
            // All of the entry: the broker's time is that of its last record at the earliest.
            Ok(entry) => Ok(entry.and_then(offsets).map_or(log_start, |(base, _)| base)),
            Err(error) => {
                let ledgers = internal_stats(shared).await?.entries_by_ledger();
                match ledgers.last() {
                    Some(&(ledger, entries)) if (ledger, entries) <= (id.ledger, id.entry) => {
                        Ok(i64::MAX)
                    }
                    _ => Err(shared.error(error)),
                }
            }
        }
    };
    timeout_at(limit, asking)
        .await
        .map_err(|_| LogError::Unavailable {
            reason: format!("{topic} did not answer when it was published"),
        })?
}

/// The first record of the batch from `from` on with this time or a later one.
fn first_record(
    batch: &DecodedBatch,
    from: i64,
    timestamp: i64,
) -> Result<Option<TimestampedOffset>, LogError> {
    let malformed = |error: kop_records::RecordsError| LogError::Malformed {
        what: "stored batch",
        reason: error.to_string(),
    };
    let batch = RecordBatch::parse(batch.to_bytes()).map_err(malformed)?;
    let section = batch
        .section(&DecompressLimits::default())
        .map_err(malformed)?;
    for record in &section {
        let record = record.map_err(malformed)?;
        if record.timestamp >= timestamp && record.offset >= from {
            return Ok(Some(TimestampedOffset {
                offset: record.offset,
                timestamp_ms: record.timestamp,
                leader_epoch: batch.partition_leader_epoch(),
            }));
        }
    }
    Ok(None)
}
