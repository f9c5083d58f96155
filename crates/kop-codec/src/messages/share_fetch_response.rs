//! `ShareFetchResponse`. Generated from `schema/messages/ShareFetchResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Records, Response, UnknownTags,
    Uuid, Writer, size,
    wire::{RecordsCount, Wire},
};

/// `ShareFetchResponse`: A response of API 78, versions 1 to 2, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareFetchResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `AcquisitionLockTimeoutMs`, in milliseconds: all versions.
    pub acquisition_lock_timeout_ms: i32,
    /// `Responses`: all versions.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// `NodeEndpoints`: all versions.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ShareFetchResponse {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let acquisition_lock_timeout_ms = reader.i32()?;
        let responses = reader.array::<ShareFetchableTopicResponse>(true, version)?;
        let node_endpoints = reader.array::<NodeEndpoint>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            acquisition_lock_timeout_ms,
            responses,
            node_endpoints,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 10;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::array(&self.responses, true, version);
        size += size::array(&self.node_endpoints, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.responses {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.i32(self.acquisition_lock_timeout_ms);
        writer.array(&self.responses, true, version);
        writer.array(&self.node_endpoints, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareFetchResponse::responses`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareFetchableTopicResponse {
    /// `TopicId`: all versions.
    /// Part of the key: no two elements have the same.
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

impl Wire for ShareFetchableTopicResponse {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.array::<PartitionData>(true, version)?;
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

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.partitions {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.array(&self.partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareFetchableTopicResponse::partitions`]; all versions.
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
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `AcknowledgeErrorCode`: all versions.
    pub acknowledge_error_code: i16,
    /// `AcknowledgeErrorMessage`: all versions.
    /// None is null.
    pub acknowledge_error_message: Option<ByteString>,
    /// `CurrentLeader`: all versions.
    pub current_leader: LeaderIdAndEpoch,
    /// `Records`: all versions.
    /// Never null in a version that has it.
    pub records: Option<Records>,
    /// `AcquiredRecords`: all versions.
    pub acquired_records: Vec<AcquiredRecords>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionData {
    const MIN_LEN: usize = 22;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let acknowledge_error_code = reader.i16()?;
        let acknowledge_error_message = reader.string_nullable(true)?;
        let current_leader = LeaderIdAndEpoch::read(reader, version)?;
        let records = Some(reader.records(true)?);
        let acquired_records = reader.array::<AcquiredRecords>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition_index,
            error_code,
            error_message,
            acknowledge_error_code,
            acknowledge_error_message,
            current_leader,
            records,
            acquired_records,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 8;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::string_nullable(self.acknowledge_error_message.as_ref(), true);
        size += self.current_leader.size(version);
        size += size::records_nullable(self.records.as_ref(), true);
        size += size::array(&self.acquired_records, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        count.add(self.records.as_ref());
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.i16(self.acknowledge_error_code);
        writer.string_nullable(self.acknowledge_error_message.as_ref(), true);
        self.current_leader.write(writer, version);
        match &self.records {
            Some(value) => {
                writer.records(value, true);
            }
            None => writer.unexpected_null("PartitionData.Records", version),
        }
        writer.array(&self.acquired_records, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`PartitionData::current_leader`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId`: all versions.
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

/// Part of [`PartitionData::acquired_records`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AcquiredRecords {
    /// `FirstOffset`: all versions.
    pub first_offset: i64,
    /// `LastOffset`: all versions.
    pub last_offset: i64,
    /// `DeliveryCount`: all versions.
    pub delivery_count: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AcquiredRecords {
    const MIN_LEN: usize = 19;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let delivery_count = reader.i16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            first_offset,
            last_offset,
            delivery_count,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 18;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<18>(|run| {
            run.i64(self.first_offset);
            run.i64(self.last_offset);
            run.i16(self.delivery_count);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareFetchResponse::node_endpoints`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct NodeEndpoint {
    /// `NodeId`, a broker's id: all versions.
    /// Part of the key: no two elements have the same.
    pub node_id: i32,
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: i32,
    /// `Rack`: all versions.
    /// None is null.
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
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let node_id = reader.i32()?;
        let host = reader.string(true)?;
        let port = reader.i32()?;
        let rack = reader.string_nullable(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            node_id,
            host,
            port,
            rack,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 8;
        size += size::string(&self.host, true);
        size += size::string_nullable(self.rack.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.node_id);
        writer.string(&self.host, true);
        writer.i32(self.port);
        writer.string_nullable(self.rack.as_ref(), true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareFetchResponse {
    const NAME: &'static str = "ShareFetchResponse";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for ShareFetchResponse {
    const KEY: ApiKey = ApiKey(78);
}
