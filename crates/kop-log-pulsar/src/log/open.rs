//! Opening a log: where it begins and ends, and what its producers did.

use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use kop_log::LogError;
use kop_log::producer::ProducerBatch;
use kop_pulsar_client::{InternalStats, MessageId, RawEntry, Reader, ReaderOptions, Start};
use kop_records::RecordBatch;
use tokio::time::{Instant, timeout, timeout_at};

use super::cache::Item;
use super::decode::{locate, position};
use super::producers::Producers;
use super::scan::{SUBSCRIPTION, Scan, message_id, no_index};
use super::sequence::Position;
use super::shared::Shared;
use super::state::Bounds;

/// Bytes that the reader of the tail may have waiting. What comes in is taken at once.
const TAIL_BUDGET: usize = 1 << 20;
/// Bytes for a reader that is to give one entry.
const PEEK_BUDGET: usize = 1 << 10;

/// How long an entry that should be there is waited for, before it is asked whether it was deleted.
const PATIENCE: Duration = Duration::from_secs(1);

/// An open log.
#[derive(Debug)]
pub(super) struct Opened {
    /// Gives everything behind the end that was found.
    pub(super) tail: Reader,
    pub(super) last: Option<Position>,
    pub(super) bounds: Bounds,
    pub(super) producers: Producers,
}

/// Opens a log, in no more time than an operation may take.
pub(super) async fn open(shared: Arc<Shared>) -> Result<Opened, LogError> {
    let limit = Instant::now() + shared.context.settings.operation_timeout;
    let doing = open_now(&shared);
    timeout_at(limit, doing).await.map_err(|_| late(&shared))?
}

/// A reader that goes on behind `last`, which it gives again.
pub(super) async fn open_tail(
    shared: Arc<Shared>,
    last: Option<Position>,
) -> Result<Reader, LogError> {
    let start = last.map_or(Start::Earliest, |last| Start::At(message_id(last)));
    reader(&shared, start, TAIL_BUDGET).await
}

/// Asks where the log starts now: Pulsar deletes ledgers on its own.
pub(super) async fn refresh_start(shared: &Shared) -> Result<(), LogError> {
    let limit = Instant::now() + shared.context.settings.operation_timeout;
    let asking = async {
        let mut first = reader(shared, Start::Earliest, PEEK_BUDGET).await?;
        if last_id(shared, &first).await?.is_none() {
            return Ok(None);
        }
        match timeout(PATIENCE, first_offset(shared, &mut first)).await {
            Ok(offset) => offset.map(Some),
            Err(_) if stats(shared).await?.number_of_entries == 0 => Ok(None),
            Err(_) => first_offset(shared, &mut first).await.map(Some),
        }
    };
    let found = timeout_at(limit, asking)
        .await
        .map_err(|_| late(shared))??;
    let moved = {
        let mut state = shared.state.lock();
        let log_end = state.log_end;
        state.start_at(found.unwrap_or(log_end))
    };
    if moved {
        shared.waiters.wake_all();
    }
    Ok(())
}

async fn open_now(shared: &Shared) -> Result<Opened, LogError> {
    let mut first = reader(shared, Start::Earliest, TAIL_BUDGET).await?;
    let stats = stats(shared).await?;
    // Of a topic whose entries were all deleted, the last id may still be that of one of them.
    let last = last_id(shared, &first).await?;
    let Some(last) = last.filter(|_| stats.number_of_entries > 0) else {
        // Nothing is left to tell the next index, but the topic's properties do.
        let log_end = stats
            .stored_index()
            .map_or(0, |index| index.saturating_add(1))
            .max(0);
        let bounds = Bounds {
            log_start: log_end,
            log_end,
            size: 0,
        };
        let producers = recover(shared, bounds).await?;
        return Ok(Opened {
            tail: first,
            last: None,
            bounds,
            producers,
        });
    };
    let pulsars_start = first_offset(shared, &mut first).await?;
    drop(first);
    let mut tail = reader(shared, Start::At(last), TAIL_BUDGET).await?;
    let (last, log_end) = next_end(shared, &mut tail).await?;
    let bounds = Bounds {
        log_start: pulsars_start.max(stored_start(shared)?).min(log_end),
        log_end,
        size: u64::try_from(stats.total_size).unwrap_or(0),
    };
    let producers = recover(shared, bounds).await?;
    Ok(Opened {
        tail,
        last: Some(last),
        bounds,
        producers,
    })
}

async fn stats(shared: &Shared) -> Result<InternalStats, LogError> {
    let admin = shared.context.client.admin();
    let asking = admin.internal_stats(&shared.partition.pulsar_topic);
    asking.await.map_err(|error| shared.error(error))
}

async fn reader(shared: &Shared, start: Start, budget_bytes: usize) -> Result<Reader, LogError> {
    let options = ReaderOptions {
        start,
        read_compacted: false,
        budget_bytes,
        subscription: SUBSCRIPTION.to_owned(),
    };
    let topic = &shared.partition.pulsar_topic;
    let opening = shared.context.client.reader(topic, options);
    opening.await.map_err(|error| shared.error(error))
}

async fn last_id(shared: &Shared, reader: &Reader) -> Result<Option<MessageId>, LogError> {
    let asking = reader.last_message_id();
    asking.await.map_err(|error| shared.error(error))
}

/// The first offset of the next entry that has one.
async fn first_offset(shared: &Shared, reader: &mut Reader) -> Result<i64, LogError> {
    let raw = next_indexed(shared, reader).await?;
    Ok(match locate(&raw) {
        Ok(Some(entry)) => entry.base_offset,
        _ => end_of(&raw).saturating_sub(1),
    })
}

/// The next entry that has an index, and the offset behind it.
async fn next_end(shared: &Shared, reader: &mut Reader) -> Result<(Position, i64), LogError> {
    let raw = next_indexed(shared, reader).await?;
    Ok((position(&raw), end_of(&raw)))
}

fn end_of(raw: &RawEntry) -> i64 {
    let end = raw.index.map_or(0, |index| index.saturating_add(1));
    i64::try_from(end).unwrap_or(i64::MAX)
}

async fn next_indexed(shared: &Shared, reader: &mut Reader) -> Result<RawEntry, LogError> {
    loop {
        let raw = reader.next().await.map_err(|error| shared.error(error))?;
        if raw.index.is_some() {
            return Ok(raw);
        }
        no_index(shared, &raw)?;
    }
}

fn stored_start(shared: &Shared) -> Result<i64, LogError> {
    let Some(bytes) = shared.context.store.get(&shared.partition.start_key()) else {
        return Ok(0);
    };
    bytes
        .as_ref()
        .try_get_i64()
        .map_err(|_| LogError::Malformed {
            what: "stored log start",
            reason: format!("{} bytes are too few", bytes.len()),
        })
}

/// The producers of a log that has these bounds: what was stored of them, and what was written since. Where nothing was
/// stored there was no such producer: a log stores its first state before it takes their first write.
async fn recover(shared: &Shared, bounds: Bounds) -> Result<Producers, LogError> {
    let Some(bytes) = shared.context.store.get(&shared.partition.producers_key()) else {
        return Ok(Producers::default());
    };
    let (mut producers, offset) = Producers::load(&bytes)?;
    if offset > bounds.log_end {
        let (topic, log_end) = (&shared.partition.pulsar_topic, bounds.log_end);
        tracing::warn!(
            topic,
            offset,
            log_end,
            "the stored producers are of another log"
        );
        return Ok(Producers::default());
    }
    let from = offset.max(bounds.log_start);
    if from < bounds.log_end {
        let mut scan = Scan::open(shared, from).await?;
        let limit = Instant::now() + shared.context.settings.operation_timeout;
        while scan.next_offset() < bounds.log_end {
            match scan.next(shared, limit).await? {
                Some(item) => replay(shared, &mut producers, &item),
                None => return Err(late(shared)),
            }
        }
    }
    producers.truncate_before(bounds.log_start);
    Ok(producers)
}

/// Folds an item of the log into the state of its producers. Anybody may write to the topic: what makes no sense is no
/// reason to stop.
pub(super) fn replay(shared: &Shared, producers: &mut Producers, item: &Item) {
    let Item::Batch(batch) = item else {
        return;
    };
    let whole = || RecordBatch::parse(batch.to_bytes());
    match ProducerBatch::of_log(&batch.header, whole) {
        Ok(Some(batch)) => producers.replay(&batch),
        Ok(None) => {}
        Err(error) => {
            let (topic, offset) = (&shared.partition.pulsar_topic, item.base_offset());
            tracing::warn!(topic, offset, %error, "a control batch is passed");
        }
    }
}

fn late(shared: &Shared) -> LogError {
    LogError::Unavailable {
        reason: format!(
            "{} did not answer within {:?}",
            shared.partition.pulsar_topic, shared.context.settings.operation_timeout
        ),
    }
}
