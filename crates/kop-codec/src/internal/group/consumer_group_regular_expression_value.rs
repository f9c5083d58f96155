//! `ConsumerGroupRegularExpressionValue`. Generated from `schema/records/ConsumerGroupRegularExpressionValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `ConsumerGroupRegularExpressionValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupRegularExpressionValue {
    /// `Topics`: all versions.
    pub topics: Vec<ByteString>,
    /// `Version`: all versions.
    pub version: i64,
    /// `Timestamp`, in milliseconds since 1970: all versions.
    pub timestamp: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupRegularExpressionValue {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topics = reader.values(true, 1, |reader| reader.string(true))?;
        let version_value = reader.i64()?;
        let timestamp = reader.i64()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topics,
            version: version_value,
            timestamp,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::strings(&self.topics, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.strings(&self.topics, true);
        writer.run::<16>(|run| {
            run.i64(self.version);
            run.i64(self.timestamp);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ConsumerGroupRegularExpressionValue {
    const NAME: &'static str = "ConsumerGroupRegularExpressionValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ConsumerGroupRegularExpressionValue {
    const RECORD_TYPE: i16 = 16;
}
