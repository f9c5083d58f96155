//! `ListOffsetsRequest`. Generated from `schema/messages/ListOffsetsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ListOffsetsRequest`: A request of API 2, versions 0 to 11, flexible from 6.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListOffsetsRequest {
    /// `ReplicaId`, a broker's id: all versions.
    pub replica_id: i32,
    /// `IsolationLevel`: versions 2 and up.
    /// Other versions refuse anything but the default.
    pub isolation_level: i8,
    /// `Topics`: all versions.
    pub topics: Vec<ListOffsetsTopic>,
    /// `TimeoutMs`, in milliseconds: versions 10 and up.
    pub timeout_ms: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListOffsetsRequest {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let replica_id = reader.i32()?;
        let isolation_level = if version >= 2 { reader.i8()? } else { 0 };
        let topics = reader.array::<ListOffsetsTopic>(flexible, version)?;
        let timeout_ms = if version >= 10 { reader.i32()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            replica_id,
            isolation_level,
            topics,
            timeout_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 4;
        if version >= 2 {
            size += 1;
        }
        size += size::array(&self.topics, flexible, version);
        if version >= 10 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.i32(self.replica_id);
        if version >= 2 {
            writer.i8(self.isolation_level);
        } else if self.isolation_level != 0 {
            writer.field_not_in_version("ListOffsetsRequest.IsolationLevel", version);
        }
        writer.array(&self.topics, flexible, version);
        if version >= 10 {
            writer.i32(self.timeout_ms);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListOffsetsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`ListOffsetsRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListOffsetsTopic {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<ListOffsetsPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListOffsetsTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let name = reader.string(flexible)?;
        let partitions = reader.array::<ListOffsetsPartition>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        size += size::string(&self.name, flexible);
        size += size::array(&self.partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(&self.name, flexible);
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListOffsetsTopic.unknown_tags", version);
        }
    }
}

/// Part of [`ListOffsetsTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListOffsetsPartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `CurrentLeaderEpoch`: versions 4 and up.
    /// `-1` by default.
    pub current_leader_epoch: i32,
    /// `Timestamp`, in milliseconds since 1970: all versions.
    pub timestamp: i64,
    /// `MaxNumOffsets`: version 0.
    /// `1` by default.
    /// Other versions refuse anything but the default.
    pub max_num_offsets: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            current_leader_epoch: -1,
            timestamp: 0,
            max_num_offsets: 1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ListOffsetsPartition {
    const MIN_LEN: usize = 12;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let partition_index = reader.i32()?;
        let current_leader_epoch = if version >= 4 { reader.i32()? } else { -1 };
        let timestamp = reader.i64()?;
        let max_num_offsets = if version <= 0 { reader.i32()? } else { 1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            current_leader_epoch,
            timestamp,
            max_num_offsets,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 12;
        if version >= 4 {
            size += 4;
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
        let flexible = version >= 6;
        writer.i32(self.partition_index);
        if version >= 4 {
            writer.i32(self.current_leader_epoch);
        }
        writer.i64(self.timestamp);
        if version <= 0 {
            writer.i32(self.max_num_offsets);
        } else if self.max_num_offsets != 1 {
            writer.field_not_in_version("ListOffsetsPartition.MaxNumOffsets", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListOffsetsPartition.unknown_tags", version);
        }
    }
}

impl Message for ListOffsetsRequest {
    const NAME: &'static str = "ListOffsetsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 11;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Request for ListOffsetsRequest {
    const KEY: ApiKey = ApiKey(2);
    type Response = crate::messages::list_offsets_response::ListOffsetsResponse;
}
