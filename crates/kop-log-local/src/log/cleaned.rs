//! The segment that takes the place of others: its files, and the exchange.
//!
//! The files are written beside the log as `.cleaned` and flushed, renamed to `.swap`, and take their names once the old
//! ones are out of the way. Until the last `.cleaned` is renamed a start removes them all; from then on it finishes the
//! exchange (see [`super::unfinished`]). This is Kafka's protocol, so that either can finish what the other began.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use kop_log::TopicConfig;
use kop_log::compaction::{Cleaned, Round};
use kop_log::producer::AbortedEntry;
use kop_records::RecordBatch;

use super::Log;
use super::compact::{Group, RoundError};
use super::producers::append_aborted;
use crate::cleaner::{OffsetMap, RoundStats, Tools};
use crate::data_dir::sync_dir;
use crate::handles::FileKind;
use crate::names;
use crate::scan::{Scanned, parse};
use crate::segment::{Segment, SegmentState, modified_ms, remove_if_there};

/// The files of a segment, in the order of their renaming: a log without its indexes can be told from one with them.
const EXTENSIONS: [&str; 4] = [
    names::LOG,
    names::OFFSET_INDEX,
    names::TIME_INDEX,
    names::TXN_INDEX,
];

/// A segment that is being written. Its files are removed when it is dropped.
#[derive(Debug)]
pub(super) struct Output {
    segment: Arc<Segment>,
    log: Arc<File>,
    dir: PathBuf,
    interval: u32,
    /// Batches that are not written yet.
    buffer: Vec<u8>,
    waiting: Vec<Scanned>,
    /// Bytes that are written.
    position: u64,
    /// When the last of its sources was written; milliseconds since 1970.
    modified_ms: i64,
    /// The aborted transactions of which something is left.
    pub(super) aborted: Vec<AbortedEntry>,
    done: bool,
}

impl Output {
    /// Makes the files.
    pub(super) fn create(log: &Log, group: &Group) -> Result<Self, RoundError> {
        let base_offset = group.first().map_or(0, |first| first.base_offset);
        let segment = Segment::new(SegmentState::empty(base_offset, 0));
        let dir = log.dir.clone();
        let gate = log.gate.read();
        if *gate {
            return Err(RoundError::Stopped);
        }
        remove_all(&dir, base_offset)?;
        for kind in [FileKind::Log, FileKind::OffsetIndex, FileKind::TimeIndex] {
            let path = cleaned(&dir, base_offset, kind.extension());
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create_new(true)
                .open(path)?;
            log.shared.handles.adopt(&segment.files, kind, file);
        }
        let file = segment.file(log.place(), FileKind::Log)?;
        let interval = u32::try_from(log.config().index_interval_bytes).unwrap_or(u32::MAX);
        Ok(Self {
            segment,
            log: file,
            dir,
            interval,
            buffer: Vec::new(),
            waiting: Vec::new(),
            position: 0,
            modified_ms: 0,
            aborted: Vec::new(),
            done: false,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.position == 0 && self.buffer.is_empty()
    }

    /// Whether its indexes can tell of a segment that begins at `base_offset`. One has at most as many offsets again.
    pub(super) fn reaches(&self, base_offset: i64) -> bool {
        base_offset - self.segment.base_offset < i64::from(i32::MAX) / 2
    }

    /// Takes what is left of a batch.
    pub(super) fn take(
        &mut self,
        batch: &RecordBatch,
        round: &mut Round,
        map: &OffsetMap,
        stats: &mut RoundStats,
    ) -> Result<(), RoundError> {
        let start = self.buffer.len();
        let records = batch.record_count().map_or(1, i32::unsigned_abs);
        stats.read_records += u64::from(records);
        let left = match round.clean(batch, map, &mut self.buffer)? {
            Cleaned::Gone => return Ok(()),
            Cleaned::Kept => {
                self.buffer.extend_from_slice(batch.bytes());
                records
            }
            Cleaned::Written(records) => records,
        };
        stats.written_records += u64::from(left);
        let position = self.position + start as u64;
        let written = &self.buffer[start..];
        let scanned = parse(written, position, written.len() as u64)
            .map_err(|reason| io::Error::new(io::ErrorKind::InvalidData, reason))?;
        self.waiting.push(scanned);
        Ok(())
    }

    /// Writes what waits if it is as much as `limit`. Returns the bytes written.
    pub(super) fn write_if_full(&mut self, log: &Log, limit: usize) -> Result<usize, RoundError> {
        if self.buffer.len() < limit {
            return Ok(0);
        }
        self.write(log)
    }

    fn write(&mut self, log: &Log) -> Result<usize, RoundError> {
        let len = self.buffer.len();
        let end = self.position + len as u64;
        if end > i32::MAX as u64 {
            // The recompressed records of a full segment were larger.
            return Err(io::Error::from(io::ErrorKind::FileTooLarge).into());
        }
        self.log.write_all_at(&self.buffer, self.position)?;
        self.segment
            .extend(log.place(), &self.waiting, self.interval);
        self.position = end;
        self.buffer.clear();
        self.waiting.clear();
        Ok(len)
    }

    /// Writes all, and makes it durable.
    pub(super) fn finish(mut self, log: &Log, tools: &mut Tools<'_>) -> Result<Self, RoundError> {
        let written = self.write(log)?;
        tools.stats.written_bytes += self.position;
        tools.pace(written)?;
        let sealed = self.segment.seal(log.place());
        sealed.map_err(io::Error::other)?;
        if !self.aborted.is_empty() {
            let path = cleaned(&self.dir, self.segment.base_offset, names::TXN_INDEX);
            append_aborted(&path, &self.aborted)?;
            File::open(path)?.sync_all()?;
        }
        for kind in [FileKind::Log, FileKind::OffsetIndex, FileKind::TimeIndex] {
            self.segment.file(log.place(), kind)?.sync_all()?;
        }
        Ok(self)
    }

    /// Takes the place of a group, which ends at offset `end`.
    pub(super) fn swap(
        mut self,
        log: &Log,
        group: &Group,
        end: i64,
        config: &TopicConfig,
    ) -> Result<(), RoundError> {
        // Nobody opens a file by its name meanwhile. Whoever has one open keeps it.
        let gate = log.gate.write();
        if *gate {
            return Err(RoundError::Stopped);
        }
        let Some(at) = log.view.read().position_of(group) else {
            return Err(RoundError::Stopped);
        };
        // The start of the log is told by its first segment, be it empty.
        let keep = !self.is_empty() || at == 0;
        let base_offset = self.segment.base_offset;
        self.keep_time(log, group)?;
        if keep {
            rename_all(&self.dir, base_offset, ".cleaned", ".swap")?;
            sync_dir(&self.dir)?;
        } else {
            remove_all(&self.dir, base_offset)?;
        }
        self.done = true;
        let swapped = self.put_in_place(log, group, keep);
        let (retired, result) = match swapped {
            Ok(retired) => (retired, Ok(())),
            Err(error) => (Vec::new(), Err(RoundError::Swap(error))),
        };
        log.shared.handles.close(&self.segment.files);
        let mut view = log.view.write();
        let replacement = keep.then(|| Arc::clone(&self.segment));
        view.segments.splice(at..at + group.len(), replacement);
        view.aborted.replace(base_offset, end, &self.aborted);
        drop(view);
        drop(gate);
        for path in retired {
            log.shared.doom(path, config.file_delete_delay_ms);
        }
        result
    }

    /// The file counts as being as old as its newest source: its age is what retention goes by, where it has no times.
    fn keep_time(&mut self, log: &Log, group: &Group) -> io::Result<()> {
        if let Some(last) = group.last() {
            let path = last.path(&log.dir, FileKind::Log);
            self.modified_ms = modified_ms(&fs::metadata(path)?);
        }
        let since = Duration::from_millis(u64::try_from(self.modified_ms).unwrap_or(0));
        self.log.set_modified(UNIX_EPOCH + since)?;
        self.segment.set_created(self.modified_ms);
        Ok(())
    }

    fn put_in_place(&self, log: &Log, group: &Group, keep: bool) -> io::Result<Vec<PathBuf>> {
        let base_offset = self.segment.base_offset;
        let mut retired = Vec::new();
        for segment in group {
            // A snapshot of the producers belongs to where a segment begins.
            let stays = keep && segment.base_offset == base_offset;
            retired.extend(segment.retire(log.place(), stays)?);
        }
        if keep {
            rename_all(&self.dir, base_offset, ".swap", "")?;
        }
        sync_dir(&self.dir)?;
        Ok(retired)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if !self.done
            && let Err(error) = remove_all(&self.dir, self.segment.base_offset)
        {
            tracing::warn!(dir = %self.dir.display(), %error, "left to the next start to remove");
        }
    }
}

fn cleaned(dir: &std::path::Path, base_offset: i64, extension: &str) -> PathBuf {
    names::segment_file(dir, base_offset, &format!("{extension}.cleaned"))
}

fn remove_all(dir: &std::path::Path, base_offset: i64) -> io::Result<()> {
    EXTENSIONS
        .iter()
        .try_for_each(|extension| remove_if_there(&cleaned(dir, base_offset, extension)))
}

fn rename_all(dir: &std::path::Path, base_offset: i64, from: &str, to: &str) -> io::Result<()> {
    for extension in EXTENSIONS {
        let old = names::segment_file(dir, base_offset, &format!("{extension}{from}"));
        let new = names::segment_file(dir, base_offset, &format!("{extension}{to}"));
        match fs::rename(old, new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
