//! The iterator of owned records.

use bytes::Bytes;

use crate::batch::{HEADER_LEN, RecordBatch};
use crate::compression::decompress;
use crate::record::{Headers, Record, RecordView};
use crate::section::{BatchContext, LegacySection, Walk};
use crate::{Compression, DecompressLimits, RecordsError};

/// The records of one batch; see [`RecordBatch::records`].
///
/// The items' keys, values and headers are slices of one buffer and keep it alive.
#[derive(Debug)]
pub struct RecordIter(Inner);

#[derive(Debug)]
enum Inner {
    Batch {
        context: BatchContext,
        bytes: Bytes,
        at: usize,
        index: i32,
    },
    Legacy {
        section: LegacySection,
        at: usize,
        index: i32,
    },
}

impl RecordIter {
    pub(crate) fn new(
        batch: &RecordBatch,
        limits: &DecompressLimits,
    ) -> Result<Self, RecordsError> {
        if let Some(section) = batch.legacy_section(limits)? {
            return Ok(Self(Inner::Legacy {
                section,
                at: 0,
                index: 0,
            }));
        }
        let header = batch
            .header()
            .ok_or(RecordsError::UnknownMagic(batch.magic()))?;
        let context = BatchContext::new(header)?;
        let body = batch.bytes().slice(HEADER_LEN..);
        let bytes = match header.compression() {
            _ if context.count == 0 => Bytes::new(),
            Compression::None => body,
            codec => decompress(codec, 2, &body, limits)?,
        };
        Ok(Self(Inner::Batch {
            context,
            bytes,
            at: 0,
            index: 0,
        }))
    }

    fn next_of_batch(
        context: &BatchContext,
        bytes: &Bytes,
        at: &mut usize,
        index: &mut i32,
    ) -> Option<Result<Record, RecordsError>> {
        let mut walk = Walk::new(*context, bytes.get(*at..).unwrap_or_default(), *index);
        match walk.next_record() {
            Ok(Some(view)) => {
                let record = own(bytes, &view);
                (*at, *index) = (bytes.len() - walk.rest_len(), *index + 1);
                Some(Ok(record))
            }
            Ok(None) => None,
            Err(error) => {
                (*at, *index) = (bytes.len(), i32::MAX);
                Some(Err(error))
            }
        }
    }

    fn next_of_legacy(
        section: &LegacySection,
        at: &mut usize,
        index: &mut i32,
    ) -> Option<Result<Record, RecordsError>> {
        match section.record_at(*at, *index) {
            Ok(Some((view, after))) => {
                (*at, *index) = (after, index.saturating_add(1));
                Some(Ok(own(section.owner(), &view)))
            }
            Ok(None) => None,
            Err(error) => {
                *at = usize::MAX;
                Some(Err(error))
            }
        }
    }
}

#[inline]
fn own(owner: &Bytes, view: &RecordView<'_>) -> Record {
    Record {
        offset: view.offset,
        timestamp: view.timestamp,
        sequence: view.sequence,
        key: view.key.map(|key| owner.slice_ref(key)),
        value: view.value.map(|value| owner.slice_ref(value)),
        headers: Headers::slice(owner, view.headers),
    }
}

impl Iterator for RecordIter {
    type Item = Result<Record, RecordsError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::Batch {
                context,
                bytes,
                at,
                index,
            } => Self::next_of_batch(context, bytes, at, index),
            Inner::Legacy { section, at, index } => Self::next_of_legacy(section, at, index),
        }
    }
}
