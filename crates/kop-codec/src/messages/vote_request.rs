//! `VoteRequest`. Generated from `schema/messages/VoteRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `VoteRequest`: A request of API 52, versions 0 to 2, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct VoteRequest {
    /// `ClusterId`: all versions.
    /// None is null.
    pub cluster_id: Option<ByteString>,
    /// `VoterId`, a broker's id: versions 1 and up.
    /// `-1` by default.
    pub voter_id: i32,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for VoteRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for VoteRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let cluster_id = reader.string_nullable(true)?;
        let voter_id = if version >= 1 { reader.i32()? } else { -1 };
        let topics = reader.array::<TopicData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            cluster_id,
            voter_id,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string_nullable(self.cluster_id.as_ref(), true);
        if version >= 1 {
            size += 4;
        }
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.cluster_id.as_ref(), true);
        if version >= 1 {
            writer.i32(self.voter_id);
        }
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`VoteRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicData {
    /// `TopicName`, a topic's name: all versions.
    pub topic_name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicData {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_name = reader.string(true)?;
        let partitions = reader.array::<PartitionData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.topic_name, true);
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.topic_name, true);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopicData::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionData {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `ReplicaEpoch`: all versions.
    pub replica_epoch: i32,
    /// `ReplicaId`, a broker's id: all versions.
    pub replica_id: i32,
    /// `ReplicaDirectoryId`: versions 1 and up.
    pub replica_directory_id: Uuid,
    /// `VoterDirectoryId`: versions 1 and up.
    pub voter_directory_id: Uuid,
    /// `LastOffsetEpoch`: all versions.
    pub last_offset_epoch: i32,
    /// `LastOffset`: all versions.
    pub last_offset: i64,
    /// `PreVote`: version 2.
    /// Other versions refuse anything but the default.
    pub pre_vote: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 25;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let replica_epoch = reader.i32()?;
        let replica_id = reader.i32()?;
        let replica_directory_id = if version >= 1 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let voter_directory_id = if version >= 1 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let last_offset_epoch = reader.i32()?;
        let last_offset = reader.i64()?;
        let pre_vote = if version >= 2 { reader.bool()? } else { false };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            replica_epoch,
            replica_id,
            replica_directory_id,
            voter_directory_id,
            last_offset_epoch,
            last_offset,
            pre_vote,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 24;
        if version >= 1 {
            size += 16;
        }
        if version >= 1 {
            size += 16;
        }
        if version >= 2 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<12>(|run| {
            run.i32(self.partition_index);
            run.i32(self.replica_epoch);
            run.i32(self.replica_id);
        });
        if version >= 1 {
            writer.uuid(self.replica_directory_id);
        }
        if version >= 1 {
            writer.uuid(self.voter_directory_id);
        }
        writer.run::<12>(|run| {
            run.i32(self.last_offset_epoch);
            run.i64(self.last_offset);
        });
        if version >= 2 {
            writer.bool(self.pre_vote);
        } else if self.pre_vote {
            writer.field_not_in_version("PartitionData.PreVote", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for VoteRequest {
    const NAME: &'static str = "VoteRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for VoteRequest {
    const KEY: ApiKey = ApiKey(52);
    type Response = crate::messages::vote_response::VoteResponse;
}
