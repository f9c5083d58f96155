//! Opening a log: where it begins and ends, and what its producers did.

use std::sync::Arc;

use bytes::Buf;
use kop_log::LogError;
use kop_log::producer::ProducerBatch;
use kop_pulsar_client::{InternalStats, MessageId, RawEntry, Reader, Start};
use kop_records::RecordBatch;
use tokio::time::{Instant, timeout, timeout_at};

use super::behind::{Behind, behind, may_be_of_producers, stored_last};
use super::cache::Item;
use super::decode::{locate, next_offset};
use super::lost::{Ahead, PATIENCE, Place, ahead, internal_stats, stored_end};
use super::producers::Producers;
use super::scan::{Scan, no_index};
use super::shared::Shared;
use super::state::Bounds;

/// Bytes that the reader of the tail may have waiting. What comes in is taken at once.
const TAIL_BUDGET: usize = 1 << 20;
/// Bytes for a reader that is to give one entry.
const PEEK_BUDGET: usize = 1 << 10;

/// An open log.
#[derive(Debug)]
pub(super) struct Opened {
    /// Gives everything behind the end that was found.
    pub(super) tail: Reader,
    /// Where that one begins.
    pub(super) start: Start,
    pub(super) last: Option<MessageId>,
    pub(super) bounds: Bounds,
    pub(super) producers: Producers,
    /// The last entry that readers do not get yet, if there may be writes of producers there that are not known.
    pub(super) unseen: Option<MessageId>,
}

/// Opens a log, in no more time than an operation may take.
pub(super) async fn open(shared: Arc<Shared>) -> Result<Opened, LogError> {
    let limit = Instant::now() + shared.context.settings.operation_timeout;
    let doing = open_now(&shared);
    timeout_at(limit, doing).await.map_err(|_| late(&shared))?
}

/// A reader of the tail, which gives the entry at `start` too.
pub(super) async fn open_tail(shared: Arc<Shared>, start: Start) -> Result<Reader, LogError> {
    shared.reader(start, false, TAIL_BUDGET).await
}

/// Asks where the log starts now: Pulsar deletes ledgers on its own. What compaction left of them stays.
pub(super) async fn refresh_start(shared: &Shared) -> Result<(), LogError> {
    if shared.partition.topic.read_compacted {
        return Ok(());
    }
    let limit = Instant::now() + shared.context.settings.operation_timeout;
    let asking = async {
        let mut first = shared.reader(shared.first(), false, PEEK_BUDGET).await?;
        let has_last = last_id(shared, &first).await?.is_some();
        if !has_last && internal_stats(shared).await?.number_of_entries == 0 {
            return Ok(None);
        }
        first_readable(shared, &mut first).await
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
    let start = shared.first();
    let mut first = shared.reader(start, false, TAIL_BUDGET).await?;
    let stats = internal_stats(shared).await?;
    let Some(last) = last_entry(shared, &first, &stats).await? else {
        // Nothing is left to tell the next index, but the topic's properties do.
        let log_end = stored_end(&stats);
        let bounds = Bounds {
            log_start: log_start(shared, log_end)?.min(log_end),
            log_end,
            readable_end: log_end,
            is_hidden: false,
            size: 0,
        };
        let (producers, _) = recover(shared, bounds).await?;
        return Ok(Opened {
            tail: first,
            start,
            last: None,
            bounds,
            producers,
            unseen: None,
        });
    };
    let pulsars_start = first_readable(shared, &mut first).await?;
    drop(first);
    let end = end_of_log(shared, &stats, last).await?;
    let log_start = log_start(shared, pulsars_start.unwrap_or(end.log_end))?.min(end.log_end);
    let bounds = Bounds {
        log_start,
        log_end: end.log_end,
        readable_end: end.readable_end.unwrap_or(log_start),
        is_hidden: end.is_hidden,
        size: u64::try_from(stats.total_size).unwrap_or(0),
    };
    let (producers, known_to) = recover(shared, bounds).await?;
    let mut unseen = end.last.filter(|_| end.is_hidden && known_to < end.log_end);
    if unseen.is_some() && !may_be_of_producers(shared, &stats, end.readable_last).await? {
        unseen = None;
    }
    Ok(Opened {
        tail: end.tail,
        start: end.start,
        last: end.last,
        bounds,
        producers,
        unseen,
    })
}

/// The last entry that readers get, or that is stored, if nothing is known of the other.
async fn last_entry(
    shared: &Shared,
    reader: &Reader,
    stats: &InternalStats,
) -> Result<Option<MessageId>, LogError> {
    // Of a topic whose entries were all deleted, the last id may still be that of one of them.
    if stats.number_of_entries == 0 {
        return Ok(None);
    }
    if let Some(last) = last_id(shared, reader).await? {
        return Ok(Some(last));
    }
    Ok(stored_last(stats))
}

/// The first offset of what can be read; `None` where nothing is there. What is lost before it is named.
async fn first_readable(shared: &Shared, first: &mut Reader) -> Result<Option<i64>, LogError> {
    if let Ok(offset) = timeout(PATIENCE, first_offset(shared, first)).await {
        return offset.map(Some);
    }
    let Some(ahead) = ahead(shared, Place::Start).await? else {
        return Ok(None);
    };
    let Some((offset, _)) = ahead.range else {
        return Err(late(shared));
    };
    if !ahead.lost.is_none() {
        ahead.lost.tell(shared, offset);
        shared.state.lock().first = Some(ahead.at);
    }
    Ok(Some(offset))
}

/// The end of a log that has entries.
struct End {
    tail: Reader,
    start: Start,
    /// The last entry; `None` where it is lost.
    last: Option<MessageId>,
    log_end: i64,
    /// The last entry that readers get, and the offset behind it; null where they get none.
    readable_last: Option<MessageId>,
    readable_end: Option<i64>,
    /// They will get more once a transaction has ended.
    is_hidden: bool,
}

async fn end_of_log(
    shared: &Shared,
    stats: &InternalStats,
    last: MessageId,
) -> Result<End, LogError> {
    let mut last = last;
    loop {
        let start = Start::At(last);
        let mut tail = shared.reader(start, false, TAIL_BUDGET).await?;
        let (at, end) = match timeout(PATIENCE, next_end(shared, &mut tail)).await {
            Ok(found) => found?,
            Err(_) => {
                let ahead = ahead(shared, Place::At(last)).await?;
                let ahead = ahead.ok_or_else(|| late(shared))?;
                let (_, end) = ahead.range.ok_or_else(|| late(shared))?;
                match (ahead.lost.is_none(), ahead.is_there) {
                    (true, _) if ahead.is_hidden => {
                        let hidden = behind(shared, stats, None).await?;
                        let hidden = hidden.ok_or_else(|| late(shared))?;
                        return Ok(End::hidden(tail, start, hidden));
                    }
                    // It is there, but readers do not get it yet.
                    (true, _) => (ahead.at, end),
                    (false, true) => {
                        last = ahead.at;
                        continue;
                    }
                    (false, false) => return behind_lost(shared, &ahead, end).await,
                }
            }
        };
        let behind = behind(shared, stats, Some(at)).await?;
        return Ok(End {
            tail,
            start,
            last: Some(behind.map_or(at, |behind| behind.at)),
            log_end: behind.map_or(end, |behind| behind.end),
            readable_last: Some(at),
            readable_end: Some(end),
            is_hidden: behind.is_some_and(|behind| behind.is_hidden),
        });
    }
}

/// The end of a log whose last ledgers are lost, and nothing was written since.
async fn behind_lost(shared: &Shared, ahead: &Ahead, log_end: i64) -> Result<End, LogError> {
    ahead.lost.tell(shared, log_end);
    let start = Start::At(ahead.at);
    Ok(End {
        tail: shared.reader(start, false, TAIL_BUDGET).await?,
        start,
        last: None,
        log_end,
        readable_last: None,
        readable_end: Some(log_end),
        is_hidden: false,
    })
}

impl End {
    /// Nothing is to be had before a transaction has ended.
    fn hidden(tail: Reader, start: Start, hidden: Behind) -> Self {
        Self {
            tail,
            start,
            last: Some(hidden.at),
            log_end: hidden.end,
            readable_last: None,
            readable_end: None,
            is_hidden: true,
        }
    }
}

/// `None` where there is none, and where the broker does not say it soon: one that has lost it never does.
async fn last_id(shared: &Shared, reader: &Reader) -> Result<Option<MessageId>, LogError> {
    match timeout(PATIENCE, reader.last_message_id()).await {
        Ok(last) => last.map_err(|error| shared.error(error)),
        Err(_) => Ok(None),
    }
}

/// The first offset of the next entry that has one.
async fn first_offset(shared: &Shared, reader: &mut Reader) -> Result<i64, LogError> {
    let raw = next_indexed(shared, reader).await?;
    Ok(match locate(&raw) {
        Ok(Some(entry)) => entry.base_offset,
        _ => next_offset(&raw).saturating_sub(1),
    })
}

/// The next entry that has an index, and the offset behind it.
async fn next_end(shared: &Shared, reader: &mut Reader) -> Result<(MessageId, i64), LogError> {
    let raw = next_indexed(shared, reader).await?;
    Ok((raw.id, next_offset(&raw)))
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

/// Where the log starts whose first entry in Pulsar has this offset. What compaction left lies below that, and counts.
fn log_start(shared: &Shared, pulsars_start: i64) -> Result<i64, LogError> {
    let stored = stored_start(shared)?;
    Ok(match shared.partition.topic.read_compacted {
        true => stored,
        false => pulsars_start.max(stored),
    })
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
/// stored there was no such producer: a log stores its first state before it takes their first write. With it comes the
/// offset to which all of their writes are known.
async fn recover(shared: &Shared, bounds: Bounds) -> Result<(Producers, i64), LogError> {
    let Some(bytes) = shared.context.store.get(&shared.partition.producers_key()) else {
        return Ok((Producers::default(), bounds.log_end));
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
        return Ok((Producers::default(), log_end));
    }
    let from = offset.max(bounds.log_start);
    if from < bounds.readable_end {
        let mut scan = Scan::open(shared, from).await?;
        let limit = Instant::now() + shared.context.settings.operation_timeout;
        while scan.next_offset() < bounds.readable_end {
            match scan.next_of_known(shared, limit).await? {
                Some(item) => replay(shared, &mut producers, &item),
                None if scan.is_at_compacted_end(shared).await? => break,
                None => return Err(late(shared)),
            }
        }
    }
    producers.truncate_before(bounds.log_start);
    Ok((producers, from.max(bounds.readable_end)))
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
