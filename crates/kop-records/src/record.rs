//! Records: borrowed views, owned values, and the parser of magic 2 records.

use std::borrow::Cow;

use bytes::Bytes;

use crate::varint::{read_varint, read_varlong};

/// A record whose bytes are slices of its batch, or of what its batch decompressed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Absolute offset.
    pub offset: i64,
    /// Milliseconds since the epoch, -1 for none. The batch's time where it has
    /// [`LogAppendTime`](crate::TimestampType::LogAppendTime).
    pub timestamp: i64,
    /// Sequence number of an idempotent producer, else -1.
    pub sequence: i32,
    /// `None` is null.
    pub key: Option<Bytes>,
    /// `None` is null, a tombstone in a compacted topic.
    pub value: Option<Bytes>,
    /// Headers in the order of the record; empty below magic 2.
    pub headers: Headers,
}

impl Record {
    /// The record borrowed.
    pub fn view(&self) -> RecordView<'_> {
        RecordView {
            offset: self.offset,
            timestamp: self.timestamp,
            sequence: self.sequence,
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: self.headers.view(),
        }
    }
}

/// A record borrowed from its batch. Copying one touches no reference count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordView<'a> {
    /// Absolute offset.
    pub offset: i64,
    /// As [`Record::timestamp`].
    pub timestamp: i64,
    /// Sequence number of an idempotent producer, else -1.
    pub sequence: i32,
    /// `None` is null.
    pub key: Option<&'a [u8]>,
    /// `None` is null.
    pub value: Option<&'a [u8]>,
    /// Headers in the order of the record.
    pub headers: HeaderViews<'a>,
}

/// Headers of a record, checked when the record was read and parsed when iterated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    count: u32,
    bytes: Bytes,
}

impl Headers {
    pub(crate) fn slice(owner: &Bytes, views: HeaderViews<'_>) -> Self {
        if views.count == 0 {
            return Self::default();
        }
        Self {
            count: views.count,
            bytes: owner.slice_ref(views.bytes),
        }
    }

    /// Number of headers.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The headers borrowed.
    pub fn view(&self) -> HeaderViews<'_> {
        HeaderViews {
            count: self.count,
            bytes: &self.bytes,
        }
    }

    /// The headers, keys and values as slices of the batch.
    pub fn iter(&self) -> impl Iterator<Item = Header> {
        self.view().iter().map(|view| Header {
            key: self.bytes.slice_ref(view.key),
            value: view.value.map(|value| self.bytes.slice_ref(value)),
        })
    }
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// UTF-8 by the protocol, but brokers do not check; see [`HeaderView::key_str`].
    pub key: Bytes,
    /// `None` is null.
    pub value: Option<Bytes>,
}

impl Header {
    /// The header borrowed.
    pub fn view(&self) -> HeaderView<'_> {
        HeaderView {
            key: &self.key,
            value: self.value.as_deref(),
        }
    }
}

/// One header, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeaderView<'a> {
    /// UTF-8 by the protocol, but brokers do not check.
    pub key: &'a [u8],
    /// `None` is null.
    pub value: Option<&'a [u8]>,
}

impl<'a> HeaderView<'a> {
    /// The key as text, with U+FFFD where it is not UTF-8, as Java shows it.
    pub fn key_str(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.key)
    }
}

/// Headers of a record, borrowed; checked when the record was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeaderViews<'a> {
    count: u32,
    bytes: &'a [u8],
}

impl<'a> HeaderViews<'a> {
    /// Number of headers.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The headers as the record holds them, without their count.
    pub(crate) fn raw(&self) -> &'a [u8] {
        self.bytes
    }

    /// The headers in order.
    pub fn iter(&self) -> impl Iterator<Item = HeaderView<'a>> + use<'a> {
        let mut rest = self.bytes;
        (0..self.count).map_while(move |_| {
            let (header, after) = parse_header(rest).ok()?;
            rest = after;
            Some(header)
        })
    }
}

/// A magic 2 record as it is written: deltas to the batch.
#[derive(Clone, Copy)]
pub(crate) struct RawRecord<'a> {
    pub(crate) timestamp_delta: i64,
    pub(crate) offset_delta: i32,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) value: Option<&'a [u8]>,
    pub(crate) headers: HeaderViews<'a>,
}

/// Why [`parse_record`] failed.
pub(crate) enum ParseError {
    /// There are no bytes left for another record, or not as many as its length says.
    Missing,
    /// The record is broken.
    Invalid(&'static str),
}

pub(crate) const BAD_STRUCTURE: ParseError = ParseError::Invalid("invalid structure");
pub(crate) const BAD_LENGTH: &str = "its length is not that of its content";
pub(crate) const BAD_HEADER_COUNT: &str = "invalid number of headers";
pub(crate) const NULL_HEADER_KEY: &str = "a header without a key";

/// Reads the record at the start of `buf`; what follows it comes with it.
#[inline]
pub(crate) fn parse_record(buf: &[u8]) -> Result<(RawRecord<'_>, &[u8]), ParseError> {
    let (len, rest) = read_varint(buf).ok_or(ParseError::Missing)?;
    let len = usize::try_from(len).map_err(|_| ParseError::Invalid(BAD_LENGTH))?;
    let (body, rest) = rest.split_at_checked(len).ok_or(ParseError::Missing)?;
    Ok((parse_body(body)?, rest))
}

#[inline]
fn parse_body(body: &[u8]) -> Result<RawRecord<'_>, ParseError> {
    // The attributes of a record have no bits in use.
    let (_attributes, rest) = body.split_first().ok_or(BAD_STRUCTURE)?;
    let (timestamp_delta, rest) = read_varlong(rest).ok_or(BAD_STRUCTURE)?;
    let (offset_delta, rest) = read_varint(rest).ok_or(BAD_STRUCTURE)?;
    let (key, rest) = parse_nullable(rest)?;
    let (value, rest) = parse_nullable(rest)?;
    let (count, rest) = read_varint(rest).ok_or(BAD_STRUCTURE)?;
    let headers = match count {
        0 if rest.is_empty() => HeaderViews::default(),
        _ => check_headers(count, rest)?,
    };
    Ok(RawRecord {
        timestamp_delta,
        offset_delta,
        key,
        value,
        headers,
    })
}

/// Any negative length is null, as for Kafka's readers.
#[inline]
fn parse_nullable(buf: &[u8]) -> Result<(Option<&[u8]>, &[u8]), ParseError> {
    let (len, rest) = read_varint(buf).ok_or(BAD_STRUCTURE)?;
    let Ok(len) = usize::try_from(len) else {
        return Ok((None, rest));
    };
    let (bytes, rest) = rest.split_at_checked(len).ok_or(BAD_STRUCTURE)?;
    Ok((Some(bytes), rest))
}

fn check_headers(count: i32, bytes: &[u8]) -> Result<HeaderViews<'_>, ParseError> {
    let count = u32::try_from(count).map_err(|_| ParseError::Invalid(BAD_HEADER_COUNT))?;
    if count as usize > bytes.len() {
        return Err(ParseError::Invalid(BAD_HEADER_COUNT));
    }
    let mut rest = bytes;
    for _ in 0..count {
        rest = parse_header(rest)?.1;
    }
    if !rest.is_empty() {
        return Err(ParseError::Invalid(BAD_LENGTH));
    }
    Ok(HeaderViews { count, bytes })
}

fn parse_header(buf: &[u8]) -> Result<(HeaderView<'_>, &[u8]), ParseError> {
    let (key, rest) = parse_nullable(buf)?;
    let key = key.ok_or(ParseError::Invalid(NULL_HEADER_KEY))?;
    let (value, rest) = parse_nullable(rest)?;
    Ok((HeaderView { key, value }, rest))
}
