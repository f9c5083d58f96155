//! Records for clients that do not know batches of magic 2 yet: Fetch up to version 3.

use std::time::Instant;

use bytes::Bytes;
use kop_codec::{ErrorCode, Records};
use kop_records::{Compression, DecompressLimits, batches, down_convert};

use super::partition::Partition;
use crate::{Context, blocking, errors};

/// Versions 0 and 1 get messages of magic 0, versions 2 and 3 of magic 1. One partition after the other, so that only
/// one is expanded at a time. Returns whether to answer now.
///
/// Control batches have no counterpart in the old magics. Where nothing else was read the client must not get an empty
/// answer at once, since it would ask for the same again and again: reading goes on behind them. (Kafka, as long as it
/// had these versions, sent the head of a message that is too large, on which clients give up.)
pub(super) async fn for_old_client(cx: &Context, partitions: &mut [Partition]) -> bool {
    let mut passed = false;
    let magic = if cx.version < 2 { 0 } else { 1 };
    for partition in partitions
        .iter_mut()
        .filter(|partition| !partition.records().is_empty())
    {
        let records = std::mem::take(&mut partition.read.records);
        let since = Instant::now();
        match convert(records, magic, partition.wanted.offset).await {
            Ok((records, converted)) => {
                if records.is_empty() {
                    partition.from = partition.read.next_offset;
                    passed = true;
                }
                partition.read.records = records;
                if let Some(name) = &partition.name {
                    let topic = cx.broker.metrics().topics.of(name);
                    topic.converted_for_fetch(converted as u64, since.elapsed());
                }
            }
            Err(code) => partition.read.error_code = code,
        }
    }
    let told = |partition: &Partition| partition.is_settled() || !partition.records().is_empty();
    !passed || partitions.iter().any(told)
}

/// How many bytes there are before the first batch with zstd, which the old magics do not have. Such a batch at the very
/// start counts, and then fails.
fn convertible(records: &Bytes) -> usize {
    let mut len = 0;
    for batch in batches(records).map_while(Result::ok) {
        if batch.compression() == Compression::Zstd && len > 0 {
            return len;
        }
        len += batch.size_in_bytes();
    }
    records.len()
}

async fn convert(
    records: Records,
    magic: i8,
    first_offset: i64,
) -> Result<(Records, usize), ErrorCode> {
    let work = move || {
        let bytes = records
            .to_bytes()
            .map_err(|_| ErrorCode::KAFKA_STORAGE_ERROR)?;
        let bytes = bytes.slice(..convertible(&bytes));
        let converted = down_convert(&bytes, magic, first_offset, &DecompressLimits::default());
        converted.map_err(|error| errors::records_error(&error))
    };
    let converted = blocking::run(work)
        .await
        .map_err(|_| ErrorCode::NOT_LEADER_OR_FOLLOWER)??;
    Ok((Records::from(converted.bytes), converted.records_converted))
}
