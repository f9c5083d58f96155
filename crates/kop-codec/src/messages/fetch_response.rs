//! `FetchResponse`. Generated from `schema/messages/FetchResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Records, Response, UnknownTags,
    Uuid, Writer, size,
    wire::{RecordsCount, Wire},
};

/// `FetchResponse`: A response of API 1, versions 0 to 18, flexible from 12.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: versions 7 and up.
    pub error_code: ErrorCode,
    /// `SessionId`: versions 7 and up.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    pub session_id: i32,
    /// `Responses`: all versions.
    pub responses: Vec<FetchableTopicResponse>,
    /// `NodeEndpoints`: versions 16 and up, tag 0.
    /// Other versions refuse anything but the default.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for FetchResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = if version >= 7 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let session_id = if version >= 7 { reader.i32()? } else { 0 };
        let responses = reader.array::<FetchableTopicResponse>(flexible, version)?;
        let mut node_endpoints = Vec::new();
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 if version >= 16 => {
                        node_endpoints = field.array::<NodeEndpoint>(flexible, version)?;
                        field.finish()?;
                    }
                    0 => return Err(field.tag_not_in_version(tag, version)),
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            session_id,
            responses,
            node_endpoints,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if version >= 1 {
            size += 4;
        }
        if version >= 7 {
            size += 2;
        }
        if version >= 7 {
            size += 4;
        }
        size += size::array(&self.responses, flexible, version);
        if flexible {
            let mut tags = self.unknown_tags.len();
            if version >= 16 && !self.node_endpoints.is_empty() {
                tags += 1;
                size += size::tagged(0, size::array(&self.node_endpoints, flexible, version));
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.responses {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        if version >= 7 {
            writer.i16(self.error_code.0);
        }
        if version >= 7 {
            writer.i32(self.session_id);
        } else if self.session_id != 0 {
            writer.field_not_in_version("FetchResponse.SessionId", version);
        }
        writer.array(&self.responses, flexible, version);
        if version < 16 && !self.node_endpoints.is_empty() {
            writer.field_not_in_version("FetchResponse.NodeEndpoints", version);
        }
        if flexible {
            let has_node_endpoints = version >= 16 && !self.node_endpoints.is_empty();
            writer.tag_count(usize::from(has_node_endpoints) + self.unknown_tags.len());
            if has_node_endpoints {
                writer.tag(0, size::array(&self.node_endpoints, flexible, version));
                writer.array(&self.node_endpoints, flexible, version);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FetchResponse.unknown_tags", version);
        }
    }
}

/// Part of [`FetchResponse::responses`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchableTopicResponse {
    /// `Topic`, a topic's name: versions 0 to 12.
    pub topic: ByteString,
    /// `TopicId`: versions 13 and up.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for FetchableTopicResponse {
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
        let partitions = reader.array::<PartitionData>(flexible, version)?;
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

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.partitions {
            value.count_records(count);
        }
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
            writer.field_not_in_version("FetchableTopicResponse.unknown_tags", version);
        }
    }
}

/// Part of [`FetchableTopicResponse::partitions`]; all versions.
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
    /// `HighWatermark`: all versions.
    pub high_watermark: i64,
    /// `LastStableOffset`: versions 4 and up.
    /// `-1` by default.
    pub last_stable_offset: i64,
    /// `LogStartOffset`: versions 5 and up.
    /// `-1` by default.
    pub log_start_offset: i64,
    /// `DivergingEpoch`: versions 12 and up, tag 0.
    /// Other versions refuse anything but the default.
    pub diverging_epoch: EpochEndOffset,
    /// `CurrentLeader`: versions 12 and up, tag 1.
    /// Other versions refuse anything but the default.
    pub current_leader: LeaderIdAndEpoch,
    /// `SnapshotId`: versions 12 and up, tag 2.
    /// Other versions refuse anything but the default.
    pub snapshot_id: SnapshotId,
    /// `AbortedTransactions`: versions 4 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// `PreferredReadReplica`, a broker's id: versions 11 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub preferred_read_replica: i32,
    /// `Records`: all versions.
    /// None is null.
    pub records: Option<Records>,
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
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let high_watermark = reader.i64()?;
        let last_stable_offset = if version >= 4 { reader.i64()? } else { -1 };
        let log_start_offset = if version >= 5 { reader.i64()? } else { -1 };
        let aborted_transactions = if version >= 4 {
            reader.array_nullable::<AbortedTransaction>(flexible, version)?
        } else {
            Some(Vec::new())
        };
        let preferred_read_replica = if version >= 11 { reader.i32()? } else { -1 };
        let records = reader.records_nullable(flexible)?;
        let mut diverging_epoch = EpochEndOffset::default();
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut snapshot_id = SnapshotId::default();
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        diverging_epoch = EpochEndOffset::read(&mut field, version)?;
                        field.finish()?;
                    }
                    1 => {
                        current_leader = LeaderIdAndEpoch::read(&mut field, version)?;
                        field.finish()?;
                    }
                    2 => {
                        snapshot_id = SnapshotId::read(&mut field, version)?;
                        field.finish()?;
                    }
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            partition_index,
            error_code,
            high_watermark,
            last_stable_offset,
            log_start_offset,
            diverging_epoch,
            current_leader,
            snapshot_id,
            aborted_transactions,
            preferred_read_replica,
            records,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 14;
        if version >= 4 {
            size += 8;
        }
        if version >= 5 {
            size += 8;
        }
        if version >= 4 {
            size += size::array_nullable(self.aborted_transactions.as_deref(), flexible, version);
        }
        if version >= 11 {
            size += 4;
        }
        size += size::records_nullable(self.records.as_ref(), flexible);
        if flexible {
            let mut tags = self.unknown_tags.len();
            if self.diverging_epoch != EpochEndOffset::default() {
                tags += 1;
                size += size::tagged(0, self.diverging_epoch.size(version));
            }
            if self.current_leader != LeaderIdAndEpoch::default() {
                tags += 1;
                size += size::tagged(1, self.current_leader.size(version));
            }
            if self.snapshot_id != SnapshotId::default() {
                tags += 1;
                size += size::tagged(2, self.snapshot_id.size(version));
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        count.add(self.records.as_ref());
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.run::<14>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
            run.i64(self.high_watermark);
        });
        if version >= 4 {
            writer.i64(self.last_stable_offset);
        }
        if version >= 5 {
            writer.i64(self.log_start_offset);
        }
        if version >= 4 {
            writer.array_nullable(self.aborted_transactions.as_deref(), flexible, version);
        }
        if version >= 11 {
            writer.i32(self.preferred_read_replica);
        } else if self.preferred_read_replica != -1 {
            writer.field_not_in_version("PartitionData.PreferredReadReplica", version);
        }
        writer.records_nullable(self.records.as_ref(), flexible);
        if version < 12 && self.diverging_epoch != EpochEndOffset::default() {
            writer.field_not_in_version("PartitionData.DivergingEpoch", version);
        }
        if version < 12 && self.current_leader != LeaderIdAndEpoch::default() {
            writer.field_not_in_version("PartitionData.CurrentLeader", version);
        }
        if version < 12 && self.snapshot_id != SnapshotId::default() {
            writer.field_not_in_version("PartitionData.SnapshotId", version);
        }
        if flexible {
            let has_diverging_epoch = self.diverging_epoch != EpochEndOffset::default();
            let has_current_leader = self.current_leader != LeaderIdAndEpoch::default();
            let has_snapshot_id = self.snapshot_id != SnapshotId::default();
            writer.tag_count(
                usize::from(has_diverging_epoch)
                    + usize::from(has_current_leader)
                    + usize::from(has_snapshot_id)
                    + self.unknown_tags.len(),
            );
            if has_diverging_epoch {
                writer.tag(0, self.diverging_epoch.size(version));
                self.diverging_epoch.write(writer, version);
            }
            if has_current_leader {
                writer.tag(1, self.current_leader.size(version));
                self.current_leader.write(writer, version);
            }
            if has_snapshot_id {
                writer.tag(2, self.snapshot_id.size(version));
                self.snapshot_id.write(writer, version);
            }
            writer.unknown_tags(&self.unknown_tags, 3);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("PartitionData.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionData::diverging_epoch`]; versions 12 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EpochEndOffset {
    /// `Epoch`: versions 12 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub epoch: i32,
    /// `EndOffset`: versions 12 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub end_offset: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self {
            epoch: -1,
            end_offset: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for EpochEndOffset {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let epoch = if version >= 12 { reader.i32()? } else { -1 };
        let end_offset = if version >= 12 { reader.i64()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            epoch,
            end_offset,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if version >= 12 {
            size += 4;
        }
        if version >= 12 {
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
        if version >= 12 {
            writer.i32(self.epoch);
        } else if self.epoch != -1 {
            writer.field_not_in_version("EpochEndOffset.Epoch", version);
        }
        if version >= 12 {
            writer.i64(self.end_offset);
        } else if self.end_offset != -1 {
            writer.field_not_in_version("EpochEndOffset.EndOffset", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("EpochEndOffset.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionData::current_leader`]; versions 12 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId`, a broker's id: versions 12 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub leader_id: i32,
    /// `LeaderEpoch`: versions 12 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub leader_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for LeaderIdAndEpoch {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let leader_id = if version >= 12 { reader.i32()? } else { -1 };
        let leader_epoch = if version >= 12 { reader.i32()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            leader_id,
            leader_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if version >= 12 {
            size += 4;
        }
        if version >= 12 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version >= 12 {
            writer.i32(self.leader_id);
        } else if self.leader_id != -1 {
            writer.field_not_in_version("LeaderIdAndEpoch.LeaderId", version);
        }
        if version >= 12 {
            writer.i32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            writer.field_not_in_version("LeaderIdAndEpoch.LeaderEpoch", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaderIdAndEpoch.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionData::snapshot_id`]; versions 12 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SnapshotId {
    /// `EndOffset`: all versions.
    /// `-1` by default.
    pub end_offset: i64,
    /// `Epoch`: all versions.
    /// `-1` by default.
    pub epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for SnapshotId {
    fn default() -> Self {
        Self {
            end_offset: -1,
            epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for SnapshotId {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let end_offset = reader.i64()?;
        let epoch = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            end_offset,
            epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 12;
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.run::<12>(|run| {
            run.i64(self.end_offset);
            run.i32(self.epoch);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SnapshotId.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionData::aborted_transactions`]; versions 4 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AbortedTransaction {
    /// `ProducerId`, a producer's id: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub producer_id: i64,
    /// `FirstOffset`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub first_offset: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AbortedTransaction {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let producer_id = if version >= 4 { reader.i64()? } else { 0 };
        let first_offset = if version >= 4 { reader.i64()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            producer_id,
            first_offset,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 12;
        let mut size = 0;
        if version >= 4 {
            size += 8;
        }
        if version >= 4 {
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
        if version >= 4 {
            writer.i64(self.producer_id);
        } else if self.producer_id != 0 {
            writer.field_not_in_version("AbortedTransaction.ProducerId", version);
        }
        if version >= 4 {
            writer.i64(self.first_offset);
        } else if self.first_offset != 0 {
            writer.field_not_in_version("AbortedTransaction.FirstOffset", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AbortedTransaction.unknown_tags", version);
        }
    }
}

/// Part of [`FetchResponse::node_endpoints`]; versions 16 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct NodeEndpoint {
    /// `NodeId`, a broker's id: versions 16 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
    /// `Host`: versions 16 and up.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: versions 16 and up.
    /// Other versions refuse anything but the default.
    pub port: i32,
    /// `Rack`: versions 16 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub rack: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for NodeEndpoint {
    const MIN_LEN: usize = 11;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let node_id = if version >= 16 { reader.i32()? } else { 0 };
        let host = if version >= 16 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let port = if version >= 16 { reader.i32()? } else { 0 };
        let rack = if version >= 16 {
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
        let flexible = version >= 12;
        let mut size = 0;
        if version >= 16 {
            size += 4;
        }
        if version >= 16 {
            size += size::string(&self.host, flexible);
        }
        if version >= 16 {
            size += 4;
        }
        if version >= 16 {
            size += size::string_nullable(self.rack.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version >= 16 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("NodeEndpoint.NodeId", version);
        }
        if version >= 16 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("NodeEndpoint.Host", version);
        }
        if version >= 16 {
            writer.i32(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("NodeEndpoint.Port", version);
        }
        if version >= 16 {
            writer.string_nullable(self.rack.as_ref(), flexible);
        } else if self.rack.is_some() {
            writer.field_not_in_version("NodeEndpoint.Rack", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("NodeEndpoint.unknown_tags", version);
        }
    }
}

impl Message for FetchResponse {
    const NAME: &'static str = "FetchResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 18;
    const FLEXIBLE_FROM: i16 = 12;
}

impl Response for FetchResponse {
    const KEY: ApiKey = ApiKey(1);
}
