//! Payloads of the Kafka formats: batches that get their offsets and stay as they are.

use bytes::Bytes;
use kop_records::{BatchBuilder, Compression, RecordBatch, batches};

use super::{DecodeContext, DecodedBatch, DecodedBatches};
use crate::EntryError;
use crate::encode::kafka::offsets;

pub(super) fn decode(
    payload: &Bytes,
    num_messages: u32,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<DecodedBatches, EntryError> {
    let mut decoded = DecodedBatches::new();
    let mut legacy = None;
    let mut taken = 0_u64;
    let mut all = batches(payload);
    for batch in all.by_ref() {
        let batch = batch?;
        let offset = offset_at(base_offset, taken)?;
        match batch.header() {
            Some(header) => {
                if let Some(builder) = legacy.take() {
                    decoded.push(finish(builder)?);
                }
                taken += offsets(header.last_offset_delta(), header.record_count());
                let leader_epoch = context.leader_epoch;
                decoded.push(DecodedBatch::at(batch.bytes(), offset, leader_epoch)?);
            }
            None => {
                let builder = legacy.get_or_insert_with(|| {
                    BatchBuilder::new(Compression::None)
                        .base_offset(offset)
                        .partition_leader_epoch(context.leader_epoch)
                });
                taken += append_legacy(&batch, builder, context)?;
            }
        }
        if taken > u64::from(num_messages) {
            return Err(EntryError::MoreRecordsThanMessages {
                records: taken,
                messages: num_messages,
            });
        }
    }
    if all.valid_bytes() != payload.len() {
        return Err(EntryError::Malformed {
            part: "payload",
            fault: "the last record batch is not whole",
        });
    }
    if let Some(builder) = legacy {
        decoded.push(finish(builder)?);
    }
    Ok(decoded)
}

/// The records of a message of magic 0 or 1, or of those inside it, at the next offsets: its own ones are relative to
/// anything, and some old clients wrote them wrongly.
fn append_legacy(
    batch: &RecordBatch,
    builder: &mut BatchBuilder,
    context: &DecodeContext<'_>,
) -> Result<u64, EntryError> {
    batch.verify_crc()?;
    let before = builder.record_count();
    for record in &batch.section(&context.limits)? {
        let record = record?;
        builder.append(record.timestamp, record.key, record.value, &[])?;
    }
    Ok(u64::try_from(builder.record_count() - before).unwrap_or(0))
}

fn finish(builder: BatchBuilder) -> Result<DecodedBatch, EntryError> {
    DecodedBatch::new(builder.build()?)
}

fn offset_at(base: i64, taken: u64) -> Result<i64, EntryError> {
    let offset = i64::try_from(taken)
        .ok()
        .and_then(|taken| base.checked_add(taken));
    offset.ok_or(EntryError::Malformed {
        part: "payload",
        fault: "its offsets exceed 63 bits",
    })
}
