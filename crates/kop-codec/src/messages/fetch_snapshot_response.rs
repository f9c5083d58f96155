//! `FetchSnapshotResponse`. Generated from `schema/messages/FetchSnapshotResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Records, Response, UnknownTags,
    Writer, size,
    wire::{RecordsCount, Wire},
};

/// `FetchSnapshotResponse`: A response of API 59, versions 0 to 1, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchSnapshotResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Topics`: all versions.
    pub topics: Vec<TopicSnapshot>,
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

impl Wire for FetchSnapshotResponse {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let topics = reader.array::<TopicSnapshot>(true, version)?;
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
            throttle_time_ms,
            error_code,
            topics,
            node_endpoints,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::array(&self.topics, true, version);
        let mut tags = self.unknown_tags.len();
        if version >= 1 && !self.node_endpoints.is_empty() {
            tags += 1;
            size += size::tagged(0, size::array(&self.node_endpoints, true, version));
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.topics {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.array(&self.topics, true, version);
        if version < 1 && !self.node_endpoints.is_empty() {
            writer.field_not_in_version("FetchSnapshotResponse.NodeEndpoints", version);
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

/// Part of [`FetchSnapshotResponse::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicSnapshot {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<PartitionSnapshot>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicSnapshot {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let partitions = reader.array::<PartitionSnapshot>(true, version)?;
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

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.partitions {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, true);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopicSnapshot::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionSnapshot {
    /// `Index`: all versions.
    pub index: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `SnapshotId`: all versions.
    pub snapshot_id: SnapshotId,
    /// `CurrentLeader`: all versions, tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// `Size`: all versions.
    pub size: i64,
    /// `Position`: all versions.
    pub position: i64,
    /// `UnalignedRecords`: all versions.
    pub unaligned_records: Records,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionSnapshot {
    const MIN_LEN: usize = 37;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let snapshot_id = SnapshotId::read(reader, version)?;
        let size = reader.i64()?;
        let position = reader.i64()?;
        let unaligned_records = reader.records(true)?;
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    current_leader = LeaderIdAndEpoch::read(&mut field, version)?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            index,
            error_code,
            snapshot_id,
            current_leader,
            size,
            position,
            unaligned_records,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 22;
        size += self.snapshot_id.size(version);
        size += size::records(&self.unaligned_records, true);
        let mut tags = self.unknown_tags.len();
        if self.current_leader != LeaderIdAndEpoch::default() {
            tags += 1;
            size += size::tagged(0, self.current_leader.size(version));
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        count.add(Some(&self.unaligned_records));
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.index);
            run.i16(self.error_code.0);
        });
        self.snapshot_id.write(writer, version);
        writer.run::<16>(|run| {
            run.i64(self.size);
            run.i64(self.position);
        });
        writer.records(&self.unaligned_records, true);
        let has_current_leader = self.current_leader != LeaderIdAndEpoch::default();
        writer.tag_count(usize::from(has_current_leader) + self.unknown_tags.len());
        if has_current_leader {
            writer.tag(0, self.current_leader.size(version));
            self.current_leader.write(writer, version);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

/// Part of [`PartitionSnapshot::snapshot_id`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SnapshotId {
    /// `EndOffset`: all versions.
    pub end_offset: i64,
    /// `Epoch`: all versions.
    pub epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SnapshotId {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let end_offset = reader.i64()?;
        let epoch = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            end_offset,
            epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 12;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<12>(|run| {
            run.i64(self.end_offset);
            run.i32(self.epoch);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`PartitionSnapshot::current_leader`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderIdAndEpoch {
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

impl Wire for LeaderIdAndEpoch {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            leader_id,
            leader_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 8;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<8>(|run| {
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`FetchSnapshotResponse::node_endpoints`]; version 1.
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

impl Message for FetchSnapshotResponse {
    const NAME: &'static str = "FetchSnapshotResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for FetchSnapshotResponse {
    const KEY: ApiKey = ApiKey(59);
}
