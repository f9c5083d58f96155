//! Compaction of one log: what is dirty, and a round over it.
//!
//! A round reads closed segments, writes what is left of some of them into a new one, and puts that in their place. It
//! holds no lock meanwhile but for the moment of the exchange: appends and reads go on.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kop_log::TopicConfig;
use kop_log::compaction::{CleanedTransactions, LatestOffsets, Round};
use kop_records::RecordsError;

use super::Log;
use super::cleaned::Output;
use crate::cleaner::{Chunks, OffsetMap, Tools};
use crate::handles::FileKind;
use crate::scan::ScanError;
use crate::segment::{Segment, modified_ms};

/// What could be compacted of a log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    /// What lies below was compacted before.
    pub(crate) first_dirty: i64,
    /// What lies above is not to be touched: the first offset of a segment.
    pub(crate) first_uncleanable: i64,
    pub(crate) clean_bytes: u64,
    pub(crate) cleanable_bytes: u64,
    /// How long the oldest dirty record is behind `max.compaction.lag.ms`, in milliseconds.
    pub(crate) delay_ms: i64,
}

/// Why a round did not come to its end. The log is as it was, or compacted in part.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoundError {
    #[error("the log was deleted, or the cleaner is stopped")]
    Stopped,
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// Kafka stops there too.
    #[error(
        "the keys of the batch at offset {offset} do not fit into a table of {bytes} bytes: raise \
         log.cleaner.dedupe.buffer.size, or lower log.cleaner.threads"
    )]
    TooFewSlots { offset: i64, bytes: usize },
    /// Without anything being lost: the log does not go on in memory as it is on disk.
    #[error("the compacted segment did not get its place: {0}")]
    Swap(io::Error),
}

impl From<io::Error> for RoundError {
    fn from(error: io::Error) -> Self {
        Self::Scan(ScanError::Io(error))
    }
}

/// Segments that become one.
pub(super) type Group = Vec<Arc<Segment>>;

impl Range {
    /// Share of the bytes that is dirty and could be cleaned, from 0 to 1.
    pub(crate) fn ratio(&self) -> f64 {
        let total = self.clean_bytes + self.cleanable_bytes;
        self.cleanable_bytes as f64 / (total.max(1)) as f64
    }
}

impl Log {
    /// The first offset that was not compacted yet; negative: nothing was.
    pub(crate) fn cleaned_to(&self) -> i64 {
        self.cleaned_to.load(Ordering::Relaxed)
    }

    pub(crate) fn is_uncleanable(&self) -> bool {
        self.uncleanable.load(Ordering::Relaxed)
    }

    pub(crate) fn set_uncleanable(&self) {
        self.uncleanable.store(true, Ordering::Relaxed);
    }

    /// What could be compacted now; `None` where the topic does not want it, or there is nothing.
    pub(crate) fn cleanable(&self, now_ms: i64) -> Option<Range> {
        let config = self.config();
        if !config.compacted || self.is_uncleanable() {
            return None;
        }
        let (offsets, segments) = {
            let view = self.view.read();
            if view.deleted {
                return None;
            }
            (view.offsets, view.segments.clone())
        };
        let (active, closed) = segments.split_last()?;
        // A log that lost its end, or its start, is dirty as a whole.
        let first_dirty = match self.cleaned_to() {
            noted if noted < offsets.log_start || noted > offsets.log_end => offsets.log_start,
            noted => noted,
        };
        let dirty = from_offset(closed, first_dirty);
        let mut uncleanable = offsets.last_stable.min(active.base_offset);
        if config.min_compaction_lag_ms > 0 {
            let young =
                |segment: &&Arc<Segment>| self.age(segment, now_ms) < config.min_compaction_lag_ms;
            let young = dirty.iter().find(young).map(|segment| segment.base_offset);
            uncleanable = uncleanable.min(young.unwrap_or(i64::MAX));
        }
        let uncleanable = from_offset(&segments, uncleanable.max(first_dirty));
        let first_uncleanable = uncleanable.first().map_or(0, |first| first.base_offset);
        let bytes = |segments: &[Arc<Segment>], end: i64| -> u64 {
            let segments = segments
                .iter()
                .take_while(|segment| segment.base_offset < end);
            segments.map(|segment| u64::from(segment.size())).sum()
        };
        let range = Range {
            first_dirty,
            first_uncleanable,
            clean_bytes: bytes(&segments, first_dirty.min(first_uncleanable)),
            cleanable_bytes: bytes(from_offset(&segments, first_dirty), first_uncleanable),
            delay_ms: delay(dirty, &config, now_ms),
        };
        (range.clean_bytes + range.cleanable_bytes > 0).then_some(range)
    }

    /// One round. What fits the table of keys is compacted; the rest is for the next round. May block.
    pub(crate) fn compact(
        &self,
        range: Range,
        now_ms: i64,
        tools: &mut Tools<'_>,
    ) -> Result<(), RoundError> {
        let config = self.config();
        // Taken first: what producers write later only makes more of it expendable.
        let producers = self.writer.lock().producers.last_records();
        let (segments, aborted) = {
            let view = self.view.read();
            let below = view
                .segments
                .partition_point(|segment| segment.base_offset < range.first_uncleanable);
            (
                view.segments[..below].to_vec(),
                view.aborted.entries().to_vec(),
            )
        };
        let dirty = CleanedTransactions::new(&aborted, range.first_dirty);
        let (map, end) = self.index(&segments, range, dirty, tools)?;
        tools.stats.buffer_percent = map.used_percent();
        let below = segments.partition_point(|segment| segment.base_offset < end);
        let (segments, behind) = segments.split_at(below);
        let mut round = Round {
            now_ms,
            delete_retention_ms: config.delete_retention_ms,
            latest_offset: end - 1,
            upper_bound: range.first_uncleanable,
            keep_legacy_tombstones: true,
            producers,
            transactions: CleanedTransactions::new(&aborted, 0),
        };
        let last_clean = segments
            .iter()
            .rfind(|segment| segment.base_offset < range.first_dirty);
        let legacy_horizon_ms = last_clean.map_or(0, |segment| {
            self.written_ms(segment)
                .saturating_sub(config.delete_retention_ms)
        });
        let behind = behind
            .first()
            .map_or(range.first_uncleanable, |next| next.base_offset);
        let groups = group(segments, &config, behind);
        self.replace(groups, behind, (&mut round, &map, legacy_horizon_ms), tools)?;
        self.cleaned_to.store(end, Ordering::Relaxed);
        Ok(())
    }

    /// Puts what is left of each group into its place. `behind` is where the last one ends.
    fn replace(
        &self,
        groups: Vec<Group>,
        behind: i64,
        (round, map, legacy_horizon_ms): (&mut Round, &OffsetMap, i64),
        tools: &mut Tools<'_>,
    ) -> Result<(), RoundError> {
        let config = self.config();
        let mut groups = groups.into_iter().peekable();
        while let Some(mut group) = groups.next() {
            let mut output = Output::create(self, &group)?;
            self.clean(&group, (round, map, legacy_horizon_ms), &mut output, tools)?;
            // Nothing is left of the group: its place is taken by what follows.
            while output.is_empty()
                && let Some(more) = groups.next_if(|more| output.reaches(last_base(more)))
            {
                self.clean(&more, (round, map, legacy_horizon_ms), &mut output, tools)?;
                group.extend(more);
            }
            let next = groups.peek().and_then(|next| next.first());
            let end = next.map_or(behind, |next| next.base_offset);
            output
                .finish(self, tools)?
                .swap(self, &group, end, &config)?;
        }
        Ok(())
    }

    /// The first pass: the last offsets of the keys in what is dirty, and where that ends.
    fn index(
        &self,
        segments: &[Arc<Segment>],
        range: Range,
        mut transactions: CleanedTransactions,
        tools: &mut Tools<'_>,
    ) -> Result<(OffsetMap, i64), RoundError> {
        let bytes = tools.config.dedupe_buffer_bytes / tools.config.threads.max(1);
        let load = tools.config.load_factor;
        let mut map = OffsetMap::new(bytes, load, range.first_dirty, range.first_uncleanable);
        let mut end = range.first_dirty;
        let dirty = from_offset(segments, range.first_dirty);
        for (n, segment) in dirty.iter().enumerate() {
            let file = self.source(segment)?;
            let size = u64::from(segment.size());
            let from = self.position_of(segment, range.first_dirty, size)?;
            let (mut read, mut full) = (std::mem::take(&mut tools.read), false);
            let mut chunks = Chunks::new(&file, from, size, &mut read, tools.buffer_bytes);
            loop {
                let bytes = chunks.next(|batch| -> Result<bool, RoundError> {
                    if batch.last_offset() >= range.first_dirty {
                        full = !map.index(&batch, range.first_dirty, &mut transactions)?;
                        if full {
                            return Ok(false);
                        }
                        end = end.max(batch.next_offset());
                    }
                    Ok(true)
                })?;
                if bytes == 0 {
                    break;
                }
                tools.stats.read_bytes += bytes as u64;
                tools.pace(bytes)?;
            }
            tools.read = read;
            if full && end == range.first_dirty {
                return Err(RoundError::TooFewSlots { offset: end, bytes });
            }
            if full {
                return Ok((map, end));
            }
            // What offsets are missing behind its last batch were compacted.
            let next = dirty
                .get(n + 1)
                .map_or(range.first_uncleanable, |next| next.base_offset);
            end = end.max(next);
        }
        Ok((map, end))
    }

    /// The second pass over a group.
    fn clean(
        &self,
        group: &Group,
        (round, map, legacy_horizon_ms): (&mut Round, &OffsetMap, i64),
        output: &mut Output,
        tools: &mut Tools<'_>,
    ) -> Result<(), RoundError> {
        for segment in group {
            let file = self.source(segment)?;
            let size = u64::from(segment.size());
            round.keep_legacy_tombstones = self.written_ms(segment) > legacy_horizon_ms;
            let mut read = std::mem::take(&mut tools.read);
            let mut chunks = Chunks::new(&file, 0, size, &mut read, tools.buffer_bytes);
            loop {
                let bytes = chunks.next(|batch| -> Result<bool, RoundError> {
                    output.take(&batch, round, map, &mut tools.stats)?;
                    Ok(true)
                })?;
                if bytes == 0 {
                    break;
                }
                tools.stats.read_bytes += bytes as u64;
                tools.stats.cleaned_bytes += bytes as u64;
                let written = output.write_if_full(self, tools.buffer_bytes)?;
                tools.pace(bytes + written)?;
            }
            tools.read = read;
        }
        output.aborted.extend(round.transactions.take_kept());
        Ok(())
    }

    /// The log file of a segment that is compacted. It stays readable, whatever becomes of the segment.
    fn source(&self, segment: &Arc<Segment>) -> Result<Arc<File>, RoundError> {
        let gate = self.gate.read();
        if *gate {
            return Err(RoundError::Stopped);
        }
        match segment.file(self.place(), FileKind::Log) {
            // Retention was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(RoundError::Stopped),
            file => Ok(file?),
        }
    }

    /// Where the batch begins that holds `offset`, or the first behind it.
    fn position_of(&self, segment: &Segment, offset: i64, size: u64) -> Result<u64, RoundError> {
        if offset <= segment.base_offset {
            return Ok(0);
        }
        let gate = self.gate.read();
        if *gate {
            return Err(RoundError::Stopped);
        }
        let found = segment.find(self.place(), offset, size)?;
        Ok(found.map_or(size, |batch| batch.position))
    }

    /// When a segment was last written, in milliseconds since 1970.
    fn written_ms(&self, segment: &Segment) -> i64 {
        std::fs::metadata(segment.path(&self.dir, FileKind::Log))
            .map_or(i64::MAX, |metadata| modified_ms(&metadata))
    }
}

/// The segment that holds `offset`, and those behind it.
fn from_offset(segments: &[Arc<Segment>], offset: i64) -> &[Arc<Segment>] {
    let first = segments.partition_point(|segment| segment.base_offset <= offset);
    &segments[first.saturating_sub(1)..]
}

fn last_base(group: &Group) -> i64 {
    group.last().map_or(0, |last| last.base_offset)
}

/// How long the oldest record of these segments is behind `max.compaction.lag.ms`.
fn delay(dirty: &[Arc<Segment>], config: &TopicConfig, now_ms: i64) -> i64 {
    let firsts = dirty.iter().map(|segment| segment.state().first_timestamp);
    let oldest = firsts.filter(|first| *first > 0).min();
    let until = now_ms.saturating_sub(config.max_compaction_lag_ms);
    oldest.map_or(0, |oldest| until.saturating_sub(oldest).max(0))
}

/// Puts segments together as long as their sizes allow, and the distance that an index can tell. `end` is where the
/// last one ends.
fn group(segments: &[Arc<Segment>], config: &TopicConfig, end: i64) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut sums = [0_u64; 3];
    for (n, segment) in segments.iter().enumerate() {
        let state = segment.state();
        let sizes = [
            u64::from(state.size),
            state.offsets.size_bytes(),
            state.times.size_bytes(),
        ];
        let limits = [
            config.segment_bytes,
            config.segment_index_bytes,
            config.segment_index_bytes,
        ];
        let fits = sums
            .iter()
            .zip(sizes)
            .zip(limits)
            .all(|((sum, size), limit)| sum + size <= limit as u64);
        let next = segments.get(n + 1).map_or(end, |next| next.base_offset);
        match groups.last_mut() {
            Some(group) if fits && next - group[0].base_offset <= i64::from(i32::MAX) => {
                sums.iter_mut()
                    .zip(sizes)
                    .for_each(|(sum, size)| *sum += size);
                group.push(Arc::clone(segment));
            }
            _ => {
                sums = sizes;
                groups.push(vec![Arc::clone(segment)]);
            }
        }
    }
    groups
}
