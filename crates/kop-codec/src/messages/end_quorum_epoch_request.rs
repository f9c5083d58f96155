//! `EndQuorumEpochRequest`. Generated from `schema/messages/EndQuorumEpochRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `EndQuorumEpochRequest`: A request of API 54, versions 0 to 1, flexible from 1.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EndQuorumEpochRequest {
    /// `ClusterId`: all versions.
    /// None is null.
    pub cluster_id: Option<ByteString>,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// `LeaderEndpoints`: version 1.
    pub leader_endpoints: Vec<LeaderEndpoint>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for EndQuorumEpochRequest {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let cluster_id = reader.string_nullable(flexible)?;
        let topics = reader.array::<TopicData>(flexible, version)?;
        let leader_endpoints = if version >= 1 {
            reader.array::<LeaderEndpoint>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            cluster_id,
            topics,
            leader_endpoints,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        size += size::string_nullable(self.cluster_id.as_ref(), flexible);
        size += size::array(&self.topics, flexible, version);
        if version >= 1 {
            size += size::array(&self.leader_endpoints, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.string_nullable(self.cluster_id.as_ref(), flexible);
        writer.array(&self.topics, flexible, version);
        if version >= 1 {
            writer.array(&self.leader_endpoints, flexible, version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("EndQuorumEpochRequest.unknown_tags", version);
        }
    }
}

/// Part of [`EndQuorumEpochRequest::topics`]; all versions.
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
        let flexible = version >= 1;
        let topic_name = reader.string(flexible)?;
        let partitions = reader.array::<PartitionData>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic_name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        size += size::string(&self.topic_name, flexible);
        size += size::array(&self.partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.string(&self.topic_name, flexible);
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TopicData.unknown_tags", version);
        }
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
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `PreferredSuccessors`: version 0.
    pub preferred_successors: Int32s,
    /// `PreferredCandidates`: version 1.
    pub preferred_candidates: Vec<ReplicaInfo>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let partition_index = reader.i32()?;
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let preferred_successors = if version <= 0 {
            reader.int32s(flexible)?
        } else {
            Int32s::default()
        };
        let preferred_candidates = if version >= 1 {
            reader.array::<ReplicaInfo>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            leader_id,
            leader_epoch,
            preferred_successors,
            preferred_candidates,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 12;
        if version <= 0 {
            size += size::int32s(&self.preferred_successors, flexible);
        }
        if version >= 1 {
            size += size::array(&self.preferred_candidates, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.run::<12>(|run| {
            run.i32(self.partition_index);
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
        });
        if version <= 0 {
            writer.int32s(&self.preferred_successors, flexible);
        }
        if version >= 1 {
            writer.array(&self.preferred_candidates, flexible, version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("PartitionData.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionData::preferred_candidates`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReplicaInfo {
    /// `CandidateId`, a broker's id: version 1.
    /// Other versions refuse anything but the default.
    pub candidate_id: i32,
    /// `CandidateDirectoryId`: version 1.
    /// Other versions refuse anything but the default.
    pub candidate_directory_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ReplicaInfo {
    const MIN_LEN: usize = 21;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let candidate_id = if version >= 1 { reader.i32()? } else { 0 };
        let candidate_directory_id = if version >= 1 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            candidate_id,
            candidate_directory_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        if version >= 1 {
            size += 4;
        }
        if version >= 1 {
            size += 16;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        if version >= 1 {
            writer.i32(self.candidate_id);
        } else if self.candidate_id != 0 {
            writer.field_not_in_version("ReplicaInfo.CandidateId", version);
        }
        if version >= 1 {
            writer.uuid(self.candidate_directory_id);
        } else if !self.candidate_directory_id.is_zero() {
            writer.field_not_in_version("ReplicaInfo.CandidateDirectoryId", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ReplicaInfo.unknown_tags", version);
        }
    }
}

/// Part of [`EndQuorumEpochRequest::leader_endpoints`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderEndpoint {
    /// `Name`: version 1.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `Host`: version 1.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: version 1.
    /// Other versions refuse anything but the default.
    pub port: u16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderEndpoint {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let name = if version >= 1 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let host = if version >= 1 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let port = if version >= 1 { reader.u16()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        if version >= 1 {
            size += size::string(&self.name, flexible);
        }
        if version >= 1 {
            size += size::string(&self.host, flexible);
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
        let flexible = version >= 1;
        if version >= 1 {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("LeaderEndpoint.Name", version);
        }
        if version >= 1 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("LeaderEndpoint.Host", version);
        }
        if version >= 1 {
            writer.u16(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("LeaderEndpoint.Port", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderEndpoint.unknown_tags", version);
        }
    }
}

impl Message for EndQuorumEpochRequest {
    const NAME: &'static str = "EndQuorumEpochRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for EndQuorumEpochRequest {
    const KEY: ApiKey = ApiKey(54);
    type Response = crate::messages::end_quorum_epoch_response::EndQuorumEpochResponse;
}
