//! Reading a partition of `__consumer_offsets` from its beginning.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use kop_codec::Records;
use kop_log::{Isolation, LogCatalog, LogError, PartitionLog, ReadRequest};
use kop_records::control::EndTxnMarker;
use kop_records::{DecompressLimits, Record, RecordBatch, RecordsError, batches};

use crate::record::GroupRecord;
use crate::shard::GroupShard;

/// Bytes read at a time.
const CHUNK: usize = 1024 * 1024;

/// Reads all records of the log into the shard.
pub(super) async fn load(
    log: &Arc<dyn PartitionLog>,
    catalog: &dyn LogCatalog,
    shard: &mut GroupShard,
) -> Result<(), LogError> {
    let offsets = log.offsets();
    let end = offsets.high_watermark;
    let mut offset = offsets.log_start;
    let mut open = OpenTransactions::default();
    while offset < end {
        let request = ReadRequest {
            offset,
            max_bytes: CHUNK,
            at_least_one: true,
            isolation: Isolation::ReadUncommitted,
        };
        let chunk = read_chunk(log.read(request).await?.records).await?;
        // As in Kafka: what comes last may have been compacted away, so that nothing is left up to the end.
        if chunk.next_offset <= offset {
            break;
        }
        offset = chunk.next_offset;
        for mut part in chunk.parts {
            part.name_topics(catalog);
            open.take(part, shard);
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// What a chunk of the log holds.
#[derive(Default)]
struct Chunk {
    parts: Vec<Part>,
    next_offset: i64,
}

/// The records of one batch. Offsets that were committed in a transaction wait for its end.
enum Part {
    Records(Vec<GroupRecord>),
    InTransaction {
        producer_id: i64,
        records: Vec<GroupRecord>,
    },
    EndOfTransaction {
        producer_id: i64,
        committed: bool,
    },
}

impl Part {
    /// Gives topics their canonical names: others may have written other spellings.
    fn name_topics(&mut self, catalog: &dyn LogCatalog) {
        let (Self::Records(records) | Self::InTransaction { records, .. }) = self else {
            return;
        };
        for record in records {
            if let GroupRecord::Offset { topic, .. } = record
                && let Cow::Owned(name) = catalog.canonical_name(topic)
            {
                *topic = name.into();
            }
        }
    }
}

/// Reads and decodes off the runtime: the records may lie in a file, and there may be many.
async fn read_chunk(records: Records) -> Result<Chunk, LogError> {
    let decoded = tokio::task::spawn_blocking(move || {
        let bytes = records.to_bytes()?;
        let mut chunk = Chunk::default();
        for batch in batches(&bytes) {
            let batch = batch.map_err(io::Error::other)?;
            chunk.next_offset = batch.next_offset();
            if let Some(part) = decode_batch(&batch).map_err(io::Error::other)? {
                chunk.parts.push(part);
            }
        }
        Ok(chunk)
    });
    let result = decoded
        .await
        .unwrap_or_else(|_| Err(io::Error::other("reading was interrupted")));
    result.map_err(|source| LogError::storage("reading groups", source))
}

fn decode_batch(batch: &RecordBatch) -> Result<Option<Part>, RecordsError> {
    let limits = DecompressLimits::default();
    if batch.is_control() {
        let mut end = None;
        for record in batch.records(&limits)? {
            end = EndTxnMarker::parse(&record?.view())?.or(end);
        }
        let producer_id = batch.producer_id();
        return Ok(end.map(|marker| Part::EndOfTransaction {
            producer_id,
            committed: marker.committed,
        }));
    }
    let mut records = Vec::new();
    for record in batch.records(&limits)? {
        let record = record?;
        match record.value.as_ref().and_then(wrapped) {
            Some(batch) => {
                for record in batch.records(&limits)? {
                    decode(&record?, &mut records);
                }
            }
            None => decode(&record, &mut records),
        }
    }
    if batch.is_transactional() {
        return Ok(Some(Part::InTransaction {
            producer_id: batch.producer_id(),
            records,
        }));
    }
    Ok(Some(Part::Records(records)))
}

fn decode(record: &Record, records: &mut Vec<GroupRecord>) {
    let Some(key) = &record.key else { return };
    match GroupRecord::decode(key, record.value.as_ref()) {
        Ok(Some(decoded)) => records.push(decoded),
        Ok(None) => {}
        // One bad record must not take all groups of the partition with it.
        Err(error) => {
            tracing::warn!(%error, offset = record.offset, "a group record cannot be read and is skipped");
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

/// Records of transactions whose end has not been read yet. What stays open at the end of the log is not committed.
#[derive(Default)]
struct OpenTransactions {
    by_producer: HashMap<i64, Vec<GroupRecord>>,
}

impl OpenTransactions {
    fn take(&mut self, part: Part, shard: &mut GroupShard) {
        match part {
            Part::Records(records) => records.into_iter().for_each(|record| shard.load(record)),
            Part::InTransaction {
                producer_id,
                records,
            } => {
                self.by_producer
                    .entry(producer_id)
                    .or_default()
                    .extend(records);
            }
            Part::EndOfTransaction {
                producer_id,
                committed,
            } => {
                let records = self.by_producer.remove(&producer_id).unwrap_or_default();
                if committed {
                    records.into_iter().for_each(|record| shard.load(record));
                }
            }
        }
    }
}
