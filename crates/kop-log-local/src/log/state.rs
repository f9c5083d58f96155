//! What the files of a partition held at a clean stop, so that the next start need not look into them.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;

use kop_log::LeaderEpochs;
use kop_log::producer::{AbortedTransactions, ProducerState};
use kop_offset_index::{OffsetIndex, OffsetPosition, TimeIndex, TimestampOffset};
use rustix::fs::{AtFlags, Stat, statat};
use serde::{Deserialize, Serialize};

use super::Log;
use super::open::Contents;
use crate::handles::FileKind;
use crate::names;
use crate::segment::{Segment, SegmentState};
use crate::shared::Shared;

/// A partition at a clean stop.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct PartitionState {
    next_offset: i64,
    /// Epochs and where they began.
    epochs: Vec<(i32, i64)>,
    /// There is a snapshot of the producers at `next_offset`.
    producers: bool,
    segments: Vec<SegmentRecord>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SegmentRecord {
    base_offset: i64,
    /// When the log file was last written; nanoseconds since 1970.
    modified: i64,
    size: u32,
    first_timestamp: i64,
    /// The largest timestamp and its offset.
    max_timestamp: (i64, i64),
    /// How many entries the indexes have, and the last ones.
    offsets: (u32, Option<(i64, u32)>),
    times: (u32, Option<(i64, i64)>),
}

impl Log {
    /// The state of a log that was closed, with `root` as the data directory; `None` for one with aborted transactions,
    /// which are read from their index.
    pub(crate) fn state(&self, root: &File) -> io::Result<Option<PartitionState>> {
        let (writer, view) = (self.writer.lock(), self.view.read());
        if view.deleted || !view.aborted.entries().is_empty() {
            return Ok(None);
        }
        let segments = view.segments.iter();
        let dir = self.identity.dir_name();
        let segments = segments.map(|segment| SegmentRecord::of(segment, root, &dir));
        let epochs = view.epochs.entries().iter();
        Ok(Some(PartitionState {
            next_offset: writer.next_offset,
            epochs: epochs.map(|e| (e.epoch, e.start_offset)).collect(),
            producers: !writer.producers.is_empty(),
            segments: segments.collect::<io::Result<_>>()?,
        }))
    }
}

impl PartitionState {
    /// The contents of the partition in `dir` of the data directory, if its log files are still the same.
    ///
    /// The indexes are not looked at: whoever finds one damaged later does without it.
    pub(super) fn contents(&self, shared: &Shared, dir: &Path) -> io::Result<Option<Contents>> {
        let mut segments = Vec::with_capacity(self.segments.len());
        for record in &self.segments {
            let Some(segment) = record.segment(&shared.root_dir, dir)? else {
                return Ok(None);
            };
            segments.push(segment);
        }
        let ascending = self
            .segments
            .is_sorted_by(|a, b| a.base_offset < b.base_offset);
        let last = self.segments.last().map_or(-1, |last| last.base_offset);
        if !ascending || last < 0 || self.next_offset < last {
            return Ok(None);
        }
        let mut producers = ProducerState::default();
        if self.producers {
            let snapshot = names::segment_file(dir, self.next_offset, names::SNAPSHOT);
            let snapshot = shared.root.join(snapshot);
            match ProducerState::load(&fs::read(snapshot)?) {
                Ok(state) => producers = state,
                Err(_) => return Ok(None),
            }
        }
        let mut epochs = LeaderEpochs::default();
        for (epoch, start_offset) in &self.epochs {
            epochs.assign(*epoch, *start_offset);
        }
        Ok(Some(Contents {
            segments,
            next_offset: self.next_offset,
            epochs,
            producers,
            aborted: AbortedTransactions::default(),
        }))
    }
}

impl SegmentRecord {
    fn of(segment: &Segment, root: &File, dir: &Path) -> io::Result<Self> {
        let log = statat(root, segment.path(dir, FileKind::Log), AtFlags::empty())?;
        let state = segment.state();
        let offset = state.offsets.last();
        let time = state.times.last();
        Ok(Self {
            base_offset: segment.base_offset,
            modified: modified(&log),
            size: state.size,
            first_timestamp: state.first_timestamp,
            max_timestamp: (state.max_timestamp, state.max_timestamp_offset),
            offsets: (state.offsets.len(), offset.map(|e| (e.offset, e.position))),
            times: (state.times.len(), time.map(|e| (e.timestamp_ms, e.offset))),
        })
    }

    fn segment(&self, root: &File, dir: &Path) -> io::Result<Option<Arc<Segment>>> {
        let path = names::segment_file(dir, self.base_offset, names::LOG);
        let log = statat(root, path, AtFlags::empty())?;
        if log.st_size != i64::from(self.size) || modified(&log) != self.modified {
            return Ok(None);
        }
        let offset = |(offset, position)| OffsetPosition { offset, position };
        let time = |(timestamp_ms, offset)| TimestampOffset {
            timestamp_ms,
            offset,
        };
        let (base, offsets, times) = (self.base_offset, self.offsets, self.times);
        let (Some(offsets), Some(times)) = (
            OffsetIndex::resume(base, offsets.0, offsets.1.map(offset)),
            TimeIndex::resume(base, times.0, times.1.map(time)),
        ) else {
            return Ok(None);
        };
        let mut state = SegmentState::empty(base, self.modified / 1_000_000);
        (state.size, state.offsets, state.times) = (self.size, offsets, times);
        state.resume_from_indexes();
        (state.max_timestamp, state.max_timestamp_offset) = self.max_timestamp;
        state.first_timestamp = self.first_timestamp;
        Ok(Some(Segment::new(state)))
    }
}

/// When a file was last written, or when one was last made in a directory or removed; nanoseconds since 1970.
pub(crate) fn modified(stat: &Stat) -> i64 {
    let nanos = i64::try_from(stat.st_mtime_nsec).unwrap_or(0);
    stat.st_mtime
        .saturating_mul(1_000_000_000)
        .saturating_add(nanos)
}
