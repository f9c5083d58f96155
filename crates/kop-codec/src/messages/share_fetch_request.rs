//! `ShareFetchRequest`. Generated from `schema/messages/ShareFetchRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `ShareFetchRequest`: A request of API 78, versions 1 to 2, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareFetchRequest {
    /// `GroupId`, a group's id: all versions.
    /// None is null.
    pub group_id: Option<ByteString>,
    /// `MemberId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub member_id: Option<ByteString>,
    /// `ShareSessionEpoch`: all versions.
    pub share_session_epoch: i32,
    /// `MaxWaitMs`, in milliseconds: all versions.
    pub max_wait_ms: i32,
    /// `MinBytes`, in bytes: all versions.
    pub min_bytes: i32,
    /// `MaxBytes`, in bytes: all versions.
    /// `i32::MAX` by default.
    pub max_bytes: i32,
    /// `MaxRecords`: all versions.
    pub max_records: i32,
    /// `BatchSize`: all versions.
    pub batch_size: i32,
    /// `ShareAcquireMode`: version 2.
    /// `0` by default.
    pub share_acquire_mode: i8,
    /// `IsRenewAck`: version 2.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub is_renew_ack: bool,
    /// `Topics`: all versions.
    pub topics: Vec<FetchTopic>,
    /// `ForgottenTopicsData`: all versions.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(ByteString::default()),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ShareFetchRequest {
    const MIN_LEN: usize = 29;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string_nullable(true)?;
        let member_id = reader.string_nullable(true)?;
        let share_session_epoch = reader.i32()?;
        let max_wait_ms = reader.i32()?;
        let min_bytes = reader.i32()?;
        let max_bytes = reader.i32()?;
        let max_records = reader.i32()?;
        let batch_size = reader.i32()?;
        let share_acquire_mode = if version >= 2 { reader.i8()? } else { 0 };
        let is_renew_ack = if version >= 2 { reader.bool()? } else { false };
        let topics = reader.array::<FetchTopic>(true, version)?;
        let forgotten_topics_data = reader.array::<ForgottenTopic>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            share_session_epoch,
            max_wait_ms,
            min_bytes,
            max_bytes,
            max_records,
            batch_size,
            share_acquire_mode,
            is_renew_ack,
            topics,
            forgotten_topics_data,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 24;
        size += size::string_nullable(self.group_id.as_ref(), true);
        size += size::string_nullable(self.member_id.as_ref(), true);
        if version >= 2 {
            size += 1;
        }
        if version >= 2 {
            size += 1;
        }
        size += size::array(&self.topics, true, version);
        size += size::array(&self.forgotten_topics_data, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.group_id.as_ref(), true);
        writer.string_nullable(self.member_id.as_ref(), true);
        writer.run::<24>(|run| {
            run.i32(self.share_session_epoch);
            run.i32(self.max_wait_ms);
            run.i32(self.min_bytes);
            run.i32(self.max_bytes);
            run.i32(self.max_records);
            run.i32(self.batch_size);
        });
        if version >= 2 {
            writer.i8(self.share_acquire_mode);
        }
        if version >= 2 {
            writer.bool(self.is_renew_ack);
        } else if self.is_renew_ack {
            writer.field_not_in_version("ShareFetchRequest.IsRenewAck", version);
        }
        writer.array(&self.topics, true, version);
        writer.array(&self.forgotten_topics_data, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareFetchRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchTopic {
    /// `TopicId`: all versions.
    /// Part of the key: no two elements have the same.
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
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array::<FetchPartition>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 16;
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`FetchTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FetchPartition {
    /// `PartitionIndex`: all versions.
    /// Part of the key: no two elements have the same.
    pub partition_index: i32,
    /// `PartitionMaxBytes`, in bytes: no version.
    /// Other versions refuse anything but the default.
    pub partition_max_bytes: i32,
    /// `AcknowledgementBatches`: all versions.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for FetchPartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let partition_max_bytes = 0;
        let acknowledgement_batches = reader.array::<AcknowledgementBatch>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            partition_max_bytes,
            acknowledgement_batches,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.acknowledgement_batches, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.partition_index);
        if self.partition_max_bytes != 0 {
            writer.field_not_in_version("FetchPartition.PartitionMaxBytes", version);
        }
        writer.array(&self.acknowledgement_batches, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`FetchPartition::acknowledgement_batches`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AcknowledgementBatch {
    /// `FirstOffset`: all versions.
    pub first_offset: i64,
    /// `LastOffset`: all versions.
    pub last_offset: i64,
    /// `AcknowledgeTypes`: all versions.
    pub acknowledge_types: Vec<i8>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AcknowledgementBatch {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let acknowledge_types = reader.values(true, 1, Reader::i8)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            first_offset,
            last_offset,
            acknowledge_types,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::fixed(self.acknowledge_types.len(), 1, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<16>(|run| {
            run.i64(self.first_offset);
            run.i64(self.last_offset);
        });
        writer.values(&self.acknowledge_types, true, Writer::i8);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareFetchRequest::forgotten_topics_data`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ForgottenTopic {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ForgottenTopic {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::int32s(&self.partitions, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(&self.partitions, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareFetchRequest {
    const NAME: &'static str = "ShareFetchRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ShareFetchRequest {
    const KEY: ApiKey = ApiKey(78);
    type Response = crate::messages::share_fetch_response::ShareFetchResponse;
}
