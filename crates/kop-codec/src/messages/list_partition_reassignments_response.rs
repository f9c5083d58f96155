//! `ListPartitionReassignmentsResponse`. Generated from `schema/messages/ListPartitionReassignmentsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Writer, size, wire::Wire,
};

/// `ListPartitionReassignmentsResponse`: A response of API 46, version 0, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListPartitionReassignmentsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `Topics`: all versions.
    pub topics: Vec<OngoingTopicReassignment>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ListPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ListPartitionReassignmentsResponse {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let topics = reader.array::<OngoingTopicReassignment>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::array(&self.topics, true, version);
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
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ListPartitionReassignmentsResponse::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OngoingTopicReassignment {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<OngoingPartitionReassignment>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OngoingTopicReassignment {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let partitions = reader.array::<OngoingPartitionReassignment>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.name, true);
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, true);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`OngoingTopicReassignment::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OngoingPartitionReassignment {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `Replicas`, a broker's id: all versions.
    pub replicas: Int32s,
    /// `AddingReplicas`, a broker's id: all versions.
    pub adding_replicas: Int32s,
    /// `RemovingReplicas`, a broker's id: all versions.
    pub removing_replicas: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OngoingPartitionReassignment {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let replicas = reader.int32s(true)?;
        let adding_replicas = reader.int32s(true)?;
        let removing_replicas = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            replicas,
            adding_replicas,
            removing_replicas,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::int32s(&self.replicas, true);
        size += size::int32s(&self.adding_replicas, true);
        size += size::int32s(&self.removing_replicas, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.partition_index);
        writer.int32s(&self.replicas, true);
        writer.int32s(&self.adding_replicas, true);
        writer.int32s(&self.removing_replicas, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ListPartitionReassignmentsResponse {
    const NAME: &'static str = "ListPartitionReassignmentsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for ListPartitionReassignmentsResponse {
    const KEY: ApiKey = ApiKey(46);
}
