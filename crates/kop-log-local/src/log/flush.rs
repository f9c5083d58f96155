//! Flushing, and the recovery point that follows it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use kop_log::LogError;

use super::Log;
use crate::segment::Segment;

impl Log {
    /// Makes everything visible durable. Appends go on meanwhile. May block.
    pub(super) fn flush(&self) -> Result<(), LogError> {
        let gate = self.gate.read();
        if *gate {
            return Err(LogError::Deleted);
        }
        let end = self.offsets().log_end;
        if self.recovery_point() >= end {
            return Ok(());
        }
        self.sync_to(end, &self.unflushed_segments())
            .map_err(|error| self.storage("flushing", error))
    }

    /// Flushes if the topic's `flush.ms` has passed. May block.
    pub(crate) fn flush_if_due(&self, now_ms: i64) {
        let (end, recovery_point) = (self.offsets().log_end, self.recovery_point());
        if end <= recovery_point {
            self.flushed_ms.store(now_ms, Ordering::Relaxed);
            return;
        }
        let age = now_ms.saturating_sub(self.flushed_ms.load(Ordering::Relaxed));
        if age >= self.config().flush_ms {
            self.flush_in_background();
            self.flushed_ms.store(now_ms, Ordering::Relaxed);
        }
    }

    /// Flushes where nobody waits for it. A failure is logged, and tried again later.
    pub(super) fn flush_in_background(&self) {
        match self.flush() {
            Ok(()) | Err(LogError::Deleted) => {}
            Err(error) => {
                tracing::error!(topic = %self.identity.topic, partition = self.identity.partition, %error, "will be tried again");
            }
        }
    }

    /// Flushes if a segment was completed, so that a crash leaves little to be looked at. May block.
    pub(super) fn flush_if_rolled(&self) {
        if self.rolled.swap(false, Ordering::Relaxed) {
            self.flush_in_background();
        }
    }

    /// Flushes a closed log with its indexes, which the next start will believe. With `synced` that has been done, and
    /// is only noted. May block.
    pub(crate) fn flush_closed(&self, synced: bool) -> Result<(), LogError> {
        if !synced {
            let segments = self.unflushed_segments();
            let flushed = segments
                .iter()
                .try_for_each(|segment| segment.sync(self.place()));
            flushed.map_err(|error| self.storage("flushing", error))?;
        }
        let end = self.offsets().log_end;
        self.recovery_point.fetch_max(end, Ordering::Relaxed);
        Ok(())
    }

    /// The segments that have something above the recovery point.
    pub(super) fn unflushed_segments(&self) -> Vec<Arc<Segment>> {
        let view = self.view.read();
        view.segments_from(self.recovery_point())
            .into_iter()
            .map(|(segment, _)| segment)
            .collect()
    }

    /// Flushes `segments`, after which everything below `offset` is durable.
    pub(super) fn sync_to(&self, offset: i64, segments: &[Arc<Segment>]) -> io::Result<()> {
        let Some((active, sealed)) = segments.split_last() else {
            return Ok(());
        };
        for segment in sealed {
            match segment.sync(self.place()) {
                // Retention was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                result => result?,
            }
        }
        // The indexes of the last segment are rebuilt after a crash, so there is no need to wait for them.
        active.sync_log(self.place())?;
        self.recovery_point.fetch_max(offset, Ordering::Relaxed);
        self.shared.checkpoints_due.store(true, Ordering::Relaxed);
        Ok(())
    }
}
