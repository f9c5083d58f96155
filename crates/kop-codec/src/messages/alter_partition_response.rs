//! `AlterPartitionResponse`. Generated from `schema/messages/AlterPartitionResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Uuid, Writer, size, wire::Wire,
};

/// `AlterPartitionResponse`: A response of API 56, versions 0 to 3, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterPartitionResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterPartitionResponse {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let topics = reader.array::<TopicData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AlterPartitionResponse::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicData {
    /// `TopicName`, a topic's name: versions 0 to 1.
    pub topic_name: ByteString,
    /// `TopicId`: versions 2 and up.
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

impl Wire for TopicData {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_name = if version <= 1 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 2 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = reader.array::<PartitionData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_name,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version <= 1 {
            size += size::string(&self.topic_name, true);
        }
        if version >= 2 {
            size += 16;
        }
        size += size::array(&self.partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version <= 1 {
            writer.string(&self.topic_name, true);
        }
        if version >= 2 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
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
    /// `Isr`, a broker's id: all versions.
    pub isr: Int32s,
    /// `LeaderRecoveryState`: versions 1 and up.
    /// `0` by default.
    pub leader_recovery_state: i8,
    /// `PartitionEpoch`: all versions.
    pub partition_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 20;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let isr = reader.int32s(true)?;
        let leader_recovery_state = if version >= 1 { reader.i8()? } else { 0 };
        let partition_epoch = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            leader_id,
            leader_epoch,
            isr,
            leader_recovery_state,
            partition_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 18;
        size += size::int32s(&self.isr, true);
        if version >= 1 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<14>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
        });
        writer.int32s(&self.isr, true);
        if version >= 1 {
            writer.i8(self.leader_recovery_state);
        }
        writer.i32(self.partition_epoch);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AlterPartitionResponse {
    const NAME: &'static str = "AlterPartitionResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for AlterPartitionResponse {
    const KEY: ApiKey = ApiKey(56);
}
