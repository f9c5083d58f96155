//! `OffsetCommitRequest`. Generated from `schema/messages/OffsetCommitRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `OffsetCommitRequest`: A request of API 8, versions 0 to 10, flexible from 8.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetCommitRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `GenerationIdOrMemberEpoch`: versions 1 and up.
    /// `-1` by default.
    pub generation_id_or_member_epoch: i32,
    /// `MemberId`: versions 1 and up.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 7 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub group_instance_id: Option<ByteString>,
    /// `RetentionTimeMs`, in milliseconds: versions 2 to 4.
    /// `-1` by default.
    pub retention_time_ms: i64,
    /// `Topics`: all versions.
    pub topics: Vec<OffsetCommitRequestTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetCommitRequest {
    fn default() -> Self {
        Self {
            group_id: ByteString::default(),
            generation_id_or_member_epoch: -1,
            member_id: ByteString::default(),
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetCommitRequest {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let group_id = reader.string(flexible)?;
        let generation_id_or_member_epoch = if version >= 1 { reader.i32()? } else { -1 };
        let member_id = if version >= 1 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let group_instance_id = if version >= 7 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let retention_time_ms = if (2..=4).contains(&version) {
            reader.i64()?
        } else {
            -1
        };
        let topics = reader.array::<OffsetCommitRequestTopic>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            generation_id_or_member_epoch,
            member_id,
            group_instance_id,
            retention_time_ms,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 8;
        let mut size = 0;
        size += size::string(&self.group_id, flexible);
        if version >= 1 {
            size += 4;
        }
        if version >= 1 {
            size += size::string(&self.member_id, flexible);
        }
        if version >= 7 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        if (2..=4).contains(&version) {
            size += 8;
        }
        size += size::array(&self.topics, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        writer.string(&self.group_id, flexible);
        if version >= 1 {
            writer.i32(self.generation_id_or_member_epoch);
        }
        if version >= 1 {
            writer.string(&self.member_id, flexible);
        }
        if version >= 7 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        } else if self.group_instance_id.is_some() {
            writer.field_not_in_version("OffsetCommitRequest.GroupInstanceId", version);
        }
        if (2..=4).contains(&version) {
            writer.i64(self.retention_time_ms);
        }
        writer.array(&self.topics, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetCommitRequest.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetCommitRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetCommitRequestTopic {
    /// `Name`, a topic's name: versions 0 to 9.
    pub name: ByteString,
    /// `TopicId`: version 10.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<OffsetCommitRequestPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetCommitRequestTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let name = if version <= 9 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 10 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = reader.array::<OffsetCommitRequestPartition>(flexible, version)?;
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
        let flexible = version >= 8;
        let mut size = 0;
        if version <= 9 {
            size += size::string(&self.name, flexible);
        }
        if version >= 10 {
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
        let flexible = version >= 8;
        if version <= 9 {
            writer.string(&self.name, flexible);
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetCommitRequestTopic.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetCommitRequestTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetCommitRequestPartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `CommittedOffset`: all versions.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`: versions 6 and up.
    /// `-1` by default.
    pub committed_leader_epoch: i32,
    /// `CommitTimestamp`, in milliseconds since 1970: version 1.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub commit_timestamp: i64,
    /// `CommittedMetadata`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub committed_metadata: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            commit_timestamp: -1,
            committed_metadata: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetCommitRequestPartition {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let partition_index = reader.i32()?;
        let committed_offset = reader.i64()?;
        let committed_leader_epoch = if version >= 6 { reader.i32()? } else { -1 };
        let commit_timestamp = if version == 1 { reader.i64()? } else { -1 };
        let committed_metadata = reader.string_nullable(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            commit_timestamp,
            committed_metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 8;
        let mut size = 12;
        if version >= 6 {
            size += 4;
        }
        if version == 1 {
            size += 8;
        }
        size += size::string_nullable(self.committed_metadata.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 8;
        writer.run::<12>(|run| {
            run.i32(self.partition_index);
            run.i64(self.committed_offset);
        });
        if version >= 6 {
            writer.i32(self.committed_leader_epoch);
        }
        if version == 1 {
            writer.i64(self.commit_timestamp);
        } else if self.commit_timestamp != -1 {
            writer.field_not_in_version("OffsetCommitRequestPartition.CommitTimestamp", version);
        }
        writer.string_nullable(self.committed_metadata.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetCommitRequestPartition.unknown_tags", version);
        }
    }
}

impl Message for OffsetCommitRequest {
    const NAME: &'static str = "OffsetCommitRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 10;
    const FLEXIBLE_FROM: i16 = 8;
}

impl Request for OffsetCommitRequest {
    const KEY: ApiKey = ApiKey(8);
    type Response = crate::messages::offset_commit_response::OffsetCommitResponse;
}
