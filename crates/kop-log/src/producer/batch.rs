//! The facts of a batch that count for its producer.

use std::fmt::Display;

use kop_records::control::EndTxnMarker;
use kop_records::{BatchHeader, DecompressLimits, RecordBatch, ValidBatch};

use crate::LogError;

/// A marker has a few bytes; nobody compresses it, but a batch could say that it is.
const MAX_CONTROL_BYTES: usize = 4096;

/// The facts of a batch that count for its producer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ProducerBatch {
    /// The producer.
    pub producer_id: i64,
    /// Its epoch.
    pub epoch: i16,
    /// Sequence number of the first record; negative if it has none, as what a coordinator writes.
    pub base_sequence: i32,
    /// Sequence number of the last record.
    pub last_sequence: i32,
    /// Offset of the first record.
    pub base_offset: i64,
    /// Offset of the last record.
    pub last_offset: i64,
    /// The largest timestamp, in milliseconds since 1970.
    pub max_timestamp: i64,
    /// It belongs to a transaction.
    pub transactional: bool,
    /// It ends a transaction.
    pub marker: Option<EndTxnMarker>,
}

impl ProducerBatch {
    /// A batch that is to be appended, with the offset that the first batch of its request gets. `None` where it has no
    /// producer id, or no records any more: nothing is to be known or checked.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for a control batch without a readable marker.
    pub fn of_append(batch: &ValidBatch, base_offset: i64) -> Result<Option<Self>, LogError> {
        Self::new(&batch.header, base_offset, || {
            RecordBatch::parse(batch.bytes.clone())
        })
    }

    /// A batch of the log. `body` gives the whole of it, and is called for control batches only, so that a scan reads
    /// but the headers.
    ///
    /// # Errors
    /// As [`of_append`](Self::of_append).
    pub fn of_log<E: Display>(
        header: &BatchHeader,
        body: impl FnOnce() -> Result<RecordBatch, E>,
    ) -> Result<Option<Self>, LogError> {
        Self::new(header, 0, body)
    }

    fn new<E: Display>(
        header: &BatchHeader,
        shift: i64,
        body: impl FnOnce() -> Result<RecordBatch, E>,
    ) -> Result<Option<Self>, LogError> {
        if header.producer_id() < 0 {
            return Ok(None);
        }
        let marker = if header.is_control() {
            let Some(marker) = read_marker(&body().map_err(malformed)?)? else {
                return Ok(None);
            };
            Some(marker)
        } else {
            None
        };
        Ok(Some(Self {
            producer_id: header.producer_id(),
            epoch: header.producer_epoch(),
            base_sequence: header.base_sequence(),
            last_sequence: header.last_sequence(),
            base_offset: header.base_offset().saturating_add(shift),
            last_offset: header.last_offset().saturating_add(shift),
            max_timestamp: header.max_timestamp(),
            transactional: header.is_transactional(),
            marker,
        }))
    }
}

/// `None` for a control batch that compaction has emptied: its transaction has no records left.
fn read_marker(batch: &RecordBatch) -> Result<Option<EndTxnMarker>, LogError> {
    let limits = DecompressLimits {
        max_bytes: MAX_CONTROL_BYTES,
    };
    let section = batch.section(&limits).map_err(malformed)?;
    let Some(record) = section.iter().next() else {
        return Ok(None);
    };
    match EndTxnMarker::parse(&record.map_err(malformed)?).map_err(malformed)? {
        Some(marker) => Ok(Some(marker)),
        None => Err(malformed(
            "it is not a transaction marker, but has a producer id",
        )),
    }
}

fn malformed(reason: impl Display) -> LogError {
    LogError::Malformed {
        what: "control batch",
        reason: reason.to_string(),
    }
}
