//! `LeaderAndIsrRequest`. Generated from `schema/messages/LeaderAndIsrRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `LeaderAndIsrRequest`: A request of API 4, versions 0 to 7, flexible from 4.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrRequest {
    /// `ControllerId`, a broker's id: all versions.
    pub controller_id: i32,
    /// `IsKRaftController`: version 7.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub is_k_raft_controller: bool,
    /// `ControllerEpoch`: all versions.
    pub controller_epoch: i32,
    /// `BrokerEpoch`: versions 2 and up.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// `Type`: versions 5 and up.
    /// Other versions refuse anything but the default.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub type_: i8,
    /// `UngroupedPartitionStates`: versions 0 to 1.
    /// Other versions refuse anything but the default.
    pub ungrouped_partition_states: Vec<LeaderAndIsrPartitionState>,
    /// `TopicStates`: versions 2 and up.
    /// Other versions refuse anything but the default.
    pub topic_states: Vec<LeaderAndIsrTopicState>,
    /// `LiveLeaders`: all versions.
    pub live_leaders: Vec<LeaderAndIsrLiveLeader>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for LeaderAndIsrRequest {
    fn default() -> Self {
        Self {
            controller_id: 0,
            is_k_raft_controller: false,
            controller_epoch: 0,
            broker_epoch: -1,
            type_: 0,
            ungrouped_partition_states: Vec::new(),
            topic_states: Vec::new(),
            live_leaders: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for LeaderAndIsrRequest {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let controller_id = reader.i32()?;
        let is_k_raft_controller = if version >= 7 { reader.bool()? } else { false };
        let controller_epoch = reader.i32()?;
        let broker_epoch = if version >= 2 { reader.i64()? } else { -1 };
        let type_ = if version >= 5 { reader.i8()? } else { 0 };
        let ungrouped_partition_states = if version <= 1 {
            reader.array::<LeaderAndIsrPartitionState>(flexible, version)?
        } else {
            Vec::new()
        };
        let topic_states = if version >= 2 {
            reader.array::<LeaderAndIsrTopicState>(flexible, version)?
        } else {
            Vec::new()
        };
        let live_leaders = reader.array::<LeaderAndIsrLiveLeader>(flexible, version)?;
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
            type_,
            ungrouped_partition_states,
            topic_states,
            live_leaders,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 8;
        if version >= 7 {
            size += 1;
        }
        if version >= 2 {
            size += 8;
        }
        if version >= 5 {
            size += 1;
        }
        if version <= 1 {
            size += size::array(&self.ungrouped_partition_states, flexible, version);
        }
        if version >= 2 {
            size += size::array(&self.topic_states, flexible, version);
        }
        size += size::array(&self.live_leaders, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i32(self.controller_id);
        if version >= 7 {
            writer.bool(self.is_k_raft_controller);
        } else if self.is_k_raft_controller {
            writer.field_not_in_version("LeaderAndIsrRequest.IsKRaftController", version);
        }
        writer.i32(self.controller_epoch);
        if version >= 2 {
            writer.i64(self.broker_epoch);
        }
        if version >= 5 {
            writer.i8(self.type_);
        } else if self.type_ != 0 {
            writer.field_not_in_version("LeaderAndIsrRequest.Type", version);
        }
        if version <= 1 {
            writer.array(&self.ungrouped_partition_states, flexible, version);
        } else if !self.ungrouped_partition_states.is_empty() {
            writer.field_not_in_version("LeaderAndIsrRequest.UngroupedPartitionStates", version);
        }
        if version >= 2 {
            writer.array(&self.topic_states, flexible, version);
        } else if !self.topic_states.is_empty() {
            writer.field_not_in_version("LeaderAndIsrRequest.TopicStates", version);
        }
        writer.array(&self.live_leaders, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrRequest.unknown_tags", version);
        }
    }
}

/// Part of [`LeaderAndIsrRequest::topic_states`]; versions 2 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrTopicState {
    /// `TopicName`, a topic's name: versions 2 and up.
    /// Other versions refuse anything but the default.
    pub topic_name: ByteString,
    /// `TopicId`: versions 5 and up.
    pub topic_id: Uuid,
    /// `PartitionStates`: all versions.
    pub partition_states: Vec<LeaderAndIsrPartitionState>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderAndIsrTopicState {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let topic_name = if version >= 2 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 5 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partition_states = reader.array::<LeaderAndIsrPartitionState>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            topic_id,
            partition_states,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 2 {
            size += size::string(&self.topic_name, flexible);
        }
        if version >= 5 {
            size += 16;
        }
        size += size::array(&self.partition_states, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 2 {
            writer.string(&self.topic_name, flexible);
        } else if !self.topic_name.is_empty() {
            writer.field_not_in_version("LeaderAndIsrTopicState.TopicName", version);
        }
        if version >= 5 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partition_states, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrTopicState.unknown_tags", version);
        }
    }
}

/// Part of [`LeaderAndIsrRequest::live_leaders`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrLiveLeader {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `HostName`: all versions.
    pub host_name: ByteString,
    /// `Port`: all versions.
    pub port: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderAndIsrLiveLeader {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let broker_id = reader.i32()?;
        let host_name = reader.string(flexible)?;
        let port = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            broker_id,
            host_name,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 8;
        size += size::string(&self.host_name, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i32(self.broker_id);
        writer.string(&self.host_name, flexible);
        writer.i32(self.port);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrLiveLeader.unknown_tags", version);
        }
    }
}

/// Used in [`LeaderAndIsrRequest::ungrouped_partition_states`], [`LeaderAndIsrTopicState::partition_states`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderAndIsrPartitionState {
    /// `TopicName`, a topic's name: versions 0 to 1.
    pub topic_name: ByteString,
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `ControllerEpoch`: all versions.
    pub controller_epoch: i32,
    /// `Leader`, a broker's id: all versions.
    pub leader: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `Isr`, a broker's id: all versions.
    pub isr: Int32s,
    /// `PartitionEpoch`: all versions.
    pub partition_epoch: i32,
    /// `Replicas`, a broker's id: all versions.
    pub replicas: Int32s,
    /// `AddingReplicas`, a broker's id: versions 3 and up.
    pub adding_replicas: Int32s,
    /// `RemovingReplicas`, a broker's id: versions 3 and up.
    pub removing_replicas: Int32s,
    /// `IsNew`: versions 1 and up.
    /// `false` by default.
    pub is_new: bool,
    /// `LeaderRecoveryState`: versions 6 and up.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    pub leader_recovery_state: i8,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderAndIsrPartitionState {
    const MIN_LEN: usize = 26;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let topic_name = if version <= 1 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_index = reader.i32()?;
        let controller_epoch = reader.i32()?;
        let leader = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let isr = reader.int32s(flexible)?;
        let partition_epoch = reader.i32()?;
        let replicas = reader.int32s(flexible)?;
        let adding_replicas = if version >= 3 {
            reader.int32s(flexible)?
        } else {
            Int32s::default()
        };
        let removing_replicas = if version >= 3 {
            reader.int32s(flexible)?
        } else {
            Int32s::default()
        };
        let is_new = if version >= 1 { reader.bool()? } else { false };
        let leader_recovery_state = if version >= 6 { reader.i8()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            partition_index,
            controller_epoch,
            leader,
            leader_epoch,
            isr,
            partition_epoch,
            replicas,
            adding_replicas,
            removing_replicas,
            is_new,
            leader_recovery_state,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 20;
        if version <= 1 {
            size += size::string(&self.topic_name, flexible);
        }
        size += size::int32s(&self.isr, flexible);
        size += size::int32s(&self.replicas, flexible);
        if version >= 3 {
            size += size::int32s(&self.adding_replicas, flexible);
        }
        if version >= 3 {
            size += size::int32s(&self.removing_replicas, flexible);
        }
        if version >= 1 {
            size += 1;
        }
        if version >= 6 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version <= 1 {
            writer.string(&self.topic_name, flexible);
        }
        writer.run::<16>(|run| {
            run.i32(self.partition_index);
            run.i32(self.controller_epoch);
            run.i32(self.leader);
            run.i32(self.leader_epoch);
        });
        writer.int32s(&self.isr, flexible);
        writer.i32(self.partition_epoch);
        writer.int32s(&self.replicas, flexible);
        if version >= 3 {
            writer.int32s(&self.adding_replicas, flexible);
        }
        if version >= 3 {
            writer.int32s(&self.removing_replicas, flexible);
        }
        if version >= 1 {
            writer.bool(self.is_new);
        }
        if version >= 6 {
            writer.i8(self.leader_recovery_state);
        } else if self.leader_recovery_state != 0 {
            writer.field_not_in_version("LeaderAndIsrPartitionState.LeaderRecoveryState", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderAndIsrPartitionState.unknown_tags", version);
        }
    }
}

impl Message for LeaderAndIsrRequest {
    const NAME: &'static str = "LeaderAndIsrRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 7;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for LeaderAndIsrRequest {
    const KEY: ApiKey = ApiKey(4);
    type Response = crate::messages::leader_and_isr_response::LeaderAndIsrResponse;
}
