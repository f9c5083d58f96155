//! `ConsumerGroupMemberMetadataValue`. Generated from `schema/records/ConsumerGroupMemberMetadataValue.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `ConsumerGroupMemberMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupMemberMetadataValue {
    /// `InstanceId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub instance_id: Option<ByteString>,
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
    /// `SubscribedTopicRegex`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub subscribed_topic_regex: Option<ByteString>,
    /// `RebalanceTimeoutMs`, in milliseconds: all versions.
    /// `-1` by default.
    pub rebalance_timeout_ms: i32,
    /// `ServerAssignor`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub server_assignor: Option<ByteString>,
    /// `ClassicMemberMetadata`: all versions, tag 0.
    /// None is null.
    /// Empty, not null, by default.
    pub classic_member_metadata: Option<ClassicMemberMetadata>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ConsumerGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(ByteString::default()),
            rack_id: Some(ByteString::default()),
            client_id: ByteString::default(),
            client_host: ByteString::default(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(ByteString::default()),
            rebalance_timeout_ms: -1,
            server_assignor: Some(ByteString::default()),
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ConsumerGroupMemberMetadataValue {
    const MIN_LEN: usize = 12;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let instance_id = reader.string_nullable(true)?;
        let rack_id = reader.string_nullable(true)?;
        let client_id = reader.string(true)?;
        let client_host = reader.string(true)?;
        let subscribed_topic_names = reader.values(true, 1, |reader| reader.string(true))?;
        let subscribed_topic_regex = reader.string_nullable(true)?;
        let rebalance_timeout_ms = reader.i32()?;
        let server_assignor = reader.string_nullable(true)?;
        let mut classic_member_metadata = Some(ClassicMemberMetadata::default());
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    classic_member_metadata =
                        field.tagged_struct_nullable::<ClassicMemberMetadata>(version)?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            subscribed_topic_names,
            subscribed_topic_regex,
            rebalance_timeout_ms,
            server_assignor,
            classic_member_metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::string_nullable(self.instance_id.as_ref(), true);
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::string(&self.client_id, true);
        size += size::string(&self.client_host, true);
        size += size::strings(&self.subscribed_topic_names, true);
        size += size::string_nullable(self.subscribed_topic_regex.as_ref(), true);
        size += size::string_nullable(self.server_assignor.as_ref(), true);
        let mut tags = self.unknown_tags.len();
        if self.classic_member_metadata.as_ref() != Some(&ClassicMemberMetadata::default()) {
            tags += 1;
            size += size::tagged(
                0,
                size::struct_nullable(self.classic_member_metadata.as_ref(), version),
            );
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.instance_id.as_ref(), true);
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.string(&self.client_id, true);
        writer.string(&self.client_host, true);
        writer.strings(&self.subscribed_topic_names, true);
        writer.string_nullable(self.subscribed_topic_regex.as_ref(), true);
        writer.i32(self.rebalance_timeout_ms);
        writer.string_nullable(self.server_assignor.as_ref(), true);
        let has_classic_member_metadata =
            self.classic_member_metadata.as_ref() != Some(&ClassicMemberMetadata::default());
        writer.tag_count(usize::from(has_classic_member_metadata) + self.unknown_tags.len());
        if has_classic_member_metadata {
            writer.tag(
                0,
                size::struct_nullable(self.classic_member_metadata.as_ref(), version),
            );
            writer.tagged_struct_nullable(self.classic_member_metadata.as_ref(), version);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

/// Part of [`ConsumerGroupMemberMetadataValue::classic_member_metadata`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ClassicMemberMetadata {
    /// `SessionTimeoutMs`, in milliseconds: all versions.
    pub session_timeout_ms: i32,
    /// `SupportedProtocols`: all versions.
    pub supported_protocols: Vec<ClassicProtocol>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ClassicMemberMetadata {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let session_timeout_ms = reader.i32()?;
        let supported_protocols = reader.array::<ClassicProtocol>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            session_timeout_ms,
            supported_protocols,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.supported_protocols, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.session_timeout_ms);
        writer.array(&self.supported_protocols, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ClassicMemberMetadata::supported_protocols`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ClassicProtocol {
    /// `Name`: all versions.
    pub name: ByteString,
    /// `Metadata`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub metadata: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ClassicProtocol {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let metadata = reader.bytes(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.name, true);
        size += size::bytes(&self.metadata, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.bytes(&self.metadata, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ConsumerGroupMemberMetadataValue {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ConsumerGroupMemberMetadataValue {
    const RECORD_TYPE: i16 = 5;
}
