//! Which Kafka error code each fault is. Nowhere else are faults turned into codes.

use kop_codec::{ByteString, ErrorCode};
use kop_log::LogError;
use kop_records::RecordsError;

use crate::settings::SettingError;

/// The code of a fault of the log or of the catalog.
pub fn log_error(error: &LogError) -> ErrorCode {
    match error {
        LogError::CoordinatorFenced { .. } => ErrorCode::TRANSACTION_COORDINATOR_FENCED,
        LogError::Deleted | LogError::UnknownTopic(_) | LogError::UnknownPartition { .. } => {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        }
        LogError::FencedProducer { .. } => ErrorCode::INVALID_PRODUCER_EPOCH,
        LogError::InvalidConfig { .. } => ErrorCode::INVALID_CONFIG,
        LogError::InvalidPartitions { .. } => ErrorCode::INVALID_PARTITIONS,
        // That of a write to a topic of Kafka's own too, which clients may not write.
        LogError::InvalidTopicName { .. }
        | LogError::TopicNameCollides { .. }
        | LogError::Terminated { .. } => ErrorCode::INVALID_TOPIC_EXCEPTION,
        LogError::Malformed { .. } => ErrorCode::CORRUPT_MESSAGE,
        LogError::OffsetOutOfRange { .. } => ErrorCode::OFFSET_OUT_OF_RANGE,
        LogError::OutOfOrderSequence { .. } => ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER,
        // Not that of a large request: producers make their batches smaller upon this one.
        LogError::BatchTooLarge { .. } => ErrorCode::MESSAGE_TOO_LARGE,
        LogError::TooLarge { .. } => ErrorCode::RECORD_LIST_TOO_LARGE,
        LogError::Limited { .. }
        | LogError::TooManyPartitions { .. }
        | LogError::WritesRefused { .. } => ErrorCode::POLICY_VIOLATION,
        LogError::TopicExists(_) => ErrorCode::TOPIC_ALREADY_EXISTS,
        LogError::TransactionOpen { .. } => ErrorCode::INVALID_TXN_STATE,
        LogError::Storage { .. } => ErrorCode::KAFKA_STORAGE_ERROR,
        LogError::Unauthorized { .. } => ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        // Whoever gets it asks for metadata and comes again: consumers too, to which other retriable codes are faults.
        LogError::NotLeader | LogError::NotOpen | LogError::Unavailable { .. } => {
            ErrorCode::NOT_LEADER_OR_FOLLOWER
        }
        // A fault that this crate does not know yet.
        _ => ErrorCode::UNKNOWN_SERVER_ERROR,
    }
}

/// The code of records that cannot be converted for an old client.
pub fn records_error(error: &RecordsError) -> ErrorCode {
    match error {
        RecordsError::DownConvert { .. }
        | RecordsError::UnknownCompression(_)
        | RecordsError::CompressionNotInMagic { .. } => ErrorCode::UNSUPPORTED_COMPRESSION_TYPE,
        RecordsError::DecompressedTooLarge { .. } => ErrorCode::MESSAGE_TOO_LARGE,
        RecordsError::Build(_) | RecordsError::Compress { .. } => ErrorCode::UNKNOWN_SERVER_ERROR,
        _ => ErrorCode::CORRUPT_MESSAGE,
    }
}

/// The code of a change of settings that is refused.
pub fn setting_error(error: &SettingError) -> ErrorCode {
    match error {
        SettingError::Storage(error) => log_error(error),
        SettingError::ReadOnly { .. } => ErrorCode::INVALID_REQUEST,
        _ => ErrorCode::INVALID_CONFIG,
    }
}

/// The text that goes to the client with a fault of the log. What a storage failed at stays with the operator.
pub fn message(error: &LogError) -> ByteString {
    match error {
        LogError::Storage { .. } => {
            ByteString::from_static("the storage failed; see the server's log")
        }
        LogError::Unavailable { .. } => {
            ByteString::from_static("the storage is not available at present; see the server's log")
        }
        LogError::Unauthorized { .. } => {
            ByteString::from_static("the storage refuses this to the server; see the server's log")
        }
        _ => error.to_string().into(),
    }
}
