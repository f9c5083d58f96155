//! `FetchSnapshotRequest`. Generated from `schema/messages/FetchSnapshotRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `FetchSnapshotRequest`: A request of API 59, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchSnapshotRequest {
    /// `ClusterId`: all versions, tag 0.
    /// None is null.
    pub cluster_id: Option<ByteString>,
    /// `ReplicaId`, a broker's id: all versions.
    /// `-1` by default.
    pub replica_id: i32,
    /// `MaxBytes`, in bytes: all versions.
    /// `i32::MAX` by default.
    pub max_bytes: i32,
    /// `Topics`: all versions.
    pub topics: Vec<TopicSnapshot>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for FetchSnapshotRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            max_bytes: i32::MAX,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for FetchSnapshotRequest {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let replica_id = reader.i32()?;
        let max_bytes = reader.i32()?;
        let topics = reader.array::<TopicSnapshot>(true, version)?;
        let mut cluster_id = None;
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    cluster_id = field.string_nullable(true)?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            cluster_id,
            replica_id,
            max_bytes,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 8;
        size += size::array(&self.topics, true, version);
        let mut tags = self.unknown_tags.len();
        if self.cluster_id.is_some() {
            tags += 1;
            size += size::tagged(0, size::string_nullable(self.cluster_id.as_ref(), true));
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<8>(|run| {
            run.i32(self.replica_id);
            run.i32(self.max_bytes);
        });
        writer.array(&self.topics, true, version);
        let has_cluster_id = self.cluster_id.is_some();
        writer.tag_count(usize::from(has_cluster_id) + self.unknown_tags.len());
        if has_cluster_id {
            writer.tag(0, size::string_nullable(self.cluster_id.as_ref(), true));
            writer.string_nullable(self.cluster_id.as_ref(), true);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

/// Part of [`FetchSnapshotRequest::topics`]; all versions.
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
    /// `Partition`: all versions.
    pub partition: i32,
    /// `CurrentLeaderEpoch`: all versions.
    pub current_leader_epoch: i32,
    /// `SnapshotId`: all versions.
    pub snapshot_id: SnapshotId,
    /// `Position`: all versions.
    pub position: i64,
    /// `ReplicaDirectoryId`: version 1, tag 0.
    pub replica_directory_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionSnapshot {
    const MIN_LEN: usize = 30;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition = reader.i32()?;
        let current_leader_epoch = reader.i32()?;
        let snapshot_id = SnapshotId::read(reader, version)?;
        let position = reader.i64()?;
        let mut replica_directory_id = Uuid::ZERO;
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 if version >= 1 => {
                    replica_directory_id = field.uuid()?;
                    field.finish()?;
                }
                0 => return Err(field.tag_not_in_version(tag, version)),
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            partition,
            current_leader_epoch,
            snapshot_id,
            position,
            replica_directory_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 16;
        size += self.snapshot_id.size(version);
        let mut tags = self.unknown_tags.len();
        if version >= 1 && !self.replica_directory_id.is_zero() {
            tags += 1;
            size += size::tagged(0, 16);
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<8>(|run| {
            run.i32(self.partition);
            run.i32(self.current_leader_epoch);
        });
        self.snapshot_id.write(writer, version);
        writer.i64(self.position);
        let has_replica_directory_id = version >= 1 && !self.replica_directory_id.is_zero();
        writer.tag_count(usize::from(has_replica_directory_id) + self.unknown_tags.len());
        if has_replica_directory_id {
            writer.tag(0, 16);
            writer.uuid(self.replica_directory_id);
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

impl Message for FetchSnapshotRequest {
    const NAME: &'static str = "FetchSnapshotRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for FetchSnapshotRequest {
    const KEY: ApiKey = ApiKey(59);
    type Response = crate::messages::fetch_snapshot_response::FetchSnapshotResponse;
}
