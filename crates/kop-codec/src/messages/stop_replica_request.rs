//! `StopReplicaRequest`. Generated from `schema/messages/StopReplicaRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `StopReplicaRequest`: A request of API 5, versions 0 to 4, flexible from 2.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaRequest {
    /// `ControllerId`, a broker's id: all versions.
    pub controller_id: i32,
    /// `IsKRaftController`: version 4.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub is_k_raft_controller: bool,
    /// `ControllerEpoch`: all versions.
    pub controller_epoch: i32,
    /// `BrokerEpoch`: versions 1 and up.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// `DeletePartitions`: versions 0 to 2.
    pub delete_partitions: bool,
    /// `UngroupedPartitions`: version 0.
    /// Other versions refuse anything but the default.
    pub ungrouped_partitions: Vec<StopReplicaPartitionV0>,
    /// `Topics`: versions 1 to 2.
    /// Other versions refuse anything but the default.
    pub topics: Vec<StopReplicaTopicV1>,
    /// `TopicStates`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub topic_states: Vec<StopReplicaTopicState>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for StopReplicaRequest {
    fn default() -> Self {
        Self {
            controller_id: 0,
            is_k_raft_controller: false,
            controller_epoch: 0,
            broker_epoch: -1,
            delete_partitions: false,
            ungrouped_partitions: Vec::new(),
            topics: Vec::new(),
            topic_states: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for StopReplicaRequest {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let controller_id = reader.i32()?;
        let is_k_raft_controller = if version >= 4 { reader.bool()? } else { false };
        let controller_epoch = reader.i32()?;
        let broker_epoch = if version >= 1 { reader.i64()? } else { -1 };
        let delete_partitions = if version <= 2 { reader.bool()? } else { false };
        let ungrouped_partitions = if version <= 0 {
            reader.array::<StopReplicaPartitionV0>(flexible, version)?
        } else {
            Vec::new()
        };
        let topics = if (1..=2).contains(&version) {
            reader.array::<StopReplicaTopicV1>(flexible, version)?
        } else {
            Vec::new()
        };
        let topic_states = if version >= 3 {
            reader.array::<StopReplicaTopicState>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            controller_id,
            is_k_raft_controller,
            controller_epoch,
            broker_epoch,
            delete_partitions,
            ungrouped_partitions,
            topics,
            topic_states,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 8;
        if version >= 4 {
            size += 1;
        }
        if version >= 1 {
            size += 8;
        }
        if version <= 2 {
            size += 1;
        }
        if version <= 0 {
            size += size::array(&self.ungrouped_partitions, flexible, version);
        }
        if (1..=2).contains(&version) {
            size += size::array(&self.topics, flexible, version);
        }
        if version >= 3 {
            size += size::array(&self.topic_states, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i32(self.controller_id);
        if version >= 4 {
            writer.bool(self.is_k_raft_controller);
        } else if self.is_k_raft_controller {
            writer.field_not_in_version("StopReplicaRequest.IsKRaftController", version);
        }
        writer.i32(self.controller_epoch);
        if version >= 1 {
            writer.i64(self.broker_epoch);
        }
        if version <= 2 {
            writer.bool(self.delete_partitions);
        }
        if version <= 0 {
            writer.array(&self.ungrouped_partitions, flexible, version);
        } else if !self.ungrouped_partitions.is_empty() {
            writer.field_not_in_version("StopReplicaRequest.UngroupedPartitions", version);
        }
        if (1..=2).contains(&version) {
            writer.array(&self.topics, flexible, version);
        } else if !self.topics.is_empty() {
            writer.field_not_in_version("StopReplicaRequest.Topics", version);
        }
        if version >= 3 {
            writer.array(&self.topic_states, flexible, version);
        } else if !self.topic_states.is_empty() {
            writer.field_not_in_version("StopReplicaRequest.TopicStates", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaRequest.unknown_tags", version);
        }
    }
}

/// Part of [`StopReplicaRequest::ungrouped_partitions`]; version 0.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaPartitionV0 {
    /// `TopicName`, a topic's name: version 0.
    /// Other versions refuse anything but the default.
    pub topic_name: ByteString,
    /// `PartitionIndex`: version 0.
    /// Other versions refuse anything but the default.
    pub partition_index: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StopReplicaPartitionV0 {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let topic_name = if version <= 0 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_index = if version <= 0 { reader.i32()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            partition_index,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        if version <= 0 {
            size += size::string(&self.topic_name, flexible);
        }
        if version <= 0 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if version <= 0 {
            writer.string(&self.topic_name, flexible);
        } else if !self.topic_name.is_empty() {
            writer.field_not_in_version("StopReplicaPartitionV0.TopicName", version);
        }
        if version <= 0 {
            writer.i32(self.partition_index);
        } else if self.partition_index != 0 {
            writer.field_not_in_version("StopReplicaPartitionV0.PartitionIndex", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaPartitionV0.unknown_tags", version);
        }
    }
}

/// Part of [`StopReplicaRequest::topics`]; versions 1 to 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaTopicV1 {
    /// `Name`, a topic's name: versions 1 to 2.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `PartitionIndexes`: versions 1 to 2.
    /// Other versions refuse anything but the default.
    pub partition_indexes: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StopReplicaTopicV1 {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let name = if (1..=2).contains(&version) {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_indexes = if (1..=2).contains(&version) {
            reader.int32s(flexible)?
        } else {
            Int32s::default()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            partition_indexes,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        if (1..=2).contains(&version) {
            size += size::string(&self.name, flexible);
        }
        if (1..=2).contains(&version) {
            size += size::int32s(&self.partition_indexes, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if (1..=2).contains(&version) {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("StopReplicaTopicV1.Name", version);
        }
        if (1..=2).contains(&version) {
            writer.int32s(&self.partition_indexes, flexible);
        } else if !self.partition_indexes.is_empty() {
            writer.field_not_in_version("StopReplicaTopicV1.PartitionIndexes", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaTopicV1.unknown_tags", version);
        }
    }
}

/// Part of [`StopReplicaRequest::topic_states`]; versions 3 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaTopicState {
    /// `TopicName`, a topic's name: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub topic_name: ByteString,
    /// `PartitionStates`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub partition_states: Vec<StopReplicaPartitionState>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StopReplicaTopicState {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let topic_name = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_states = if version >= 3 {
            reader.array::<StopReplicaPartitionState>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            partition_states,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        if version >= 3 {
            size += size::string(&self.topic_name, flexible);
        }
        if version >= 3 {
            size += size::array(&self.partition_states, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if version >= 3 {
            writer.string(&self.topic_name, flexible);
        } else if !self.topic_name.is_empty() {
            writer.field_not_in_version("StopReplicaTopicState.TopicName", version);
        }
        if version >= 3 {
            writer.array(&self.partition_states, flexible, version);
        } else if !self.partition_states.is_empty() {
            writer.field_not_in_version("StopReplicaTopicState.PartitionStates", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaTopicState.unknown_tags", version);
        }
    }
}

/// Part of [`StopReplicaTopicState::partition_states`]; versions 3 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StopReplicaPartitionState {
    /// `PartitionIndex`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub partition_index: i32,
    /// `LeaderEpoch`: versions 3 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub leader_epoch: i32,
    /// `DeletePartition`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub delete_partition: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for StopReplicaPartitionState {
    fn default() -> Self {
        Self {
            partition_index: 0,
            leader_epoch: -1,
            delete_partition: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for StopReplicaPartitionState {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let partition_index = if version >= 3 { reader.i32()? } else { 0 };
        let leader_epoch = if version >= 3 { reader.i32()? } else { -1 };
        let delete_partition = if version >= 3 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            leader_epoch,
            delete_partition,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        if version >= 3 {
            size += 4;
        }
        if version >= 3 {
            size += 4;
        }
        if version >= 3 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if version >= 3 {
            writer.i32(self.partition_index);
        } else if self.partition_index != 0 {
            writer.field_not_in_version("StopReplicaPartitionState.PartitionIndex", version);
        }
        if version >= 3 {
            writer.i32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            writer.field_not_in_version("StopReplicaPartitionState.LeaderEpoch", version);
        }
        if version >= 3 {
            writer.bool(self.delete_partition);
        } else if self.delete_partition {
            writer.field_not_in_version("StopReplicaPartitionState.DeletePartition", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("StopReplicaPartitionState.unknown_tags", version);
        }
    }
}

impl Message for StopReplicaRequest {
    const NAME: &'static str = "StopReplicaRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for StopReplicaRequest {
    const KEY: ApiKey = ApiKey(5);
    type Response = crate::messages::stop_replica_response::StopReplicaResponse;
}
