//! Finding offsets: by time, by epoch, and the ends of the log.

use std::sync::Arc;

use kop_log::{EpochEnd, Isolation, LogError, OffsetSpec, TimestampedOffset};
use kop_records::{DecompressLimits, RecordBatch, RecordsError};

use super::Log;
use crate::handles::FileKind;
use crate::scan::{ScanError, Scanned, Scanner, read_batch};
use crate::segment::{Segment, SegmentState, unless_short};

impl Log {
    /// What can be told without reading.
    pub(super) fn find_hot(
        &self,
        spec: OffsetSpec,
    ) -> Option<Result<Option<TimestampedOffset>, LogError>> {
        let view = self.view.read();
        if view.deleted {
            return Some(Err(LogError::Deleted));
        }
        let offset = match spec {
            OffsetSpec::Earliest => view.offsets.log_start,
            OffsetSpec::Latest(Isolation::ReadUncommitted) => view.offsets.high_watermark,
            OffsetSpec::Latest(Isolation::ReadCommitted) => view.offsets.last_stable,
            _ => return None,
        };
        let leader_epoch = view.epochs.epoch_at(offset);
        Some(Ok(Some(TimestampedOffset {
            offset,
            timestamp_ms: -1,
            leader_epoch,
        })))
    }

    /// What needs a look at the disk. May block.
    pub(super) fn find_cold(
        &self,
        spec: OffsetSpec,
    ) -> Result<Option<TimestampedOffset>, LogError> {
        let gate = self.gate.read();
        if *gate {
            return Err(LogError::Deleted);
        }
        let (log_start, segments) = {
            let view = self.view.read();
            (
                view.offsets.log_start,
                view.segments_from(view.offsets.log_start),
            )
        };
        let found = match spec {
            OffsetSpec::AtOrAfter(timestamp) => self.at_or_after(timestamp, log_start, &segments),
            _ => self.at_largest_timestamp(log_start, &segments),
        };
        found.map_err(|error| self.scan_failed("searching", error))
    }

    pub(super) fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        let view = self.view.read();
        if view.deleted {
            return Err(LogError::Deleted);
        }
        Ok(view.epochs.end_of(epoch, view.offsets.log_end))
    }

    fn at_or_after(
        &self,
        timestamp: i64,
        log_start: i64,
        segments: &[(Arc<Segment>, u64)],
    ) -> Result<Option<TimestampedOffset>, ScanError> {
        for (segment, end) in segments {
            let state = segment.state();
            if state.max_timestamp < timestamp {
                continue;
            }
            let Some(first) = self.before(segment, &state, timestamp, log_start, *end)? else {
                continue;
            };
            let log = segment.file(self.place(), FileKind::Log)?;
            let mut scanner = Scanner::new(&log, first.position, *end);
            while let Some(batch) = scanner.next()? {
                if batch.max_timestamp >= timestamp {
                    let wanted = |offset, stamp| offset >= log_start && stamp >= timestamp;
                    if let Some(found) = first_record(&log, &batch, wanted)? {
                        return Ok(Some(found));
                    }
                }
            }
        }
        Ok(None)
    }

    /// A batch with everything before it earlier than `timestamp`, or before the log start.
    fn before(
        &self,
        segment: &Segment,
        state: &SegmentState,
        timestamp: i64,
        log_start: i64,
        end: u64,
    ) -> Result<Option<Scanned>, ScanError> {
        if !state.times.is_empty() {
            let index = segment.file(self.place(), FileKind::TimeIndex)?;
            let entry = unless_short(state.times.lower(&index, timestamp))?;
            if let Some(entry) = entry.filter(|entry| entry.offset > log_start) {
                let batch = segment.find(self.place(), entry.offset, end)?;
                let true_to_entry = |batch: &Scanned| {
                    batch.last_offset == entry.offset && batch.max_timestamp == entry.timestamp_ms
                };
                // Otherwise the index is damaged, so do without it.
                if batch.as_ref().is_some_and(true_to_entry) {
                    return Ok(batch);
                }
            }
        }
        segment.find(self.place(), log_start.max(segment.base_offset), end)
    }

    fn at_largest_timestamp(
        &self,
        log_start: i64,
        segments: &[(Arc<Segment>, u64)],
    ) -> Result<Option<TimestampedOffset>, ScanError> {
        let mut best: Option<TimestampedOffset> = None;
        for (segment, end) in segments {
            let largest = best.map_or(-1, |best| best.timestamp_ms);
            if segment.state().max_timestamp <= largest {
                continue;
            }
            let found = self.largest_in(segment, *end, log_start)?;
            // The first of several with the same timestamp, as Kafka.
            best = found.filter(|found| found.timestamp_ms > largest).or(best);
        }
        Ok(best)
    }

    fn largest_in(
        &self,
        segment: &Segment,
        end: u64,
        log_start: i64,
    ) -> Result<Option<TimestampedOffset>, ScanError> {
        let state = segment.state();
        let log = segment.file(self.place(), FileKind::Log)?;
        let mut stamp = state.max_timestamp;
        let mut holder = None;
        if segment.base_offset >= log_start {
            holder = segment.find(self.place(), state.max_timestamp_offset, end)?;
        } else if let Some(first) = segment.find(self.place(), log_start, end)? {
            // The largest timestamp of the segment may lie before the log start.
            stamp = -1;
            first_record(&log, &first, |offset, timestamp| {
                stamp = if offset >= log_start {
                    stamp.max(timestamp)
                } else {
                    stamp
                };
                false
            })?;
            holder = Some(first);
            let mut scanner = Scanner::new(&log, first.end(), end);
            while let Some(batch) = scanner.next()? {
                if batch.max_timestamp > stamp {
                    stamp = batch.max_timestamp;
                    holder = Some(batch);
                }
            }
        }
        let wanted = |offset, timestamp| offset >= log_start && timestamp >= stamp;
        match holder {
            Some(batch) if stamp >= 0 => first_record(&log, &batch, wanted),
            _ => Ok(None),
        }
    }
}

/// The first record of a batch that is `wanted`.
fn first_record(
    log: &std::fs::File,
    scanned: &Scanned,
    mut wanted: impl FnMut(i64, i64) -> bool,
) -> Result<Option<TimestampedOffset>, ScanError> {
    let batch: RecordBatch = read_batch(log, scanned)?;
    let damaged = |error: RecordsError| scanned.damaged(error);
    for record in batch
        .records(&DecompressLimits::default())
        .map_err(damaged)?
    {
        let record = record.map_err(damaged)?;
        if wanted(record.offset, record.timestamp) {
            let leader_epoch = scanned.leader_epoch;
            return Ok(Some(TimestampedOffset {
                offset: record.offset,
                timestamp_ms: record.timestamp,
                leader_epoch,
            }));
        }
    }
    Ok(None)
}
