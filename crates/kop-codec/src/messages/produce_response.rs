//! `ProduceResponse`. Generated from `schema/messages/ProduceResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `ProduceResponse`: A response of API 0, versions 0 to 13, flexible from 9.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ProduceResponse {
    /// `Responses`: all versions.
    pub responses: Vec<TopicProduceResponse>,
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    /// `0` by default.
    pub throttle_time_ms: i32,
    /// `NodeEndpoints`: versions 10 and up, tag 0.
    /// Other versions refuse anything but the default.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ProduceResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let responses = reader.array::<TopicProduceResponse>(flexible, version)?;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let mut node_endpoints = Vec::new();
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 if version >= 10 => {
                        node_endpoints = field.array::<NodeEndpoint>(flexible, version)?;
                        field.finish()?;
                    }
                    0 => return Err(field.tag_not_in_version(tag, version)),
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            responses,
            throttle_time_ms,
            node_endpoints,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        size += size::array(&self.responses, flexible, version);
        if version >= 1 {
            size += 4;
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if version >= 10 && !self.node_endpoints.is_empty() {
                tags += 1;
                size += size::tagged(0, size::array(&self.node_endpoints, flexible, version));
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.array(&self.responses, flexible, version);
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        if version < 10 && !self.node_endpoints.is_empty() {
            writer.field_not_in_version("ProduceResponse.NodeEndpoints", version);
        }
        if flexible {
            let has_node_endpoints = version >= 10 && !self.node_endpoints.is_empty();
            writer.tag_count(usize::from(has_node_endpoints) + self.unknown_tags.len());
            if has_node_endpoints {
                writer.tag(0, size::array(&self.node_endpoints, flexible, version));
                writer.array(&self.node_endpoints, flexible, version);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ProduceResponse.unknown_tags", version);
        }
    }
}

/// Part of [`ProduceResponse::responses`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicProduceResponse {
    /// `Name`, a topic's name: versions 0 to 12.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `TopicId`: version 13.
    /// Part of the key: no two elements have the same.
    pub topic_id: Uuid,
    /// `PartitionResponses`: all versions.
    pub partition_responses: Vec<PartitionProduceResponse>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicProduceResponse {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let name = if version <= 12 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 13 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partition_responses = reader.array::<PartitionProduceResponse>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            partition_responses,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        if version <= 12 {
            size += size::string(&self.name, flexible);
        }
        if version >= 13 {
            size += 16;
        }
        size += size::array(&self.partition_responses, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version <= 12 {
            writer.string(&self.name, flexible);
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partition_responses, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TopicProduceResponse.unknown_tags", version);
        }
    }
}

/// Part of [`TopicProduceResponse::partition_responses`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionProduceResponse {
    /// `Index`: all versions.
    pub index: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `BaseOffset`: all versions.
    pub base_offset: i64,
    /// `LogAppendTimeMs`, in milliseconds: versions 2 and up.
    /// `-1` by default.
    pub log_append_time_ms: i64,
    /// `LogStartOffset`: versions 5 and up.
    /// `-1` by default.
    pub log_start_offset: i64,
    /// `RecordErrors`: versions 8 and up.
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
    /// `ErrorMessage`: versions 8 and up.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `CurrentLeader`: versions 10 and up, tag 0.
    /// Other versions refuse anything but the default.
    pub current_leader: LeaderIdAndEpoch,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for PartitionProduceResponse {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: ErrorCode::NONE,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for PartitionProduceResponse {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let base_offset = reader.i64()?;
        let log_append_time_ms = if version >= 2 { reader.i64()? } else { -1 };
        let log_start_offset = if version >= 5 { reader.i64()? } else { -1 };
        let record_errors = if version >= 8 {
            reader.array::<BatchIndexAndErrorMessage>(flexible, version)?
        } else {
            Vec::new()
        };
        let error_message = if version >= 8 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let mut current_leader = LeaderIdAndEpoch::default();
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 if version >= 10 => {
                        current_leader = LeaderIdAndEpoch::read(&mut field, version)?;
                        field.finish()?;
                    }
                    0 => return Err(field.tag_not_in_version(tag, version)),
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            index,
            error_code,
            base_offset,
            log_append_time_ms,
            log_start_offset,
            record_errors,
            error_message,
            current_leader,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 14;
        if version >= 2 {
            size += 8;
        }
        if version >= 5 {
            size += 8;
        }
        if version >= 8 {
            size += size::array(&self.record_errors, flexible, version);
        }
        if version >= 8 {
            size += size::string_nullable(self.error_message.as_ref(), flexible);
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if version >= 10 && self.current_leader != LeaderIdAndEpoch::default() {
                tags += 1;
                size += size::tagged(0, self.current_leader.size(version));
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.run::<14>(|run| {
            run.i32(self.index);
            run.i16(self.error_code.0);
            run.i64(self.base_offset);
        });
        if version >= 2 {
            writer.i64(self.log_append_time_ms);
        }
        if version >= 5 {
            writer.i64(self.log_start_offset);
        }
        if version >= 8 {
            writer.array(&self.record_errors, flexible, version);
        }
        if version >= 8 {
            writer.string_nullable(self.error_message.as_ref(), flexible);
        }
        if version < 10 && self.current_leader != LeaderIdAndEpoch::default() {
            writer.field_not_in_version("PartitionProduceResponse.CurrentLeader", version);
        }
        if flexible {
            let has_current_leader =
                version >= 10 && self.current_leader != LeaderIdAndEpoch::default();
            writer.tag_count(usize::from(has_current_leader) + self.unknown_tags.len());
            if has_current_leader {
                writer.tag(0, self.current_leader.size(version));
                self.current_leader.write(writer, version);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("PartitionProduceResponse.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionProduceResponse::record_errors`]; versions 8 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct BatchIndexAndErrorMessage {
    /// `BatchIndex`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub batch_index: i32,
    /// `BatchIndexErrorMessage`: versions 8 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub batch_index_error_message: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for BatchIndexAndErrorMessage {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let batch_index = if version >= 8 { reader.i32()? } else { 0 };
        let batch_index_error_message = if version >= 8 {
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
            batch_index,
            batch_index_error_message,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        if version >= 8 {
            size += 4;
        }
        if version >= 8 {
            size += size::string_nullable(self.batch_index_error_message.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 8 {
            writer.i32(self.batch_index);
        } else if self.batch_index != 0 {
            writer.field_not_in_version("BatchIndexAndErrorMessage.BatchIndex", version);
        }
        if version >= 8 {
            writer.string_nullable(self.batch_index_error_message.as_ref(), flexible);
        } else if self.batch_index_error_message.is_some() {
            writer
                .field_not_in_version("BatchIndexAndErrorMessage.BatchIndexErrorMessage", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("BatchIndexAndErrorMessage.unknown_tags", version);
        }
    }
}

/// Part of [`PartitionProduceResponse::current_leader`]; versions 10 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderIdAndEpoch {
    /// `LeaderId`, a broker's id: versions 10 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub leader_id: i32,
    /// `LeaderEpoch`: versions 10 and up.
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
        let flexible = version >= 9;
        let leader_id = if version >= 10 { reader.i32()? } else { -1 };
        let leader_epoch = if version >= 10 { reader.i32()? } else { -1 };
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
        let flexible = version >= 9;
        let mut size = 0;
        if version >= 10 {
            size += 4;
        }
        if version >= 10 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 10 {
            writer.i32(self.leader_id);
        } else if self.leader_id != -1 {
            writer.field_not_in_version("LeaderIdAndEpoch.LeaderId", version);
        }
        if version >= 10 {
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

/// Part of [`ProduceResponse::node_endpoints`]; versions 10 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct NodeEndpoint {
    /// `NodeId`, a broker's id: versions 10 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
    /// `Host`: versions 10 and up.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: versions 10 and up.
    /// Other versions refuse anything but the default.
    pub port: i32,
    /// `Rack`: versions 10 and up.
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
        let flexible = version >= 9;
        let node_id = if version >= 10 { reader.i32()? } else { 0 };
        let host = if version >= 10 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let port = if version >= 10 { reader.i32()? } else { 0 };
        let rack = if version >= 10 {
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
        let flexible = version >= 9;
        let mut size = 0;
        if version >= 10 {
            size += 4;
        }
        if version >= 10 {
            size += size::string(&self.host, flexible);
        }
        if version >= 10 {
            size += 4;
        }
        if version >= 10 {
            size += size::string_nullable(self.rack.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 10 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("NodeEndpoint.NodeId", version);
        }
        if version >= 10 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("NodeEndpoint.Host", version);
        }
        if version >= 10 {
            writer.i32(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("NodeEndpoint.Port", version);
        }
        if version >= 10 {
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

impl Message for ProduceResponse {
    const NAME: &'static str = "ProduceResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Response for ProduceResponse {
    const KEY: ApiKey = ApiKey(0);
}
