//! What the files of a partition held at a clean stop, so that the next start need not look into them.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use kop_codec::Uuid;
use kop_log::LeaderEpochs;
use kop_log::producer::{AbortedTransactions, ProducerState};
use kop_offset_index::{OffsetIndex, OffsetPosition, TimeIndex, TimestampOffset};
use serde::{Deserialize, Serialize};

use super::Log;
use super::open::Contents;
use crate::handles::FileKind;
use crate::names;
use crate::segment::{Segment, SegmentState, modified_ms};

/// A partition at a clean stop.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct PartitionState {
    id: String,
    /// When a file was last made in the directory, or removed; nanoseconds since 1970.
    modified: i64,
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
    /// The state of a log that was closed; `None` for one with aborted transactions, which are read from their index.
    pub(crate) fn state(&self) -> io::Result<Option<PartitionState>> {
        let (writer, view) = (self.writer.lock(), self.view.read());
        if view.deleted || !view.aborted.entries().is_empty() {
            return Ok(None);
        }
        let segments = view.segments.iter();
        let segments = segments.map(|segment| SegmentRecord::of(segment, &self.dir));
        let epochs = view.epochs.entries().iter();
        Ok(Some(PartitionState {
            id: self.identity.id.to_string(),
            modified: modified(&fs::metadata(&self.dir)?),
            next_offset: writer.next_offset,
            epochs: epochs.map(|e| (e.epoch, e.start_offset)).collect(),
            producers: !writer.producers.is_empty(),
            segments: segments.collect::<io::Result<_>>()?,
        }))
    }
}

impl PartitionState {
    /// The topic's id.
    pub(crate) fn id(&self) -> Option<Uuid> {
        self.id.parse().ok()
    }

    /// Was no file made in `dir` or removed since?
    pub(crate) fn is_of(&self, dir: &Path) -> bool {
        fs::metadata(dir).is_ok_and(|metadata| modified(&metadata) == self.modified)
    }

    /// The contents of a partition for whose directory [`is_of`](Self::is_of) holds, if its files are still the same.
    pub(super) fn contents(&self, dir: &Path) -> io::Result<Option<Contents>> {
        let mut segments = Vec::with_capacity(self.segments.len());
        for record in &self.segments {
            let Some(segment) = record.segment(dir)? else {
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
    fn of(segment: &Segment, dir: &Path) -> io::Result<Self> {
        let state = segment.state();
        let offset = state.offsets.last();
        let time = state.times.last();
        Ok(Self {
            base_offset: segment.base_offset,
            modified: modified(&fs::metadata(segment.path(dir, FileKind::Log))?),
            size: state.size,
            first_timestamp: state.first_timestamp,
            max_timestamp: (state.max_timestamp, state.max_timestamp_offset),
            offsets: (state.offsets.len(), offset.map(|e| (e.offset, e.position))),
            times: (state.times.len(), time.map(|e| (e.timestamp_ms, e.offset))),
        })
    }

    fn segment(&self, dir: &Path) -> io::Result<Option<Arc<Segment>>> {
        let path = |kind: FileKind| names::segment_file(dir, self.base_offset, kind.extension());
        let log = fs::metadata(path(FileKind::Log))?;
        if log.len() != u64::from(self.size) || modified(&log) != self.modified {
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
        // An empty segment has no indexes yet.
        if self.size > 0
            && (fs::metadata(path(FileKind::OffsetIndex))?.len() != offsets.size_bytes()
                || fs::metadata(path(FileKind::TimeIndex))?.len() != times.size_bytes())
        {
            return Ok(None);
        }
        let mut state = SegmentState::empty(base, modified_ms(&log));
        (state.size, state.offsets, state.times) = (self.size, offsets, times);
        state.resume_from_indexes();
        (state.max_timestamp, state.max_timestamp_offset) = self.max_timestamp;
        state.first_timestamp = self.first_timestamp;
        Ok(Some(Segment::new(state)))
    }
}

/// When a file was last written, or a directory changed; in nanoseconds since 1970.
pub(crate) fn modified(metadata: &Metadata) -> i64 {
    let seconds = metadata.mtime().saturating_mul(1_000_000_000);
    seconds.saturating_add(metadata.mtime_nsec())
}
