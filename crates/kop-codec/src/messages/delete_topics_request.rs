//! `DeleteTopicsRequest`. Generated from `schema/messages/DeleteTopicsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `DeleteTopicsRequest`: A request of API 20, versions 0 to 6, flexible from 4.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DeleteTopicsRequest {
    /// `Topics`: version 6.
    /// Other versions refuse anything but the default.
    pub topics: Vec<DeleteTopicState>,
    /// `TopicNames`, a topic's name: versions 0 to 5.
    pub topic_names: Vec<ByteString>,
    /// `TimeoutMs`, in milliseconds: all versions.
    pub timeout_ms: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DeleteTopicsRequest {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let topics = if version >= 6 {
            reader.array::<DeleteTopicState>(flexible, version)?
        } else {
            Vec::new()
        };
        let topic_names = if version <= 5 {
            reader.values(flexible, 1, |reader| reader.string(flexible))?
        } else {
            Vec::new()
        };
        let timeout_ms = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topics,
            topic_names,
            timeout_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 4;
        if version >= 6 {
            size += size::array(&self.topics, flexible, version);
        }
        if version <= 5 {
            size += size::strings(&self.topic_names, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 6 {
            writer.array(&self.topics, flexible, version);
        } else if !self.topics.is_empty() {
            writer.field_not_in_version("DeleteTopicsRequest.Topics", version);
        }
        if version <= 5 {
            writer.strings(&self.topic_names, flexible);
        }
        writer.i32(self.timeout_ms);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DeleteTopicsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`DeleteTopicsRequest::topics`]; version 6.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DeleteTopicState {
    /// `Name`, a topic's name: version 6.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub name: Option<ByteString>,
    /// `TopicId`: version 6.
    /// Other versions refuse anything but the default.
    pub topic_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DeleteTopicState {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let name = if version >= 6 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let topic_id = if version >= 6 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 6 {
            size += size::string_nullable(self.name.as_ref(), flexible);
        }
        if version >= 6 {
            size += 16;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 6 {
            writer.string_nullable(self.name.as_ref(), flexible);
        } else if self.name.is_some() {
            writer.field_not_in_version("DeleteTopicState.Name", version);
        }
        if version >= 6 {
            writer.uuid(self.topic_id);
        } else if !self.topic_id.is_zero() {
            writer.field_not_in_version("DeleteTopicState.TopicId", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DeleteTopicState.unknown_tags", version);
        }
    }
}

impl Message for DeleteTopicsRequest {
    const NAME: &'static str = "DeleteTopicsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for DeleteTopicsRequest {
    const KEY: ApiKey = ApiKey(20);
    type Response = crate::messages::delete_topics_response::DeleteTopicsResponse;
}
