//! The Kafka formats: batches behind a metadata of a few bytes. Nothing is done per record.

use bytes::Bytes;
use kop_records::{CRC_START, DecompressLimits, HEADER_LEN, RecordBatch, ValidBatch, batches};
use smallvec::{SmallVec, smallvec};

use super::combine::combine;
use super::{EncodeContext, EncodedEntry, append, kafka_prefix, message_count};
use crate::EntryError;

/// From so many bytes on a checksum that is known costs less to be combined than to be computed again.
const COMBINED: usize = 32 * 1024;

pub(super) fn encode(
    batches: &[ValidBatch],
    base_offset: i64,
    context: &EncodeContext<'_>,
) -> Result<EncodedEntry, EntryError> {
    let mut count = 0_u64;
    let mut parts: SmallVec<[Bytes; 3]> = smallvec![Bytes::new()];
    for batch in batches {
        let offset = base_offset.saturating_add_unsigned(count);
        let assigned = batch.assign(offset.wrapping_sub(batch.header.base_offset()), -1, None);
        count += offsets(
            batch.header.last_offset_delta(),
            batch.header.record_count(),
        );
        let unchanged = batch.bytes.get(..HEADER_LEN) == Some(&assigned.header[..]);
        parts.push(if unchanged {
            batch.bytes.slice(..HEADER_LEN)
        } else {
            Bytes::copy_from_slice(&assigned.header)
        });
        parts.push(assigned.body);
    }
    finish(parts, count, context, |payload, crc| {
        let parts = payload.chunks_exact(2).zip(batches);
        parts.fold(crc, |crc, (parts, batch)| append_batch(crc, parts, batch))
    })
}

/// A checksum over the header and the body of a batch too, whose own one covers all but the first bytes.
fn append_batch(crc: u32, parts: &[Bytes], batch: &ValidBatch) -> u32 {
    let covered = parts.iter().map(Bytes::len).sum::<usize>() - CRC_START;
    match parts.first().and_then(|header| header.get(..CRC_START)) {
        Some(before) if covered >= COMBINED => combine(
            crc32c::crc32c_append(crc, before),
            batch.header.crc(),
            covered,
        ),
        _ => append(parts, crc),
    }
}

pub(super) fn encode_as_they_came(
    bytes: &Bytes,
    context: &EncodeContext<'_>,
) -> Result<EncodedEntry, EntryError> {
    let mut all = batches(bytes);
    let mut count = 0_u64;
    for batch in all.by_ref() {
        let batch = batch?;
        count += match batch.header() {
            Some(header) => offsets(header.last_offset_delta(), header.record_count()),
            None => legacy_count(&batch, &context.limits)?,
        };
    }
    if all.valid_bytes() != bytes.len() {
        return Err(EntryError::Encode("the last batch is not whole"));
    }
    finish(
        smallvec![Bytes::new(), bytes.clone()],
        count,
        context,
        append,
    )
}

fn finish(
    mut parts: SmallVec<[Bytes; 3]>,
    count: u64,
    context: &EncodeContext<'_>,
    append: impl FnOnce(&[Bytes], u32) -> u32,
) -> Result<EncodedEntry, EntryError> {
    let num_messages = message_count(count)?;
    let payload = parts.get(1..).unwrap_or_default();
    let prefix = kafka_prefix(num_messages, context, |crc| append(payload, crc));
    if let Some(first) = parts.first_mut() {
        *first = prefix;
    }
    Ok(EncodedEntry {
        parts,
        num_messages,
        sequence_id: context.sequence_id.unwrap_or(0),
        marker: false,
    })
}

/// Offsets that a batch takes. Some clients leave the last offset delta at 0, whatever the number of records.
pub(crate) fn offsets(last_offset_delta: i32, record_count: i32) -> u64 {
    let delta = i64::from(last_offset_delta) + 1;
    u64::try_from(delta.max(i64::from(record_count))).unwrap_or(0)
}

fn legacy_count(batch: &RecordBatch, limits: &DecompressLimits) -> Result<u64, EntryError> {
    let mut count = 0;
    for record in &batch.section(limits)? {
        record?;
        count += 1;
    }
    Ok(count)
}
