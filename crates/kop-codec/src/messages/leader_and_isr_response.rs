//! `LeaderAndIsrResponse`. Generated from `schema/messages/LeaderAndIsrResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `LeaderAndIsrResponse`: A response of API 4, versions 0 to 7, flexible from 4.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `PartitionErrors`: versions 0 to 4.
    /// Other versions refuse anything but the default.
    pub partition_errors: Vec<LeaderAndIsrPartitionError>,
    /// `Topics`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub topics: Vec<LeaderAndIsrTopicError>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderAndIsrResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let error_code = ErrorCode(reader.i16()?);
        let partition_errors = if version <= 4 {
            reader.array::<LeaderAndIsrPartitionError>(flexible, version)?
        } else {
            Vec::new()
        };
        let topics = if version >= 5 {
            reader.array::<LeaderAndIsrTopicError>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            partition_errors,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 2;
        if version <= 4 {
            size += size::array(&self.partition_errors, flexible, version);
        }
        if version >= 5 {
            size += size::array(&self.topics, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i16(self.error_code.0);
        if version <= 4 {
            writer.array(&self.partition_errors, flexible, version);
        } else if !self.partition_errors.is_empty() {
            writer.field_not_in_version("LeaderAndIsrResponse.PartitionErrors", version);
        }
        if version >= 5 {
            writer.array(&self.topics, flexible, version);
        } else if !self.topics.is_empty() {
            writer.field_not_in_version("LeaderAndIsrResponse.Topics", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrResponse.unknown_tags", version);
        }
    }
}

/// Part of [`LeaderAndIsrResponse::topics`]; versions 5 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrTopicError {
    /// `TopicId`: versions 5 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub topic_id: Uuid,
    /// `PartitionErrors`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub partition_errors: Vec<LeaderAndIsrPartitionError>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderAndIsrTopicError {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let topic_id = if version >= 5 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partition_errors = if version >= 5 {
            reader.array::<LeaderAndIsrPartitionError>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_id,
            partition_errors,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 5 {
            size += 16;
        }
        if version >= 5 {
            size += size::array(&self.partition_errors, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 5 {
            writer.uuid(self.topic_id);
        } else if !self.topic_id.is_zero() {
            writer.field_not_in_version("LeaderAndIsrTopicError.TopicId", version);
        }
        if version >= 5 {
            writer.array(&self.partition_errors, flexible, version);
        } else if !self.partition_errors.is_empty() {
            writer.field_not_in_version("LeaderAndIsrTopicError.PartitionErrors", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrTopicError.unknown_tags", version);
        }
    }
}

/// Used in [`LeaderAndIsrResponse::partition_errors`], [`LeaderAndIsrTopicError::partition_errors`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrPartitionError {
    /// `TopicName`, a topic's name: versions 0 to 4.
    pub topic_name: ByteString,
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderAndIsrPartitionError {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let topic_name = if version <= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            partition_index,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 6;
        if version <= 4 {
            size += size::string(&self.topic_name, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version <= 4 {
            writer.string(&self.topic_name, flexible);
        }
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrPartitionError.unknown_tags", version);
        }
    }
}

impl Message for LeaderAndIsrResponse {
    const NAME: &'static str = "LeaderAndIsrResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 7;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Response for LeaderAndIsrResponse {
    const KEY: ApiKey = ApiKey(4);
}
