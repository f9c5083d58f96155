//! `FetchRequest`. Generated from `schema/messages/FetchRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `FetchRequest`: A request of API 1, versions 0 to 18, flexible from 12.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchRequest {
    /// `ClusterId`: versions 12 and up, tag 0.
    /// None is null.
    pub cluster_id: Option<ByteString>,
    /// `ReplicaId`, a broker's id: versions 0 to 14.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub replica_id: i32,
    /// `ReplicaState`: versions 15 and up, tag 1.
    /// Other versions refuse anything but the default.
    pub replica_state: ReplicaState,
    /// `MaxWaitMs`, in milliseconds: all versions.
    pub max_wait_ms: i32,
    /// `MinBytes`, in bytes: all versions.
    pub min_bytes: i32,
    /// `MaxBytes`, in bytes: versions 3 and up.
    /// `i32::MAX` by default.
    pub max_bytes: i32,
    /// `IsolationLevel`: versions 4 and up.
    /// `0` by default.
    pub isolation_level: i8,
    /// `SessionId`: versions 7 and up.
    /// `0` by default.
    pub session_id: i32,
    /// `SessionEpoch`: versions 7 and up.
    /// `-1` by default.
    pub session_epoch: i32,
    /// `Topics`: all versions.
    pub topics: Vec<FetchTopic>,
    /// `ForgottenTopicsData`: versions 7 and up.
    /// Other versions refuse anything but the default.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// `RackId`: versions 11 and up.
    pub rack_id: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for FetchRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: ByteString::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for FetchRequest {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let replica_id = if version <= 14 { reader.i32()? } else { -1 };
        let max_wait_ms = reader.i32()?;
        let min_bytes = reader.i32()?;
        let max_bytes = if version >= 3 {
            reader.i32()?
        } else {
            i32::MAX
        };
        let isolation_level = if version >= 4 { reader.i8()? } else { 0 };
        let session_id = if version >= 7 { reader.i32()? } else { 0 };
        let session_epoch = if version >= 7 { reader.i32()? } else { -1 };
        let topics = reader.array::<FetchTopic>(flexible, version)?;
        let forgotten_topics_data = if version >= 7 {
            reader.array::<ForgottenTopic>(flexible, version)?
        } else {
            Vec::new()
        };
        let rack_id = if version >= 11 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let mut cluster_id = None;
        let mut replica_state = ReplicaState::default();
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        cluster_id = field.string_nullable(flexible)?;
                        field.finish()?;
                    }
                    1 if version >= 15 => {
                        replica_state = ReplicaState::read(&mut field, version)?;
                        field.finish()?;
                    }
                    1 => return Err(field.tag_not_in_version(tag, version)),
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            cluster_id,
            replica_id,
            replica_state,
            max_wait_ms,
            min_bytes,
            max_bytes,
            isolation_level,
            session_id,
            session_epoch,
            topics,
            forgotten_topics_data,
            rack_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 8;
        if version <= 14 {
            size += 4;
        }
        if version >= 3 {
            size += 4;
        }
        if version >= 4 {
            size += 1;
        }
        if version >= 7 {
            size += 4;
        }
        if version >= 7 {
            size += 4;
        }
        size += size::array(&self.topics, flexible, version);
        if version >= 7 {
            size += size::array(&self.forgotten_topics_data, flexible, version);
        }
        if version >= 11 {
            size += size::string(&self.rack_id, flexible);
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if self.cluster_id.is_some() {
                tags += 1;
                size += size::tagged(0, size::string_nullable(self.cluster_id.as_ref(), flexible));
            }
            if version >= 15 && self.replica_state != ReplicaState::default() {
                tags += 1;
                size += size::tagged(1, self.replica_state.size(version));
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version <= 14 {
            writer.i32(self.replica_id);
        } else if self.replica_id != -1 {
            writer.field_not_in_version("FetchRequest.ReplicaId", version);
        }
        writer.run::<8>(|run| {
            run.i32(self.max_wait_ms);
            run.i32(self.min_bytes);
        });
        if version >= 3 {
            writer.i32(self.max_bytes);
        }
        if version >= 4 {
            writer.i8(self.isolation_level);
        }
        if version >= 7 {
            writer.i32(self.session_id);
        }
        if version >= 7 {
            writer.i32(self.session_epoch);
        }
        writer.array(&self.topics, flexible, version);
        if version >= 7 {
            writer.array(&self.forgotten_topics_data, flexible, version);
        } else if !self.forgotten_topics_data.is_empty() {
            writer.field_not_in_version("FetchRequest.ForgottenTopicsData", version);
        }
        if version >= 11 {
            writer.string(&self.rack_id, flexible);
        }
        if version < 15 && self.replica_state != ReplicaState::default() {
            writer.field_not_in_version("FetchRequest.ReplicaState", version);
        }
        if flexible {
            let has_cluster_id = self.cluster_id.is_some();
            let has_replica_state = version >= 15 && self.replica_state != ReplicaState::default();
            writer.tag_count(
                usize::from(has_cluster_id)
                    + usize::from(has_replica_state)
                    + self.unknown_tags.len(),
            );
            if has_cluster_id {
                writer.tag(0, size::string_nullable(self.cluster_id.as_ref(), flexible));
                writer.string_nullable(self.cluster_id.as_ref(), flexible);
            }
            if has_replica_state {
                writer.tag(1, self.replica_state.size(version));
                self.replica_state.write(writer, version);
            }
            writer.unknown_tags(&self.unknown_tags, 2);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FetchRequest.unknown_tags", version);
        }
    }
}

/// Part of [`FetchRequest::replica_state`]; versions 15 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReplicaState {
    /// `ReplicaId`, a broker's id: versions 15 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub replica_id: i32,
    /// `ReplicaEpoch`: versions 15 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub replica_epoch: i64,
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
            replica_id: -1,
            replica_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ReplicaState {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let replica_id = if version >= 15 { reader.i32()? } else { -1 };
        let replica_epoch = if version >= 15 { reader.i64()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            replica_id,
            replica_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if version >= 15 {
            size += 4;
        }
        if version >= 15 {
            size += 8;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version >= 15 {
            writer.i32(self.replica_id);
        } else if self.replica_id != -1 {
            writer.field_not_in_version("ReplicaState.ReplicaId", version);
        }
        if version >= 15 {
            writer.i64(self.replica_epoch);
        } else if self.replica_epoch != -1 {
            writer.field_not_in_version("ReplicaState.ReplicaEpoch", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ReplicaState.unknown_tags", version);
        }
    }
}

/// Part of [`FetchRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchTopic {
    /// `Topic`, a topic's name: versions 0 to 12.
    pub topic: ByteString,
    /// `TopicId`: versions 13 and up.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<FetchPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for FetchTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let topic = if version <= 12 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 13 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = reader.array::<FetchPartition>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if version <= 12 {
            size += size::string(&self.topic, flexible);
        }
        if version >= 13 {
            size += 16;
        }
        size += size::array(&self.partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(&self.topic, flexible);
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FetchTopic.unknown_tags", version);
        }
    }
}

/// Part of [`FetchTopic::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchPartition {
    /// `Partition`: all versions.
    pub partition: i32,
    /// `CurrentLeaderEpoch`: versions 9 and up.
    /// `-1` by default.
    pub current_leader_epoch: i32,
    /// `FetchOffset`: all versions.
    pub fetch_offset: i64,
    /// `LastFetchedEpoch`: versions 12 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub last_fetched_epoch: i32,
    /// `LogStartOffset`: versions 5 and up.
    /// `-1` by default.
    pub log_start_offset: i64,
    /// `PartitionMaxBytes`, in bytes: all versions.
    pub partition_max_bytes: i32,
    /// `ReplicaDirectoryId`: versions 17 and up, tag 0.
    pub replica_directory_id: Uuid,
    /// `HighWatermark`: version 18, tag 1.
    /// `i64::MAX` by default.
    pub high_watermark: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for FetchPartition {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let partition = reader.i32()?;
        let current_leader_epoch = if version >= 9 { reader.i32()? } else { -1 };
        let fetch_offset = reader.i64()?;
        let last_fetched_epoch = if version >= 12 { reader.i32()? } else { -1 };
        let log_start_offset = if version >= 5 { reader.i64()? } else { -1 };
        let partition_max_bytes = reader.i32()?;
        let mut replica_directory_id = Uuid::ZERO;
        let mut high_watermark = i64::MAX;
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 if version >= 17 => {
                        replica_directory_id = field.uuid()?;
                        field.finish()?;
                    }
                    0 => return Err(field.tag_not_in_version(tag, version)),
                    1 if version >= 18 => {
                        high_watermark = field.i64()?;
                        field.finish()?;
                    }
                    1 => return Err(field.tag_not_in_version(tag, version)),
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            partition,
            current_leader_epoch,
            fetch_offset,
            last_fetched_epoch,
            log_start_offset,
            partition_max_bytes,
            replica_directory_id,
            high_watermark,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 16;
        if version >= 9 {
            size += 4;
        }
        if version >= 12 {
            size += 4;
        }
        if version >= 5 {
            size += 8;
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if version >= 17 && !self.replica_directory_id.is_zero() {
                tags += 1;
                size += size::tagged(0, 16);
            }
            if version >= 18 && self.high_watermark != i64::MAX {
                tags += 1;
                size += size::tagged(1, 8);
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.i32(self.partition);
        if version >= 9 {
            writer.i32(self.current_leader_epoch);
        }
        writer.i64(self.fetch_offset);
        if version >= 12 {
            writer.i32(self.last_fetched_epoch);
        } else if self.last_fetched_epoch != -1 {
            writer.field_not_in_version("FetchPartition.LastFetchedEpoch", version);
        }
        if version >= 5 {
            writer.i64(self.log_start_offset);
        }
        writer.i32(self.partition_max_bytes);
        if flexible {
            let has_replica_directory_id = version >= 17 && !self.replica_directory_id.is_zero();
            let has_high_watermark = version >= 18 && self.high_watermark != i64::MAX;
            writer.tag_count(
                usize::from(has_replica_directory_id)
                    + usize::from(has_high_watermark)
                    + self.unknown_tags.len(),
            );
            if has_replica_directory_id {
                writer.tag(0, 16);
                writer.uuid(self.replica_directory_id);
            }
            if has_high_watermark {
                writer.tag(1, 8);
                writer.i64(self.high_watermark);
            }
            writer.unknown_tags(&self.unknown_tags, 2);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FetchPartition.unknown_tags", version);
        }
    }
}

/// Part of [`FetchRequest::forgotten_topics_data`]; versions 7 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ForgottenTopic {
    /// `Topic`, a topic's name: versions 7 to 12.
    pub topic: ByteString,
    /// `TopicId`: versions 13 and up.
    pub topic_id: Uuid,
    /// `Partitions`: versions 7 and up.
    /// Other versions refuse anything but the default.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ForgottenTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let topic = if (7..=12).contains(&version) {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 13 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = if version >= 7 {
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
            topic,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if (7..=12).contains(&version) {
            size += size::string(&self.topic, flexible);
        }
        if version >= 13 {
            size += 16;
        }
        if version >= 7 {
            size += size::int32s(&self.partitions, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if (7..=12).contains(&version) {
            writer.string(&self.topic, flexible);
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        if version >= 7 {
            writer.int32s(&self.partitions, flexible);
        } else if !self.partitions.is_empty() {
            writer.field_not_in_version("ForgottenTopic.Partitions", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ForgottenTopic.unknown_tags", version);
        }
    }
}

impl Message for FetchRequest {
    const NAME: &'static str = "FetchRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 18;
    const FLEXIBLE_FROM: i16 = 12;
}

impl Request for FetchRequest {
    const KEY: ApiKey = ApiKey(1);
    type Response = crate::messages::fetch_response::FetchResponse;
}
