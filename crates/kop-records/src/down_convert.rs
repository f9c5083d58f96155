//! Down-conversion: what consumers that know only an older magic are given.

use bytes::Bytes;

use crate::batch::{RecordBatch, batches};
use crate::{BatchBuilder, Compression, DecompressLimits, RecordsError, TimestampType};

/// The result of [`down_convert`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The batches, none above the magic asked for.
    pub bytes: Bytes,
    /// Number of records that were written anew.
    pub records_converted: usize,
}

/// Writes every batch above `to_magic` (0 or 1) anew in that magic, with its own codec, and copies the others.
///
/// Control batches vanish and headers are dropped: the old magics have neither. Records before `first_offset` are
/// dropped where the output is not compressed. A batch that is not whole at the end is passed over.
///
/// Errors: [`DownConvert`](RecordsError::DownConvert) for zstd, which the old magics do not have;
/// [`UnknownMagic`](RecordsError::UnknownMagic) for another `to_magic`; those of reading.
pub fn down_convert(
    records: &Bytes,
    to_magic: i8,
    first_offset: i64,
    limits: &DecompressLimits,
) -> Result<Converted, RecordsError> {
    if !(0..=1).contains(&to_magic) {
        return Err(RecordsError::UnknownMagic(to_magic));
    }
    let (mut out, mut records_converted) = (Vec::new(), 0);
    for batch in batches(records) {
        let batch = batch?;
        if batch.magic() <= to_magic {
            out.extend_from_slice(batch.bytes());
        } else if !batch.is_control() {
            records_converted += convert(&batch, to_magic, first_offset, limits, &mut out)?;
        }
    }
    Ok(Converted {
        bytes: Bytes::from(out),
        records_converted,
    })
}

fn convert(
    batch: &RecordBatch,
    to_magic: i8,
    first_offset: i64,
    limits: &DecompressLimits,
    out: &mut Vec<u8>,
) -> Result<usize, RecordsError> {
    let codec = batch.compression();
    if codec == Compression::Zstd {
        return Err(RecordsError::DownConvert { codec, to_magic });
    }
    let section = batch.section(limits)?;
    let mut records = section.iter().peekable();
    let Some(first) = records.peek() else {
        return Ok(0);
    };
    // Inner offsets of magic 1 are relative to the first record, and a batch of magic 2 may have lost its first.
    let mut builder = BatchBuilder::new(codec).magic(to_magic);
    if let Ok(first) = first {
        let base = if batch.magic() == 2 {
            batch.base_offset()
        } else {
            first.offset
        };
        builder = builder.base_offset(base);
    }
    if batch.timestamp_type() == TimestampType::LogAppendTime {
        builder = builder.log_append_time(batch.max_timestamp());
    }
    for record in records {
        let mut record = record?;
        if codec != Compression::None || record.offset >= first_offset {
            record.headers = crate::HeaderViews::default();
            builder.append_view(&record)?;
        }
    }
    let count = builder.record_count() as usize;
    out.extend_from_slice(&builder.build()?);
    Ok(count)
}
