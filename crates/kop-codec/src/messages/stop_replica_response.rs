//! `StopReplicaResponse`. Generated from `schema/messages/StopReplicaResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `StopReplicaResponse`: A response of API 5, versions 0 to 4, flexible from 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `PartitionErrors`: all versions.
    pub partition_errors: Vec<StopReplicaPartitionError>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StopReplicaResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let error_code = ErrorCode(reader.i16()?);
        let partition_errors = reader.array::<StopReplicaPartitionError>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            partition_errors,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 2;
        size += size::array(&self.partition_errors, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i16(self.error_code.0);
        writer.array(&self.partition_errors, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaResponse.unknown_tags", version);
        }
    }
}

/// Part of [`StopReplicaResponse::partition_errors`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaPartitionError {
    /// `TopicName`, a topic's name: all versions.
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

impl Wire for StopReplicaPartitionError {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let topic_name = reader.string(flexible)?;
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
        let flexible = version >= 2;
        let mut size = 6;
        size += size::string(&self.topic_name, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(&self.topic_name, flexible);
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaPartitionError.unknown_tags", version);
        }
    }
}

impl Message for StopReplicaResponse {
    const NAME: &'static str = "StopReplicaResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Response for StopReplicaResponse {
    const KEY: ApiKey = ApiKey(5);
}
