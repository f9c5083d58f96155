//! `ReadShareGroupStateSummaryResponse`. Generated from `schema/messages/ReadShareGroupStateSummaryResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `ReadShareGroupStateSummaryResponse`: A response of API 87, versions 0 to 1, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReadShareGroupStateSummaryResponse {
    /// `Results`: all versions.
    pub results: Vec<ReadStateSummaryResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ReadShareGroupStateSummaryResponse {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let results = reader.array::<ReadStateSummaryResult>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            results,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.results, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.results, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ReadShareGroupStateSummaryResponse::results`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ReadStateSummaryResult {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ReadStateSummaryResult {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array::<PartitionResult>(true, version)?;
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

/// Part of [`ReadStateSummaryResult::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionResult {
    /// `Partition`: all versions.
    pub partition: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `StateEpoch`: all versions.
    pub state_epoch: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `StartOffset`: all versions.
    pub start_offset: i64,
    /// `DeliveryCompleteCount`: version 1.
    /// `-1` by default.
    pub delivery_complete_count: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition: 0,
            error_code: ErrorCode::NONE,
            error_message: None,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for PartitionResult {
    const MIN_LEN: usize = 24;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let state_epoch = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let start_offset = reader.i64()?;
        let delivery_complete_count = if version >= 1 { reader.i32()? } else { -1 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition,
            error_code,
            error_message,
            state_epoch,
            leader_epoch,
            start_offset,
            delivery_complete_count,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 22;
        size += size::string_nullable(self.error_message.as_ref(), true);
        if version >= 1 {
            size += 4;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.partition);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.run::<16>(|run| {
            run.i32(self.state_epoch);
            run.i32(self.leader_epoch);
            run.i64(self.start_offset);
        });
        if version >= 1 {
            writer.i32(self.delivery_complete_count);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ReadShareGroupStateSummaryResponse {
    const NAME: &'static str = "ReadShareGroupStateSummaryResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for ReadShareGroupStateSummaryResponse {
    const KEY: ApiKey = ApiKey(87);
}
