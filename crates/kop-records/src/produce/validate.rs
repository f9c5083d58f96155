//! The checks, in the order of Kafka's.

use bytes::Bytes;
use smallvec::smallvec;

use super::walk::walk_records;
use super::{
    Origin, ProduceError, ProduceRules, RecordError, TargetCompression, ValidBatch,
    ValidatedRecords, convert,
};
use crate::batch::NO_TIMESTAMP;
use crate::{
    BatchHeader, Batches, Compression, DecompressLimits, HEADER_LEN, RecordBatch, TimestampType,
    batches,
};

/// First Produce version whose records are one batch of magic 2.
const FIRST_V2_VERSION: i16 = 3;
/// First Produce version that may carry zstd (KIP-110).
const FIRST_ZSTD_VERSION: i16 = 7;
/// Per-record errors beyond this many are counted by nobody: the producer reads the first few.
const MAX_RECORD_ERRORS: usize = 100;

/// Checks what a producer sent for one partition and brings it into the form in which it is stored: batches of
/// magic 2 with offsets from 0 and the topic's codec and timestamp type.
///
/// Does what Kafka's `LogValidator` and the checks around it do, and beyond that refuses batches of magic 2 whose
/// records do not have the offsets 0, 1, 2, …, which Kafka would store. An incomplete batch at the end is passed over.
/// Nothing is copied where the batch can stay as it is; compressed records are walked piece by piece.
pub fn validate(records: Bytes, rules: &ProduceRules) -> Result<ValidatedRecords, ProduceError> {
    let mut iter = batches(&records);
    let first = match iter.next() {
        Some(batch) => batch?,
        None if rules.produce_version < FIRST_V2_VERSION => return Ok(ValidatedRecords::empty()),
        None => return Err(invalid("there is no batch in the request")),
    };
    check_entry(&first, rules)?;
    if first.magic() < 2 {
        check_legacy_allowed(rules)?;
        return convert::from_legacy(&first, iter, rules);
    }
    check_only_one(&mut iter)?;
    drop(iter);
    drop(records);
    validate_batch(&first, rules)
}

impl ValidatedRecords {
    fn empty() -> Self {
        Self {
            max_timestamp: NO_TIMESTAMP,
            ..Self::default()
        }
    }
}

fn invalid(message: impl Into<String>) -> ProduceError {
    ProduceError::InvalidBatch(message.into())
}

fn check_only_one(rest: &mut Batches) -> Result<(), ProduceError> {
    match rest.next() {
        None => Ok(()),
        Some(Err(error)) => Err(error.into()),
        Some(Ok(_)) => Err(invalid("there is more than one batch in the request")),
    }
}

fn check_legacy_allowed(rules: &ProduceRules) -> Result<(), ProduceError> {
    if rules.produce_version < FIRST_V2_VERSION {
        return Ok(());
    }
    Err(invalid(format!(
        "produce requests of version {} must have batches of magic 2",
        rules.produce_version
    )))
}

/// What holds for a batch of any magic.
pub(super) fn check_entry(batch: &RecordBatch, rules: &ProduceRules) -> Result<(), ProduceError> {
    check_size(batch.size_in_bytes(), rules)?;
    let codec = batch.compression();
    if codec == Compression::Zstd && rules.produce_version < FIRST_ZSTD_VERSION {
        return Err(ProduceError::UnsupportedCompression {
            codec,
            produce_version: rules.produce_version,
        });
    }
    Ok(batch.verify_crc()?)
}

pub(super) fn check_size(size: usize, rules: &ProduceRules) -> Result<(), ProduceError> {
    let limit = rules.max_message_bytes;
    if size > limit {
        Err(ProduceError::TooLarge { size, limit })
    } else {
        Ok(())
    }
}

fn validate_batch(
    batch: &RecordBatch,
    rules: &ProduceRules,
) -> Result<ValidatedRecords, ProduceError> {
    let header = *batch
        .header()
        .ok_or_else(|| invalid("not a batch of magic 2"))?;
    if rules.origin == Origin::Client {
        check_client_header(&header)?;
    } else if header.record_count() <= 0 {
        return Err(invalid("a batch without records"));
    }
    let codec = target_codec(&header, rules);
    let limits = DecompressLimits {
        max_bytes: rules.max_decompressed_bytes,
    };
    let mut checks = RecordChecks::new(&header, rules);
    if codec == header.compression() {
        let body = &batch.bytes()[HEADER_LEN..];
        walk_records(
            codec,
            body,
            header.record_count(),
            &limits,
            |index, shape| {
                let timestamp = checks.timestamp_of(shape.timestamp_delta);
                checks.visit(index, shape.offset_delta, timestamp, shape.has_key);
            },
        )?;
        return checks.finish(batch.bytes().clone(), header, 0);
    }
    let plain = batch.decompressed_body(&limits)?;
    walk_records(
        Compression::None,
        &plain,
        header.record_count(),
        &limits,
        |index, shape| {
            let timestamp = checks.timestamp_of(shape.timestamp_delta);
            checks.visit(index, shape.offset_delta, timestamp, shape.has_key);
        },
    )?;
    let (bytes, header) = convert::recompress(&header, &plain, codec, rules)?;
    check_size(bytes.len(), rules)?;
    let count = header.record_count() as u32;
    checks.finish(bytes, header, count)
}

/// The codec to store with. Control records stay uncompressed, so that readers can look at them for nothing.
fn target_codec(header: &BatchHeader, rules: &ProduceRules) -> Compression {
    match rules.compression {
        TargetCompression::Codec { codec, .. } if !header.is_control() => codec,
        _ => header.compression(),
    }
}

fn check_client_header(header: &BatchHeader) -> Result<(), ProduceError> {
    let count = header.record_count();
    if header.base_offset() != 0 {
        return Err(invalid(format!(
            "the base offset of the batch is {}, not 0",
            header.base_offset()
        )));
    }
    if count <= 0 || header.last_offset_delta() < 0 {
        return Err(invalid(format!(
            "invalid record count {count} or offset range"
        )));
    }
    if i64::from(header.last_offset_delta()) + 1 != i64::from(count) {
        let last = header.last_offset_delta();
        return Err(invalid(format!(
            "the last offset delta {last} does not fit {count} records"
        )));
    }
    if header.is_control() {
        return Err(invalid("clients are not allowed to write control records"));
    }
    if header.has_producer_id() && header.base_sequence() < 0 {
        return Err(invalid(format!(
            "invalid sequence number {} with producer id {}",
            header.base_sequence(),
            header.producer_id()
        )));
    }
    Ok(())
}

/// The checks of each record, and what they add up to.
pub(super) struct RecordChecks<'r> {
    rules: &'r ProduceRules,
    base_timestamp: i64,
    /// What stands in for the timestamps of the records.
    batch_append_time: Option<i64>,
    check_offsets: bool,
    errors: Vec<RecordError>,
    first_error_is_timestamp: bool,
    max_timestamp: i64,
    offset_of_max: i64,
}

impl<'r> RecordChecks<'r> {
    fn new(header: &BatchHeader, rules: &'r ProduceRules) -> Self {
        let append = header.timestamp_type() == TimestampType::LogAppendTime;
        let time = append.then_some(header.max_timestamp());
        Self {
            base_timestamp: header.base_timestamp(),
            check_offsets: true,
            ..Self::legacy(time, rules)
        }
    }

    /// For messages of magic 0 and 1, whose offsets are given anew.
    pub(super) fn legacy(batch_append_time: Option<i64>, rules: &'r ProduceRules) -> Self {
        Self {
            rules,
            base_timestamp: 0,
            batch_append_time,
            check_offsets: false,
            errors: Vec::new(),
            first_error_is_timestamp: false,
            max_timestamp: NO_TIMESTAMP,
            offset_of_max: 0,
        }
    }

    pub(super) fn set_batch_append_time(&mut self, time: Option<i64>) {
        self.batch_append_time = time;
    }

    fn timestamp_of(&self, delta: i64) -> i64 {
        self.batch_append_time
            .unwrap_or(self.base_timestamp.wrapping_add(delta))
    }

    #[inline]
    pub(super) fn visit(&mut self, index: i32, offset_delta: i32, timestamp: i64, has_key: bool) {
        if self.rules.require_keys && !has_key {
            self.fail(index, false, || {
                "Compacted topic cannot accept message without key".to_owned()
            });
        } else if self.check_offsets && offset_delta != index {
            self.fail(index, false, || {
                format!("The record's offset delta is {offset_delta} instead of {index}")
            });
        } else if !self.timestamp_in_range(timestamp) {
            let rules = self.rules;
            let (from, to) = (
                rules.now_ms.saturating_sub(rules.before_max_ms),
                rules.now_ms.saturating_add(rules.after_max_ms),
            );
            self.fail(index, true, || {
                format!("Timestamp {timestamp} is out of range. It should be within [{from}, {to}]")
            });
        } else if self.append_time_from_producer(timestamp) {
            self.fail(index, true, || {
                "Producers must not set the timestamp type to LogAppendTime".to_owned()
            });
        } else if timestamp > self.max_timestamp {
            (self.max_timestamp, self.offset_of_max) = (timestamp, i64::from(index));
        }
    }

    #[inline]
    fn timestamp_in_range(&self, timestamp: i64) -> bool {
        if self.rules.timestamp_type != TimestampType::CreateTime || timestamp == NO_TIMESTAMP {
            return true;
        }
        let age = self.rules.now_ms.saturating_sub(timestamp);
        age <= self.rules.before_max_ms && age.saturating_neg() <= self.rules.after_max_ms
    }

    /// Kafka looks at the batch's type only where it does not compare the time.
    #[inline]
    fn append_time_from_producer(&self, timestamp: i64) -> bool {
        let compared =
            self.rules.timestamp_type == TimestampType::CreateTime && timestamp != NO_TIMESTAMP;
        self.batch_append_time.is_some() && !compared
    }

    #[cold]
    fn fail(&mut self, index: i32, timestamp: bool, message: impl FnOnce() -> String) {
        if self.errors.is_empty() {
            self.first_error_is_timestamp = timestamp;
        }
        if self.errors.len() < MAX_RECORD_ERRORS {
            self.errors.push(RecordError {
                index,
                message: Some(message()),
            });
        }
    }

    /// The errors if there are any.
    pub(super) fn errors(&mut self) -> Result<(), ProduceError> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.errors);
        Err(ProduceError::InvalidRecords {
            records,
            timestamp: self.first_error_is_timestamp,
        })
    }

    /// The result for `bytes`, whose header becomes what the topic wants.
    pub(super) fn finish(
        mut self,
        bytes: Bytes,
        mut header: BatchHeader,
        converted: u32,
    ) -> Result<ValidatedRecords, ProduceError> {
        self.errors()?;
        if self.rules.timestamp_type == TimestampType::LogAppendTime {
            (self.max_timestamp, self.offset_of_max) = (self.rules.now_ms, 0);
        }
        if header.set_max_timestamp(self.rules.timestamp_type, self.max_timestamp) {
            header.refresh_crc(&bytes[HEADER_LEN..]);
        }
        Ok(ValidatedRecords {
            record_count: header.record_count() as u32,
            bytes: bytes.len(),
            max_timestamp: self.max_timestamp,
            offset_of_max_timestamp: self.offset_of_max,
            converted,
            batches: smallvec![ValidBatch { bytes, header }],
        })
    }
}
