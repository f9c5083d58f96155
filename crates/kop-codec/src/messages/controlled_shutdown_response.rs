//! `ControlledShutdownResponse`. Generated from `schema/messages/ControlledShutdownResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `ControlledShutdownResponse`: A response of API 7, versions 0 to 3, flexible from 3.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ControlledShutdownResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `RemainingPartitions`: all versions.
    pub remaining_partitions: Vec<RemainingPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ControlledShutdownResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let error_code = ErrorCode(reader.i16()?);
        let remaining_partitions = reader.array::<RemainingPartition>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            remaining_partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 2;
        size += size::array(&self.remaining_partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.i16(self.error_code.0);
        writer.array(&self.remaining_partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ControlledShutdownResponse.unknown_tags", version);
        }
    }
}

/// Part of [`ControlledShutdownResponse::remaining_partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct RemainingPartition {
    /// `TopicName`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub topic_name: ByteString,
    /// `PartitionIndex`: all versions.
    /// Part of the key: no two elements have the same.
    pub partition_index: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for RemainingPartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let topic_name = reader.string(flexible)?;
        let partition_index = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            partition_index,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 4;
        size += size::string(&self.topic_name, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(&self.topic_name, flexible);
        writer.i32(self.partition_index);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("RemainingPartition.unknown_tags", version);
        }
    }
}

impl Message for ControlledShutdownResponse {
    const NAME: &'static str = "ControlledShutdownResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Response for ControlledShutdownResponse {
    const KEY: ApiKey = ApiKey(7);
}
