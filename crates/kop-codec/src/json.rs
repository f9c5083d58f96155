//! How Kafka's own JSON converters show values that JSON has no type for.

use bytes::Bytes;
use serde::{Serialize, Serializer, ser::Error};

use crate::{ErrorCode, Records, UnknownTags, base64};

pub(crate) fn bytes<S: Serializer>(value: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&base64::standard(value))
}

pub(crate) fn bytes_nullable<S: Serializer>(
    value: &Option<Bytes>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => bytes(value, serializer),
        None => serializer.serialize_none(),
    }
}

impl Serialize for Records {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        bytes(&self.to_bytes().map_err(S::Error::custom)?, serializer)
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i16(self.0)
    }
}

/// A list of tags and raw values in base64. Kafka's converters leave them out.
impl Serialize for UnknownTags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Field<'a> {
            tag: u32,
            #[serde(serialize_with = "bytes")]
            value: &'a Bytes,
        }
        serializer.collect_seq(self.iter().map(|(tag, value)| Field { tag, value }))
    }
}
