//! `TxnOffsetCommitRequest`. Generated from `schema/messages/TxnOffsetCommitRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `TxnOffsetCommitRequest`: A request of API 28, versions 0 to 6, flexible from 3.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TxnOffsetCommitRequest {
    /// `TransactionalId`, a transactional id: all versions.
    pub transactional_id: ByteString,
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `ProducerId`, a producer's id: all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`: all versions.
    pub producer_epoch: i16,
    /// `GenerationIdOrMemberEpoch`: versions 3 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub generation_id_or_member_epoch: i32,
    /// `MemberId`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 3 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub group_instance_id: Option<ByteString>,
    /// `Topics`: all versions.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        Self {
            transactional_id: ByteString::default(),
            group_id: ByteString::default(),
            producer_id: 0,
            producer_epoch: 0,
            generation_id_or_member_epoch: -1,
            member_id: ByteString::default(),
            group_instance_id: None,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for TxnOffsetCommitRequest {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let transactional_id = reader.string(flexible)?;
        let group_id = reader.string(flexible)?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let generation_id_or_member_epoch = if version >= 3 { reader.i32()? } else { -1 };
        let member_id = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let group_instance_id = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let topics = reader.array::<TxnOffsetCommitRequestTopic>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactional_id,
            group_id,
            producer_id,
            producer_epoch,
            generation_id_or_member_epoch,
            member_id,
            group_instance_id,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 10;
        size += size::string(&self.transactional_id, flexible);
        size += size::string(&self.group_id, flexible);
        if version >= 3 {
            size += 4;
        }
        if version >= 3 {
            size += size::string(&self.member_id, flexible);
        }
        if version >= 3 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        size += size::array(&self.topics, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(&self.transactional_id, flexible);
        writer.string(&self.group_id, flexible);
        writer.run::<10>(|run| {
            run.i64(self.producer_id);
            run.i16(self.producer_epoch);
        });
        if version >= 3 {
            writer.i32(self.generation_id_or_member_epoch);
        } else if self.generation_id_or_member_epoch != -1 {
            writer
                .field_not_in_version("TxnOffsetCommitRequest.GenerationIdOrMemberEpoch", version);
        }
        if version >= 3 {
            writer.string(&self.member_id, flexible);
        } else if !self.member_id.is_empty() {
            writer.field_not_in_version("TxnOffsetCommitRequest.MemberId", version);
        }
        if version >= 3 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        } else if self.group_instance_id.is_some() {
            writer.field_not_in_version("TxnOffsetCommitRequest.GroupInstanceId", version);
        }
        writer.array(&self.topics, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TxnOffsetCommitRequest.unknown_tags", version);
        }
    }
}

/// Part of [`TxnOffsetCommitRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TxnOffsetCommitRequestTopic {
    /// `Name`, a topic's name: versions 0 to 5.
    pub name: ByteString,
    /// `TopicId`: version 6.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TxnOffsetCommitRequestTopic {
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
        let partitions = reader.array::<TxnOffsetCommitRequestPartition>(flexible, version)?;
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
            writer.field_not_in_version("TxnOffsetCommitRequestTopic.unknown_tags", version);
        }
    }
}

/// Part of [`TxnOffsetCommitRequestTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TxnOffsetCommitRequestPartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `CommittedOffset`: all versions.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`: versions 2 and up.
    /// `-1` by default.
    pub committed_leader_epoch: i32,
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

impl Default for TxnOffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for TxnOffsetCommitRequestPartition {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let partition_index = reader.i32()?;
        let committed_offset = reader.i64()?;
        let committed_leader_epoch = if version >= 2 { reader.i32()? } else { -1 };
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
            committed_metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 12;
        if version >= 2 {
            size += 4;
        }
        size += size::string_nullable(self.committed_metadata.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.run::<12>(|run| {
            run.i32(self.partition_index);
            run.i64(self.committed_offset);
        });
        if version >= 2 {
            writer.i32(self.committed_leader_epoch);
        }
        writer.string_nullable(self.committed_metadata.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TxnOffsetCommitRequestPartition.unknown_tags", version);
        }
    }
}

impl Message for TxnOffsetCommitRequest {
    const NAME: &'static str = "TxnOffsetCommitRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for TxnOffsetCommitRequest {
    const KEY: ApiKey = ApiKey(28);
    type Response = crate::messages::txn_offset_commit_response::TxnOffsetCommitResponse;
}
