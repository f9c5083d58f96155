//! Segments come and go: rolling, retention, deletion, closing.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kop_log::{LogError, TopicConfig};
use kop_offset_index::{OffsetIndex, TimeIndex};

use super::{Identity, Log, Writer};
use crate::catalog::now_ms;
use crate::handles::FileKind;
use crate::names;
use crate::segment::{Segment, modified_ms, remove_if_there};

/// An append that may need a new segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incoming {
    /// Bytes that will be in the active segment before it.
    pub(super) used: u64,
    pub(super) size: u64,
    pub(super) last_offset: i64,
    pub(super) max_timestamp: i64,
    pub(super) now_ms: i64,
}

impl Log {
    /// Does an append have to begin a new segment?
    pub(super) fn must_roll(
        &self,
        active: &Segment,
        incoming: Incoming,
        config: &TopicConfig,
    ) -> bool {
        if incoming.used == 0 {
            return false;
        }
        let state = active.state();
        // Kafka measures age between the records where they have times, so that old data that is copied in rolls too.
        let age = match state.first_timestamp {
            first if first >= 0 && incoming.max_timestamp >= 0 => {
                incoming.max_timestamp.saturating_sub(first)
            }
            _ => incoming.now_ms.saturating_sub(state.created_ms),
        };
        let full =
            |bytes: u64, entry: usize| bytes + entry as u64 > config.segment_index_bytes as u64;
        incoming.used + incoming.size > config.segment_bytes as u64
            || incoming.last_offset.saturating_sub(active.base_offset) > i64::from(i32::MAX)
            || full(state.offsets.size_bytes(), OffsetIndex::ENTRY_LEN)
            || full(state.times.size_bytes(), TimeIndex::ENTRY_LEN)
            || age > self.roll_after_ms(active, config)
    }

    /// Begins a new segment; everything written must be visible by now. The old one is flushed in the background.
    pub(super) fn roll(&self, writer: &mut Writer, now_ms: i64) -> io::Result<()> {
        let segment = Segment::create(self.place(), writer.next_offset, now_ms)?;
        if let Err(error) = writer.active.seal(self.place()) {
            tracing::warn!(dir = %self.dir.display(), %error, "the time index lacks its last entry");
        }
        self.save_producers(writer);
        writer.active = Arc::clone(&segment);
        writer.position = 0;
        let mut view = self.view.write();
        view.segments.push(segment);
        view.published = 0;
        view.tail.clear();
        drop(view);
        self.rolled.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Begins a new segment, and returns its base offset. May block.
    pub(crate) fn roll_now(&self) -> Result<i64, LogError> {
        let mut writer = self.writer.lock();
        if writer.position > 0 {
            self.roll(&mut writer, now_ms())
                .map_err(|error| self.storage("starting a segment in", error))?;
        }
        Ok(writer.next_offset)
    }

    /// Does what is due: rolling and flushing by age, retention. May block.
    pub(crate) fn maintain(&self, now_ms: i64) {
        let config = self.config();
        self.flush_if_due(now_ms);
        let gate = self.gate.read();
        if *gate {
            return;
        }
        let mut writer = self.writer.lock();
        writer.expire_producers(now_ms, &config);
        let state = writer.active.state();
        let old =
            now_ms.saturating_sub(state.created_ms) > self.roll_after_ms(&writer.active, &config);
        let result = if old && writer.position > 0 {
            self.roll(&mut writer, now_ms)
        } else {
            Ok(())
        };
        let result = result.and_then(|()| self.retain(&mut writer, now_ms, &config));
        drop(writer);
        drop(gate);
        if let Err(error) = result {
            tracing::error!(topic = %self.identity.topic, partition = self.identity.partition, %error, "retention failed, will be tried again");
        }
        self.flush_if_rolled();
        if now_ms.saturating_sub(self.flushed_ms.load(Ordering::Relaxed)) > IDLE_MS {
            self.view.write().tail.shrink();
        }
    }

    /// Moves the log start offset up. May block.
    pub(crate) fn raise_log_start(&self, offset: i64) -> Result<i64, LogError> {
        let gate = self.gate.read();
        if *gate {
            return Err(LogError::Deleted);
        }
        let mut writer = self.writer.lock();
        {
            let mut view = self.view.write();
            let (start, end) = (view.offsets.log_start, view.offsets.high_watermark);
            let wanted = if offset == -1 { end } else { offset };
            if wanted > end || wanted < 0 {
                return Err(LogError::OffsetOutOfRange {
                    requested: offset,
                    start,
                    end,
                });
            }
            if wanted <= start {
                return Ok(start);
            }
            view.offsets.log_start = wanted;
        }
        self.waiters.wake_all();
        let removed = self.remove_leading(&mut writer, |_| false);
        drop(writer);
        removed.map_err(|error| self.storage("removing segments of", error))?;
        self.shared
            .save_log_starts()
            .map_err(|error| self.storage("noting the log start offset of", error))?;
        Ok(self.offsets().log_start)
    }

    fn retain(&self, writer: &mut Writer, now_ms: i64, config: &TopicConfig) -> io::Result<()> {
        let segments = self.view.read().segments.clone();
        let total: u64 = segments
            .iter()
            .map(|segment| u64::from(segment.size()))
            .sum();
        let mut excess = config
            .retention_bytes
            .map_or(0, |limit| total.saturating_sub(limit));
        let mut beyond = |segment: &Segment| {
            let size = u64::from(segment.size());
            // Others can be empty too, since compaction has left nothing of them.
            let held = size > 0 || segment.base_offset < writer.active.base_offset;
            let too_much = held && config.retention_bytes.is_some() && excess >= size;
            let too_old = held
                && config
                    .retention_ms
                    .is_some_and(|limit| self.age(segment, now_ms) > limit);
            excess -= if too_much { size } else { 0 };
            too_much || too_old
        };
        let breached: Vec<i64> = segments
            .iter()
            .take_while(|s| beyond(s))
            .map(|s| s.base_offset)
            .collect();
        if breached.len() == segments.len() {
            self.roll(writer, now_ms)?;
        }
        let before = self.offsets().log_start;
        self.remove_leading(writer, |segment| breached.contains(&segment.base_offset))?;
        let after = self.offsets().log_start;
        if after > before {
            self.shared.checkpoints_due.store(true, Ordering::Relaxed);
            tracing::info!(topic = %self.identity.topic, partition = self.identity.partition, from = before, to = after, "retention moved the log start offset");
            self.waiters.wake_all();
        }
        Ok(())
    }

    /// Removes leading segments that are `beyond` retention or below the log start offset; never the active one.
    fn remove_leading(
        &self,
        writer: &mut Writer,
        beyond: impl Fn(&Segment) -> bool,
    ) -> io::Result<()> {
        let (removed, changed): (Vec<Arc<Segment>>, bool) = {
            let mut view = self.view.write();
            let start = view.offsets.log_start;
            let pairs = view.segments.iter().zip(view.segments.iter().skip(1));
            let count = pairs
                .take_while(|(segment, next)| next.base_offset <= start || beyond(segment))
                .count();
            let removed = view.segments.drain(..count).collect();
            let first = view
                .segments
                .first()
                .map_or(start, |first| first.base_offset);
            view.offsets.log_start = start.max(first);
            let start = view.offsets.log_start;
            view.offsets.last_stable = view.offsets.last_stable.max(start);
            (removed, view.forget_before(start))
        };
        if changed {
            self.save_epochs();
        }
        debug_assert!(
            !removed
                .iter()
                .any(|segment| Arc::ptr_eq(segment, &writer.active))
        );
        let delay_ms = self.config().file_delete_delay_ms;
        for segment in removed {
            let renamed = segment.retire(self.place(), false)?;
            renamed
                .into_iter()
                .for_each(|path| self.shared.doom(path, delay_ms));
        }
        Ok(())
    }

    /// How old the newest record of a segment is, in milliseconds.
    pub(super) fn age(&self, segment: &Segment, now_ms: i64) -> i64 {
        let newest = match segment.state().max_timestamp {
            stamp if stamp >= 0 => stamp,
            _ => fs::metadata(segment.path(&self.dir, FileKind::Log))
                .map_or(now_ms, |metadata| modified_ms(&metadata)),
        };
        now_ms.saturating_sub(newest)
    }

    fn roll_after_ms(&self, active: &Segment, config: &TopicConfig) -> i64 {
        config.roll_after_ms(
            active.base_offset as u64
                ^ u64::from(self.identity.partition.unsigned_abs()).rotate_left(32),
        )
    }

    /// Ends the log: every operation fails from now on. Its directory is renamed, and has to be removed by the caller.
    pub(crate) fn delete(&self) -> io::Result<PathBuf> {
        self.queue.lock().closed = Some(LogError::Deleted);
        let mut gate = self.gate.write();
        let _writer = self.writer.lock();
        *gate = true;
        let Identity {
            topic,
            id,
            partition,
        } = &self.identity;
        let target = names::deleted_dir(&self.shared.root, topic, *partition, *id);
        let renamed = fs::rename(&self.dir, &target);
        let mut view = self.view.write();
        view.deleted = true;
        view.tail.clear();
        view.segments
            .iter()
            .for_each(|segment| self.shared.handles.close(&segment.files));
        drop(view);
        self.waiters.wake_all();
        renamed.map(|()| target)
    }

    /// Refuses appends from now on, and leaves the files as a clean start wants to find them. Returns whether they have
    /// to be flushed then, with [`flush_closed`](Self::flush_closed).
    pub(crate) fn close(&self) -> Result<bool, LogError> {
        let closed = || LogError::storage("appending", io::Error::other("the log is closed"));
        self.queue.lock().closed.get_or_insert_with(closed);
        let gate = self.gate.read();
        if *gate {
            return Ok(false);
        }
        let mut writer = self.writer.lock();
        let unsealed = writer.snapshot_offset != writer.next_offset;
        if unsealed {
            let sealed = writer.active.seal(self.place());
            sealed.map_err(|error| self.storage("closing", io::Error::other(error)))?;
            let previous = writer.snapshot_offset;
            self.save_producers(&mut writer);
            self.forget_snapshot(previous, &writer);
        }
        Ok(unsealed || self.recovery_point() < writer.next_offset)
    }

    /// Removes the snapshot of an earlier close. Those where a segment begins belong to it.
    fn forget_snapshot(&self, offset: i64, writer: &Writer) {
        let segments = &self.view.read().segments;
        let kept = offset < 0
            || offset == writer.snapshot_offset
            || segments.iter().any(|segment| segment.base_offset == offset);
        let path = names::segment_file(&self.dir, offset.max(0), names::SNAPSHOT);
        // Left behind it is in nobody's way.
        if !kept && let Err(error) = remove_if_there(&path) {
            tracing::warn!(file = %path.display(), %error, "an old producer snapshot was not removed");
        }
    }
}

/// A log without a flush for so long is idle, and keeps nothing in memory that can be found on disk.
const IDLE_MS: i64 = 60_000;
