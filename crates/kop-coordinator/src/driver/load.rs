//! Reading a partition of `__consumer_offsets` from its beginning.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use kop_codec::Records;
use kop_log::{Isolation, LogError, PartitionLog, ReadRequest};
use kop_records::control::EndTxnMarker;
use kop_records::{DecompressLimits, RecordBatch, RecordsError, batches};

use crate::record::GroupRecord;
use crate::shard::GroupShard;

/// Bytes read at a time.
const CHUNK: usize = 1024 * 1024;

/// Reads all records of the log into the shard.
pub(super) async fn load(
    log: &Arc<dyn PartitionLog>,
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
        if chunk.next_offset <= offset {
            let source = io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("no records from {offset} to {end}"),
            );
            return Err(LogError::storage("reading groups", source));
        }
        offset = chunk.next_offset;
        for part in chunk.parts {
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
        let Some(key) = &record.key else { continue };
        match GroupRecord::decode(key, record.value.as_ref()) {
            Ok(Some(decoded)) => records.push(decoded),
            Ok(None) => {}
            // One bad record must not take all groups of the partition with it.
            Err(error) => {
                tracing::warn!(%error, offset = record.offset, "a group record cannot be read and is skipped");
            }
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
