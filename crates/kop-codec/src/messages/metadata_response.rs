//! `MetadataResponse`. Generated from `schema/messages/MetadataResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Uuid, Writer, size, wire::Wire,
};

/// `MetadataResponse`: A response of API 3, versions 0 to 13, flexible from 9.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MetadataResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 3 and up.
    pub throttle_time_ms: i32,
    /// `Brokers`: all versions.
    pub brokers: Vec<MetadataResponseBroker>,
    /// `ClusterId`: versions 2 and up.
    /// None is null.
    pub cluster_id: Option<ByteString>,
    /// `ControllerId`, a broker's id: versions 1 and up.
    /// `-1` by default.
    pub controller_id: i32,
    /// `Topics`: all versions.
    pub topics: Vec<MetadataResponseTopic>,
    /// `ClusterAuthorizedOperations`: versions 8 to 10.
    /// `i32::MIN` by default.
    /// Other versions refuse anything but the default.
    pub cluster_authorized_operations: i32,
    /// `ErrorCode`: version 13.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: ErrorCode::NONE,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for MetadataResponse {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let throttle_time_ms = if version >= 3 { reader.i32()? } else { 0 };
        let brokers = reader.array::<MetadataResponseBroker>(flexible, version)?;
        let cluster_id = if version >= 2 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let controller_id = if version >= 1 { reader.i32()? } else { -1 };
        let topics = reader.array::<MetadataResponseTopic>(flexible, version)?;
        let cluster_authorized_operations = if (8..=10).contains(&version) {
            reader.i32()?
        } else {
            i32::MIN
        };
        let error_code = if version >= 13 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            brokers,
            cluster_id,
            controller_id,
            topics,
            cluster_authorized_operations,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        if version >= 3 {
            size += 4;
        }
        size += size::array(&self.brokers, flexible, version);
        if version >= 2 {
            size += size::string_nullable(self.cluster_id.as_ref(), flexible);
        }
        if version >= 1 {
            size += 4;
        }
        size += size::array(&self.topics, flexible, version);
        if (8..=10).contains(&version) {
            size += 4;
        }
        if version >= 13 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 3 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.brokers, flexible, version);
        if version >= 2 {
            writer.string_nullable(self.cluster_id.as_ref(), flexible);
        }
        if version >= 1 {
            writer.i32(self.controller_id);
        }
        writer.array(&self.topics, flexible, version);
        if (8..=10).contains(&version) {
            writer.i32(self.cluster_authorized_operations);
        } else if self.cluster_authorized_operations != i32::MIN {
            writer.field_not_in_version("MetadataResponse.ClusterAuthorizedOperations", version);
        }
        if version >= 13 {
            writer.i16(self.error_code.0);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MetadataResponse.unknown_tags", version);
        }
    }
}

/// Part of [`MetadataResponse::brokers`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MetadataResponseBroker {
    /// `NodeId`, a broker's id: all versions.
    /// Part of the key: no two elements have the same.
    pub node_id: i32,
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: i32,
    /// `Rack`: versions 1 and up.
    /// None is null.
    pub rack: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for MetadataResponseBroker {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let node_id = reader.i32()?;
        let host = reader.string(flexible)?;
        let port = reader.i32()?;
        let rack = if version >= 1 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            node_id,
            host,
            port,
            rack,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 8;
        size += size::string(&self.host, flexible);
        if version >= 1 {
            size += size::string_nullable(self.rack.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.i32(self.node_id);
        writer.string(&self.host, flexible);
        writer.i32(self.port);
        if version >= 1 {
            writer.string_nullable(self.rack.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MetadataResponseBroker.unknown_tags", version);
        }
    }
}

/// Part of [`MetadataResponse::topics`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MetadataResponseTopic {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Name`, a topic's name: all versions.
    /// None is null, in versions 12 and up.
    /// Empty, not null, by default.
    /// Part of the key: no two elements have the same.
    pub name: Option<ByteString>,
    /// `TopicId`: versions 10 and up.
    pub topic_id: Uuid,
    /// `IsInternal`: versions 1 and up.
    /// `false` by default.
    pub is_internal: bool,
    /// `Partitions`: all versions.
    pub partitions: Vec<MetadataResponsePartition>,
    /// `TopicAuthorizedOperations`: versions 8 and up.
    /// `i32::MIN` by default.
    /// Other versions refuse anything but the default.
    pub topic_authorized_operations: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MetadataResponseTopic {
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

impl Wire for MetadataResponseTopic {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let error_code = ErrorCode(reader.i16()?);
        let name = if version >= 12 {
            reader.string_nullable(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let topic_id = if version >= 10 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let is_internal = if version >= 1 { reader.bool()? } else { false };
        let partitions = reader.array::<MetadataResponsePartition>(flexible, version)?;
        let topic_authorized_operations = if version >= 8 {
            reader.i32()?
        } else {
            i32::MIN
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
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
        let flexible = version >= 9;
        let mut size = 2;
        size += size::string_nullable(self.name.as_ref(), flexible);
        if version >= 10 {
            size += 16;
        }
        if version >= 1 {
            size += 1;
        }
        size += size::array(&self.partitions, flexible, version);
        if version >= 8 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.i16(self.error_code.0);
        if version >= 12 {
            writer.string_nullable(self.name.as_ref(), flexible);
        } else {
            match &self.name {
                Some(value) => {
                    writer.string(value, flexible);
                }
                None => writer.unexpected_null("MetadataResponseTopic.Name", version),
            }
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 1 {
            writer.bool(self.is_internal);
        }
        writer.array(&self.partitions, flexible, version);
        if version >= 8 {
            writer.i32(self.topic_authorized_operations);
        } else if self.topic_authorized_operations != i32::MIN {
            writer.field_not_in_version("MetadataResponseTopic.TopicAuthorizedOperations", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MetadataResponseTopic.unknown_tags", version);
        }
    }
}

/// Part of [`MetadataResponseTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MetadataResponsePartition {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`: versions 7 and up.
    /// `-1` by default.
    pub leader_epoch: i32,
    /// `ReplicaNodes`, a broker's id: all versions.
    pub replica_nodes: Int32s,
    /// `IsrNodes`, a broker's id: all versions.
    pub isr_nodes: Int32s,
    /// `OfflineReplicas`, a broker's id: versions 5 and up.
    pub offline_replicas: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Int32s::default(),
            isr_nodes: Int32s::default(),
            offline_replicas: Int32s::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for MetadataResponsePartition {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let error_code = ErrorCode(reader.i16()?);
        let partition_index = reader.i32()?;
        let leader_id = reader.i32()?;
        let leader_epoch = if version >= 7 { reader.i32()? } else { -1 };
        let replica_nodes = reader.int32s(flexible)?;
        let isr_nodes = reader.int32s(flexible)?;
        let offline_replicas = if version >= 5 {
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
            error_code,
            partition_index,
            leader_id,
            leader_epoch,
            replica_nodes,
            isr_nodes,
            offline_replicas,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 10;
        if version >= 7 {
            size += 4;
        }
        size += size::int32s(&self.replica_nodes, flexible);
        size += size::int32s(&self.isr_nodes, flexible);
        if version >= 5 {
            size += size::int32s(&self.offline_replicas, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.run::<10>(|run| {
            run.i16(self.error_code.0);
            run.i32(self.partition_index);
            run.i32(self.leader_id);
        });
        if version >= 7 {
            writer.i32(self.leader_epoch);
        }
        writer.int32s(&self.replica_nodes, flexible);
        writer.int32s(&self.isr_nodes, flexible);
        if version >= 5 {
            writer.int32s(&self.offline_replicas, flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MetadataResponsePartition.unknown_tags", version);
        }
    }
}

impl Message for MetadataResponse {
    const NAME: &'static str = "MetadataResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Response for MetadataResponse {
    const KEY: ApiKey = ApiKey(3);
}
