//! `DescribeTransactionsResponse`. Generated from `schema/messages/DescribeTransactionsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Writer, size, wire::Wire,
};

/// `DescribeTransactionsResponse`: A response of API 65, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeTransactionsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `TransactionStates`: all versions.
    pub transaction_states: Vec<TransactionState>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeTransactionsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let transaction_states = reader.array::<TransactionState>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            transaction_states,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.transaction_states, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.transaction_states, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeTransactionsResponse::transaction_states`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TransactionState {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `TransactionalId`, a transactional id: all versions.
    pub transactional_id: ByteString,
    /// `TransactionState`: all versions.
    pub transaction_state: ByteString,
    /// `TransactionTimeoutMs`, in milliseconds: all versions.
    pub transaction_timeout_ms: i32,
    /// `TransactionStartTimeMs`, in milliseconds: all versions.
    pub transaction_start_time_ms: i64,
    /// `ProducerId`, a producer's id: all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`: all versions.
    pub producer_epoch: i16,
    /// `Topics`: all versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TransactionState {
    const MIN_LEN: usize = 28;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let transactional_id = reader.string(true)?;
        let transaction_state = reader.string(true)?;
        let transaction_timeout_ms = reader.i32()?;
        let transaction_start_time_ms = reader.i64()?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let topics = reader.array::<TopicData>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            error_code,
            transactional_id,
            transaction_state,
            transaction_timeout_ms,
            transaction_start_time_ms,
            producer_id,
            producer_epoch,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 24;
        size += size::string(&self.transactional_id, true);
        size += size::string(&self.transaction_state, true);
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.error_code.0);
        writer.string(&self.transactional_id, true);
        writer.string(&self.transaction_state, true);
        writer.run::<22>(|run| {
            run.i32(self.transaction_timeout_ms);
            run.i64(self.transaction_start_time_ms);
            run.i64(self.producer_id);
            run.i16(self.producer_epoch);
        });
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TransactionState::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicData {
    /// `Topic`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub topic: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
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
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic = reader.string(true)?;
        let partitions = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.topic, true);
        size += size::int32s(&self.partitions, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.topic, true);
        writer.int32s(&self.partitions, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for DescribeTransactionsResponse {
    const NAME: &'static str = "DescribeTransactionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for DescribeTransactionsResponse {
    const KEY: ApiKey = ApiKey(65);
}
