//! `StreamsGroupHeartbeatRequest`. Generated from `schema/messages/StreamsGroupHeartbeatRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `StreamsGroupHeartbeatRequest`: A request of API 88, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupHeartbeatRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `EndpointInformationEpoch`: all versions.
    pub endpoint_information_epoch: i32,
    /// `InstanceId`: all versions.
    /// None is null.
    pub instance_id: Option<ByteString>,
    /// `RackId`: all versions.
    /// None is null.
    pub rack_id: Option<ByteString>,
    /// `RebalanceTimeoutMs`, in milliseconds: all versions.
    /// `-1` by default.
    pub rebalance_timeout_ms: i32,
    /// `Topology`: all versions.
    /// None is null.
    pub topology: Option<Topology>,
    /// `ActiveTasks`: all versions.
    /// None is null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// `StandbyTasks`: all versions.
    /// None is null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// `WarmupTasks`: all versions.
    /// None is null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// `ProcessId`: all versions.
    /// None is null.
    pub process_id: Option<ByteString>,
    /// `UserEndpoint`: all versions.
    /// None is null.
    pub user_endpoint: Option<Endpoint>,
    /// `ClientTags`: all versions.
    /// None is null.
    pub client_tags: Option<Vec<KeyValue>>,
    /// `TaskOffsets`: all versions.
    /// None is null.
    pub task_offsets: Option<Vec<TaskOffset>>,
    /// `TaskEndOffsets`: all versions.
    /// None is null.
    pub task_end_offsets: Option<Vec<TaskOffset>>,
    /// `ShutdownApplication`: all versions.
    /// `false` by default.
    pub shutdown_application: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for StreamsGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: ByteString::default(),
            member_id: ByteString::default(),
            member_epoch: 0,
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for StreamsGroupHeartbeatRequest {
    const MIN_LEN: usize = 27;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(true)?;
        let member_id = reader.string(true)?;
        let member_epoch = reader.i32()?;
        let endpoint_information_epoch = reader.i32()?;
        let instance_id = reader.string_nullable(true)?;
        let rack_id = reader.string_nullable(true)?;
        let rebalance_timeout_ms = reader.i32()?;
        let topology = reader.struct_nullable::<Topology>(version)?;
        let active_tasks = reader.array_nullable::<TaskIds>(true, version)?;
        let standby_tasks = reader.array_nullable::<TaskIds>(true, version)?;
        let warmup_tasks = reader.array_nullable::<TaskIds>(true, version)?;
        let process_id = reader.string_nullable(true)?;
        let user_endpoint = reader.struct_nullable::<Endpoint>(version)?;
        let client_tags = reader.array_nullable::<KeyValue>(true, version)?;
        let task_offsets = reader.array_nullable::<TaskOffset>(true, version)?;
        let task_end_offsets = reader.array_nullable::<TaskOffset>(true, version)?;
        let shutdown_application = reader.bool()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            endpoint_information_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            topology,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            process_id,
            user_endpoint,
            client_tags,
            task_offsets,
            task_end_offsets,
            shutdown_application,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 13;
        size += size::string(&self.group_id, true);
        size += size::string(&self.member_id, true);
        size += size::string_nullable(self.instance_id.as_ref(), true);
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::struct_nullable(self.topology.as_ref(), version);
        size += size::array_nullable(self.active_tasks.as_deref(), true, version);
        size += size::array_nullable(self.standby_tasks.as_deref(), true, version);
        size += size::array_nullable(self.warmup_tasks.as_deref(), true, version);
        size += size::string_nullable(self.process_id.as_ref(), true);
        size += size::struct_nullable(self.user_endpoint.as_ref(), version);
        size += size::array_nullable(self.client_tags.as_deref(), true, version);
        size += size::array_nullable(self.task_offsets.as_deref(), true, version);
        size += size::array_nullable(self.task_end_offsets.as_deref(), true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, true);
        writer.string(&self.member_id, true);
        writer.run::<8>(|run| {
            run.i32(self.member_epoch);
            run.i32(self.endpoint_information_epoch);
        });
        writer.string_nullable(self.instance_id.as_ref(), true);
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.i32(self.rebalance_timeout_ms);
        writer.struct_nullable(self.topology.as_ref(), version);
        writer.array_nullable(self.active_tasks.as_deref(), true, version);
        writer.array_nullable(self.standby_tasks.as_deref(), true, version);
        writer.array_nullable(self.warmup_tasks.as_deref(), true, version);
        writer.string_nullable(self.process_id.as_ref(), true);
        writer.struct_nullable(self.user_endpoint.as_ref(), version);
        writer.array_nullable(self.client_tags.as_deref(), true, version);
        writer.array_nullable(self.task_offsets.as_deref(), true, version);
        writer.array_nullable(self.task_end_offsets.as_deref(), true, version);
        writer.bool(self.shutdown_application);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupHeartbeatRequest::topology`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Topology {
    /// `Epoch`: all versions.
    pub epoch: i32,
    /// `Subtopologies`: all versions.
    pub subtopologies: Vec<Subtopology>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Topology {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let subtopologies = reader.array::<Subtopology>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            epoch,
            subtopologies,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.subtopologies, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.epoch);
        writer.array(&self.subtopologies, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`Topology::subtopologies`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Subtopology {
    /// `SubtopologyId`: all versions.
    pub subtopology_id: ByteString,
    /// `SourceTopics`, a topic's name: all versions.
    pub source_topics: Vec<ByteString>,
    /// `SourceTopicRegex`: all versions.
    pub source_topic_regex: Vec<ByteString>,
    /// `StateChangelogTopics`: all versions.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// `RepartitionSinkTopics`, a topic's name: all versions.
    pub repartition_sink_topics: Vec<ByteString>,
    /// `RepartitionSourceTopics`: all versions.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// `CopartitionGroups`: all versions.
    pub copartition_groups: Vec<CopartitionGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Subtopology {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let source_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let source_topic_regex = reader.values(true, 1, |reader| reader.string(true))?;
        let state_changelog_topics = reader.array::<TopicInfo>(true, version)?;
        let repartition_sink_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let repartition_source_topics = reader.array::<TopicInfo>(true, version)?;
        let copartition_groups = reader.array::<CopartitionGroup>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            source_topic_regex,
            state_changelog_topics,
            repartition_sink_topics,
            repartition_source_topics,
            copartition_groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.subtopology_id, true);
        size += size::strings(&self.source_topics, true);
        size += size::strings(&self.source_topic_regex, true);
        size += size::array(&self.state_changelog_topics, true, version);
        size += size::strings(&self.repartition_sink_topics, true);
        size += size::array(&self.repartition_source_topics, true, version);
        size += size::array(&self.copartition_groups, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.strings(&self.source_topics, true);
        writer.strings(&self.source_topic_regex, true);
        writer.array(&self.state_changelog_topics, true, version);
        writer.strings(&self.repartition_sink_topics, true);
        writer.array(&self.repartition_source_topics, true, version);
        writer.array(&self.copartition_groups, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`Subtopology::copartition_groups`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CopartitionGroup {
    /// `SourceTopics`: all versions.
    pub source_topics: Vec<i16>,
    /// `SourceTopicRegex`: all versions.
    pub source_topic_regex: Vec<i16>,
    /// `RepartitionSourceTopics`: all versions.
    pub repartition_source_topics: Vec<i16>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CopartitionGroup {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let source_topics = reader.values(true, 2, Reader::i16)?;
        let source_topic_regex = reader.values(true, 2, Reader::i16)?;
        let repartition_source_topics = reader.values(true, 2, Reader::i16)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            source_topics,
            source_topic_regex,
            repartition_source_topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::fixed(self.source_topics.len(), 2, true);
        size += size::fixed(self.source_topic_regex.len(), 2, true);
        size += size::fixed(self.repartition_source_topics.len(), 2, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.values(&self.source_topics, true, Writer::i16);
        writer.values(&self.source_topic_regex, true, Writer::i16);
        writer.values(&self.repartition_source_topics, true, Writer::i16);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`StreamsGroupHeartbeatRequest::client_tags`], [`TopicInfo::topic_configs`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct KeyValue {
    /// `Key`: all versions.
    pub key: ByteString,
    /// `Value`: all versions.
    pub value: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for KeyValue {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let key = reader.string(true)?;
        let value = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            key,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.key, true);
        size += size::string(&self.value, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.key, true);
        writer.string(&self.value, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`Subtopology::state_changelog_topics`], [`Subtopology::repartition_source_topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicInfo {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: i32,
    /// `ReplicationFactor`: all versions.
    pub replication_factor: i16,
    /// `TopicConfigs`: all versions.
    pub topic_configs: Vec<KeyValue>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicInfo {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let partitions = reader.i32()?;
        let replication_factor = reader.i16()?;
        let topic_configs = reader.array::<KeyValue>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            partitions,
            replication_factor,
            topic_configs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::string(&self.name, true);
        size += size::array(&self.topic_configs, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, true);
        writer.run::<6>(|run| {
            run.i32(self.partitions);
            run.i16(self.replication_factor);
        });
        writer.array(&self.topic_configs, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupHeartbeatRequest::user_endpoint`]; all versions.
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

/// Used in [`StreamsGroupHeartbeatRequest::task_offsets`], [`StreamsGroupHeartbeatRequest::task_end_offsets`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TaskOffset {
    /// `SubtopologyId`: all versions.
    pub subtopology_id: ByteString,
    /// `Partition`: all versions.
    pub partition: i32,
    /// `Offset`: all versions.
    pub offset: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TaskOffset {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let partition = reader.i32()?;
        let offset = reader.i64()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            partition,
            offset,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 12;
        size += size::string(&self.subtopology_id, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.run::<12>(|run| {
            run.i32(self.partition);
            run.i64(self.offset);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`StreamsGroupHeartbeatRequest::active_tasks`], [`StreamsGroupHeartbeatRequest::standby_tasks`], [`StreamsGroupHeartbeatRequest::warmup_tasks`]; all versions.
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

impl Message for StreamsGroupHeartbeatRequest {
    const NAME: &'static str = "StreamsGroupHeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for StreamsGroupHeartbeatRequest {
    const KEY: ApiKey = ApiKey(88);
    type Response =
        crate::messages::streams_group_heartbeat_response::StreamsGroupHeartbeatResponse;
}
