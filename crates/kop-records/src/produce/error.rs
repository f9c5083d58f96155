//! Why records were refused.

use kop_codec::ErrorCode;

use crate::{Compression, RecordsError};

/// What is wrong with one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// Index in the batch, from 0.
    pub index: i32,
    /// For the producer to read.
    pub message: Option<String>,
}

/// Why a partition's records were refused. Nothing of them may be appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProduceError {
    /// Malformed: the bytes are not sound batches, or their checksum is wrong.
    #[error("corrupt batch: {0}")]
    Corrupt(RecordsError),
    /// Malformed or refused: the batch as a whole is not what a producer may send.
    #[error("{0}")]
    InvalidBatch(String),
    /// Refused by policy: a batch is larger than the topic allows, as sent or as it would be stored.
    #[error("a batch of {size} bytes exceeds the maximum of {limit}")]
    TooLarge {
        /// Bytes of the batch.
        size: usize,
        /// The topic's `max.message.bytes`.
        limit: usize,
    },
    /// Refused by policy: the batch expands to more than may be spent on it.
    #[error("the batch decompresses to more than {limit} bytes")]
    DecompressedTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Unsupported: a codec that the request's version or the batch's magic does not have.
    #[error("produce requests of version {produce_version} cannot use {codec}")]
    UnsupportedCompression {
        /// The codec.
        codec: Compression,
        /// Version of the request.
        produce_version: i16,
    },
    /// Unsupported: a compression id that Kafka has not defined.
    #[error("unknown compression id {0}")]
    UnknownCompression(u8),
    /// Refused by policy: single records are at fault.
    #[error("{} records are invalid{}", .records.len(), first_of(.records))]
    InvalidRecords {
        /// The records, in order.
        records: Vec<RecordError>,
        /// Whether the first of them fails because of its timestamp, which has a code of its own.
        timestamp: bool,
    },
    /// Our bug: what was validated could not be written.
    #[error("cannot write the batch: {0}")]
    Internal(RecordsError),
}

impl ProduceError {
    pub(super) fn from_records_error(error: RecordsError) -> Self {
        match error {
            RecordsError::DecompressedTooLarge { limit } => Self::DecompressedTooLarge { limit },
            RecordsError::UnknownCompression(id) => Self::UnknownCompression(id),
            RecordsError::CompressionNotInMagic { codec, .. } => Self::UnsupportedCompression {
                codec,
                produce_version: 0,
            },
            RecordsError::Build(_) | RecordsError::Compress { .. } => Self::Internal(error),
            RecordsError::NegativeRecordCount(_)
            | RecordsError::RecordsMissing { .. }
            | RecordsError::RecordsRemaining { .. }
            | RecordsError::InvalidRecord { .. }
            | RecordsError::InvalidWrapper(_)
            | RecordsError::WrapperOffset { .. }
            | RecordsError::InvalidControl(_) => Self::InvalidBatch(error.to_string()),
            _ => Self::Corrupt(error),
        }
    }

    /// The code of the partition's answer.
    pub fn error_code(&self) -> ErrorCode {
        match self {
            Self::Corrupt(_) => ErrorCode::CORRUPT_MESSAGE,
            Self::InvalidBatch(_) => ErrorCode::INVALID_RECORD,
            Self::TooLarge { .. } | Self::DecompressedTooLarge { .. } => {
                ErrorCode::MESSAGE_TOO_LARGE
            }
            Self::UnsupportedCompression { .. } | Self::UnknownCompression(_) => {
                ErrorCode::UNSUPPORTED_COMPRESSION_TYPE
            }
            Self::InvalidRecords {
                timestamp: true, ..
            } => ErrorCode::INVALID_TIMESTAMP,
            Self::InvalidRecords { .. } => ErrorCode::INVALID_RECORD,
            Self::Internal(_) => ErrorCode::UNKNOWN_SERVER_ERROR,
        }
    }

    /// The records at fault; empty where the batch as a whole is.
    pub fn record_errors(&self) -> &[RecordError] {
        match self {
            Self::InvalidRecords { records, .. } => records,
            _ => &[],
        }
    }
}

/// The first fault that says something, to be put behind the number of them.
fn first_of(records: &[RecordError]) -> String {
    records
        .iter()
        .find_map(|record| Some(format!("; {}: {}", record.index, record.message.as_ref()?)))
        .unwrap_or_default()
}
