//! What a log is at this moment, for everybody who asks without waiting.

use std::sync::Arc;

use kop_log::{LogError, LogOffsets, TopicConfig};
use kop_pulsar_client::MessageId;

use super::cache::{Budget, Cache, Item};
use super::decode::{LEADER_EPOCH, leaves_out};
use super::index::PositionIndex;
use super::producers::Producers;

/// Whether a log follows its topic.
#[derive(Clone, Debug)]
pub(super) enum Status {
    /// Nobody uses it, or it could not be opened yet.
    Closed,
    /// It knows every entry up to a moment ago.
    Open,
    /// It cannot follow its topic at present.
    Failed(LogError),
    /// The topic is gone.
    Deleted,
}

/// A log's offsets and what belongs to them. Guarded by one lock that is never held for long.
#[derive(Debug)]
pub(super) struct State {
    pub(super) status: Status,
    pub(super) log_start: i64,
    pub(super) log_end: i64,
    pub(super) producers: Producers,
    pub(super) cache: Cache,
    pub(super) index: PositionIndex,
    /// Entries of Pulsar's own transactions came.
    pub(super) transactions: bool,
    /// What readers do not get yet: a transaction of Pulsar's own is open there.
    pub(super) hidden: Option<Hidden>,
    /// The first entry that can be read, where ledgers before it are lost.
    pub(super) first: Option<MessageId>,
    /// Bytes of batches, as far as known.
    pub(super) size: u64,
    /// The largest timestamp, as far as it is known.
    pub(super) max_time: MaxTime,
    /// A search for it in what lies before, which has not come to its end.
    pub(super) older_max_time: Option<MaxTime>,
    /// Somebody asked for something since the last look.
    pub(super) used: bool,
}

/// The largest timestamp of a range of the log.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MaxTime {
    /// Where the range begins: nothing below was looked at.
    pub(super) from: i64,
    /// Where it ends.
    pub(super) to: i64,
    /// The largest timestamp, and the first offset of the first batch that has it.
    pub(super) largest: Option<(i64, i64)>,
}

/// The offsets of a log that was just opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) log_start: i64,
    pub(super) log_end: i64,
    /// Readers are given nothing from here on.
    pub(super) readable_end: i64,
    /// They will be, once a transaction has ended; otherwise the rest are markers.
    pub(super) is_hidden: bool,
    pub(super) size: u64,
}

/// Offsets of entries that brokers keep from readers until a transaction of Pulsar's own has ended. Markers may be among them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hidden {
    from: i64,
    to: i64,
}

impl Hidden {
    /// The first of them.
    pub(super) fn from(self) -> i64 {
        self.from
    }
}

impl MaxTime {
    pub(super) fn starting_at(offset: i64) -> Self {
        Self {
            from: offset,
            to: offset,
            largest: None,
        }
    }

    /// Takes the range before this one.
    pub(super) fn prepend(&mut self, older: Self) {
        self.from = older.from;
        let older_wins = match (older.largest, self.largest) {
            (Some((older, _)), Some((newer, _))) => older >= newer,
            (older, _) => older.is_some(),
        };
        if older_wins {
            self.largest = older.largest;
        }
    }

    /// Takes the next batch of the range.
    pub(super) fn add(&mut self, item: &Item) {
        if item.next_offset() <= self.to {
            return;
        }
        self.to = item.next_offset();
        let Item::Batch(batch) = item else {
            return;
        };
        let time = batch.header.max_timestamp();
        if !batch.header.is_control() && self.largest.is_none_or(|(largest, _)| time > largest) {
            self.largest = Some((time, item.base_offset()));
        }
    }
}

impl State {
    pub(super) fn new(budget: Arc<Budget>) -> Self {
        Self {
            status: Status::Closed,
            log_start: 0,
            log_end: 0,
            producers: Producers::default(),
            cache: Cache::new(budget, 0),
            index: PositionIndex::default(),
            transactions: false,
            hidden: None,
            first: None,
            size: 0,
            max_time: MaxTime::default(),
            older_max_time: None,
            used: true,
        }
    }

    /// Begins with what opening the log has found.
    pub(super) fn begin(&mut self, bounds: Bounds, producers: Producers) {
        self.log_start = bounds.log_start;
        self.log_end = bounds.log_end;
        self.size = bounds.size;
        self.producers = producers;
        let covered_from = match bounds.is_hidden {
            true => bounds.log_end,
            false => bounds.readable_end,
        };
        self.cache.restart(covered_from);
        self.hidden = bounds.is_hidden.then_some(Hidden {
            from: bounds.readable_end,
            to: bounds.log_end,
        });
        self.index.clear();
        self.max_time = MaxTime::starting_at(bounds.log_end);
        self.older_max_time = None;
        self.status = Status::Open;
    }

    pub(super) fn check(&self) -> Result<(), LogError> {
        match &self.status {
            Status::Deleted => Err(LogError::Deleted),
            Status::Failed(error) => Err(error.clone()),
            Status::Closed | Status::Open => Ok(()),
        }
    }

    /// The topic is gone, and nobody reads what is in memory.
    pub(super) fn delete(&mut self) {
        self.status = Status::Deleted;
        self.cache.restart(self.log_end);
    }

    pub(super) fn is_deleted(&self) -> bool {
        matches!(self.status, Status::Deleted)
    }

    pub(super) fn offsets(&self) -> LogOffsets {
        LogOffsets {
            log_start: self.log_start,
            last_stable: self
                .producers
                .last_stable_offset(self.log_end)
                .max(self.log_start),
            high_watermark: self.log_end,
            log_end: self.log_end,
            leader_epoch: LEADER_EPOCH,
        }
    }

    /// An entry of the log, the next in order.
    pub(super) fn extend(
        &mut self,
        at: MessageId,
        base_offset: i64,
        next_offset: i64,
        items: impl IntoIterator<Item = Item>,
    ) {
        if leaves_out(self.log_end, base_offset, self.transactions) {
            // Readers that begin before find what is there.
            self.cache.restart(base_offset);
            self.max_time = MaxTime::starting_at(base_offset);
        }
        self.index.note(base_offset, at);
        for item in items {
            self.size = self.size.saturating_add(item.len() as u64);
            self.max_time.add(&item);
            self.cache.push(item);
        }
        self.max_time.to = self.max_time.to.max(next_offset);
        self.log_end = next_offset;
    }

    /// The next entry begins at `offset`, and what lies before it was not seen: it is read where somebody asks for it, once
    /// the tail has come as far.
    pub(super) fn skip_to(&mut self, offset: i64) {
        self.cache.restart(offset);
        self.max_time = MaxTime::starting_at(offset);
        self.hidden = Some(Hidden {
            from: self.hidden.map_or(self.log_end, |hidden| hidden.from),
            to: offset,
        });
    }

    /// The tail has come to `next_offset`: so may other readers. Whether that is news.
    pub(super) fn shown_to(&mut self, next_offset: i64) -> bool {
        let Some(hidden) = &mut self.hidden else {
            return false;
        };
        if next_offset < hidden.to {
            hidden.from = hidden.from.max(next_offset);
        } else {
            self.hidden = None;
        }
        true
    }

    /// Whether readers that begin at `offset` get nothing yet.
    pub(super) fn is_hidden(&self, offset: i64) -> bool {
        self.hidden
            .is_some_and(|hidden| (hidden.from..hidden.to).contains(&offset))
    }

    /// The log starts here now, if it did not start later before.
    pub(super) fn start_at(&mut self, log_start: i64) -> bool {
        if log_start <= self.log_start {
            return false;
        }
        let log_start = log_start.min(self.log_end);
        if let Some(items) = self.cache.from(self.log_start) {
            let gone = items.take_while(|item| item.next_offset() <= log_start);
            let gone: u64 = gone.map(|item| item.len() as u64).sum();
            self.size = self.size.saturating_sub(gone);
        } else if self.log_end > self.log_start {
            // Where it is not known, records are taken to be of one size.
            let kept = u128::from((self.log_end - log_start).unsigned_abs());
            let all = u128::from((self.log_end - self.log_start).unsigned_abs());
            let left = u128::from(self.size) * kept / all.max(1);
            self.size = u64::try_from(left).unwrap_or(self.size);
        }
        self.log_start = log_start;
        self.cache.truncate_before(log_start);
        self.index.truncate_before(log_start);
        self.producers.truncate_before(log_start);
        if self
            .max_time
            .largest
            .is_some_and(|(_, offset)| offset < log_start)
        {
            self.max_time = MaxTime::starting_at(self.log_end);
            if let Some(items) = self.cache.from(log_start) {
                self.max_time = MaxTime::starting_at(log_start);
                for item in items {
                    self.max_time.add(item);
                }
            }
        }
        true
    }

    /// Where the log has to start by its retention, as far as its records are in memory: Pulsar deletes the ledgers.
    pub(super) fn retained_from(&self, config: &TopicConfig, now_ms: i64) -> Option<i64> {
        let oldest = config
            .retention_ms
            .map_or(i64::MIN, |age| now_ms.saturating_sub(age));
        let mut size = self.size;
        let gone = self.cache.from(self.log_start)?.take_while(|item| {
            let rest = size.saturating_sub(item.len() as u64);
            let old = match item {
                Item::Batch(batch) => (0..oldest).contains(&batch.header.max_timestamp()),
                Item::Damaged { .. } => false,
            };
            let over = config.retention_bytes.is_some_and(|limit| rest >= limit);
            size = rest;
            old || over
        });
        gone.last().map(Item::next_offset)
    }
}
