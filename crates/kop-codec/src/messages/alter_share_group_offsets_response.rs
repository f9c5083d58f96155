//! `AlterShareGroupOffsetsResponse`. Generated from `schema/messages/AlterShareGroupOffsetsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `AlterShareGroupOffsetsResponse`: A response of API 91, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterShareGroupOffsetsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `Responses`: all versions.
    pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterShareGroupOffsetsResponse {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let responses = reader.array::<AlterShareGroupOffsetsResponseTopic>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            responses,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::array(&self.responses, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.array(&self.responses, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterShareGroupOffsetsResponse::responses`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterShareGroupOffsetsResponseTopic {
    /// `TopicName`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub topic_name: ByteString,
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterShareGroupOffsetsResponseTopic {
    const MIN_LEN: usize = 19;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_name = reader.string(true)?;
        let topic_id = reader.uuid()?;
        let partitions = reader.array::<AlterShareGroupOffsetsResponsePartition>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_name,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 16;
        size += size::string(&self.topic_name, true);
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.topic_name, true);
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterShareGroupOffsetsResponseTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterShareGroupOffsetsResponsePartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterShareGroupOffsetsResponsePartition {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 6;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AlterShareGroupOffsetsResponse {
    const NAME: &'static str = "AlterShareGroupOffsetsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for AlterShareGroupOffsetsResponse {
    const KEY: ApiKey = ApiKey(91);
}
