//! `TxnOffsetCommitResponse`. Generated from `schema/messages/TxnOffsetCommitResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `TxnOffsetCommitResponse`: A response of API 28, versions 0 to 6, flexible from 3.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TxnOffsetCommitResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Topics`: all versions.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TxnOffsetCommitResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let throttle_time_ms = reader.i32()?;
        let topics = reader.array::<TxnOffsetCommitResponseTopic>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 4;
        size += size::array(&self.topics, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.i32(self.throttle_time_ms);
        writer.array(&self.topics, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TxnOffsetCommitResponse.unknown_tags", version);
        }
    }
}

/// Part of [`TxnOffsetCommitResponse::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TxnOffsetCommitResponseTopic {
    /// `Name`, a topic's name: versions 0 to 5.
    pub name: ByteString,
    /// `TopicId`: version 6.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TxnOffsetCommitResponseTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let name = if version <= 5 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 6 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = reader.array::<TxnOffsetCommitResponsePartition>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version <= 5 {
            size += size::string(&self.name, flexible);
        }
        if version >= 6 {
            size += 16;
        }
        size += size::array(&self.partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version <= 5 {
            writer.string(&self.name, flexible);
        }
        if version >= 6 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TxnOffsetCommitResponseTopic.unknown_tags", version);
        }
    }
}

/// Part of [`TxnOffsetCommitResponseTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TxnOffsetCommitResponsePartition {
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

impl Wire for TxnOffsetCommitResponsePartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 6;
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TxnOffsetCommitResponsePartition.unknown_tags", version);
        }
    }
}

impl Message for TxnOffsetCommitResponse {
    const NAME: &'static str = "TxnOffsetCommitResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Response for TxnOffsetCommitResponse {
    const KEY: ApiKey = ApiKey(28);
}
