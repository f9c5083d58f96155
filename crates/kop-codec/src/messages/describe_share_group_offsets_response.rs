//! `DescribeShareGroupOffsetsResponse`. Generated from `schema/messages/DescribeShareGroupOffsetsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `DescribeShareGroupOffsetsResponse`: A response of API 90, versions 0 to 1, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeShareGroupOffsetsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Groups`: all versions.
    pub groups: Vec<DescribeShareGroupOffsetsResponseGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeShareGroupOffsetsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let groups = reader.array::<DescribeShareGroupOffsetsResponseGroup>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.groups, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.groups, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeShareGroupOffsetsResponse::groups`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeShareGroupOffsetsResponseGroup {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `Topics`: all versions.
    pub topics: Vec<DescribeShareGroupOffsetsResponseTopic>,
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

impl Wire for DescribeShareGroupOffsetsResponseGroup {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(true)?;
        let topics = reader.array::<DescribeShareGroupOffsetsResponseTopic>(true, version)?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            topics,
            error_code,
            error_message,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 2;
        size += size::string(&self.group_id, true);
        size += size::array(&self.topics, true, version);
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, true);
        writer.array(&self.topics, true, version);
        writer.i16(self.error_code.0);
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeShareGroupOffsetsResponseGroup::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeShareGroupOffsetsResponseTopic {
    /// `TopicName`, a topic's name: all versions.
    pub topic_name: ByteString,
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<DescribeShareGroupOffsetsResponsePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeShareGroupOffsetsResponseTopic {
    const MIN_LEN: usize = 19;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_name = reader.string(true)?;
        let topic_id = reader.uuid()?;
        let partitions =
            reader.array::<DescribeShareGroupOffsetsResponsePartition>(true, version)?;
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

/// Part of [`DescribeShareGroupOffsetsResponseTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeShareGroupOffsetsResponsePartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `StartOffset`: all versions.
    pub start_offset: i64,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `Lag`: version 1.
    /// `-1` by default.
    pub lag: i64,
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

impl Default for DescribeShareGroupOffsetsResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            start_offset: 0,
            leader_epoch: 0,
            lag: -1,
            error_code: ErrorCode::NONE,
            error_message: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeShareGroupOffsetsResponsePartition {
    const MIN_LEN: usize = 20;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let start_offset = reader.i64()?;
        let leader_epoch = reader.i32()?;
        let lag = if version >= 1 { reader.i64()? } else { -1 };
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            start_offset,
            leader_epoch,
            lag,
            error_code,
            error_message,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 18;
        if version >= 1 {
            size += 8;
        }
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<16>(|run| {
            run.i32(self.partition_index);
            run.i64(self.start_offset);
            run.i32(self.leader_epoch);
        });
        if version >= 1 {
            writer.i64(self.lag);
        }
        writer.i16(self.error_code.0);
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for DescribeShareGroupOffsetsResponse {
    const NAME: &'static str = "DescribeShareGroupOffsetsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for DescribeShareGroupOffsetsResponse {
    const KEY: ApiKey = ApiKey(90);
}
