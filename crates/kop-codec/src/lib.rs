#![doc = include_str!("../README.md")]

/// Arrays of `int32` do without memory of their own up to four elements: replicas, in-sync replicas, partitions.
pub type Int32s = smallvec::SmallVec<[i32; 4]>;

pub use bytes::Bytes;

pub use crate::{
    api_key::ApiKey,
    byte_string::ByteString,
    encoded::Encoded,
    error::{DecodeError, EncodeError},
    error_code::ErrorCode,
    header::{encode_request, encode_response},
    message::{Message, Request, Response},
    reader::Reader,
    records::{FileRegion, Records, RecordsPart},
    tags::UnknownTags,
    uuid::{ParseUuidError, Uuid},
    writer::Writer,
};

mod api_key;
mod base64;
mod byte_string;
mod encoded;
mod error;
mod error_code;
mod for_each;
pub mod frame;
pub mod fuzz;
pub mod header;
pub mod internal;
#[cfg(feature = "serde")]
mod json;
mod message;
pub mod messages;
mod reader;
mod records;
mod size;
mod tags;
mod uuid;
mod wire;
mod writer;
