//! `DescribeTopicPartitionsResponse`. Generated from `schema/messages/DescribeTopicPartitionsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Uuid, Writer, size, wire::Wire,
};

/// `DescribeTopicPartitionsResponse`: A response of API 75, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeTopicPartitionsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Topics`: all versions.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
    /// `NextCursor`: all versions.
    /// None is null.
    pub next_cursor: Option<Cursor>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeTopicPartitionsResponse {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let topics = reader.array::<DescribeTopicPartitionsResponseTopic>(true, version)?;
        let next_cursor = reader.struct_nullable::<Cursor>(version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            topics,
            next_cursor,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.topics, true, version);
        size += size::struct_nullable(self.next_cursor.as_ref(), version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.topics, true, version);
        writer.struct_nullable(self.next_cursor.as_ref(), version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeTopicPartitionsResponse::topics`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeTopicPartitionsResponseTopic {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Name`, a topic's name: all versions.
    /// None is null.
    /// Empty, not null, by default.
    /// Part of the key: no two elements have the same.
    pub name: Option<ByteString>,
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `IsInternal`: all versions.
    /// `false` by default.
    pub is_internal: bool,
    /// `Partitions`: all versions.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// `TopicAuthorizedOperations`: all versions.
    /// `i32::MIN` by default.
    pub topic_authorized_operations: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeTopicPartitionsResponseTopic {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            name: Some(ByteString::default()),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeTopicPartitionsResponseTopic {
    const MIN_LEN: usize = 26;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let name = reader.string_nullable(true)?;
        let topic_id = reader.uuid()?;
        let is_internal = reader.bool()?;
        let partitions = reader.array::<DescribeTopicPartitionsResponsePartition>(true, version)?;
        let topic_authorized_operations = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            error_code,
            name,
            topic_id,
            is_internal,
            partitions,
            topic_authorized_operations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 23;
        size += size::string_nullable(self.name.as_ref(), true);
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.error_code.0);
        writer.string_nullable(self.name.as_ref(), true);
        writer.run::<17>(|run| {
            run.uuid(self.topic_id);
            run.bool(self.is_internal);
        });
        writer.array(&self.partitions, true, version);
        writer.i32(self.topic_authorized_operations);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeTopicPartitionsResponseTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`: all versions.
    /// `-1` by default.
    pub leader_epoch: i32,
    /// `ReplicaNodes`, a broker's id: all versions.
    pub replica_nodes: Int32s,
    /// `IsrNodes`, a broker's id: all versions.
    pub isr_nodes: Int32s,
    /// `EligibleLeaderReplicas`, a broker's id: all versions.
    /// None is null.
    pub eligible_leader_replicas: Option<Int32s>,
    /// `LastKnownElr`, a broker's id: all versions.
    /// None is null.
    pub last_known_elr: Option<Int32s>,
    /// `OfflineReplicas`, a broker's id: all versions.
    pub offline_replicas: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Int32s::default(),
            isr_nodes: Int32s::default(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Int32s::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeTopicPartitionsResponsePartition {
    const MIN_LEN: usize = 20;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let partition_index = reader.i32()?;
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let replica_nodes = reader.int32s(true)?;
        let isr_nodes = reader.int32s(true)?;
        let eligible_leader_replicas = reader.int32s_nullable(true)?;
        let last_known_elr = reader.int32s_nullable(true)?;
        let offline_replicas = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            eligible_leader_replicas,
            last_known_elr,
            offline_replicas,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 14;
        size += size::int32s(&self.replica_nodes, true);
        size += size::int32s(&self.isr_nodes, true);
        size += size::int32s_nullable(self.eligible_leader_replicas.as_ref(), true);
        size += size::int32s_nullable(self.last_known_elr.as_ref(), true);
        size += size::int32s(&self.offline_replicas, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<14>(|run| {
            run.i16(self.error_code.0);
            run.i32(self.partition_index);
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
        });
        writer.int32s(&self.replica_nodes, true);
        writer.int32s(&self.isr_nodes, true);
        writer.int32s_nullable(self.eligible_leader_replicas.as_ref(), true);
        writer.int32s_nullable(self.last_known_elr.as_ref(), true);
        writer.int32s(&self.offline_replicas, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeTopicPartitionsResponse::next_cursor`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Cursor {
    /// `TopicName`, a topic's name: all versions.
    pub topic_name: ByteString,
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Cursor {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic_name = reader.string(true)?;
        let partition_index = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_name,
            partition_index,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::string(&self.topic_name, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.topic_name, true);
        writer.i32(self.partition_index);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for DescribeTopicPartitionsResponse {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for DescribeTopicPartitionsResponse {
    const KEY: ApiKey = ApiKey(75);
}
