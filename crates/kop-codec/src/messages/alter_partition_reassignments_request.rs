//! `AlterPartitionReassignmentsRequest`. Generated from `schema/messages/AlterPartitionReassignmentsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `AlterPartitionReassignmentsRequest`: A request of API 45, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterPartitionReassignmentsRequest {
    /// `TimeoutMs`, in milliseconds: all versions.
    /// `60000` by default.
    pub timeout_ms: i32,
    /// `AllowReplicationFactorChange`: version 1.
    /// `true` by default.
    /// Other versions refuse anything but the default.
    pub allow_replication_factor_change: bool,
    /// `Topics`: all versions.
    pub topics: Vec<ReassignableTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AlterPartitionReassignmentsRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            allow_replication_factor_change: true,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AlterPartitionReassignmentsRequest {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let timeout_ms = reader.i32()?;
        let allow_replication_factor_change = if version >= 1 { reader.bool()? } else { true };
        let topics = reader.array::<ReassignableTopic>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            timeout_ms,
            allow_replication_factor_change,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        if version >= 1 {
            size += 1;
        }
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.timeout_ms);
        if version >= 1 {
            writer.bool(self.allow_replication_factor_change);
        } else if !self.allow_replication_factor_change {
            writer.field_not_in_version(
                "AlterPartitionReassignmentsRequest.AllowReplicationFactorChange",
                version,
            );
        }
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterPartitionReassignmentsRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReassignableTopic {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<ReassignablePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ReassignableTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let partitions = reader.array::<ReassignablePartition>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.name, true);
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, true);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ReassignableTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReassignablePartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `Replicas`, a broker's id: all versions.
    /// None is null.
    pub replicas: Option<Int32s>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ReassignablePartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let replicas = reader.int32s_nullable(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            replicas,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::int32s_nullable(self.replicas.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.partition_index);
        writer.int32s_nullable(self.replicas.as_ref(), true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AlterPartitionReassignmentsRequest {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AlterPartitionReassignmentsRequest {
    const KEY: ApiKey = ApiKey(45);
    type Response = crate::messages::alter_partition_reassignments_response::AlterPartitionReassignmentsResponse;
}
