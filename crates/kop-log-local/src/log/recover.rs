//! Finding out what the files of a partition hold: quickly after a clean shutdown, thoroughly after a crash.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;

use kop_log::LeaderEpochs;
use kop_offset_index::{OffsetIndex, TimeIndex};

use super::open::Start;
use crate::handles::FileKind;
use crate::names;
use crate::scan::{ScanError, Scanned, Scanner, read_sound_batch};
use crate::segment::{Place, Segment, SegmentState, modified_ms, remove_if_there};

/// The files of a partition's directory.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Base offsets of the segments.
    pub(super) segments: BTreeSet<i64>,
    /// Offsets of the producer snapshots.
    pub(super) snapshots: BTreeSet<i64>,
    /// Base offsets of the segments that have an index of aborted transactions.
    pub(super) aborted: BTreeSet<i64>,
}

/// What the segments hold.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) next_offset: i64,
    /// Epochs of the batches that were looked at.
    pub(super) epochs: LeaderEpochs,
    /// The first offset that was looked at batch by batch, since the files were not known to be sound.
    pub(super) suspect_from: i64,
}

/// How to look at a segment.
#[derive(Clone, Copy, Debug)]
struct Task<'a> {
    place: Place<'a>,
    base_offset: i64,
    /// Base offset of the next segment.
    next_base: Option<i64>,
    /// Batches from here on are read and their sums checked.
    verify_from: i64,
    index_interval: u32,
}

impl Listing {
    /// Reads a directory, and removes what was to be removed or never finished.
    pub(super) fn read(dir: &Path) -> io::Result<Self> {
        let mut listing = Self::default();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if names::is_leftover(name) {
                remove_if_there(&entry.path())?;
                continue;
            }
            match names::parse_segment_file(name) {
                Some((offset, names::LOG)) => listing.segments.insert(offset),
                Some((offset, names::SNAPSHOT)) => listing.snapshots.insert(offset),
                Some((offset, names::TXN_INDEX)) => listing.aborted.insert(offset),
                _ => continue,
            };
        }
        Ok(listing)
    }
}

/// Looks at all segments. Damage is logged and cut off; it is no error.
pub(super) fn recover(
    place: Place<'_>,
    listing: &Listing,
    start: Start,
    index_interval: u32,
) -> io::Result<Recovered> {
    let mut found = Recovered {
        segments: Vec::new(),
        next_offset: listing.segments.first().copied().unwrap_or(0),
        epochs: LeaderEpochs::default(),
        suspect_from: i64::MAX,
    };
    let verify_from = if start.clean {
        i64::MIN
    } else {
        start.recovery_point
    };
    let mut bases = listing.segments.iter().copied().peekable();
    while let Some(base_offset) = bases.next() {
        let next_base = bases.peek().copied();
        let task = Task {
            place,
            base_offset,
            next_base,
            verify_from,
            index_interval,
        };
        let flushed = next_base.is_some_and(|next| next <= start.recovery_point);
        let trusted = if start.clean || flushed {
            task.trust()?
        } else {
            None
        };
        let (segment, next_offset) = match trusted {
            Some(trusted) => trusted,
            None => {
                found.suspect_from = found.suspect_from.min(base_offset);
                task.rebuild(&mut found.epochs)?
            }
        };
        // The first one tells where the log starts, be it that compaction has left nothing of it.
        let tells = found.segments.is_empty() && found.suspect_from == i64::MAX;
        if segment.size() == 0 && next_base.is_some() && !tells {
            segment.delete(place)?;
            continue;
        }
        found.segments.push(segment);
        found.next_offset = next_offset;
    }
    Ok(found)
}

impl Task<'_> {
    /// Believes the indexes, as far as they fit the log; `None` where they do not.
    fn trust(&self) -> io::Result<Option<(Arc<Segment>, i64)>> {
        let log = File::open(self.path(FileKind::Log))?;
        let metadata = log.metadata()?;
        let mut state = SegmentState::empty(self.base_offset, modified_ms(&metadata));
        let Ok(size) = u32::try_from(metadata.len()) else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some((Segment::new(state), self.base_offset)));
        }
        let (Some(offsets), Some(times)) = (
            self.open_index(FileKind::OffsetIndex)?,
            self.open_index(FileKind::TimeIndex)?,
        ) else {
            return Ok(None);
        };
        state.size = size;
        state.offsets = OffsetIndex::open(&offsets, self.base_offset, size.into())?;
        state.times =
            TimeIndex::open(&times, self.base_offset, self.next_base.unwrap_or(i64::MAX))?;
        state.resume_from_indexes();
        let next_offset = match (self.next_base, self.walk_tail(&log, &mut state)) {
            (_, Err(ScanError::Io(error))) => return Err(error),
            (_, Err(ScanError::Damaged { .. }) | Ok(None)) => return Ok(None),
            (Some(next_base), Ok(Some(next_offset))) => next_offset.min(next_base),
            (None, Ok(Some(next_offset))) => next_offset,
        };
        // The last entry is written when a segment is sealed or closed: without it the indexes are not complete.
        let complete = match state.times.last() {
            None => state.max_timestamp < 0,
            // One that lies ahead of the log would keep later ones out.
            Some(last) => last.offset < next_offset && last.offset <= state.max_timestamp_offset,
        };
        Ok(complete.then(|| (Segment::new(state), next_offset)))
    }

    /// From the last index entry to the end: finds the next offset, and whether the entry fits the log.
    fn walk_tail(&self, log: &File, state: &mut SegmentState) -> Result<Option<i64>, ScanError> {
        let last = state.offsets.last();
        let from = last.map_or(0, |entry| entry.position);
        let mut scanner = Scanner::new(log, from.into(), state.size.into());
        let mut next_offset = None;
        while let Some(batch) = scanner.next()? {
            if next_offset.is_none() && last.is_some_and(|entry| entry.offset != batch.last_offset)
            {
                return Ok(None);
            }
            if self.is_far(&batch) || next_offset.is_some_and(|next| batch.base_offset < next) {
                return Ok(None);
            }
            state.note_timestamp(&batch);
            if batch.position == 0 {
                state.first_timestamp = batch.max_timestamp;
            }
            next_offset = Some(batch.last_offset.saturating_add(1));
        }
        if from > 0
            && let Some(first) = Scanner::new(log, 0, state.size.into()).next()?
        {
            state.first_timestamp = first.max_timestamp;
        }
        Ok(next_offset)
    }

    /// Reads the log from its start, writes the indexes anew, and cuts it at the first batch that is not sound.
    fn rebuild(&self, epochs: &mut LeaderEpochs) -> io::Result<(Arc<Segment>, i64)> {
        for kind in [FileKind::OffsetIndex, FileKind::TimeIndex] {
            remove_if_there(&self.path(kind))?;
        }
        let log = OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.path(FileKind::Log))?;
        let metadata = log.metadata()?;
        let segment = Segment::new(SegmentState::empty(
            self.base_offset,
            modified_ms(&metadata),
        ));
        let len = metadata.len();
        let mut next_offset = self.base_offset;
        // Positions have 31 bits.
        let mut scanner = Scanner::new(&log, 0, len.min(i32::MAX as u64));
        let fault = loop {
            let position = scanner.position();
            let sound = scanner.next().and_then(|batch| match batch {
                Some(batch) => self.check(&log, &batch, next_offset).map(|()| Some(batch)),
                None => Ok(None),
            });
            match sound {
                Ok(None) if position < len => {
                    break format!("{len} bytes are more than a segment can have");
                }
                Ok(None) => return self.finish(&segment, next_offset),
                Ok(Some(batch)) => {
                    next_offset = batch.last_offset.saturating_add(1);
                    epochs.assign(batch.leader_epoch, batch.base_offset);
                    segment.extend(self.place, &[batch], self.index_interval);
                }
                Err(ScanError::Io(error)) => return Err(error),
                Err(ScanError::Damaged { reason, .. }) => break reason,
            }
        };
        self.report(&segment, next_offset, len, &fault);
        log.set_len(segment.size().into())?;
        self.finish(&segment, next_offset)
    }

    fn finish(&self, segment: &Arc<Segment>, next_offset: i64) -> io::Result<(Arc<Segment>, i64)> {
        if self.next_base.is_some() {
            segment.seal(self.place).map_err(io::Error::other)?;
        }
        self.place.handles.close(&segment.files);
        Ok((Arc::clone(segment), next_offset))
    }

    fn check(&self, log: &File, batch: &Scanned, next_offset: i64) -> Result<(), ScanError> {
        if batch.base_offset < next_offset || self.is_far(batch) {
            return Err(batch.damaged(format_args!(
                "its offset {} does not follow on {next_offset}",
                batch.base_offset
            )));
        }
        if self.next_base.is_some_and(|next| batch.last_offset >= next) {
            return Err(batch.damaged(format_args!(
                "its offset {} belongs to the next segment",
                batch.last_offset
            )));
        }
        if batch.last_offset >= self.verify_from {
            read_sound_batch(log, batch)?;
        }
        Ok(())
    }

    /// Further from the base offset than an index entry can tell.
    fn is_far(&self, batch: &Scanned) -> bool {
        let distance = batch.last_offset.checked_sub(self.base_offset);
        distance.is_none_or(|distance| distance > i64::from(i32::MAX))
            || batch.last_offset == i64::MAX
    }

    fn report(&self, segment: &Segment, next_offset: i64, len: u64, fault: &str) {
        let file = self.path(FileKind::Log);
        let (position, cut) = (segment.size(), len - u64::from(segment.size()));
        match self.next_base {
            None => {
                tracing::warn!(file = %file.display(), position, cut, next_offset, fault, "cut off the end of the log, which a crash left unfinished");
            }
            Some(next) => {
                tracing::error!(file = %file.display(), position, cut, lost_from = next_offset, lost_to = next, fault, "a segment is damaged: its sound part and the segments behind it are served");
            }
        }
    }

    fn open_index(&self, kind: FileKind) -> io::Result<Option<File>> {
        match OpenOptions::new()
            .read(true)
            .write(true)
            .open(self.path(kind))
        {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn path(&self, kind: FileKind) -> std::path::PathBuf {
        names::segment_file(self.place.dir, self.base_offset, kind.extension())
    }
}
