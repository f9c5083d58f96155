//! `DescribeQuorumResponse`. Generated from `schema/messages/DescribeQuorumResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `DescribeQuorumResponse`: A response of API 55, versions 0 to 2, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeQuorumResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: version 2.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// `Nodes`: version 2.
    /// Other versions refuse anything but the default.
    pub nodes: Vec<Node>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeQuorumResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            topics: Vec::new(),
            nodes: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeQuorumResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let error_message = if version >= 2 {
            reader.string_nullable(true)?
        } else {
            Some(ByteString::default())
        };
        let topics = reader.array::<TopicData>(true, version)?;
        let nodes = if version >= 2 {
            reader.array::<Node>(true, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            error_code,
            error_message,
            topics,
            nodes,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 2;
        if version >= 2 {
            size += size::string_nullable(self.error_message.as_ref(), true);
        }
        size += size::array(&self.topics, true, version);
        if version >= 2 {
            size += size::array(&self.nodes, true, version);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.error_code.0);
        if version >= 2 {
            writer.string_nullable(self.error_message.as_ref(), true);
        }
        writer.array(&self.topics, true, version);
        if version >= 2 {
            writer.array(&self.nodes, true, version);
        } else if !self.nodes.is_empty() {
            writer.field_not_in_version("DescribeQuorumResponse.Nodes", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeQuorumResponse::topics`]; all versions.
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
#[derive(Debug, Clone, PartialEq)]
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
    /// `ErrorMessage`: version 2.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `HighWatermark`: all versions.
    pub high_watermark: i64,
    /// `CurrentVoters`: all versions.
    pub current_voters: Vec<ReplicaState>,
    /// `Observers`: all versions.
    pub observers: Vec<ReplicaState>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 25;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = if version >= 2 {
            reader.string_nullable(true)?
        } else {
            Some(ByteString::default())
        };
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let high_watermark = reader.i64()?;
        let current_voters = reader.array::<ReplicaState>(true, version)?;
        let observers = reader.array::<ReplicaState>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            leader_id,
            leader_epoch,
            high_watermark,
            current_voters,
            observers,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 22;
        if version >= 2 {
            size += size::string_nullable(self.error_message.as_ref(), true);
        }
        size += size::array(&self.current_voters, true, version);
        size += size::array(&self.observers, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        if version >= 2 {
            writer.string_nullable(self.error_message.as_ref(), true);
        }
        writer.run::<16>(|run| {
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
            run.i64(self.high_watermark);
        });
        writer.array(&self.current_voters, true, version);
        writer.array(&self.observers, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeQuorumResponse::nodes`]; version 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Node {
    /// `NodeId`, a broker's id: version 2.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
    /// `Listeners`: version 2.
    /// Other versions refuse anything but the default.
    pub listeners: Vec<Listener>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Node {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let node_id = if version >= 2 { reader.i32()? } else { 0 };
        let listeners = if version >= 2 {
            reader.array::<Listener>(true, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            node_id,
            listeners,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 2 {
            size += 4;
        }
        if version >= 2 {
            size += size::array(&self.listeners, true, version);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 2 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("Node.NodeId", version);
        }
        if version >= 2 {
            writer.array(&self.listeners, true, version);
        } else if !self.listeners.is_empty() {
            writer.field_not_in_version("Node.Listeners", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`Node::listeners`]; version 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Listener {
    /// `Name`: version 2.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `Host`: version 2.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: version 2.
    /// Other versions refuse anything but the default.
    pub port: u16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Listener {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = if version >= 2 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let host = if version >= 2 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let port = if version >= 2 { reader.u16()? } else { 0 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 2 {
            size += size::string(&self.name, true);
        }
        if version >= 2 {
            size += size::string(&self.host, true);
        }
        if version >= 2 {
            size += 2;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 2 {
            writer.string(&self.name, true);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("Listener.Name", version);
        }
        if version >= 2 {
            writer.string(&self.host, true);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("Listener.Host", version);
        }
        if version >= 2 {
            writer.u16(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("Listener.Port", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`PartitionData::current_voters`], [`PartitionData::observers`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReplicaState {
    /// `ReplicaId`, a broker's id: all versions.
    pub replica_id: i32,
    /// `ReplicaDirectoryId`: version 2.
    /// Other versions refuse anything but the default.
    pub replica_directory_id: Uuid,
    /// `LogEndOffset`: all versions.
    pub log_end_offset: i64,
    /// `LastFetchTimestamp`, in milliseconds since 1970: versions 1 and up.
    /// `-1` by default.
    pub last_fetch_timestamp: i64,
    /// `LastCaughtUpTimestamp`, in milliseconds since 1970: versions 1 and up.
    /// `-1` by default.
    pub last_caught_up_timestamp: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ReplicaState {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let replica_id = reader.i32()?;
        let replica_directory_id = if version >= 2 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let log_end_offset = reader.i64()?;
        let last_fetch_timestamp = if version >= 1 { reader.i64()? } else { -1 };
        let last_caught_up_timestamp = if version >= 1 { reader.i64()? } else { -1 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            replica_id,
            replica_directory_id,
            log_end_offset,
            last_fetch_timestamp,
            last_caught_up_timestamp,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 12;
        if version >= 2 {
            size += 16;
        }
        if version >= 1 {
            size += 8;
        }
        if version >= 1 {
            size += 8;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.replica_id);
        if version >= 2 {
            writer.uuid(self.replica_directory_id);
        } else if !self.replica_directory_id.is_zero() {
            writer.field_not_in_version("ReplicaState.ReplicaDirectoryId", version);
        }
        writer.i64(self.log_end_offset);
        if version >= 1 {
            writer.i64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            writer.i64(self.last_caught_up_timestamp);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for DescribeQuorumResponse {
    const NAME: &'static str = "DescribeQuorumResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for DescribeQuorumResponse {
    const KEY: ApiKey = ApiKey(55);
}
