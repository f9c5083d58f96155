//! One segment: a log file and its two indexes.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use kop_offset_index::{IndexError, OffsetIndex, OffsetPosition, TimeIndex};
use parking_lot::Mutex;

use crate::handles::{FileKind, FileSet, Handles};
use crate::names;
use crate::scan::{ScanError, Scanned, Scanner};

/// A segment of a partition. Its files are opened when they are needed.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) base_offset: i64,
    pub(crate) files: Arc<FileSet>,
    state: Mutex<SegmentState>,
}

/// What is known of a segment without reading it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SegmentState {
    /// Bytes of whole batches. Kafka's positions have 31 bits.
    pub(crate) size: u32,
    pub(crate) offsets: OffsetIndex,
    pub(crate) times: TimeIndex,
    /// The largest timestamp, -1 if there is none, and the last offset of the first batch that has it.
    pub(crate) max_timestamp: i64,
    pub(crate) max_timestamp_offset: i64,
    /// Timestamp of the first batch: a segment's age counts from there. -1: not known, or none.
    pub(crate) first_timestamp: i64,
    /// When the segment was made, or last written at the time it was opened; milliseconds since 1970.
    pub(crate) created_ms: i64,
    bytes_since_entry: u32,
}

/// What a partition gives a segment to find its files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) handles: &'a Handles,
}

impl SegmentState {
    pub(crate) fn empty(base_offset: i64, created_ms: i64) -> Self {
        Self {
            size: 0,
            offsets: OffsetIndex::new(base_offset),
            times: TimeIndex::new(base_offset),
            max_timestamp: -1,
            max_timestamp_offset: -1,
            first_timestamp: -1,
            created_ms,
            bytes_since_entry: 0,
        }
    }
}

impl Segment {
    pub(crate) fn new(state: SegmentState) -> Arc<Self> {
        Arc::new(Self {
            base_offset: state.offsets.base_offset(),
            files: Arc::default(),
            state: Mutex::new(state),
        })
    }

    /// Makes the log file of a new segment, which must not exist.
    pub(crate) fn create(place: Place<'_>, base_offset: i64, now_ms: i64) -> io::Result<Arc<Self>> {
        let path = names::segment_file(place.dir, base_offset, names::LOG);
        OpenOptions::new().write(true).create_new(true).open(path)?;
        for stale in [names::OFFSET_INDEX, names::TIME_INDEX] {
            remove_if_there(&names::segment_file(place.dir, base_offset, stale))?;
        }
        Ok(Self::new(SegmentState::empty(base_offset, now_ms)))
    }

    pub(crate) fn state(&self) -> SegmentState {
        *self.state.lock()
    }

    pub(crate) fn size(&self) -> u32 {
        self.state.lock().size
    }

    /// Sets when it counts as made, in milliseconds since 1970.
    pub(crate) fn set_created(&self, created_ms: i64) {
        self.state.lock().created_ms = created_ms;
    }

    /// An open file of the segment, which must exist.
    pub(crate) fn file(&self, place: Place<'_>, kind: FileKind) -> io::Result<Arc<File>> {
        match self.files.try_get(kind) {
            Some(file) => Ok(file),
            None => place
                .handles
                .get(&self.files, kind, &self.path(place.dir, kind), false),
        }
    }

    /// An index for writing, which is made with its first entry.
    fn index(&self, place: Place<'_>, kind: FileKind) -> io::Result<Arc<File>> {
        match self.files.try_get(kind) {
            Some(file) => Ok(file),
            None => place
                .handles
                .get(&self.files, kind, &self.path(place.dir, kind), true),
        }
    }

    pub(crate) fn path(&self, dir: &Path, kind: FileKind) -> PathBuf {
        names::segment_file(dir, self.base_offset, kind.extension())
    }

    /// Takes note of batches that were written at the end of the log file. A failure to write an index is only logged:
    /// an entry more or less changes how long a scan is, not what it finds.
    pub(crate) fn extend(&self, place: Place<'_>, batches: &[Scanned], index_interval: u32) {
        let mut state = *self.state.lock();
        for batch in batches {
            if let Err(error) = state.extend(self, place, batch, index_interval) {
                tracing::warn!(dir = %place.dir.display(), segment = self.base_offset, %error, "an index entry was not written");
            }
        }
        *self.state.lock() = state;
    }

    /// Writes the last entry of the time index, so that the largest timestamp is known without a scan.
    pub(crate) fn seal(&self, place: Place<'_>) -> Result<(), IndexError> {
        let mut state = *self.state.lock();
        if state.size > 0 {
            // Both are made, since Kafka's tools, and our next start, expect them.
            self.index(place, FileKind::OffsetIndex)?;
            self.index(place, FileKind::TimeIndex)?;
            state.append_time(self, place)?;
            *self.state.lock() = state;
        }
        Ok(())
    }

    /// Makes the log file durable.
    pub(crate) fn sync_log(&self, place: Place<'_>) -> io::Result<()> {
        self.file(place, FileKind::Log)?.sync_data()
    }

    /// Makes the log file, and then the indexes, durable.
    pub(crate) fn sync(&self, place: Place<'_>) -> io::Result<()> {
        self.sync_log(place)?;
        for kind in [FileKind::OffsetIndex, FileKind::TimeIndex] {
            if self.path(place.dir, kind).exists() {
                self.file(place, kind)?.sync_data()?;
            }
        }
        Ok(())
    }

    /// Finds the first batch whose last offset is not below `offset`, before byte `end`.
    pub(crate) fn find(
        &self,
        place: Place<'_>,
        offset: i64,
        end: u64,
    ) -> Result<Option<Scanned>, ScanError> {
        let offsets = self.state.lock().offsets;
        let mut entry = None;
        if !offsets.is_empty() {
            let index = self.file(place, FileKind::OffsetIndex)?;
            entry = unless_short(offsets.floor(&index, offset))?;
        }
        let log = self.file(place, FileKind::Log)?;
        let search = |mut scanner: Scanner<'_>| {
            while let Some(batch) = scanner.next()? {
                if batch.last_offset >= offset {
                    return Ok(Some(batch));
                }
            }
            Ok(None)
        };
        // An index that leads astray is damaged, so do without it.
        without_entry(entry, |entry| search(Scanner::at(&log, entry, end)?))
    }

    /// From a batch that begins at `from`: where the last batch ends that ends at or before `limit`. No batch is
    /// looked at behind byte `end`.
    pub(crate) fn boundary(
        &self,
        place: Place<'_>,
        from: u64,
        limit: u64,
        end: u64,
    ) -> Result<u64, ScanError> {
        if limit >= end {
            return Ok(end);
        }
        let offsets = self.state.lock().offsets;
        let mut entry = None;
        if !offsets.is_empty() {
            let index = self.file(place, FileKind::OffsetIndex)?;
            entry = unless_short(offsets.floor_by_position(&index, limit))?;
            entry = entry.filter(|entry| u64::from(entry.position) > from);
        }
        let log = self.file(place, FileKind::Log)?;
        without_entry(entry, |entry| match entry {
            None => walk_to(Scanner::new(&log, from, end), limit),
            entry => walk_to(Scanner::at(&log, entry, end)?, limit),
        })
    }

    /// Renames the files, so that no start takes them for part of the log, and returns their new names. A file that
    /// somebody has open can be read until it is closed.
    ///
    /// With `keep_snapshot` that of the producers stays.
    pub(crate) fn retire(&self, place: Place<'_>, keep_snapshot: bool) -> io::Result<Vec<PathBuf>> {
        place.handles.close(&self.files);
        let extensions = [
            names::LOG,
            names::OFFSET_INDEX,
            names::TIME_INDEX,
            names::TXN_INDEX,
            names::SNAPSHOT,
        ];
        let mut renamed = Vec::with_capacity(extensions.len());
        for extension in extensions {
            if keep_snapshot && extension == names::SNAPSHOT {
                continue;
            }
            let path = names::segment_file(place.dir, self.base_offset, extension);
            let target =
                names::segment_file(place.dir, self.base_offset, &format!("{extension}.deleted"));
            match fs::rename(path, &target) {
                Ok(()) => renamed.push(target),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(renamed)
    }

    /// Removes the files at once.
    pub(crate) fn delete(&self, place: Place<'_>) -> io::Result<()> {
        self.retire(place, false)?
            .iter()
            .try_for_each(|path| remove_if_there(path))
    }
}

impl SegmentState {
    /// Takes note of a batch; writes its index entries when they are due.
    pub(crate) fn extend(
        &mut self,
        segment: &Segment,
        place: Place<'_>,
        batch: &Scanned,
        interval: u32,
    ) -> Result<(), IndexError> {
        let position = self.size;
        if position == 0 {
            self.first_timestamp = batch.max_timestamp;
        }
        self.note_timestamp(batch);
        let size = u32::try_from(batch.size).unwrap_or(u32::MAX);
        let due = self.bytes_since_entry > interval;
        self.size = position.saturating_add(size);
        self.bytes_since_entry = self.bytes_since_entry.saturating_add(size);
        if due {
            let file = segment.index(place, FileKind::OffsetIndex)?;
            self.offsets.append(&file, batch.last_offset, position)?;
            self.append_time(segment, place)?;
            self.bytes_since_entry = size;
        }
        Ok(())
    }

    pub(crate) fn note_timestamp(&mut self, batch: &Scanned) {
        // What compaction has emptied keeps its time, but has no record that has it.
        let emptied = batch
            .header
            .is_some_and(|header| header.record_count() == 0);
        if batch.max_timestamp > self.max_timestamp && !emptied {
            self.max_timestamp = batch.max_timestamp;
            self.max_timestamp_offset = batch.last_offset;
        }
    }

    /// Takes from the indexes what they know, for a segment that is opened.
    pub(crate) fn resume_from_indexes(&mut self) {
        if let Some(last) = self.times.last() {
            self.max_timestamp = last.timestamp_ms;
            self.max_timestamp_offset = last.offset;
        }
        self.bytes_since_entry = self.size
            - self
                .offsets
                .last()
                .map_or(0, |entry| entry.position.min(self.size));
    }

    fn append_time(&mut self, segment: &Segment, place: Place<'_>) -> Result<(), IndexError> {
        if self.max_timestamp >= 0
            && self
                .times
                .last()
                .is_none_or(|last| last.timestamp_ms < self.max_timestamp)
        {
            let file = segment.index(place, FileKind::TimeIndex)?;
            self.times
                .maybe_append(&file, self.max_timestamp, self.max_timestamp_offset)?;
        }
        Ok(())
    }
}

/// An index that became shorter is damaged, so do without it: only the log tells what is there.
pub(crate) fn unless_short<T>(entry: io::Result<Option<T>>) -> io::Result<Option<T>> {
    match entry {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        entry => entry,
    }
}

/// Searches from an index entry, and once more without it where the file does not bear it out.
fn without_entry<T>(
    entry: Option<OffsetPosition>,
    search: impl Fn(Option<OffsetPosition>) -> Result<T, ScanError>,
) -> Result<T, ScanError> {
    match search(entry) {
        Err(ScanError::Damaged { .. }) if entry.is_some() => search(None),
        found => found,
    }
}

/// Follows sound batches while they end at or before `limit`. Damage behind them is told to whoever begins to read there.
fn walk_to(mut scanner: Scanner<'_>, limit: u64) -> Result<u64, ScanError> {
    let mut end = scanner.position();
    while end < limit {
        match scanner.next() {
            Ok(Some(batch)) if batch.end() <= limit => end = batch.end(),
            Ok(_) | Err(ScanError::Damaged { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(end)
}

pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// When a file was last written, in milliseconds since 1970.
pub(crate) fn modified_ms(metadata: &fs::Metadata) -> i64 {
    let since = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}
