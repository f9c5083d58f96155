//! Bringing records into the form that is stored: other codecs, and the old magics.

use bytes::Bytes;

use super::validate::{RecordChecks, check_entry, check_size};
use super::{ProduceError, ProduceRules, TargetCompression, ValidatedRecords};
use crate::compression;
use crate::pool::{Lease, Scratch};
use crate::{
    BatchBuilder, BatchHeader, Batches, Compression, DecompressLimits, RecordBatch, TimestampType,
};

/// The batch with its records in another codec. The records themselves stay byte for byte.
pub(super) fn recompress(
    header: &BatchHeader,
    plain: &[u8],
    codec: Compression,
    rules: &ProduceRules,
) -> Result<(Bytes, BatchHeader), ProduceError> {
    let mut header = *header;
    header.set_compression(codec);
    let bytes = if codec == Compression::None {
        crate::builder::seal(&mut header, plain)?
    } else {
        let mut compressed = Lease::<Scratch>::take();
        compression::compress(codec, level(rules), 2, plain, &mut compressed)?;
        crate::builder::seal(&mut header, &compressed)?
    };
    Ok((bytes, header))
}

fn level(rules: &ProduceRules) -> Option<i32> {
    match rules.compression {
        TargetCompression::Codec { level, .. } => level,
        TargetCompression::Producer => None,
    }
}

/// One batch of magic 2 with all the messages of magic 0 or 1.
///
/// Messages that are not compressed may be many, a wrapper must be alone, and all have the first one's magic, as in
/// Kafka. Wrong inner offsets, which old clients wrote, do not matter: they are given anew.
pub(super) fn from_legacy(
    first: &RecordBatch,
    rest: Batches,
    rules: &ProduceRules,
) -> Result<ValidatedRecords, ProduceError> {
    let source = first.compression();
    let codec = match rules.compression {
        TargetCompression::Producer => source,
        TargetCompression::Codec { codec, .. } => codec,
    };
    let mut builder = BatchBuilder::new(codec);
    if let Some(level) = level(rules) {
        builder = builder.level(level);
    }
    if rules.timestamp_type == TimestampType::LogAppendTime {
        builder = builder.log_append_time(rules.now_ms);
    }
    let mut checks = RecordChecks::legacy(None, rules);
    // Only one batch can be compressed, so that the limit of one is that of all.
    let limits = DecompressLimits {
        max_bytes: rules.max_decompressed_bytes,
    };
    append(first, &mut builder, &mut checks, &limits)?;
    for batch in rest {
        let batch = batch?;
        check_entry(&batch, rules)?;
        if batch.magic() != first.magic() {
            return Err(ProduceError::InvalidBatch(format!(
                "a message of magic {} follows one of magic {}",
                batch.magic(),
                first.magic()
            )));
        }
        if source != Compression::None || batch.compression() != Compression::None {
            return Err(ProduceError::InvalidBatch(
                "a compressed message must be alone in its request".to_owned(),
            ));
        }
        append(&batch, &mut builder, &mut checks, &limits)?;
    }
    checks.errors()?;
    let bytes = builder.build()?;
    check_size(bytes.len(), rules)?;
    let header = BatchHeader::parse(&bytes)?;
    checks.finish(bytes, header, header.record_count() as u32)
}

fn append(
    batch: &RecordBatch,
    builder: &mut BatchBuilder,
    checks: &mut RecordChecks<'_>,
    limits: &DecompressLimits,
) -> Result<(), ProduceError> {
    checks.set_batch_append_time(batch.log_append_time());
    let section = batch.section(limits)?;
    for record in &section {
        let record = record?;
        let index = builder.record_count();
        checks.visit(index, index, record.timestamp, record.key.is_some());
        builder.append(record.timestamp, record.key, record.value, &[])?;
    }
    Ok(())
}
