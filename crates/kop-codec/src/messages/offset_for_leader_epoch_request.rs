//! `OffsetForLeaderEpochRequest`. Generated from `schema/messages/OffsetForLeaderEpochRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `OffsetForLeaderEpochRequest`: A request of API 23, versions 0 to 4, flexible from 4.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetForLeaderEpochRequest {
    /// `ReplicaId`, a broker's id: versions 3 and up.
    /// `-2` by default.
    pub replica_id: i32,
    /// `Topics`: all versions.
    pub topics: Vec<OffsetForLeaderTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetForLeaderEpochRequest {
    fn default() -> Self {
        Self {
            replica_id: -2,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetForLeaderEpochRequest {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let replica_id = if version >= 3 { reader.i32()? } else { -2 };
        let topics = reader.array::<OffsetForLeaderTopic>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            replica_id,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 3 {
            size += 4;
        }
        size += size::array(&self.topics, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 3 {
            writer.i32(self.replica_id);
        }
        writer.array(&self.topics, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetForLeaderEpochRequest.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetForLeaderEpochRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetForLeaderTopic {
    /// `Topic`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub topic: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<OffsetForLeaderPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetForLeaderTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let topic = reader.string(flexible)?;
        let partitions = reader.array::<OffsetForLeaderPartition>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        size += size::string(&self.topic, flexible);
        size += size::array(&self.partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(&self.topic, flexible);
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetForLeaderTopic.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetForLeaderTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetForLeaderPartition {
    /// `Partition`: all versions.
    pub partition: i32,
    /// `CurrentLeaderEpoch`: versions 2 and up.
    /// `-1` by default.
    pub current_leader_epoch: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetForLeaderPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            leader_epoch: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetForLeaderPartition {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let partition = reader.i32()?;
        let current_leader_epoch = if version >= 2 { reader.i32()? } else { -1 };
        let leader_epoch = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition,
            current_leader_epoch,
            leader_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 8;
        if version >= 2 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i32(self.partition);
        if version >= 2 {
            writer.i32(self.current_leader_epoch);
        }
        writer.i32(self.leader_epoch);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetForLeaderPartition.unknown_tags", version);
        }
    }
}

impl Message for OffsetForLeaderEpochRequest {
    const NAME: &'static str = "OffsetForLeaderEpochRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for OffsetForLeaderEpochRequest {
    const KEY: ApiKey = ApiKey(23);
    type Response = crate::messages::offset_for_leader_epoch_response::OffsetForLeaderEpochResponse;
}
