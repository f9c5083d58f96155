//! Reading a partition of an internal topic from its beginning.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use kop_codec::{DecodeError, Records};
use kop_log::{Isolation, LogError, PartitionLog, ReadRequest};
use kop_records::control::EndTxnMarker;
use kop_records::{DecompressLimits, Record, RecordBatch, RecordsError, batches};

use super::machine::{LoadedBatch, Machine};

/// Bytes read at a time.
const CHUNK: usize = 1024 * 1024;

/// Reads all records of the log into the machine.
pub(super) async fn load<M: Machine>(
    log: &Arc<dyn PartitionLog>,
    machine: &mut M,
) -> Result<(), LogError> {
    let offsets = log.offsets();
    let end = offsets.high_watermark;
    let mut offset = offsets.log_start;
    while offset < end {
        let request = ReadRequest {
            offset,
            max_bytes: CHUNK,
            at_least_one: true,
            isolation: Isolation::ReadUncommitted,
        };
        let chunk = read_chunk::<M>(log.read(request).await?.records).await?;
        // As in Kafka: what comes last may have been compacted away, so that nothing is left up to the end.
        if chunk.next_offset <= offset {
            break;
        }
        offset = chunk.next_offset;
        for batch in chunk.batches {
            machine.load(batch);
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// What a chunk of the log holds.
struct Chunk<Record> {
    batches: Vec<LoadedBatch<Record>>,
    next_offset: i64,
}

/// Reads and decodes off the runtime: the records may lie in a file, and there may be many.
async fn read_chunk<M: Machine>(records: Records) -> Result<Chunk<M::Record>, LogError> {
    let decoded = tokio::task::spawn_blocking(move || {
        let bytes = records.to_bytes()?;
        let mut chunk = Chunk {
            batches: Vec::new(),
            next_offset: 0,
        };
        for batch in batches(&bytes) {
            let batch = batch.map_err(io::Error::other)?;
            chunk.next_offset = batch.next_offset();
            chunk
                .batches
                .extend(decode_batch::<M>(&batch).map_err(io::Error::other)?);
        }
        Ok(chunk)
    });
    let result = decoded
        .await
        .unwrap_or_else(|_| Err(io::Error::other("reading was interrupted")));
    result.map_err(failed::<M>)
}

fn failed<M: Machine>(source: io::Error) -> LogError {
    LogError::storage(format!("reading {}", M::WHAT), source)
}

fn decode_batch<M: Machine>(
    batch: &RecordBatch,
) -> Result<Option<LoadedBatch<M::Record>>, RecordsError> {
    let limits = DecompressLimits::default();
    let producer_id = batch.producer_id();
    if batch.is_control() {
        let mut end = None;
        for record in batch.records(&limits)? {
            end = EndTxnMarker::parse(&record?.view())?.or(end);
        }
        return Ok(end.map(|marker| LoadedBatch::EndOfTransaction {
            producer_id,
            marker,
        }));
    }
    let mut records = Vec::new();
    for record in batch.records(&limits)? {
        let record = record?;
        match record.value.as_ref().and_then(wrapped) {
            Some(batch) => {
                for record in batch.records(&limits)? {
                    records.extend(decode::<M>(&record?, M::decode_wrapped));
                }
            }
            None => records.extend(decode::<M>(&record, M::decode)),
        }
    }
    Ok(Some(if batch.is_transactional() {
        LoadedBatch::InTransaction {
            producer_id,
            records,
        }
    } else {
        LoadedBatch::Records(records)
    }))
}

type Decode<M> = fn(&Bytes, Option<&Bytes>) -> Result<Option<<M as Machine>::Record>, DecodeError>;

fn decode<M: Machine>(record: &Record, decode: Decode<M>) -> Option<M::Record> {
    let key = record.key.as_ref()?;
    match decode(key, record.value.as_ref()) {
        Ok(decoded) => decoded,
        // One bad record must not take all others of the partition with it.
        Err(error) => {
            tracing::warn!(%error, offset = record.offset, "a record of {} cannot be read and is skipped", M::WHAT);
            None
        }
    }
}

/// The batch in the value of a record that the original Kafka on Pulsar wrote: all that one request changed, in a batch
/// of Kafka's, as the value of one Pulsar message. The checksum tells it from a value of Kafka's layout.
fn wrapped(value: &Bytes) -> Option<RecordBatch> {
    let batch = RecordBatch::parse(value.clone()).ok()?;
    let whole = batch.size_in_bytes() == value.len() && batch.magic() >= 2;
    (whole && batch.verify_crc().is_ok()).then_some(batch)
}
