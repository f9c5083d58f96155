//! `OffsetDeleteResponse`. Generated from `schema/messages/OffsetDeleteResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `OffsetDeleteResponse`: A response of API 47, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetDeleteResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Topics`: all versions.
    pub topics: Vec<OffsetDeleteResponseTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetDeleteResponse {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let throttle_time_ms = reader.i32()?;
        let topics = reader.array::<OffsetDeleteResponseTopic>(false, version)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            error_code,
            throttle_time_ms,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::array(&self.topics, false, version);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i16(self.error_code.0);
            run.i32(self.throttle_time_ms);
        });
        writer.array(&self.topics, false, version);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetDeleteResponse.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetDeleteResponse::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetDeleteResponseTopic {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetDeleteResponseTopic {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(false)?;
        let partitions = reader.array::<OffsetDeleteResponsePartition>(false, version)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.name, false);
        size += size::array(&self.partitions, false, version);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, false);
        writer.array(&self.partitions, false, version);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetDeleteResponseTopic.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetDeleteResponseTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetDeleteResponsePartition {
    /// `PartitionIndex`: all versions.
    /// Part of the key: no two elements have the same.
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

impl Wire for OffsetDeleteResponsePartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            partition_index,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        6
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetDeleteResponsePartition.unknown_tags", version);
        }
    }
}

impl Message for OffsetDeleteResponse {
    const NAME: &'static str = "OffsetDeleteResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Response for OffsetDeleteResponse {
    const KEY: ApiKey = ApiKey(47);
}
