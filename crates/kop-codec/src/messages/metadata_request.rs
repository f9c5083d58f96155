//! `MetadataRequest`. Generated from `schema/messages/MetadataRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `MetadataRequest`: A request of API 3, versions 0 to 13, flexible from 9.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MetadataRequest {
    /// `Topics`: all versions.
    /// None is null, in versions 1 and up.
    /// Empty, not null, by default.
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// `AllowAutoTopicCreation`: versions 4 and up.
    /// `true` by default.
    /// Other versions refuse anything but the default.
    pub allow_auto_topic_creation: bool,
    /// `IncludeClusterAuthorizedOperations`: versions 8 to 10.
    /// Other versions refuse anything but the default.
    pub include_cluster_authorized_operations: bool,
    /// `IncludeTopicAuthorizedOperations`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub include_topic_authorized_operations: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MetadataRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for MetadataRequest {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let topics = if version >= 1 {
            reader.array_nullable::<MetadataRequestTopic>(flexible, version)?
        } else {
            Some(reader.array::<MetadataRequestTopic>(flexible, version)?)
        };
        let allow_auto_topic_creation = if version >= 4 { reader.bool()? } else { true };
        let include_cluster_authorized_operations = if (8..=10).contains(&version) {
            reader.bool()?
        } else {
            false
        };
        let include_topic_authorized_operations = if version >= 8 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topics,
            allow_auto_topic_creation,
            include_cluster_authorized_operations,
            include_topic_authorized_operations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        size += size::array_nullable(self.topics.as_deref(), flexible, version);
        if version >= 4 {
            size += 1;
        }
        if (8..=10).contains(&version) {
            size += 1;
        }
        if version >= 8 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 1 {
            writer.array_nullable(self.topics.as_deref(), flexible, version);
        } else {
            match &self.topics {
                Some(value) => {
                    writer.array(value, flexible, version);
                }
                None => writer.unexpected_null("MetadataRequest.Topics", version),
            }
        }
        if version >= 4 {
            writer.bool(self.allow_auto_topic_creation);
        } else if !self.allow_auto_topic_creation {
            writer.field_not_in_version("MetadataRequest.AllowAutoTopicCreation", version);
        }
        if (8..=10).contains(&version) {
            writer.bool(self.include_cluster_authorized_operations);
        } else if self.include_cluster_authorized_operations {
            writer.field_not_in_version(
                "MetadataRequest.IncludeClusterAuthorizedOperations",
                version,
            );
        }
        if version >= 8 {
            writer.bool(self.include_topic_authorized_operations);
        } else if self.include_topic_authorized_operations {
            writer
                .field_not_in_version("MetadataRequest.IncludeTopicAuthorizedOperations", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MetadataRequest.unknown_tags", version);
        }
    }
}

/// Part of [`MetadataRequest::topics`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MetadataRequestTopic {
    /// `TopicId`: versions 10 and up.
    pub topic_id: Uuid,
    /// `Name`, a topic's name: all versions.
    /// None is null, in versions 10 and up.
    /// Empty, not null, by default.
    pub name: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MetadataRequestTopic {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            name: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for MetadataRequestTopic {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let topic_id = if version >= 10 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let name = if version >= 10 {
            reader.string_nullable(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_id,
            name,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        if version >= 10 {
            size += 16;
        }
        size += size::string_nullable(self.name.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 10 {
            writer.string_nullable(self.name.as_ref(), flexible);
        } else {
            match &self.name {
                Some(value) => {
                    writer.string(value, flexible);
                }
                None => writer.unexpected_null("MetadataRequestTopic.Name", version),
            }
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MetadataRequestTopic.unknown_tags", version);
        }
    }
}

impl Message for MetadataRequest {
    const NAME: &'static str = "MetadataRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Request for MetadataRequest {
    const KEY: ApiKey = ApiKey(3);
    type Response = crate::messages::metadata_response::MetadataResponse;
}
