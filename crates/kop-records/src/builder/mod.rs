//! Building batches.

use bytes::Bytes;

use crate::batch::header::{HEADER_LEN, HeaderFields, NO_PRODUCER_ID, NO_SEQUENCE, NO_TIMESTAMP};
use crate::batch::{BatchHeader, TimestampType};
use crate::compression;
use crate::pool::{Lease, Scratch};
use crate::record::{HeaderView, RecordView};
use crate::varint::Encoded;
use crate::{Compression, RecordsError};

mod legacy;

/// Builds one batch of magic 2, or messages of magic 0 and 1, from records in the order of their offsets.
///
/// The setters describe the batch and are called before the first record. The records go into a buffer that the thread
/// keeps for the next batch, and [`build`](Self::build) copies them into a result of the exact size; with
/// [`capacity`](Self::capacity) they are in their place at once.
#[derive(Debug)]
pub struct BatchBuilder {
    magic: i8,
    level: Option<i32>,
    log_append_time: i64,
    fields: HeaderFields,
    /// Set by a setter, else from the records.
    base_timestamp: Option<i64>,
    max_timestamp: Option<i64>,
    last_offset: Option<i64>,
    appended: Appended,
    /// The records, behind room for the header if [`capacity`](Self::capacity) was called.
    buffer: Lease<Scratch>,
    records_at: usize,
}

/// What the records so far amount to.
#[derive(Debug, Default)]
struct Appended {
    count: i32,
    last_offset: i64,
    first_timestamp: i64,
    max_timestamp: i64,
}

impl BatchBuilder {
    /// A builder of a magic 2 batch at offset 0 with create time, no producer and no leader epoch.
    pub fn new(compression: Compression) -> Self {
        Self {
            magic: 2,
            level: None,
            log_append_time: NO_TIMESTAMP,
            fields: HeaderFields {
                base_offset: 0,
                partition_leader_epoch: -1,
                compression,
                timestamp_type: TimestampType::CreateTime,
                transactional: false,
                control: false,
                delete_horizon: false,
                last_offset_delta: 0,
                base_timestamp: NO_TIMESTAMP,
                max_timestamp: NO_TIMESTAMP,
                producer_id: NO_PRODUCER_ID,
                producer_epoch: -1,
                base_sequence: NO_SEQUENCE,
                record_count: 0,
            },
            base_timestamp: None,
            max_timestamp: None,
            last_offset: None,
            appended: Appended::default(),
            buffer: Lease::take(),
            records_at: 0,
        }
    }

    /// Magic 0, 1 or 2. Any other fails in [`append`](Self::append) and [`build`](Self::build).
    pub fn magic(mut self, magic: i8) -> Self {
        self.magic = magic;
        self
    }

    /// Compression level, clamped to [`Compression::levels`]; of no effect for codecs that have none.
    pub fn level(mut self, level: i32) -> Self {
        self.level = Some(level);
        self
    }

    /// Offset of the first record and, for magic 2 and 1, what the others are relative to.
    pub fn base_offset(mut self, offset: i64) -> Self {
        self.fields.base_offset = offset;
        self
    }

    /// Log append time in milliseconds since the epoch: what readers see in place of the records' own timestamps.
    /// Magic 0 has none.
    pub fn log_append_time(mut self, now_ms: i64) -> Self {
        self.fields.timestamp_type = TimestampType::LogAppendTime;
        self.log_append_time = now_ms;
        self
    }

    /// Id, epoch and first sequence number of an idempotent producer. Magic 2.
    pub fn producer(mut self, id: i64, epoch: i16, base_sequence: i32) -> Self {
        (
            self.fields.producer_id,
            self.fields.producer_epoch,
            self.fields.base_sequence,
        ) = (id, epoch, base_sequence);
        self
    }

    /// Whether the batch belongs to a transaction. Magic 2.
    pub fn transactional(mut self, on: bool) -> Self {
        self.fields.transactional = on;
        self
    }

    /// Whether the records are control records. Magic 2.
    pub fn control(mut self, on: bool) -> Self {
        self.fields.control = on;
        self
    }

    /// Epoch of the leader that appends the batch. Magic 2.
    pub fn partition_leader_epoch(mut self, epoch: i32) -> Self {
        self.fields.partition_leader_epoch = epoch;
        self
    }

    /// When tombstones and markers may go (KIP-534), in milliseconds since the epoch. Takes the place of the base
    /// timestamp. Magic 2.
    pub fn delete_horizon_ms(mut self, horizon_ms: i64) -> Self {
        self.fields.delete_horizon = true;
        self.base_timestamp = Some(horizon_ms);
        self
    }

    /// Base timestamp, in place of the first record's. Magic 2.
    pub fn base_timestamp(mut self, timestamp: i64) -> Self {
        self.base_timestamp = Some(timestamp);
        self
    }

    /// Largest timestamp, in place of the records'; for batches whose records were thinned out. Magic 2.
    pub fn max_timestamp(mut self, timestamp: i64) -> Self {
        self.max_timestamp = Some(timestamp);
        self
    }

    /// Last offset, in place of the last record's; for batches whose records were thinned out. Magic 2.
    pub fn last_offset(mut self, offset: i64) -> Self {
        self.last_offset = Some(offset);
        self
    }

    /// About how large a result of magic 2 without a codec is going to be, in bytes. Its memory is then taken now, and the
    /// records are written into it instead of being copied there at the end. Too small costs time, too large costs memory
    /// until [`build`](Self::build) gives back what was too much. Of no effect on what is built.
    pub fn capacity(mut self, bytes: usize) -> Self {
        let mut buffer = Scratch::with_capacity(bytes.max(HEADER_LEN));
        buffer.resize(HEADER_LEN, 0);
        self.buffer = Lease::of(buffer);
        self.records_at = HEADER_LEN;
        self
    }

    /// Number of records so far.
    pub fn record_count(&self) -> i32 {
        self.appended.count
    }

    /// Size of the result without compression: exact for magic 2 without a codec, and close to the most otherwise.
    pub fn estimated_size(&self) -> usize {
        self.records().len() + if self.magic == 2 { HEADER_LEN } else { 0 }
    }

    /// Appends a record at the next offset. Errors as [`append_at`](Self::append_at).
    #[inline]
    pub fn append(
        &mut self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderView<'_>],
    ) -> Result<(), RecordsError> {
        self.append_at(self.next_offset(), timestamp, key, value, headers)
    }

    /// Appends a record at `offset`, which must be above the last one's.
    ///
    /// Errors: [`Build`](RecordsError::Build) for an offset that goes back or is too far from the base offset, headers
    /// below magic 2, a magic that does not exist, or more than 2 GiB. The record is then not in the batch.
    #[inline]
    pub fn append_at(
        &mut self,
        offset: i64,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[HeaderView<'_>],
    ) -> Result<(), RecordsError> {
        let headers_len = headers
            .iter()
            .map(header_len)
            .fold(0, usize::saturating_add);
        self.append_with(
            offset,
            timestamp,
            key,
            value,
            (headers.len(), headers_len),
            |out| {
                for header in headers {
                    write_sized(out, Some(header.key));
                    write_sized(out, header.value);
                }
            },
        )
    }

    /// Appends a record as it was read, at its own offset; its headers are copied as they are.
    /// Errors as [`append_at`](Self::append_at).
    pub fn append_view(&mut self, record: &RecordView<'_>) -> Result<(), RecordsError> {
        let raw = record.headers.raw();
        let headers = (record.headers.len(), raw.len());
        self.append_with(
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            headers,
            |out| {
                out.extend_from_slice(raw);
            },
        )
    }

    /// The batch. One without records is written as an empty batch of magic 2, or as no bytes below.
    pub fn build(mut self) -> Result<Bytes, RecordsError> {
        if self.magic < 2 {
            return self.build_legacy();
        }
        check_magic(self.magic)?;
        let mut header = self.finish_header()?;
        if self.fields.compression == Compression::None || self.appended.count == 0 {
            return self.seal_plain(&mut header);
        }
        let mut compressed = Lease::<Scratch>::take();
        compression::compress(
            self.fields.compression,
            self.level,
            self.magic,
            self.records(),
            &mut compressed,
        )?;
        seal(&mut header, &compressed)
    }

    fn seal_plain(self, header: &mut BatchHeader) -> Result<Bytes, RecordsError> {
        if self.records_at < HEADER_LEN {
            return seal(header, self.records());
        }
        header.seal(self.records())?;
        let mut out = self.buffer.into_inner();
        if let Some(room) = out.first_chunk_mut() {
            *room = header.to_bytes();
        }
        out.shrink_to_fit();
        Ok(Bytes::from(out))
    }

    fn records(&self) -> &[u8] {
        self.buffer.get(self.records_at..).unwrap_or_default()
    }

    fn finish_header(&mut self) -> Result<BatchHeader, RecordsError> {
        let appended = &self.appended;
        let last_offset = match self.last_offset {
            Some(offset) => offset,
            None if appended.count == 0 => self.fields.base_offset,
            None => appended.last_offset,
        };
        let fields = &mut self.fields;
        fields.last_offset_delta = offset_delta(fields.base_offset, last_offset)?;
        fields.record_count = appended.count;
        let records_have = |timestamp| {
            if appended.count == 0 {
                NO_TIMESTAMP
            } else {
                timestamp
            }
        };
        fields.base_timestamp = self
            .base_timestamp
            .unwrap_or(records_have(appended.first_timestamp));
        fields.max_timestamp = match fields.timestamp_type {
            TimestampType::LogAppendTime => self.log_append_time,
            _ => self
                .max_timestamp
                .unwrap_or(records_have(appended.max_timestamp)),
        };
        Ok(BatchHeader::from_fields(fields))
    }

    fn next_offset(&self) -> i64 {
        if self.appended.count == 0 {
            self.fields.base_offset
        } else {
            self.appended.last_offset.wrapping_add(1)
        }
    }

    /// `headers` is their number and the bytes that `write_headers` writes.
    #[inline]
    fn append_with(
        &mut self,
        offset: i64,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: (usize, usize),
        write_headers: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), RecordsError> {
        if self.appended.count > 0 && offset <= self.appended.last_offset {
            return Err(RecordsError::Build("offsets must increase"));
        }
        if self.magic < 2 {
            if headers.0 > 0 {
                return Err(RecordsError::Build("no headers below magic 2"));
            }
            return self.append_legacy(offset, timestamp, key, value);
        }
        check_magic(self.magic)?;
        let offset_delta = offset_delta(self.fields.base_offset, offset)?;
        let base_timestamp = *self.base_timestamp.get_or_insert(timestamp);
        let timestamp_delta = timestamp.wrapping_sub(base_timestamp);
        let time = Encoded::varlong(timestamp_delta);
        let offset_delta = Encoded::varint(offset_delta);
        let (key_len, value_len) = (encoded_len(key), encoded_len(value));
        let header_count = Encoded::varint(i32::try_from(headers.0).unwrap_or(i32::MAX));
        let numbers = 1
            + time.len()
            + offset_delta.len()
            + key_len.len()
            + value_len.len()
            + header_count.len();
        let bytes = key
            .map_or(0, <[u8]>::len)
            .saturating_add(value.map_or(0, <[u8]>::len))
            .saturating_add(headers.1);
        // Far below the 2 GiB of the format, so that no sum of sizes can overflow anywhere.
        if bytes > MAX_RECORDS_LEN - self.buffer.len().min(MAX_RECORDS_LEN) {
            return Err(RecordsError::Build("more than 1 GiB of records"));
        }
        let out = &mut *self.buffer;
        out.reserve(numbers + bytes + RESERVE);
        let mut prefix = Encoded::varint((numbers + bytes) as i32);
        for number in [Encoded::byte(0), time, offset_delta, key_len] {
            prefix = prefix.then(number, out);
        }
        prefix.append_to(out);
        out.extend_from_slice(key.unwrap_or_default());
        value_len.append_to(out);
        out.extend_from_slice(value.unwrap_or_default());
        header_count.append_to(out);
        write_headers(out);
        self.note(offset, timestamp);
        Ok(())
    }

    #[inline]
    fn note(&mut self, offset: i64, timestamp: i64) {
        let appended = &mut self.appended;
        if appended.count == 0 {
            (appended.first_timestamp, appended.max_timestamp) = (timestamp, timestamp);
        }
        appended.max_timestamp = appended.max_timestamp.max(timestamp);
        appended.last_offset = offset;
        appended.count += 1;
    }
}

/// Room beyond a record's body: its length, and what [`Encoded`] copies too much.
const RESERVE: usize = 40;
/// Most bytes of records that a builder takes.
const MAX_RECORDS_LEN: usize = 1024 * 1024 * 1024;

fn check_magic(magic: i8) -> Result<(), RecordsError> {
    if (0..=2).contains(&magic) {
        Ok(())
    } else {
        Err(RecordsError::UnknownMagic(magic))
    }
}

fn offset_delta(base: i64, offset: i64) -> Result<i32, RecordsError> {
    let delta = offset
        .checked_sub(base)
        .and_then(|delta| i32::try_from(delta).ok())
        .filter(|delta| *delta >= 0);
    delta.ok_or(RecordsError::Build(
        "an offset is before or too far from the base offset",
    ))
}

/// Header and body as one buffer, with size and CRC set.
pub(crate) fn seal(header: &mut BatchHeader, body: &[u8]) -> Result<Bytes, RecordsError> {
    header.seal(body)?;
    let mut out = Vec::with_capacity(HEADER_LEN + body.len());
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(body);
    Ok(Bytes::from(out))
}

fn header_len(header: &HeaderView<'_>) -> usize {
    let (key, value) = (encoded_len(Some(header.key)), encoded_len(header.value));
    let bytes = header
        .key
        .len()
        .saturating_add(header.value.map_or(0, <[u8]>::len));
    bytes.saturating_add(key.len() + value.len())
}

/// The length of a nullable field.
#[inline]
fn encoded_len(bytes: Option<&[u8]>) -> Encoded {
    Encoded::varint(bytes.map_or(-1, |bytes| i32::try_from(bytes.len()).unwrap_or(i32::MAX)))
}

fn write_sized(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    encoded_len(bytes).append_to(out);
    out.extend_from_slice(bytes.unwrap_or_default());
}
