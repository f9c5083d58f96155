//! `AssignReplicasToDirsRequest`. Generated from `schema/messages/AssignReplicasToDirsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size, wire::Wire,
};

/// `AssignReplicasToDirsRequest`: A request of API 73, version 0, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AssignReplicasToDirsRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `BrokerEpoch`: all versions.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// `Directories`: all versions.
    pub directories: Vec<DirectoryData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AssignReplicasToDirsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            directories: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AssignReplicasToDirsRequest {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        let directories = reader.array::<DirectoryData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            broker_epoch,
            directories,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 12;
        size += size::array(&self.directories, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<12>(|run| {
            run.i32(self.broker_id);
            run.i64(self.broker_epoch);
        });
        writer.array(&self.directories, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AssignReplicasToDirsRequest::directories`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DirectoryData {
    /// `Id`: all versions.
    pub id: Uuid,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DirectoryData {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let id = reader.uuid()?;
        let topics = reader.array::<TopicData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            id,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 16;
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.id);
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DirectoryData::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicData {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
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
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array::<PartitionData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 16;
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
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
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.partition_index);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AssignReplicasToDirsRequest {
    const NAME: &'static str = "AssignReplicasToDirsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AssignReplicasToDirsRequest {
    const KEY: ApiKey = ApiKey(73);
    type Response = crate::messages::assign_replicas_to_dirs_response::AssignReplicasToDirsResponse;
}
