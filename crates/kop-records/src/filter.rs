//! Leaving records out of a batch, as compaction does.

use bytes::Bytes;

use crate::batch::{HEADER_LEN, RecordBatch};
use crate::compression::{compress, decompress_to_scratch};
use crate::pool::{Lease, Scratch};
use crate::record::RecordView;
use crate::section::{BatchContext, Walk};
use crate::{
    BatchBuilder, BatchHeader, Compression, DecompressLimits, NO_TIMESTAMP, RecordsError,
    TimestampType,
};

/// What [`filter`] left of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filtered {
    /// All of a batch of magic 2, as it is: nothing was written.
    Unchanged,
    /// This many records, in a batch that was written.
    Rewritten(u32),
    /// No record: nothing was written.
    Empty,
}

/// The delete horizon (KIP-534) of a batch that has none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    /// Give the batch one whatever its records are. Otherwise it gets one with its first tombstone.
    pub always: bool,
}

/// Appends to `out` what is left of `batch` when only the records stay that `keep` wants; it is asked once for each, in
/// order. Offsets, sequence numbers, codec and the batch's range of offsets stay. With `horizon`, a batch that keeps a
/// tombstone and has no delete horizon gets one.
///
/// A batch of magic 0 or 1 is always written, as one of magic 2 that holds the offsets of what is left, as Kafka does since
/// 4.0 (KIP-724); records of magic 0 have no timestamp.
///
/// The records that stay are copied as they are, and the batch keeps the time that they count from, unless the horizon
/// takes its place. The largest timestamp becomes that of the records left.
///
/// Errors: those of reading the records, and of writing them where the result would be too large. `out` is then as it was.
pub fn filter(
    batch: &RecordBatch,
    limits: &DecompressLimits,
    horizon: Option<Horizon>,
    keep: impl FnMut(&RecordView<'_>) -> bool,
    out: &mut Vec<u8>,
) -> Result<Filtered, RecordsError> {
    let Some(header) = batch.header() else {
        return convert(batch, limits, horizon, keep, out);
    };
    let body = batch.bytes().get(HEADER_LEN..).unwrap_or_default();
    let decompressed;
    let records = match header.compression() {
        _ if header.record_count() == 0 => return Ok(Filtered::Empty),
        Compression::None => body,
        codec => {
            decompressed = decompress_to_scratch(codec, 2, body, limits)?;
            &decompressed
        }
    };
    let mut kept = Kept::default();
    kept.take(header, records, keep)?;
    let horizon = horizon.filter(|horizon| {
        header.delete_horizon_ms().is_none() && (kept.tombstones || horizon.always)
    });
    let thinned = kept.dropped > 0;
    if kept.count == 0 {
        return Ok(Filtered::Empty);
    }
    if !thinned && horizon.is_none() {
        return Ok(Filtered::Unchanged);
    }
    let bytes = if thinned { &kept.bytes } else { records };
    match horizon {
        Some(horizon) => kept.write_with(header, bytes, horizon.at_ms, out)?,
        None => kept.write(header, bytes, out)?,
    }
    Ok(Filtered::Rewritten(kept.count.unsigned_abs()))
}

/// A batch of magic 2 with the range of offsets, the producer and the flags of this one, and without records: it tells
/// what its producer's last sequence number was. `None` below magic 2, which knows no such batch.
pub fn emptied(batch: &RecordBatch) -> Result<Option<Bytes>, RecordsError> {
    let Some(header) = batch.header() else {
        return Ok(None);
    };
    builder_like(header, Compression::None)
        .max_timestamp(header.max_timestamp())
        .build()
        .map(Some)
}

/// The records of a batch of magic 2 that stay.
#[derive(Debug)]
struct Kept {
    bytes: Lease<Scratch>,
    /// Records that were left out.
    dropped: usize,
    count: i32,
    max_timestamp: i64,
    tombstones: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            bytes: Lease::take(),
            dropped: 0,
            count: 0,
            max_timestamp: NO_TIMESTAMP,
            tombstones: false,
        }
    }
}

impl Kept {
    /// Copies what stays, in runs, as soon as something does not.
    fn take(
        &mut self,
        header: &BatchHeader,
        records: &[u8],
        mut keep: impl FnMut(&RecordView<'_>) -> bool,
    ) -> Result<(), RecordsError> {
        let mut walk = Walk::new(BatchContext::new(header)?, records, 0);
        let mut run = 0;
        loop {
            let start = records.len() - walk.rest_len();
            let Some(record) = walk.next_record()? else {
                break;
            };
            if keep(&record) {
                self.count += 1;
                self.max_timestamp = self.max_timestamp.max(record.timestamp);
                self.tombstones |= record.value.is_none();
            } else {
                self.bytes
                    .extend_from_slice(records.get(run..start).unwrap_or_default());
                self.dropped += 1;
                run = records.len() - walk.rest_len();
            }
        }
        if self.dropped > 0 {
            self.bytes
                .extend_from_slice(records.get(run..).unwrap_or_default());
        }
        Ok(())
    }

    fn write(
        &self,
        header: &BatchHeader,
        records: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), RecordsError> {
        let mut header = *header;
        header.set_records(self.count, self.max_timestamp);
        match header.compression() {
            Compression::None => append(&mut header, records, out),
            codec => {
                let mut compressed = Lease::<Scratch>::take();
                compress(codec, None, 2, records, &mut compressed)?;
                append(&mut header, &compressed, out)
            }
        }
    }

    /// Writes the records with times that count from the horizon.
    fn write_with(
        &self,
        header: &BatchHeader,
        records: &[u8],
        horizon_ms: i64,
        out: &mut Vec<u8>,
    ) -> Result<(), RecordsError> {
        let context = BatchContext {
            count: self.count,
            ..BatchContext::new(header)?
        };
        let mut builder = builder_like(header, header.compression()).delete_horizon_ms(horizon_ms);
        let mut walk = Walk::new(context, records, 0);
        while let Some(record) = walk.next_record()? {
            builder.append_view(&record)?;
        }
        out.extend_from_slice(&builder.build()?);
        Ok(())
    }
}

fn append(header: &mut BatchHeader, body: &[u8], out: &mut Vec<u8>) -> Result<(), RecordsError> {
    header.seal(body)?;
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(body);
    Ok(())
}

/// A builder with all that a header says, but for its records and their times.
fn builder_like(header: &BatchHeader, codec: Compression) -> BatchBuilder {
    let builder = BatchBuilder::new(codec)
        .base_offset(header.base_offset())
        .last_offset(header.last_offset())
        .partition_leader_epoch(header.partition_leader_epoch())
        .producer(
            header.producer_id(),
            header.producer_epoch(),
            header.base_sequence(),
        )
        .transactional(header.is_transactional())
        .control(header.is_control());
    match header.timestamp_type() {
        TimestampType::LogAppendTime => builder.log_append_time(header.max_timestamp()),
        _ => builder,
    }
}

/// What is left of a batch of magic 0 or 1, as one of magic 2: without a place for a horizon it would be told from the
/// file's age when a tombstone may go.
fn convert(
    batch: &RecordBatch,
    limits: &DecompressLimits,
    horizon: Option<Horizon>,
    mut keep: impl FnMut(&RecordView<'_>) -> bool,
    out: &mut Vec<u8>,
) -> Result<Filtered, RecordsError> {
    let section = batch.section(limits)?;
    let (mut kept, mut first, mut tombstones) = (Vec::new(), None, false);
    for record in &section {
        let record = record?;
        let keeps = keep(&record);
        kept.push(keeps);
        if keeps {
            first = first.or(Some(record.offset));
            tombstones |= record.value.is_none();
        }
    }
    let Some(first) = first else {
        return Ok(Filtered::Empty);
    };
    let mut builder = BatchBuilder::new(batch.compression()).base_offset(first);
    if batch.timestamp_type() == TimestampType::LogAppendTime {
        builder = builder.log_append_time(batch.max_timestamp());
    }
    if let Some(horizon) = horizon.filter(|horizon| tombstones || horizon.always) {
        builder = builder.delete_horizon_ms(horizon.at_ms);
    }
    for (record, _) in section.iter().zip(kept).filter(|(_, kept)| *kept) {
        builder.append_view(&record?)?;
    }
    let count = builder.record_count().unsigned_abs();
    out.extend_from_slice(&builder.build()?);
    Ok(Filtered::Rewritten(count))
}
