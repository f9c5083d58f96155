//! Fetches: from the cache where it reaches back far enough, else through a reader.

use std::sync::Arc;
use std::time::Duration;

use kop_codec::{Records, RecordsPart};
use kop_log::{Isolation, LogError, LogOffsets, ReadRequest, ReadResult};
use kop_records::{BatchBuilder, Compression};
use tokio::time::Instant;

use super::cache::Item;
use super::context::Undecodable;
use super::decode::{LEADER_EPOCH, damage_error};
use super::open::refresh_start;
use super::scan::{Scan, patience};
use super::shared::Shared;
use super::state::State;

/// How long a fetch that has little waits for more of what is there.
const LINGER: Duration = Duration::from_millis(1);

/// With so many bytes a fetch is answered when nothing more is here. What the broker sends then is for the next one.
const ENOUGH: usize = 64 << 10;

/// Batches for an answer.
struct Collected {
    request: ReadRequest,
    /// No batch from here on.
    end: i64,
    undecodable: Undecodable,
    parts: Vec<RecordsPart>,
    len: usize,
    read_to: i64,
}

/// The answer from the cache, or `None` where readers are needed.
pub(super) fn read_cached(
    shared: &Shared,
    request: ReadRequest,
) -> Option<Result<ReadResult, LogError>> {
    let mut state = shared.state.lock();
    state.used = true;
    let collected = match Collected::new(shared, &state, request) {
        Ok(collected) => collected,
        Err(error) => return Some(Err(error)),
    };
    let is_covered = state.cache.covered_from() <= request.offset;
    if !is_covered && collected.end > request.offset {
        return None;
    }
    Some(collected.finish_cached(&state))
}

/// Begins to open a reader, if a read from `offset` needs one.
pub(super) fn read_soon(shared: &Arc<Shared>, offset: i64) {
    {
        let state = shared.state.lock();
        let LogOffsets {
            log_start, log_end, ..
        } = state.offsets();
        let is_there = (log_start..log_end).contains(&offset) && !state.is_hidden(offset);
        if !is_there || state.check().is_err() || state.cache.covered_from() <= offset {
            return;
        }
    }
    let readers = &shared.context.readers;
    readers.open_ahead(shared.number, offset, || {
        let shared = Arc::clone(shared);
        tokio::spawn(async move { Scan::open(&shared, offset).await })
    });
}

/// The answer by reading, at most until the time limit.
pub(super) async fn read_through(
    shared: Arc<Shared>,
    request: ReadRequest,
) -> Result<ReadResult, LogError> {
    let limit = Instant::now() + shared.context.settings.operation_timeout;
    let (mut collected, covered_from) = {
        let state = shared.state.lock();
        let collected = Collected::new(&shared, &state, request)?;
        (collected, state.cache.covered_from())
    };
    let kept = shared.context.readers.take(shared.number, request.offset);
    let kept = match kept {
        Some(kept) => kept.scan().await?,
        None => None,
    };
    let mut scan = match kept {
        Some(scan) => scan,
        None => Scan::open(&shared, request.offset).await?,
    };
    let outcome = collected
        .fill(&shared, &mut scan, covered_from, limit)
        .await;
    let goes_on = scan.next_offset();
    if outcome.is_ok() && (collected.read_to..covered_from).contains(&goes_on) {
        shared.context.readers.put(shared.number, scan);
    }
    outcome?;
    let state = shared.state.lock();
    if goes_on >= covered_from && collected.read_to >= state.cache.covered_from() {
        return collected.finish_cached(&state);
    }
    Ok(collected.finish(&state))
}

impl Collected {
    fn new(shared: &Shared, state: &State, request: ReadRequest) -> Result<Self, LogError> {
        state.check()?;
        let offsets = state.offsets();
        if request.offset < offsets.log_start || request.offset > offsets.log_end {
            return Err(LogError::OffsetOutOfRange {
                requested: request.offset,
                start: offsets.log_start,
                end: offsets.log_end,
            });
        }
        let mut end = offsets.visible_end(request.isolation);
        // Once the transaction has ended the tail comes along there, and wakes those who wait.
        if let Some(hidden) = state.hidden
            && request.offset < state.cache.covered_from()
        {
            end = end.min(hidden.from().max(request.offset));
        }
        Ok(Self {
            request,
            end,
            undecodable: shared.context.settings.undecodable,
            parts: Vec::new(),
            len: 0,
            read_to: request.offset,
        })
    }

    /// Takes items from a reader, up to where the cache begins.
    async fn fill(
        &mut self,
        shared: &Shared,
        scan: &mut Scan,
        covered_from: i64,
        limit: Instant,
    ) -> Result<(), LogError> {
        while scan.next_offset() < covered_from.min(self.end) {
            let patience = match self.len {
                0 if self.parts.is_empty() => patience(shared),
                len if len < ENOUGH => LINGER,
                _ => Duration::ZERO,
            };
            let deadline = limit.min(Instant::now() + patience);
            let before = scan.next_offset();
            let Some(item) = scan.next(shared, deadline).await? else {
                // Before what is hidden there may be markers.
                let hidden = shared.state.lock().hidden;
                let is_before = hidden.is_some_and(|hidden| hidden.from() >= self.end);
                if !self.parts.is_empty() || is_before {
                    return Ok(());
                }
                if scan.is_at_compacted_end(shared).await? {
                    return self.pass_to(covered_from.min(self.end));
                }
                if Instant::now() >= limit {
                    return Err(self.late(shared));
                }
                // Perhaps nothing is left of it.
                self.check_trimmed(shared).await?;
                scan.pass_lost(shared, limit).await?;
                continue;
            };
            let compacted = shared.partition.topic.read_compacted;
            if !compacted && scan.leaves_out(before, &item) {
                if !self.parts.is_empty() {
                    // The next fetch begins there, and is told if it was deleted.
                    scan.put_back(item, before);
                    return Ok(());
                }
                self.check_trimmed(shared).await?;
            }
            if !self.add(&item)? {
                scan.put_back(item, before);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Goes to `end` with a batch without records, such as Kafka's compaction leaves: nothing else would tell a consumer that
    /// there is nothing more up to there.
    fn pass_to(&mut self, end: i64) -> Result<(), LogError> {
        let farthest = self.read_to.saturating_add(i64::from(i32::MAX));
        let last = end.saturating_sub(1).min(farthest);
        let batch = BatchBuilder::new(Compression::None)
            .base_offset(self.read_to)
            .last_offset(last)
            .partition_leader_epoch(LEADER_EPOCH)
            .build();
        let batch = batch.map_err(|error| LogError::Malformed {
            what: "batch without records",
            reason: error.to_string(),
        })?;
        if self.request.at_least_one || batch.len() <= self.request.max_bytes {
            self.len += batch.len();
            self.parts.push(RecordsPart::Bytes(batch));
            self.read_to = last.saturating_add(1);
        }
        Ok(())
    }

    fn late(&self, shared: &Shared) -> LogError {
        LogError::Unavailable {
            reason: format!(
                "offset {} of {} was not delivered in time",
                self.read_to, shared.partition.pulsar_topic
            ),
        }
    }

    /// The first entry that is there lies behind the offset: perhaps Pulsar has deleted ledgers.
    async fn check_trimmed(&self, shared: &Shared) -> Result<(), LogError> {
        if shared.partition.topic.read_compacted {
            return Ok(());
        }
        refresh_start(shared).await?;
        let requested = self.request.offset;
        let LogOffsets {
            log_start, log_end, ..
        } = shared.state.lock().offsets();
        if requested >= log_start {
            return Ok(());
        }
        Err(LogError::OffsetOutOfRange {
            requested,
            start: log_start,
            end: log_end,
        })
    }

    /// Takes an item, or says that the answer ends before it.
    fn add(&mut self, item: &Item) -> Result<bool, LogError> {
        if item.base_offset() >= self.end {
            return Ok(false);
        }
        match item {
            Item::Damaged {
                base_offset,
                at,
                reason,
                ..
            } => match self.undecodable {
                Undecodable::Pass => {}
                Undecodable::Stop if self.parts.is_empty() => {
                    return Err(damage_error(*base_offset, *at, reason));
                }
                Undecodable::Stop => return Ok(false),
            },
            Item::Batch(batch) => {
                let must = self.parts.is_empty() && self.request.at_least_one;
                let len = batch.size_in_bytes();
                if !must && self.len.saturating_add(len) > self.request.max_bytes {
                    return Ok(false);
                }
                self.len += len;
                let parts = batch.parts.iter().filter(|part| !part.is_empty());
                self.parts.extend(parts.cloned().map(RecordsPart::Bytes));
            }
        }
        self.read_to = item.next_offset();
        Ok(true)
    }

    /// Goes on with the cache, which has everything from there on.
    fn finish_cached(mut self, state: &State) -> Result<ReadResult, LogError> {
        for item in state.cache.from(self.read_to).into_iter().flatten() {
            if !self.add(item)? {
                break;
            }
        }
        Ok(self.finish(state))
    }

    fn finish(self, state: &State) -> ReadResult {
        let aborted = (self.request.isolation == Isolation::ReadCommitted)
            .then(|| state.producers.aborted(self.request.offset, self.read_to));
        let next_offset = if self.parts.is_empty() {
            self.request.offset
        } else {
            self.read_to
        };
        ReadResult {
            next_offset,
            records: Records::from_parts(self.parts),
            offsets: state.offsets(),
            aborted,
        }
    }
}
