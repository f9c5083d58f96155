#![doc = include_str!("../README.md")]

mod batch;
mod builder;
mod compression;
pub mod control;
mod down_convert;
mod error;
mod filter;
pub mod fuzz;
mod iter;
mod pool;
mod produce;
mod record;
mod section;
mod varint;

pub use crate::batch::{
    BatchHeader, Batches, CRC_START, ENTRY_HEADER_LEN, HEADER_LEN, LOG_OVERHEAD, LogEntryHeader,
    NO_PRODUCER_ID, NO_SEQUENCE, NO_TIMESTAMP, RecordBatch, TimestampType, batches,
};
pub use crate::builder::BatchBuilder;
pub use crate::compression::{Compression, DecompressLimits, UnknownCodecName};
pub use crate::down_convert::{Converted, down_convert};
pub use crate::error::RecordsError;
pub use crate::filter::{Filtered, Horizon, emptied, filter};
pub use crate::iter::RecordIter;
pub use crate::produce::{
    Assigned, Origin, ProduceError, ProduceRules, RecordError, TargetCompression, ValidBatch,
    ValidatedRecords, validate,
};
pub use crate::record::{Header, HeaderView, HeaderViews, Headers, Record, RecordView};
pub use crate::section::{Section, SectionIter};
