//! Batches of any magic, one or several, brought into the form that can be encoded.

use bytes::Bytes;
use kop_records::{
    Compression, DecompressLimits, NO_TIMESTAMP, ProduceRules, RecordBatch, TargetCompression,
    TimestampType, ValidBatch, ValidatedRecords, batches, validate,
};

use crate::EntryError;

/// The last version of Produce requests that had batches of magic 0 and 1.
const LEGACY_VERSION: i16 = 2;

/// Checks batches that did not come in a Produce request, and brings them to magic 2 and the codec that is wanted, which
/// is what `mixed_kafka` does with the original's `kafkaCompressionType`.
///
/// Unlike [`kop_records::validate`] this takes several batches, of several magics, control batches too, and any
/// timestamps.
///
/// Errors: [`Refused`](EntryError::Refused), [`Records`](EntryError::Records), [`Encode`](EntryError::Encode) for a
/// last batch that is not whole.
pub fn validate_batches(
    bytes: &Bytes,
    compression: TargetCompression,
    limits: &DecompressLimits,
) -> Result<ValidatedRecords, EntryError> {
    let mut rules = ProduceRules {
        compression,
        max_decompressed_bytes: limits.max_bytes,
        ..ProduceRules::of_coordinator(0)
    };
    let mut all = ValidatedRecords {
        max_timestamp: NO_TIMESTAMP,
        ..ValidatedRecords::default()
    };
    for group in groups(bytes)? {
        rules.produce_version = if group.magic < 2 {
            LEGACY_VERSION
        } else {
            i16::MAX
        };
        (rules.timestamp_type, rules.now_ms) = match group.append_time {
            Some(time) => (TimestampType::LogAppendTime, time),
            None => (TimestampType::CreateTime, 0),
        };
        let valid = validate(bytes.slice(group.start..group.end), &rules)?;
        let dense = |batch: &ValidBatch| batch.offset_count() == batch.header.record_count().into();
        if !valid.batches.iter().all(dense) {
            return Err(EntryError::Encode(
                "the last offset is not the last record's",
            ));
        }
        add(&mut all, valid);
    }
    Ok(all)
}

/// Batches that become one.
struct Group {
    magic: i8,
    mergeable: bool,
    /// See [`RecordBatch::log_append_time`].
    append_time: Option<i64>,
    start: usize,
    end: usize,
}

/// Old clients write every message as a batch of its own: those that are not compressed become one batch of magic 2.
fn groups(bytes: &Bytes) -> Result<Vec<Group>, EntryError> {
    let mut groups: Vec<Group> = Vec::new();
    let mut all = batches(bytes);
    let mut start = 0;
    for batch in all.by_ref() {
        let batch = batch?;
        let end = start + batch.size_in_bytes();
        let mergeable = is_single_message(&batch);
        match groups.last_mut() {
            Some(last) if last.mergeable && mergeable && last.magic == batch.magic() => {
                last.end = end;
            }
            _ => groups.push(Group {
                magic: batch.magic(),
                mergeable,
                append_time: batch.log_append_time(),
                start,
                end,
            }),
        }
        start = end;
    }
    if all.valid_bytes() != bytes.len() {
        return Err(EntryError::Encode("the last batch is not whole"));
    }
    Ok(groups)
}

fn is_single_message(batch: &RecordBatch) -> bool {
    let plain = batch.compression() == Compression::None;
    batch.magic() < 2 && plain && batch.log_append_time().is_none()
}

fn add(all: &mut ValidatedRecords, more: ValidatedRecords) {
    if more.max_timestamp > all.max_timestamp {
        all.max_timestamp = more.max_timestamp;
        all.offset_of_max_timestamp =
            i64::from(all.record_count).saturating_add(more.offset_of_max_timestamp);
    }
    all.record_count = all.record_count.saturating_add(more.record_count);
    all.bytes = all.bytes.saturating_add(more.bytes);
    all.converted = all.converted.saturating_add(more.converted);
    all.batches.extend(more.batches);
}
