//! Batches of the catalog's own records.

use kop_log::{AppendRequest, LogError};
use kop_records::{BatchBuilder, Compression, ProduceRules, validate};

/// Bytes at which a batch is complete.
const BATCH_BYTES: usize = 512 * 1024;

/// Builds as few requests as the size of the records allows.
pub(crate) fn requests<'a>(
    records: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
    now_ms: i64,
) -> Result<Vec<AppendRequest>, LogError> {
    let mut requests = Vec::new();
    let mut batch = BatchBuilder::new(Compression::None);
    for (key, value) in records {
        batch
            .append(now_ms, Some(key), value, &[])
            .map_err(|error| malformed(error.to_string()))?;
        if batch.estimated_size() > BATCH_BYTES {
            let full = std::mem::replace(&mut batch, BatchBuilder::new(Compression::None));
            requests.push(request(full, now_ms)?);
        }
    }
    if batch.record_count() > 0 {
        requests.push(request(batch, now_ms)?);
    }
    Ok(requests)
}

fn request(batch: BatchBuilder, now_ms: i64) -> Result<AppendRequest, LogError> {
    let bytes = batch
        .build()
        .map_err(|error| malformed(error.to_string()))?;
    let rules = ProduceRules {
        require_keys: true,
        ..ProduceRules::of_coordinator(now_ms)
    };
    let records = validate(bytes, &rules).map_err(|error| malformed(error.to_string()))?;
    Ok(AppendRequest { records, now_ms })
}

fn malformed(reason: String) -> LogError {
    LogError::Malformed {
        what: "a metadata record",
        reason,
    }
}
