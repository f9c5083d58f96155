//! Payloads of the Kafka formats: batches that get their offsets and stay as they are.

use bytes::Bytes;
use kop_records::{BatchBuilder, Compression, RecordBatch, batches};

use super::{DecodeContext, DecodedBatch, DecodedBatches, offset_at};
use crate::EntryError;
use crate::encode::kafka::offsets;

pub(super) fn decode(
    payload: &Bytes,
    num_messages: u32,
    base_offset: i64,
    context: &DecodeContext<'_>,
) -> Result<DecodedBatches, EntryError> {
    let mut decoded = DecodedBatches::new();
    let mut legacy: Option<Legacy> = None;
    let mut taken = 0_u64;
    let mut all = batches(payload);
    for batch in all.by_ref() {
        let batch = batch?;
        let offset = offset_at(base_offset, taken)?;
        if let Some(ended) = legacy.take_if(|legacy| !legacy.goes_on_with(&batch)) {
            decoded.push(ended.finish()?);
        }
        match batch.header() {
            Some(header) => {
                taken += offsets(header.last_offset_delta(), header.record_count());
                let leader_epoch = context.leader_epoch;
                decoded.push(DecodedBatch::at(batch.bytes(), offset, leader_epoch)?);
            }
            None => {
                let legacy = legacy.get_or_insert_with(|| Legacy::at(offset, &batch, context));
                taken += legacy.append(&batch, context)?;
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
    if let Some(legacy) = legacy {
        decoded.push(legacy.finish()?);
    }
    // It takes at least one offset, which must not become a hole that nobody is told of.
    if decoded.is_empty() {
        return Err(EntryError::Malformed {
            part: "payload",
            fault: "no record batch",
        });
    }
    Ok(decoded)
}

/// Messages of magic 0 and 1 that follow one another and become one batch. It has one time at most at which a broker
/// appended it.
struct Legacy {
    builder: BatchBuilder,
    append_time: Option<i64>,
}

impl Legacy {
    fn at(offset: i64, first: &RecordBatch, context: &DecodeContext<'_>) -> Self {
        let builder = BatchBuilder::new(Compression::None)
            .base_offset(offset)
            .partition_leader_epoch(context.leader_epoch);
        let append_time = first.log_append_time();
        Self {
            builder: match append_time {
                Some(time) => builder.log_append_time(time),
                None => builder,
            },
            append_time,
        }
    }

    fn goes_on_with(&self, batch: &RecordBatch) -> bool {
        batch.magic() < 2 && batch.log_append_time() == self.append_time
    }

    /// The records of a message, or of those inside it, at the next offsets: its own ones are relative to anything, and
    /// some old clients wrote them wrongly. How many there are.
    fn append(
        &mut self,
        batch: &RecordBatch,
        context: &DecodeContext<'_>,
    ) -> Result<u64, EntryError> {
        batch.verify_crc()?;
        let before = self.builder.record_count();
        for record in &batch.section(&context.limits)? {
            let record = record?;
            self.builder
                .append(record.timestamp, record.key, record.value, &[])?;
        }
        Ok(u64::try_from(self.builder.record_count() - before).unwrap_or(0))
    }

    fn finish(self) -> Result<DecodedBatch, EntryError> {
        DecodedBatch::new(self.builder.build()?)
    }
}
