//! `ShareGroupMemberMetadataValue`. Generated from `schema/records/ShareGroupMemberMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `ShareGroupMemberMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareGroupMemberMetadataValue {
    /// `RackId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub rack_id: Option<ByteString>,
    /// `ClientId`: all versions.
    pub client_id: ByteString,
    /// `ClientHost`: all versions.
    pub client_host: ByteString,
    /// `SubscribedTopicNames`: all versions.
    pub subscribed_topic_names: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ShareGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            rack_id: Some(ByteString::default()),
            client_id: ByteString::default(),
            client_host: ByteString::default(),
            subscribed_topic_names: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ShareGroupMemberMetadataValue {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let rack_id = reader.string_nullable(true)?;
        let client_id = reader.string(true)?;
        let client_host = reader.string(true)?;
        let subscribed_topic_names = reader.values(true, 1, |reader| reader.string(true))?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            rack_id,
            client_id,
            client_host,
            subscribed_topic_names,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::string(&self.client_id, true);
        size += size::string(&self.client_host, true);
        size += size::strings(&self.subscribed_topic_names, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.string(&self.client_id, true);
        writer.string(&self.client_host, true);
        writer.strings(&self.subscribed_topic_names, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareGroupMemberMetadataValue {
    const NAME: &'static str = "ShareGroupMemberMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ShareGroupMemberMetadataValue {
    const RECORD_TYPE: i16 = 10;
}
