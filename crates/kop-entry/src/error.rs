//! What can be wrong with entries.

use kop_records::{ProduceError, RecordsError};

use crate::Codec;

/// Why an entry cannot be read, or records cannot become an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Malformed: the entry ends inside one of its parts.
    #[error("the entry ends inside its {part}: {needed} bytes are needed, {available} are there")]
    Truncated {
        /// Which part.
        part: &'static str,
        /// Bytes that it needs.
        needed: usize,
        /// Bytes there are.
        available: usize,
    },
    /// Malformed: a part is not what it should be.
    #[error("{part}: {fault}")]
    Malformed {
        /// Which part.
        part: &'static str,
        /// What is wrong.
        fault: &'static str,
    },
    /// Malformed: the stored checksum is not that of the bytes.
    #[error("the stored CRC-32C is {stored:#010x}, the computed {computed:#010x}")]
    ChecksumMismatch {
        /// As stored in the entry.
        stored: u32,
        /// Of metadata and payload.
        computed: u32,
    },
    /// Malformed: a message of a batch is broken.
    #[error("message {index} of {count}: {fault}")]
    InvalidMessage {
        /// Index in the batch.
        index: u32,
        /// Messages that the metadata says there are.
        count: u32,
        /// What is wrong.
        fault: &'static str,
    },
    /// Malformed: the payload has more records than the offsets that the entry takes.
    #[error("the payload takes {records} offsets, the entry only {messages}")]
    MoreRecordsThanMessages {
        /// Offsets of the payload's batches.
        records: u64,
        /// Messages by the metadata, which is how many offsets the broker counted.
        messages: u32,
    },
    /// Unsupported: the payload is encrypted, and only its producer's consumers have the key.
    #[error("encrypted with the key {key:?}")]
    Encrypted {
        /// Name of the first key, with U+FFFD where it is not UTF-8.
        key: String,
    },
    /// Unsupported: a compression type that Pulsar has not defined.
    #[error("unknown compression type {0}")]
    UnknownCodec(u64),
    /// Malformed: the payload's compressed bytes are damaged, or do not have the size that the metadata says.
    #[error("{codec} data is damaged: {fault}")]
    Decompress {
        /// The codec.
        codec: Codec,
        /// What is wrong.
        fault: &'static str,
    },
    /// Refused by policy: the payload, or the message that chunks add up to, is larger than the limit given.
    #[error("{size} bytes are more than the limit of {limit}")]
    TooLarge {
        /// Size by the metadata.
        size: u64,
        /// The limit in bytes.
        limit: usize,
    },
    /// The Kafka record batches of the payload, or those given to be encoded, are malformed or unsupported.
    #[error("record batch: {0}")]
    Records(#[from] RecordsError),
    /// Records given to be encoded are refused; see [`ProduceError::error_code`].
    #[error("{0}")]
    Refused(#[from] ProduceError),
    /// Refused: there is nothing to encode, or too much for one entry.
    #[error("cannot encode: {0}")]
    Encode(&'static str),
}
