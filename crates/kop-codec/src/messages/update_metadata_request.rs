//! `UpdateMetadataRequest`. Generated from `schema/messages/UpdateMetadataRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `UpdateMetadataRequest`: A request of API 6, versions 0 to 8, flexible from 6.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateMetadataRequest {
    /// `ControllerId`, a broker's id: all versions.
    pub controller_id: i32,
    /// `IsKRaftController`: version 8.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub is_k_raft_controller: bool,
    /// `Type`: version 8, tag 0.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub type_: i8,
    /// `ControllerEpoch`: all versions.
    pub controller_epoch: i32,
    /// `BrokerEpoch`: versions 5 and up.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// `UngroupedPartitionStates`: versions 0 to 4.
    /// Other versions refuse anything but the default.
    pub ungrouped_partition_states: Vec<UpdateMetadataPartitionState>,
    /// `TopicStates`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub topic_states: Vec<UpdateMetadataTopicState>,
    /// `LiveBrokers`: all versions.
    pub live_brokers: Vec<UpdateMetadataBroker>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for UpdateMetadataRequest {
    fn default() -> Self {
        Self {
            controller_id: 0,
            is_k_raft_controller: false,
            type_: 0,
            controller_epoch: 0,
            broker_epoch: -1,
            ungrouped_partition_states: Vec::new(),
            topic_states: Vec::new(),
            live_brokers: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for UpdateMetadataRequest {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let controller_id = reader.i32()?;
        let is_k_raft_controller = if version >= 8 { reader.bool()? } else { false };
        let controller_epoch = reader.i32()?;
        let broker_epoch = if version >= 5 { reader.i64()? } else { -1 };
        let ungrouped_partition_states = if version <= 4 {
            reader.array::<UpdateMetadataPartitionState>(flexible, version)?
        } else {
            Vec::new()
        };
        let topic_states = if version >= 5 {
            reader.array::<UpdateMetadataTopicState>(flexible, version)?
        } else {
            Vec::new()
        };
        let live_brokers = reader.array::<UpdateMetadataBroker>(flexible, version)?;
        let mut type_ = 0;
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 if version >= 8 => {
                        type_ = field.i8()?;
                        field.finish()?;
                    }
                    0 => return Err(field.tag_not_in_version(tag, version)),
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            controller_id,
            is_k_raft_controller,
            type_,
            controller_epoch,
            broker_epoch,
            ungrouped_partition_states,
            topic_states,
            live_brokers,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 8;
        if version >= 8 {
            size += 1;
        }
        if version >= 5 {
            size += 8;
        }
        if version <= 4 {
            size += size::array(&self.ungrouped_partition_states, flexible, version);
        }
        if version >= 5 {
            size += size::array(&self.topic_states, flexible, version);
        }
        size += size::array(&self.live_brokers, flexible, version);
        if flexible {
            let mut tags = self.unknown_tags.len();
            if version >= 8 && self.type_ != 0 {
                tags += 1;
                size += size::tagged(0, 1);
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.i32(self.controller_id);
        if version >= 8 {
            writer.bool(self.is_k_raft_controller);
        } else if self.is_k_raft_controller {
            writer.field_not_in_version("UpdateMetadataRequest.IsKRaftController", version);
        }
        writer.i32(self.controller_epoch);
        if version >= 5 {
            writer.i64(self.broker_epoch);
        }
        if version <= 4 {
            writer.array(&self.ungrouped_partition_states, flexible, version);
        } else if !self.ungrouped_partition_states.is_empty() {
            writer.field_not_in_version("UpdateMetadataRequest.UngroupedPartitionStates", version);
        }
        if version >= 5 {
            writer.array(&self.topic_states, flexible, version);
        } else if !self.topic_states.is_empty() {
            writer.field_not_in_version("UpdateMetadataRequest.TopicStates", version);
        }
        writer.array(&self.live_brokers, flexible, version);
        if version < 8 && self.type_ != 0 {
            writer.field_not_in_version("UpdateMetadataRequest.Type", version);
        }
        if flexible {
            let has_type_ = version >= 8 && self.type_ != 0;
            writer.tag_count(usize::from(has_type_) + self.unknown_tags.len());
            if has_type_ {
                writer.tag(0, 1);
                writer.i8(self.type_);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("UpdateMetadataRequest.unknown_tags", version);
        }
    }
}

/// Part of [`UpdateMetadataRequest::topic_states`]; versions 5 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateMetadataTopicState {
    /// `TopicName`, a topic's name: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub topic_name: ByteString,
    /// `TopicId`: versions 7 and up.
    pub topic_id: Uuid,
    /// `PartitionStates`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub partition_states: Vec<UpdateMetadataPartitionState>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for UpdateMetadataTopicState {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let topic_name = if version >= 5 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 7 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partition_states = if version >= 5 {
            reader.array::<UpdateMetadataPartitionState>(flexible, version)?
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
            topic_id,
            partition_states,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version >= 5 {
            size += size::string(&self.topic_name, flexible);
        }
        if version >= 7 {
            size += 16;
        }
        if version >= 5 {
            size += size::array(&self.partition_states, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 5 {
            writer.string(&self.topic_name, flexible);
        } else if !self.topic_name.is_empty() {
            writer.field_not_in_version("UpdateMetadataTopicState.TopicName", version);
        }
        if version >= 7 {
            writer.uuid(self.topic_id);
        }
        if version >= 5 {
            writer.array(&self.partition_states, flexible, version);
        } else if !self.partition_states.is_empty() {
            writer.field_not_in_version("UpdateMetadataTopicState.PartitionStates", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("UpdateMetadataTopicState.unknown_tags", version);
        }
    }
}

/// Part of [`UpdateMetadataRequest::live_brokers`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateMetadataBroker {
    /// `Id`, a broker's id: all versions.
    pub id: i32,
    /// `V0Host`: version 0.
    pub v0_host: ByteString,
    /// `V0Port`: version 0.
    pub v0_port: i32,
    /// `Endpoints`: versions 1 and up.
    pub endpoints: Vec<UpdateMetadataEndpoint>,
    /// `Rack`: versions 2 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub rack: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for UpdateMetadataBroker {
    fn default() -> Self {
        Self {
            id: 0,
            v0_host: ByteString::default(),
            v0_port: 0,
            endpoints: Vec::new(),
            rack: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for UpdateMetadataBroker {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let id = reader.i32()?;
        let v0_host = if version <= 0 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let v0_port = if version <= 0 { reader.i32()? } else { 0 };
        let endpoints = if version >= 1 {
            reader.array::<UpdateMetadataEndpoint>(flexible, version)?
        } else {
            Vec::new()
        };
        let rack = if version >= 2 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            id,
            v0_host,
            v0_port,
            endpoints,
            rack,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 4;
        if version <= 0 {
            size += size::string(&self.v0_host, flexible);
        }
        if version <= 0 {
            size += 4;
        }
        if version >= 1 {
            size += size::array(&self.endpoints, flexible, version);
        }
        if version >= 2 {
            size += size::string_nullable(self.rack.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.i32(self.id);
        if version <= 0 {
            writer.string(&self.v0_host, flexible);
        }
        if version <= 0 {
            writer.i32(self.v0_port);
        }
        if version >= 1 {
            writer.array(&self.endpoints, flexible, version);
        }
        if version >= 2 {
            writer.string_nullable(self.rack.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("UpdateMetadataBroker.unknown_tags", version);
        }
    }
}

/// Part of [`UpdateMetadataBroker::endpoints`]; versions 1 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateMetadataEndpoint {
    /// `Port`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub port: i32,
    /// `Host`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Listener`: versions 3 and up.
    pub listener: ByteString,
    /// `SecurityProtocol`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub security_protocol: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for UpdateMetadataEndpoint {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let port = if version >= 1 { reader.i32()? } else { 0 };
        let host = if version >= 1 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let listener = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let security_protocol = if version >= 1 { reader.i16()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            port,
            host,
            listener,
            security_protocol,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version >= 1 {
            size += 4;
        }
        if version >= 1 {
            size += size::string(&self.host, flexible);
        }
        if version >= 3 {
            size += size::string(&self.listener, flexible);
        }
        if version >= 1 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 1 {
            writer.i32(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("UpdateMetadataEndpoint.Port", version);
        }
        if version >= 1 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("UpdateMetadataEndpoint.Host", version);
        }
        if version >= 3 {
            writer.string(&self.listener, flexible);
        }
        if version >= 1 {
            writer.i16(self.security_protocol);
        } else if self.security_protocol != 0 {
            writer.field_not_in_version("UpdateMetadataEndpoint.SecurityProtocol", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("UpdateMetadataEndpoint.unknown_tags", version);
        }
    }
}

/// Used in [`UpdateMetadataRequest::ungrouped_partition_states`], [`UpdateMetadataTopicState::partition_states`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateMetadataPartitionState {
    /// `TopicName`, a topic's name: versions 0 to 4.
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
    /// `ZkVersion`: all versions.
    pub zk_version: i32,
    /// `Replicas`, a broker's id: all versions.
    pub replicas: Int32s,
    /// `OfflineReplicas`, a broker's id: versions 4 and up.
    pub offline_replicas: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for UpdateMetadataPartitionState {
    const MIN_LEN: usize = 24;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let topic_name = if version <= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_index = reader.i32()?;
        let controller_epoch = reader.i32()?;
        let leader = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let isr = reader.int32s(flexible)?;
        let zk_version = reader.i32()?;
        let replicas = reader.int32s(flexible)?;
        let offline_replicas = if version >= 4 {
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
            topic_name,
            partition_index,
            controller_epoch,
            leader,
            leader_epoch,
            isr,
            zk_version,
            replicas,
            offline_replicas,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 20;
        if version <= 4 {
            size += size::string(&self.topic_name, flexible);
        }
        size += size::int32s(&self.isr, flexible);
        size += size::int32s(&self.replicas, flexible);
        if version >= 4 {
            size += size::int32s(&self.offline_replicas, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version <= 4 {
            writer.string(&self.topic_name, flexible);
        }
        writer.run::<16>(|run| {
            run.i32(self.partition_index);
            run.i32(self.controller_epoch);
            run.i32(self.leader);
            run.i32(self.leader_epoch);
        });
        writer.int32s(&self.isr, flexible);
        writer.i32(self.zk_version);
        writer.int32s(&self.replicas, flexible);
        if version >= 4 {
            writer.int32s(&self.offline_replicas, flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("UpdateMetadataPartitionState.unknown_tags", version);
        }
    }
}

impl Message for UpdateMetadataRequest {
    const NAME: &'static str = "UpdateMetadataRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 8;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Request for UpdateMetadataRequest {
    const KEY: ApiKey = ApiKey(6);
    type Response = crate::messages::update_metadata_response::UpdateMetadataResponse;
}
