//! `StreamsGroupHeartbeatResponse`. Generated from `schema/messages/StreamsGroupHeartbeatResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Writer, size, wire::Wire,
};

/// `StreamsGroupHeartbeatResponse`: A response of API 88, versions 0 to 1, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupHeartbeatResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `HeartbeatIntervalMs`, in milliseconds: all versions.
    pub heartbeat_interval_ms: i32,
    /// `AcceptableRecoveryLagLegacy`: version 0.
    /// Other versions refuse anything but the default.
    pub acceptable_recovery_lag_legacy: i32,
    /// `TaskOffsetIntervalMs`, in milliseconds: all versions.
    pub task_offset_interval_ms: i32,
    /// `AcceptableRecoveryLag`: version 1.
    /// `-1` by default.
    pub acceptable_recovery_lag: i64,
    /// `Status`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub status: Option<Vec<Status>>,
    /// `ActiveTasks`: all versions.
    /// None is null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// `StandbyTasks`: all versions.
    /// None is null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// `WarmupTasks`: all versions.
    /// None is null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// `TopologyDescriptionRequired`: version 1.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub topology_description_required: bool,
    /// `EndpointInformationEpoch`: all versions.
    pub endpoint_information_epoch: i32,
    /// `PartitionsByUserEndpoint`: all versions.
    /// None is null.
    pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for StreamsGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: None,
            member_id: ByteString::default(),
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            acceptable_recovery_lag_legacy: 0,
            task_offset_interval_ms: 0,
            acceptable_recovery_lag: -1,
            status: Some(Vec::new()),
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            topology_description_required: false,
            endpoint_information_epoch: 0,
            partitions_by_user_endpoint: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for StreamsGroupHeartbeatResponse {
    const MIN_LEN: usize = 34;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let member_id = reader.string(true)?;
        let member_epoch = reader.i32()?;
        let heartbeat_interval_ms = reader.i32()?;
        let acceptable_recovery_lag_legacy = if version <= 0 { reader.i32()? } else { 0 };
        let task_offset_interval_ms = reader.i32()?;
        let acceptable_recovery_lag = if version >= 1 { reader.i64()? } else { -1 };
        let status = reader.array_nullable::<Status>(true, version)?;
        let active_tasks = reader.array_nullable::<TaskIds>(true, version)?;
        let standby_tasks = reader.array_nullable::<TaskIds>(true, version)?;
        let warmup_tasks = reader.array_nullable::<TaskIds>(true, version)?;
        let topology_description_required = if version >= 1 { reader.bool()? } else { false };
        let endpoint_information_epoch = reader.i32()?;
        let partitions_by_user_endpoint =
            reader.array_nullable::<EndpointToPartitions>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            member_id,
            member_epoch,
            heartbeat_interval_ms,
            acceptable_recovery_lag_legacy,
            task_offset_interval_ms,
            acceptable_recovery_lag,
            status,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            topology_description_required,
            endpoint_information_epoch,
            partitions_by_user_endpoint,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 22;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::string(&self.member_id, true);
        if version <= 0 {
            size += 4;
        }
        if version >= 1 {
            size += 8;
        }
        size += size::array_nullable(self.status.as_deref(), true, version);
        size += size::array_nullable(self.active_tasks.as_deref(), true, version);
        size += size::array_nullable(self.standby_tasks.as_deref(), true, version);
        size += size::array_nullable(self.warmup_tasks.as_deref(), true, version);
        if version >= 1 {
            size += 1;
        }
        size += size::array_nullable(self.partitions_by_user_endpoint.as_deref(), true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.string(&self.member_id, true);
        writer.run::<8>(|run| {
            run.i32(self.member_epoch);
            run.i32(self.heartbeat_interval_ms);
        });
        if version <= 0 {
            writer.i32(self.acceptable_recovery_lag_legacy);
        } else if self.acceptable_recovery_lag_legacy != 0 {
            writer.field_not_in_version(
                "StreamsGroupHeartbeatResponse.AcceptableRecoveryLagLegacy",
                version,
            );
        }
        writer.i32(self.task_offset_interval_ms);
        if version >= 1 {
            writer.i64(self.acceptable_recovery_lag);
        }
        writer.array_nullable(self.status.as_deref(), true, version);
        writer.array_nullable(self.active_tasks.as_deref(), true, version);
        writer.array_nullable(self.standby_tasks.as_deref(), true, version);
        writer.array_nullable(self.warmup_tasks.as_deref(), true, version);
        if version >= 1 {
            writer.bool(self.topology_description_required);
        } else if self.topology_description_required {
            writer.field_not_in_version(
                "StreamsGroupHeartbeatResponse.TopologyDescriptionRequired",
                version,
            );
        }
        writer.i32(self.endpoint_information_epoch);
        writer.array_nullable(self.partitions_by_user_endpoint.as_deref(), true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupHeartbeatResponse::partitions_by_user_endpoint`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EndpointToPartitions {
    /// `UserEndpoint`: all versions.
    pub user_endpoint: Endpoint,
    /// `ActivePartitions`: all versions.
    pub active_partitions: Vec<TopicPartition>,
    /// `StandbyPartitions`: all versions.
    pub standby_partitions: Vec<TopicPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for EndpointToPartitions {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let user_endpoint = Endpoint::read(reader, version)?;
        let active_partitions = reader.array::<TopicPartition>(true, version)?;
        let standby_partitions = reader.array::<TopicPartition>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            user_endpoint,
            active_partitions,
            standby_partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += self.user_endpoint.size(version);
        size += size::array(&self.active_partitions, true, version);
        size += size::array(&self.standby_partitions, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        self.user_endpoint.write(writer, version);
        writer.array(&self.active_partitions, true, version);
        writer.array(&self.standby_partitions, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupHeartbeatResponse::status`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Status {
    /// `StatusCode`: all versions.
    pub status_code: i8,
    /// `StatusDetail`: all versions.
    pub status_detail: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Status {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let status_code = reader.i8()?;
        let status_detail = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            status_code,
            status_detail,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 1;
        size += size::string(&self.status_detail, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i8(self.status_code);
        writer.string(&self.status_detail, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`EndpointToPartitions::active_partitions`], [`EndpointToPartitions::standby_partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartition {
    /// `Topic`, a topic's name: all versions.
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

impl Wire for TopicPartition {
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

/// Used in [`StreamsGroupHeartbeatResponse::active_tasks`], [`StreamsGroupHeartbeatResponse::standby_tasks`], [`StreamsGroupHeartbeatResponse::warmup_tasks`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TaskIds {
    /// `SubtopologyId`: all versions.
    pub subtopology_id: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TaskIds {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let partitions = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.subtopology_id, true);
        size += size::int32s(&self.partitions, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.int32s(&self.partitions, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`EndpointToPartitions::user_endpoint`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Endpoint {
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: u16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Endpoint {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let host = reader.string(true)?;
        let port = reader.u16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 2;
        size += size::string(&self.host, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.host, true);
        writer.u16(self.port);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for StreamsGroupHeartbeatResponse {
    const NAME: &'static str = "StreamsGroupHeartbeatResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for StreamsGroupHeartbeatResponse {
    const KEY: ApiKey = ApiKey(88);
}
