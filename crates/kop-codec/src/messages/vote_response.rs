//! `VoteResponse`. Generated from `schema/messages/VoteResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `VoteResponse`: A response of API 52, versions 0 to 2, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct VoteResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// `NodeEndpoints`: versions 1 and up, tag 0.
    /// Other versions refuse anything but the default.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for VoteResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let topics = reader.array::<TopicData>(true, version)?;
        let mut node_endpoints = Vec::new();
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 if version >= 1 => {
                    node_endpoints = field.array::<NodeEndpoint>(true, version)?;
                    field.finish()?;
                }
                0 => return Err(field.tag_not_in_version(tag, version)),
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            error_code,
            topics,
            node_endpoints,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 2;
        size += size::array(&self.topics, true, version);
        let mut tags = self.unknown_tags.len();
        if version >= 1 && !self.node_endpoints.is_empty() {
            tags += 1;
            size += size::tagged(0, size::array(&self.node_endpoints, true, version));
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.error_code.0);
        writer.array(&self.topics, true, version);
        if version < 1 && !self.node_endpoints.is_empty() {
            writer.field_not_in_version("VoteResponse.NodeEndpoints", version);
        }
        let has_node_endpoints = version >= 1 && !self.node_endpoints.is_empty();
        writer.tag_count(usize::from(has_node_endpoints) + self.unknown_tags.len());
        if has_node_endpoints {
            writer.tag(0, size::array(&self.node_endpoints, true, version));
            writer.array(&self.node_endpoints, true, version);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

/// Part of [`VoteResponse::topics`]; all versions.
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
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `VoteGranted`: all versions.
    pub vote_granted: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let vote_granted = reader.bool()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            leader_id,
            leader_epoch,
            vote_granted,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 15;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<15>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
            run.bool(self.vote_granted);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`VoteResponse::node_endpoints`]; versions 1 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct NodeEndpoint {
    /// `NodeId`, a broker's id: versions 1 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
    /// `Host`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub port: u16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for NodeEndpoint {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let node_id = if version >= 1 { reader.i32()? } else { 0 };
        let host = if version >= 1 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let port = if version >= 1 { reader.u16()? } else { 0 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            node_id,
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += 4;
        }
        if version >= 1 {
            size += size::string(&self.host, true);
        }
        if version >= 1 {
            size += 2;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("NodeEndpoint.NodeId", version);
        }
        if version >= 1 {
            writer.string(&self.host, true);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("NodeEndpoint.Host", version);
        }
        if version >= 1 {
            writer.u16(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("NodeEndpoint.Port", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for VoteResponse {
    const NAME: &'static str = "VoteResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for VoteResponse {
    const KEY: ApiKey = ApiKey(52);
}
