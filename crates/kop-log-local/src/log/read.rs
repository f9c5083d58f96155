//! Reading: finds out which bytes of which file are wanted, and leaves them there.

use std::fs::File;
use std::io;
use std::sync::Arc;

use kop_codec::{FileRegion, Records};
use kop_log::{Isolation, LogError, LogOffsets, ReadRequest, ReadResult};

use super::{Log, View};
use crate::handles::FileKind;
use crate::scan::{ScanError, Scanned, Scanner};
use crate::segment::Segment;

/// Attempts to read while retention removes segments.
const ATTEMPTS: usize = 3;

impl Log {
    /// Answers without touching the disk where that is possible.
    pub(super) fn read_hot(&self, request: &ReadRequest) -> Option<Result<ReadResult, LogError>> {
        let view = self.view.read();
        let bound = match view.bound(request) {
            Ok(bound) => bound,
            Err(error) => return Some(Err(error)),
        };
        if request.offset >= bound {
            return Some(Ok(self.result(&view, request, None, bound)));
        }
        let start = view.tail.start(request.offset)?;
        let limit = u64::from(start).saturating_add(request.max_bytes as u64);
        let end = view.tail.end(start, limit, bound, request.at_least_one);
        let file = view.active().files.try_get(FileKind::Log)?;
        let end_offset = view
            .tail
            .offset_at(end)
            .unwrap_or(view.offsets.high_watermark);
        Some(Ok(self.result(
            &view,
            request,
            region(file, start.into(), end.into()),
            end_offset,
        )))
    }

    /// Answers with look-ups in the indexes. May block.
    pub(super) fn read_cold(&self, request: &ReadRequest) -> Result<ReadResult, LogError> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            let gate = self.gate.read();
            if *gate {
                return Err(LogError::Deleted);
            }
            match self.read_segments(request) {
                Ok(result) => return result,
                // The segment was removed after we had looked at the list. The list says now what is there.
                Err(ScanError::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                    last = Some(error);
                }
                Err(error) => return Err(self.scan_failed("reading", error)),
            }
        }
        Err(self.storage(
            "reading",
            last.unwrap_or_else(|| io::ErrorKind::NotFound.into()),
        ))
    }

    fn read_segments(
        &self,
        request: &ReadRequest,
    ) -> Result<Result<ReadResult, LogError>, ScanError> {
        let (bound, segments) = {
            let view = self.view.read();
            match view.bound(request) {
                Ok(bound) => (bound, view.segments_from(request.offset)),
                Err(error) => return Ok(Err(error)),
            }
        };
        for (n, (segment, end)) in segments.iter().enumerate() {
            let (end, behind) = (*end, segments.get(n + 1));
            if request.offset >= bound || segment.base_offset >= bound {
                break;
            }
            // A segment without such a batch: the offsets go on in the next one.
            let Some(first) = segment.find(self.place(), request.offset, end)? else {
                continue;
            };
            if first.base_offset >= bound {
                break;
            }
            let to = self.read_end(segment, &first, end, bound, request)?;
            let file = segment.file(self.place(), FileKind::Log)?;
            let end_offset = match behind {
                _ if to < end => offset_behind(&file, &first, to, end)?,
                Some((next, _)) => next.base_offset.min(bound),
                None => bound,
            };
            let view = self.view.read();
            return Ok(Ok(self.result(
                &view,
                request,
                region(file, first.position, to),
                end_offset,
            )));
        }
        let view = self.view.read();
        Ok(Ok(self.result(&view, request, None, bound)))
    }

    /// Where the batches from `first` on end that are wanted.
    fn read_end(
        &self,
        segment: &Segment,
        first: &Scanned,
        end: u64,
        bound: i64,
        request: &ReadRequest,
    ) -> Result<u64, ScanError> {
        let mut limit = first
            .position
            .saturating_add(request.max_bytes as u64)
            .min(end);
        if bound < self.view.read().offsets.high_watermark {
            let behind = segment.find(self.place(), bound, end)?;
            limit = behind.map_or(limit, |batch| limit.min(batch.position));
        }
        let boundary = segment.boundary(self.place(), first.position, limit, end)?;
        if boundary > first.position || !request.at_least_one {
            return Ok(boundary);
        }
        Ok(first.end())
    }

    fn result(
        &self,
        view: &View,
        request: &ReadRequest,
        region: Option<FileRegion>,
        end_offset: i64,
    ) -> ReadResult {
        let aborted = match request.isolation {
            Isolation::ReadUncommitted => None,
            Isolation::ReadCommitted if region.is_none() => Some(Vec::new()),
            Isolation::ReadCommitted => Some(view.aborted.touching(request.offset, end_offset)),
        };
        let next_offset = if region.is_some() {
            end_offset
        } else {
            request.offset
        };
        ReadResult {
            records: region.map_or_else(Records::default, Records::from),
            next_offset,
            offsets: view.offsets,
            aborted,
        }
    }
}

impl View {
    /// The offset before which the read must end, after checking where it begins.
    fn bound(&self, request: &ReadRequest) -> Result<i64, LogError> {
        if self.deleted {
            return Err(LogError::Deleted);
        }
        let LogOffsets {
            log_start: start,
            high_watermark,
            last_stable,
            ..
        } = self.offsets;
        if request.offset < start || request.offset > high_watermark {
            return Err(LogError::OffsetOutOfRange {
                requested: request.offset,
                start,
                end: high_watermark,
            });
        }
        Ok(match request.isolation {
            Isolation::ReadUncommitted => high_watermark,
            Isolation::ReadCommitted => last_stable,
        })
    }

    /// The segment that holds `offset` and those behind it, with the bytes of each that can be seen.
    pub(super) fn segments_from(&self, offset: i64) -> Vec<(Arc<Segment>, u64)> {
        let first = self
            .segments
            .partition_point(|segment| segment.base_offset <= offset)
            .saturating_sub(1);
        self.segments[first..]
            .iter()
            .map(|segment| (Arc::clone(segment), self.visible(segment)))
            .collect()
    }

    pub(super) fn visible(&self, segment: &Arc<Segment>) -> u64 {
        if Arc::ptr_eq(segment, self.active()) {
            self.published.into()
        } else {
            segment.size().into()
        }
    }
}

/// The offset behind the batches from `first` up to byte `to`, where another one begins.
fn offset_behind(file: &File, first: &Scanned, to: u64, end: u64) -> Result<i64, ScanError> {
    if let Ok(Some(next)) = Scanner::new(file, to, end).next()
        && next.header.is_some()
    {
        return Ok(next.base_offset);
    }
    // It is damaged, or of an old magic and may not tell its first offset.
    let mut last_offset = first.last_offset;
    let mut scanner = Scanner::new(file, first.position, to);
    while let Some(batch) = scanner.next()? {
        last_offset = batch.last_offset;
    }
    Ok(last_offset.saturating_add(1))
}

fn region(file: Arc<File>, from: u64, to: u64) -> Option<FileRegion> {
    // A segment has less than 2³¹ bytes.
    let len = u32::try_from(to.checked_sub(from)?)
        .ok()
        .filter(|len| *len > 0)?;
    Some(FileRegion {
        file,
        offset: from,
        len,
    })
}
