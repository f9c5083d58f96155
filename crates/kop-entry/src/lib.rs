#![doc = include_str!("../README.md")]

mod batch_info;
mod compression;
mod decode;
mod encode;
mod error;
mod format;
pub mod fuzz;
mod headers;
mod marker;
mod processor;
mod proto;
mod view;

use bytes::Bytes;

pub use crate::batch_info::BATCH_PROPERTY;
pub use crate::compression::Codec;
pub use crate::decode::{
    Assembled, ChunkAssembler, DecodeContext, Decoded, DecodedBatch, DecodedBatches, decode,
};
pub use crate::encode::{
    EncodeContext, EncodedEntry, TransactionForm, encode, encode_as_they_came, validate_batches,
};
pub use crate::error::EntryError;
pub use crate::format::{EntryFormat, FORMAT_PROPERTY, KAFKA_FORMAT, UnknownFormat};
pub use crate::marker::MarkerKind;
pub use crate::processor::{Message, Messages, PayloadProcessor};
pub use crate::proto::{BrokerEntryMetadata, ChunkInfo, MessageMetadata, Properties, Property};
pub use crate::view::EntryView;

/// Parts as one; copies where there are several.
fn joined(parts: &[Bytes]) -> Bytes {
    match parts {
        [one] => one.clone(),
        parts => Bytes::from(parts.concat()),
    }
}
