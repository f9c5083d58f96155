//! The records of one batch, decompressed and ready to be walked.

use bytes::Bytes;

use crate::batch::BatchHeader;
use crate::batch::header::{NO_SEQUENCE, increment_sequence};
use crate::batch::legacy::{self, InnerMessages, LegacyHeader};
use crate::compression::{Output, decompress, decompress_to_scratch};
use crate::pool::Lease;
use crate::record::{ParseError, RawRecord, RecordView, parse_record};
use crate::{Compression, DecompressLimits, HeaderViews, RecordsError, TimestampType};

/// The records of one batch; see [`RecordBatch::section`](crate::RecordBatch::section).
#[derive(Debug)]
pub struct Section<'a>(Inner<'a>);

#[derive(Debug)]
enum Inner<'a> {
    Batch {
        context: BatchContext,
        bytes: SectionBytes<'a>,
    },
    Legacy(LegacySection),
}

#[derive(Debug)]
enum SectionBytes<'a> {
    Borrowed(&'a [u8]),
    Decompressed(Lease<Output>),
}

impl<'a> Section<'a> {
    pub(crate) fn of_batch(
        header: &BatchHeader,
        body: &'a [u8],
        limits: &DecompressLimits,
    ) -> Result<Self, RecordsError> {
        let context = BatchContext::new(header)?;
        let bytes = match header.compression() {
            // Without records, what is there is not looked at.
            _ if context.count == 0 => SectionBytes::Borrowed(&[]),
            Compression::None => SectionBytes::Borrowed(body),
            codec => SectionBytes::Decompressed(decompress_to_scratch(codec, 2, body, limits)?),
        };
        Ok(Self(Inner::Batch { context, bytes }))
    }

    pub(crate) fn of_legacy(
        header: &LegacyHeader,
        bytes: &Bytes,
        limits: &DecompressLimits,
    ) -> Result<Self, RecordsError> {
        Ok(Self(Inner::Legacy(LegacySection::new(
            header, bytes, limits,
        )?)))
    }

    /// The records. A broken one is the last item.
    pub fn iter(&self) -> SectionIter<'_> {
        SectionIter(match &self.0 {
            Inner::Batch { context, bytes } => {
                let bytes: &[u8] = match bytes {
                    SectionBytes::Borrowed(bytes) => bytes,
                    SectionBytes::Decompressed(bytes) => bytes,
                };
                IterInner::Batch(Walk {
                    context: *context,
                    rest: bytes,
                    index: 0,
                })
            }
            Inner::Legacy(section) => IterInner::Legacy(LegacyWalk {
                section,
                at: 0,
                index: 0,
            }),
        })
    }
}

impl<'s> IntoIterator for &'s Section<'_> {
    type Item = Result<RecordView<'s>, RecordsError>;
    type IntoIter = SectionIter<'s>;

    fn into_iter(self) -> SectionIter<'s> {
        self.iter()
    }
}

/// Iterator over the records of a [`Section`].
#[derive(Debug)]
pub struct SectionIter<'s>(IterInner<'s>);

#[derive(Debug)]
enum IterInner<'s> {
    Batch(Walk<'s>),
    Legacy(LegacyWalk<'s>),
}

impl<'s> Iterator for SectionIter<'s> {
    type Item = Result<RecordView<'s>, RecordsError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            IterInner::Batch(walk) => walk.next_record().transpose(),
            IterInner::Legacy(walk) => walk.next_record().transpose(),
        }
    }
}

/// What a magic 2 record's deltas refer to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchContext {
    pub(crate) base_offset: i64,
    pub(crate) base_timestamp: i64,
    pub(crate) append_time: Option<i64>,
    pub(crate) base_sequence: i32,
    pub(crate) count: i32,
}

impl BatchContext {
    pub(crate) fn new(header: &BatchHeader) -> Result<Self, RecordsError> {
        let count = header.record_count();
        if count < 0 {
            return Err(RecordsError::NegativeRecordCount(count));
        }
        let append = header.timestamp_type() == TimestampType::LogAppendTime;
        Ok(Self {
            base_offset: header.base_offset(),
            base_timestamp: header.base_timestamp(),
            append_time: append.then_some(header.max_timestamp()),
            base_sequence: header.base_sequence(),
            count,
        })
    }

    #[inline]
    fn view<'a>(&self, raw: &RawRecord<'a>) -> RecordView<'a> {
        let sequence = match self.base_sequence {
            ..0 => NO_SEQUENCE,
            base => increment_sequence(base, raw.offset_delta),
        };
        RecordView {
            offset: self.base_offset.wrapping_add(i64::from(raw.offset_delta)),
            timestamp: self
                .append_time
                .unwrap_or(self.base_timestamp.wrapping_add(raw.timestamp_delta)),
            sequence,
            key: raw.key,
            value: raw.value,
            headers: raw.headers,
        }
    }
}

/// Steps through the records of a magic 2 batch.
#[derive(Debug)]
pub(crate) struct Walk<'s> {
    context: BatchContext,
    rest: &'s [u8],
    index: i32,
}

impl<'s> Walk<'s> {
    pub(crate) fn new(context: BatchContext, rest: &'s [u8], index: i32) -> Self {
        Self {
            context,
            rest,
            index,
        }
    }

    pub(crate) fn rest_len(&self) -> usize {
        self.rest.len()
    }

    #[inline]
    pub(crate) fn next_raw(&mut self) -> Result<Option<RawRecord<'s>>, RecordsError> {
        let BatchContext { count, .. } = self.context;
        if self.index >= count {
            if self.index == count && !self.rest.is_empty() && count > 0 {
                self.index = i32::MAX;
                self.rest = &[];
                return Err(RecordsError::RecordsRemaining { count });
            }
            return Ok(None);
        }
        let index = self.index;
        match parse_record(self.rest) {
            Ok((raw, rest)) => {
                self.rest = rest;
                self.index += 1;
                Ok(Some(raw))
            }
            Err(error) => {
                self.rest = &[];
                self.index = i32::MAX;
                Err(record_error(&error, index, count))
            }
        }
    }

    #[inline]
    pub(crate) fn next_record(&mut self) -> Result<Option<RecordView<'s>>, RecordsError> {
        Ok(self.next_raw()?.map(|raw| self.context.view(&raw)))
    }
}

pub(crate) fn record_error(error: &ParseError, index: i32, count: i32) -> RecordsError {
    match error {
        ParseError::Missing => RecordsError::RecordsMissing { index, count },
        ParseError::Invalid(fault) => RecordsError::InvalidRecord { index, fault },
    }
}

/// A message of magic 0 or 1, or those inside a wrapper.
#[derive(Debug)]
pub(crate) struct LegacySection {
    messages: InnerMessages,
    compressed: bool,
    /// Takes the place of the messages' own timestamps.
    append_time: Option<i64>,
}

impl LegacySection {
    pub(crate) fn new(
        header: &LegacyHeader,
        bytes: &Bytes,
        limits: &DecompressLimits,
    ) -> Result<Self, RecordsError> {
        if header.compression == Compression::None {
            let messages = InnerMessages {
                bytes: bytes.clone(),
                base_offset: 0,
                count: 1,
                end: bytes.len(),
            };
            return Ok(Self {
                messages,
                compressed: false,
                append_time: None,
            });
        }
        let value = legacy::key_value(header, bytes)?.value;
        let value = value.ok_or(RecordsError::InvalidWrapper("its value is null"))?;
        let inner = decompress(header.compression, header.magic, value, limits)?;
        let messages = legacy::scan_inner(header, inner)?;
        let append = header.timestamp_type == TimestampType::LogAppendTime;
        Ok(Self {
            messages,
            compressed: true,
            append_time: append.then_some(header.timestamp),
        })
    }

    pub(crate) fn owner(&self) -> &Bytes {
        &self.messages.bytes
    }

    /// The record at byte `at`, and where the next one begins.
    pub(crate) fn record_at(
        &self,
        at: usize,
        index: i32,
    ) -> Result<Option<(RecordView<'_>, usize)>, RecordsError> {
        if at >= self.messages.end {
            return Ok(None);
        }
        let message = legacy::next_message(&self.messages.bytes, at)?;
        let message = message.ok_or(RecordsError::RecordsMissing {
            index,
            count: self.messages.count,
        })?;
        let header = LegacyHeader::parse(message)?;
        if self.compressed {
            legacy::verify_crc(&header, message)?;
        }
        let key_value = legacy::key_value(&header, message).map_err(|error| match error {
            RecordsError::InvalidRecord { fault, .. } => {
                RecordsError::InvalidRecord { index, fault }
            }
            other => other,
        })?;
        let timestamp = match self.append_time {
            Some(time) if header.magic == 1 => time,
            _ => header.timestamp,
        };
        let view = RecordView {
            offset: self.messages.base_offset.wrapping_add(header.offset),
            timestamp,
            sequence: NO_SEQUENCE,
            key: key_value.key,
            value: key_value.value,
            headers: HeaderViews::default(),
        };
        Ok(Some((view, at + message.len())))
    }
}

#[derive(Debug)]
struct LegacyWalk<'s> {
    section: &'s LegacySection,
    at: usize,
    index: i32,
}

impl<'s> LegacyWalk<'s> {
    fn next_record(&mut self) -> Result<Option<RecordView<'s>>, RecordsError> {
        let next = self.section.record_at(self.at, self.index);
        match &next {
            Ok(Some((_, at))) => self.at = *at,
            _ => self.at = usize::MAX,
        }
        self.index += 1;
        Ok(next?.map(|(view, _)| view))
    }
}
