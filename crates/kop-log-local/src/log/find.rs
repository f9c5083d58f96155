//! Finding offsets: by time, by epoch, and the ends of the log.

use std::sync::Arc;

use kop_log::{EpochEnd, Isolation, LogError, OffsetSpec, TimestampedOffset};
use kop_records::{DecompressLimits, RecordBatch};

use super::Log;
use crate::handles::FileKind;
use crate::scan::{ScanError, Scanned, Scanner, read_batch};
use crate::segment::Segment;

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
            let mut from = log_start.max(segment.base_offset);
            if !state.times.is_empty() {
                let index = segment.file(self.place(), FileKind::TimeIndex)?;
                from = state
                    .times
                    .lower(&index, timestamp)?
                    .map_or(from, |entry| from.max(entry.offset));
            }
            let Some(first) = segment.find(self.place(), from, *end)? else {
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

    fn at_largest_timestamp(
        &self,
        log_start: i64,
        segments: &[(Arc<Segment>, u64)],
    ) -> Result<Option<TimestampedOffset>, ScanError> {
        // The first of several with the same timestamp, as Kafka.
        let mut best: Option<(i64, &Arc<Segment>, u64)> = None;
        for (segment, end) in segments {
            let stamp = segment.state().max_timestamp;
            if stamp >= 0 && best.is_none_or(|(largest, ..)| stamp > largest) {
                best = Some((stamp, segment, *end));
            }
        }
        let Some((stamp, segment, end)) = best else {
            return Ok(None);
        };
        let Some(batch) = segment.find(self.place(), segment.state().max_timestamp_offset, end)?
        else {
            return Ok(None);
        };
        let log = segment.file(self.place(), FileKind::Log)?;
        let _ = log_start;
        first_record(&log, &batch, |_, timestamp| timestamp >= stamp)
    }
}

/// The first record of a batch that is `wanted`.
fn first_record(
    log: &std::fs::File,
    scanned: &Scanned,
    wanted: impl Fn(i64, i64) -> bool,
) -> Result<Option<TimestampedOffset>, ScanError> {
    let batch: RecordBatch = read_batch(log, scanned)?;
    let damaged = |error: kop_records::RecordsError| ScanError::Damaged {
        position: scanned.position,
        reason: error.to_string(),
    };
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
