//! Opening and making a partition.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};

use kop_codec::Uuid;
use kop_log::producer::{AbortedTransactions, ProducerState};
use kop_log::{LeaderEpochs, LogError, LogOffsets, TopicConfig, WaiterList};
use kop_records::{DecompressLimits, RecordBatch, RecordsError};
use parking_lot::{Mutex, RwLock};

use super::producers::{load_aborted, load_epochs, load_producers};
use super::recover::{Listing, recover};
use super::state::PartitionState;
use super::unfinished::settle;
use super::{Identity, Log, View, Writer};
use crate::data_dir::write_partition_metadata;
use crate::handles::FileKind;
use crate::names;
use crate::scan::{ScanError, Scanner, read_sound_batch};
use crate::segment::{Place, Segment};
use crate::shared::Shared;
use crate::tail::Tail;

/// What is known about a partition before its files are looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// The directory was closed in order, or is new.
    pub(crate) clean: bool,
    /// What lies below was flushed.
    pub(crate) recovery_point: i64,
    /// The log start offset by the checkpoint.
    pub(crate) log_start: i64,
    /// What lies below was compacted; negative: nothing was.
    pub(crate) cleaned_to: i64,
    /// The topic's id by the partition's own file; `None` where there is none.
    pub(crate) noted_id: Option<Uuid>,
    /// Milliseconds since 1970.
    pub(crate) now_ms: i64,
}

/// The contents of a partition.
pub(super) struct Contents {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) next_offset: i64,
    pub(super) epochs: LeaderEpochs,
    pub(super) producers: ProducerState,
    pub(super) aborted: AbortedTransactions,
}

impl Log {
    /// Opens a partition, or makes it where there is none. Damage is cut off and logged. May block.
    pub(crate) fn open(
        shared: &Arc<Shared>,
        identity: Identity,
        config: Arc<TopicConfig>,
        mut start: Start,
    ) -> Result<Self, LogError> {
        let dir = names::partition_dir(&shared.root, &identity.topic, identity.partition);
        let id = identity.id;
        let noted = start.noted_id == Some(id);
        let opened =
            Contents::open(shared, &dir, &config, &mut start, noted).and_then(|contents| {
                if !noted {
                    write_partition_metadata(&dir, id)?;
                }
                Ok(contents)
            });
        let contents = opened.map_err(|error| {
            let error = match error {
                ScanError::Io(error) => error,
                damaged => io::Error::new(io::ErrorKind::InvalidData, damaged.to_string()),
            };
            LogError::storage(format!("opening {}", dir.display()), error)
        })?;
        Ok(contents.serve(Arc::clone(shared), identity, dir, config, start))
    }

    /// Opens a partition after a clean stop by what it held then; `None` where its files are no longer the same. May
    /// block.
    pub(crate) fn restore(
        shared: &Arc<Shared>,
        identity: Identity,
        config: Arc<TopicConfig>,
        start: Start,
        state: &PartitionState,
    ) -> Option<Self> {
        if !start.clean || start.noted_id != Some(identity.id) {
            return None;
        }
        let dir = names::partition_dir(&shared.root, &identity.topic, identity.partition);
        // Whatever is wrong is named when the partition is opened.
        let contents = state
            .contents(shared, &identity.dir_name())
            .ok()
            .flatten()?;
        (start.log_start <= contents.next_offset)
            .then(|| contents.serve(Arc::clone(shared), identity, dir, config, start))
    }

    /// Calls `each` for every record, in order. May block.
    pub(crate) fn for_each_record(
        &self,
        mut each: impl FnMut(Option<bytes::Bytes>, Option<bytes::Bytes>),
    ) -> Result<(), LogError> {
        let (log_start, segments) = {
            let view = self.view.read();
            (
                view.offsets.log_start,
                view.segments_from(view.offsets.log_start),
            )
        };
        let mut walk = || {
            for (segment, end) in &segments {
                let file = segment.file(self.place(), FileKind::Log)?;
                let mut scanner = Scanner::new(&file, 0, *end);
                while let Some(scanned) = scanner.next()? {
                    let batch: RecordBatch = read_sound_batch(&file, &scanned)?;
                    let damaged = |error: RecordsError| scanned.damaged(error);
                    for record in batch
                        .records(&DecompressLimits::default())
                        .map_err(damaged)?
                    {
                        let record = record.map_err(damaged)?;
                        if record.offset >= log_start {
                            each(record.key, record.value);
                        }
                    }
                }
            }
            Ok(())
        };
        walk().map_err(|error| self.scan_failed("reading", error))
    }
}

impl Contents {
    fn open(
        shared: &Shared,
        dir: &Path,
        config: &TopicConfig,
        start: &mut Start,
        exists: bool,
    ) -> Result<Self, ScanError> {
        let handles = &shared.handles;
        let place = Place { dir, handles };
        let made = match exists {
            // The directory that holds them all would be locked.
            true => Err(io::ErrorKind::AlreadyExists.into()),
            false => fs::create_dir(dir),
        };
        let mut contents = match made {
            Ok(()) => Self::create(place, *start)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::load(place, config, start)?
            }
            Err(error) => return Err(error.into()),
        };
        let log_start = contents.log_start(*start);
        if log_start > contents.next_offset {
            contents.restart_at(place, log_start, start.now_ms)?;
        }
        Ok(contents)
    }

    fn create(place: Place<'_>, start: Start) -> Result<Self, ScanError> {
        let mut contents = Self::empty();
        contents.restart_at(place, start.log_start.max(0), start.now_ms)?;
        Ok(contents)
    }

    /// Loads what is there. Where the files turn out to be damaged, `start` no longer speaks of a clean one.
    fn load(place: Place<'_>, config: &TopicConfig, start: &mut Start) -> Result<Self, ScanError> {
        settle(place.dir)?;
        match Self::try_load(place, config, start) {
            Err(ScanError::Damaged { position, reason }) => {
                let dir = place.dir.display();
                tracing::warn!(%dir, position, reason, "damage where none was expected: everything is checked");
                (start.clean, start.recovery_point) = (false, 0);
                Self::try_load(place, config, start)
            }
            loaded => loaded,
        }
    }

    fn try_load(
        place: Place<'_>,
        config: &TopicConfig,
        start: &mut Start,
    ) -> Result<Self, ScanError> {
        let listing = Listing::read(place.dir)?;
        if listing.segments.is_empty() {
            return Self::create(place, *start);
        }
        let interval = u32::try_from(config.index_interval_bytes).unwrap_or(u32::MAX);
        let recovered = recover(place, &listing, *start, interval)?;
        start.clean &= recovered.suspect_from == i64::MAX;
        let mut epochs = load_epochs(place.dir, &recovered)?;
        epochs.truncate_to(recovered.next_offset.saturating_add(1));
        let mut aborted = load_aborted(place.dir, &listing, &recovered)?;
        let producers = load_producers(place, &listing, &recovered, &mut aborted)?;
        let (segments, next_offset) = (recovered.segments, recovered.next_offset);
        Ok(Self {
            segments,
            next_offset,
            epochs,
            producers,
            aborted,
        })
    }

    fn empty() -> Self {
        Self {
            segments: Vec::new(),
            next_offset: 0,
            epochs: LeaderEpochs::default(),
            producers: ProducerState::default(),
            aborted: AbortedTransactions::default(),
        }
    }

    /// Begins anew at `offset`, since there is nothing, or nothing that lies behind it.
    fn restart_at(&mut self, place: Place<'_>, offset: i64, now_ms: i64) -> Result<(), ScanError> {
        for segment in self.segments.drain(..) {
            segment.delete(place)?;
        }
        *self = Self {
            epochs: std::mem::take(&mut self.epochs),
            ..Self::empty()
        };
        self.segments.push(Segment::create(place, offset, now_ms)?);
        self.next_offset = offset;
        Ok(())
    }

    /// After a crash the log may have lost its end: a new epoch lets clients find out (KIP-320).
    /// Returns whether there is anything new to be stored.
    fn begin_epoch(&mut self, clean: bool) -> bool {
        let epoch = match self.epochs.latest() {
            None if clean => 0,
            None => 1,
            Some(latest) if clean => latest,
            Some(latest) => latest.saturating_add(1),
        };
        self.epochs.assign(epoch, self.next_offset)
    }

    fn log_start(&self, start: Start) -> i64 {
        let first = self.segments.first();
        first
            .map_or(0, |segment| segment.base_offset)
            .max(start.log_start)
    }

    fn offsets(&self, start: Start) -> LogOffsets {
        let log_start = self.log_start(start);
        let last_stable = self.producers.last_stable_offset(self.next_offset);
        LogOffsets {
            log_start,
            last_stable: last_stable.max(log_start),
            high_watermark: self.next_offset,
            log_end: self.next_offset,
            leader_epoch: self.epochs.latest().unwrap_or(0),
        }
    }

    fn serve(
        mut self,
        shared: Arc<Shared>,
        identity: Identity,
        dir: PathBuf,
        config: Arc<TopicConfig>,
        start: Start,
    ) -> Log {
        let new_epoch = self.begin_epoch(start.clean);
        let log = self.into_log(shared, identity, dir, config, start);
        if new_epoch {
            log.save_epochs();
        }
        log
    }

    fn into_log(
        self,
        shared: Arc<Shared>,
        identity: Identity,
        dir: PathBuf,
        config: Arc<TopicConfig>,
        start: Start,
    ) -> Log {
        let offsets = self.offsets(start);
        let next_offset = self.next_offset;
        let active = self.segments.last();
        let active = Arc::clone(active.expect("invariant: a log has at least one segment"));
        let published = active.size();
        // After a crash nothing on disk is known to be up to date.
        let (recovered, snapshot_offset) = match start.clean {
            true => (next_offset, next_offset),
            false => (start.recovery_point.min(next_offset), -1),
        };
        let writer = Writer {
            active,
            position: published,
            next_offset,
            leader_epoch: offsets.leader_epoch,
            producers: self.producers,
            snapshot_offset,
        };
        let view = View {
            offsets,
            segments: self.segments,
            published,
            tail: Tail::default(),
            epochs: self.epochs,
            aborted: self.aborted,
            deleted: false,
        };
        Log {
            identity,
            shared,
            dir,
            config: RwLock::new(config),
            gate: RwLock::new(false),
            writer: Mutex::new(writer),
            queue: Mutex::default(),
            view: RwLock::new(view),
            waiters: WaiterList::default(),
            recovery_point: AtomicI64::new(recovered),
            flushed_ms: AtomicI64::new(start.now_ms),
            rolled: AtomicBool::new(false),
            cleaned_to: AtomicI64::new(start.cleaned_to),
            uncleanable: AtomicBool::new(false),
        }
    }
}
