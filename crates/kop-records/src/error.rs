//! What can be wrong with record batches.

use crate::Compression;

/// Why bytes are not a readable record batch, or a batch cannot be built or converted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// Malformed: fewer bytes than the fixed header.
    #[error("{available} bytes are too few for a header of {needed}")]
    HeaderTruncated {
        /// Bytes that the header has.
        needed: usize,
        /// Bytes there are.
        available: usize,
    },
    /// Malformed: the size field is below what a batch of this magic must have.
    #[error("batch size {size} is below the minimum of {minimum}")]
    SizeTooSmall {
        /// The size field.
        size: i32,
        /// The smallest size for this magic.
        minimum: i32,
    },
    /// Malformed: the size field plus the 12 bytes before it exceeds 2³¹-1.
    #[error("batch size {0} is beyond what a batch can have")]
    SizeTooLarge(i32),
    /// Malformed: the size field and the bytes given disagree.
    #[error("the batch says it has {declared} bytes, but there are {available}")]
    SizeMismatch {
        /// Size by the size field, with the 12 bytes before it.
        declared: usize,
        /// Bytes there are.
        available: usize,
    },
    /// Unsupported: magic other than 0, 1, 2.
    #[error("unknown magic {0}")]
    UnknownMagic(i8),
    /// Malformed: the stored checksum is not that of the bytes.
    #[error("the stored CRC is {stored:#010x}, the computed {computed:#010x}")]
    CrcMismatch {
        /// As stored in the batch.
        stored: u32,
        /// Of the bytes that the checksum covers.
        computed: u32,
    },
    /// Unsupported: a compression id that Kafka has not defined.
    #[error("unknown compression id {0}")]
    UnknownCompression(u8),
    /// Unsupported: zstd in magic 0 or 1, which have no such codec.
    #[error("magic {magic} cannot be compressed with {codec}")]
    CompressionNotInMagic {
        /// The codec asked for or found.
        codec: Compression,
        /// The magic.
        magic: i8,
    },
    /// Malformed: the compressed bytes are damaged.
    #[error("{codec} data is damaged: {fault}")]
    Decompress {
        /// The codec.
        codec: Compression,
        /// What is wrong.
        fault: &'static str,
    },
    /// Refused by policy: the batch expands to more than the limit given.
    #[error("the batch decompresses to more than {limit} bytes")]
    DecompressedTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// Malformed: a record count below zero.
    #[error("negative record count {0}")]
    NegativeRecordCount(i32),
    /// Malformed: the batch ends before its last record.
    #[error("the batch ends inside record {index} of {count}")]
    RecordsMissing {
        /// Index of the record that is not whole.
        index: i32,
        /// Declared count.
        count: i32,
    },
    /// Malformed: bytes remain after the last record.
    #[error("bytes remain after the last of {count} records")]
    RecordsRemaining {
        /// Declared count.
        count: i32,
    },
    /// Malformed: a record's inner structure is broken.
    #[error("record {index}: {fault}")]
    InvalidRecord {
        /// Index in the batch.
        index: i32,
        /// What is wrong.
        fault: &'static str,
    },
    /// Malformed: a compressed message of magic 0 or 1 with an impossible content.
    #[error("compressed message: {0}")]
    InvalidWrapper(&'static str),
    /// Malformed: a wrapper's offset is below its last inner offset.
    #[error("wrapper offset {wrapper} is below the last inner offset {inner}")]
    WrapperOffset {
        /// Offset of the wrapper.
        wrapper: i64,
        /// Relative offset of its last message.
        inner: i64,
    },
    /// Malformed: a control record's key or value.
    #[error("control record: {0}")]
    InvalidControl(&'static str),
    /// Refused: the builder was asked for something that the format cannot hold.
    #[error("cannot build: {0}")]
    Build(&'static str),
    /// Unsupported: zstd batches have no form in magic 0 and 1 (KIP-110).
    #[error("{codec} cannot be converted down to magic {to_magic}")]
    DownConvert {
        /// The batch's codec.
        codec: Compression,
        /// The magic asked for.
        to_magic: i8,
    },
    /// Our bug or the codec library's: a compressor failed on good input.
    #[error("{codec} compressor failed")]
    Compress {
        /// The codec.
        codec: Compression,
    },
}
