//! `EndQuorumEpochResponse`. Generated from `schema/messages/EndQuorumEpochResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `EndQuorumEpochResponse`: A response of API 54, versions 0 to 1, flexible from 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EndQuorumEpochResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// `NodeEndpoints`: version 1, tag 0.
    /// Other versions refuse anything but the default.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for EndQuorumEpochResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let error_code = ErrorCode(reader.i16()?);
        let topics = reader.array::<TopicData>(flexible, version)?;
        let mut node_endpoints = Vec::new();
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        node_endpoints = field.array::<NodeEndpoint>(flexible, version)?;
                        field.finish()?;
                    }
                    _ => unknown_tags.keep(tag, &field)?,
                }
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
        let flexible = version >= 1;
        let mut size = 2;
        size += size::array(&self.topics, flexible, version);
        if flexible {
            let mut tags = self.unknown_tags.len();
            if !self.node_endpoints.is_empty() {
                tags += 1;
                size += size::tagged(0, size::array(&self.node_endpoints, flexible, version));
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.i16(self.error_code.0);
        writer.array(&self.topics, flexible, version);
        if version < 1 && !self.node_endpoints.is_empty() {
            writer.field_not_in_version("EndQuorumEpochResponse.NodeEndpoints", version);
        }
        if flexible {
            let has_node_endpoints = !self.node_endpoints.is_empty();
            writer.tag_count(usize::from(has_node_endpoints) + self.unknown_tags.len());
            if has_node_endpoints {
                writer.tag(0, size::array(&self.node_endpoints, flexible, version));
                writer.array(&self.node_endpoints, flexible, version);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("EndQuorumEpochResponse.unknown_tags", version);
        }
    }
}

/// Part of [`EndQuorumEpochResponse::topics`]; all versions.
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
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
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
        let error_code = ErrorCode(reader.i16()?);
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            error_code,
            leader_id,
            leader_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 14;
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.run::<14>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("PartitionData.unknown_tags", version);
        }
    }
}

/// Part of [`EndQuorumEpochResponse::node_endpoints`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct NodeEndpoint {
    /// `NodeId`, a broker's id: version 1.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
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

impl Wire for NodeEndpoint {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let node_id = if version >= 1 { reader.i32()? } else { 0 };
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
            node_id,
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
            size += 4;
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
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("NodeEndpoint.NodeId", version);
        }
        if version >= 1 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("NodeEndpoint.Host", version);
        }
        if version >= 1 {
            writer.u16(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("NodeEndpoint.Port", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("NodeEndpoint.unknown_tags", version);
        }
    }
}

impl Message for EndQuorumEpochResponse {
    const NAME: &'static str = "EndQuorumEpochResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Response for EndQuorumEpochResponse {
    const KEY: ApiKey = ApiKey(54);
}
