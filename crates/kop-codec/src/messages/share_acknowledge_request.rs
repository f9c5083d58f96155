//! `ShareAcknowledgeRequest`. Generated from `schema/messages/ShareAcknowledgeRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `ShareAcknowledgeRequest`: A request of API 79, versions 1 to 2, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareAcknowledgeRequest {
    /// `GroupId`, a group's id: all versions.
    /// None is null.
    pub group_id: Option<ByteString>,
    /// `MemberId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub member_id: Option<ByteString>,
    /// `ShareSessionEpoch`: all versions.
    pub share_session_epoch: i32,
    /// `IsRenewAck`: version 2.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub is_renew_ack: bool,
    /// `Topics`: all versions.
    pub topics: Vec<AcknowledgeTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ShareAcknowledgeRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(ByteString::default()),
            share_session_epoch: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ShareAcknowledgeRequest {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string_nullable(true)?;
        let member_id = reader.string_nullable(true)?;
        let share_session_epoch = reader.i32()?;
        let is_renew_ack = if version >= 2 { reader.bool()? } else { false };
        let topics = reader.array::<AcknowledgeTopic>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            share_session_epoch,
            is_renew_ack,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::string_nullable(self.group_id.as_ref(), true);
        size += size::string_nullable(self.member_id.as_ref(), true);
        if version >= 2 {
            size += 1;
        }
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.group_id.as_ref(), true);
        writer.string_nullable(self.member_id.as_ref(), true);
        writer.i32(self.share_session_epoch);
        if version >= 2 {
            writer.bool(self.is_renew_ack);
        } else if self.is_renew_ack {
            writer.field_not_in_version("ShareAcknowledgeRequest.IsRenewAck", version);
        }
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareAcknowledgeRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AcknowledgeTopic {
    /// `TopicId`: all versions.
    /// Part of the key: no two elements have the same.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<AcknowledgePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AcknowledgeTopic {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array::<AcknowledgePartition>(true, version)?;
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

/// Part of [`AcknowledgeTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AcknowledgePartition {
    /// `PartitionIndex`: all versions.
    /// Part of the key: no two elements have the same.
    pub partition_index: i32,
    /// `AcknowledgementBatches`: all versions.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AcknowledgePartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let acknowledgement_batches = reader.array::<AcknowledgementBatch>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
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
        writer.array(&self.acknowledgement_batches, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AcknowledgePartition::acknowledgement_batches`]; all versions.
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

impl Message for ShareAcknowledgeRequest {
    const NAME: &'static str = "ShareAcknowledgeRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ShareAcknowledgeRequest {
    const KEY: ApiKey = ApiKey(79);
    type Response = crate::messages::share_acknowledge_response::ShareAcknowledgeResponse;
}
