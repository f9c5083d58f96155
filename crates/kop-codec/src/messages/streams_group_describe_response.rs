//! `StreamsGroupDescribeResponse`. Generated from `schema/messages/StreamsGroupDescribeResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Int32s, Message, Reader, Response, UnknownTags,
    Writer, size, wire::Wire,
};

/// `StreamsGroupDescribeResponse`: A response of API 89, versions 0 to 1, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupDescribeResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Groups`: all versions.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StreamsGroupDescribeResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let groups = reader.array::<DescribedGroup>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.groups, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.throttle_time_ms);
        writer.array(&self.groups, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupDescribeResponse::groups`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribedGroup {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `GroupState`: all versions.
    pub group_state: ByteString,
    /// `GroupEpoch`: all versions.
    pub group_epoch: i32,
    /// `AssignmentEpoch`: all versions.
    pub assignment_epoch: i32,
    /// `Topology`: all versions.
    /// None is null.
    pub topology: Option<Topology>,
    /// `Members`: all versions.
    pub members: Vec<Member>,
    /// `AuthorizedOperations`: all versions.
    /// `i32::MIN` by default.
    pub authorized_operations: i32,
    /// `TopologyDescription`: version 1.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub topology_description: Option<TopologyDescription>,
    /// `TopologyDescriptionStatus`: version 1.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    pub topology_description_status: i8,
    /// `AssignorName`: version 1.
    /// None is null.
    pub assignor_name: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: None,
            group_id: ByteString::default(),
            group_state: ByteString::default(),
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: i32::MIN,
            topology_description: None,
            topology_description_status: 0,
            assignor_name: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribedGroup {
    const MIN_LEN: usize = 20;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let group_id = reader.string(true)?;
        let group_state = reader.string(true)?;
        let group_epoch = reader.i32()?;
        let assignment_epoch = reader.i32()?;
        let topology = reader.struct_nullable::<Topology>(version)?;
        let members = reader.array::<Member>(true, version)?;
        let authorized_operations = reader.i32()?;
        let topology_description = if version >= 1 {
            reader.struct_nullable::<TopologyDescription>(version)?
        } else {
            None
        };
        let topology_description_status = if version >= 1 { reader.i8()? } else { 0 };
        let assignor_name = if version >= 1 {
            reader.string_nullable(true)?
        } else {
            None
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            group_epoch,
            assignment_epoch,
            topology,
            members,
            authorized_operations,
            topology_description,
            topology_description_status,
            assignor_name,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 14;
        size += size::string_nullable(self.error_message.as_ref(), true);
        size += size::string(&self.group_id, true);
        size += size::string(&self.group_state, true);
        size += size::struct_nullable(self.topology.as_ref(), version);
        size += size::array(&self.members, true, version);
        if version >= 1 {
            size += size::struct_nullable(self.topology_description.as_ref(), version);
        }
        if version >= 1 {
            size += 1;
        }
        if version >= 1 {
            size += size::string_nullable(self.assignor_name.as_ref(), true);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.error_code.0);
        writer.string_nullable(self.error_message.as_ref(), true);
        writer.string(&self.group_id, true);
        writer.string(&self.group_state, true);
        writer.run::<8>(|run| {
            run.i32(self.group_epoch);
            run.i32(self.assignment_epoch);
        });
        writer.struct_nullable(self.topology.as_ref(), version);
        writer.array(&self.members, true, version);
        writer.i32(self.authorized_operations);
        if version >= 1 {
            writer.struct_nullable(self.topology_description.as_ref(), version);
        } else if self.topology_description.is_some() {
            writer.field_not_in_version("DescribedGroup.TopologyDescription", version);
        }
        if version >= 1 {
            writer.i8(self.topology_description_status);
        } else if self.topology_description_status != 0 {
            writer.field_not_in_version("DescribedGroup.TopologyDescriptionStatus", version);
        }
        if version >= 1 {
            writer.string_nullable(self.assignor_name.as_ref(), true);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribedGroup::topology`]; all versions.
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
    /// None is null.
    pub subtopologies: Option<Vec<Subtopology>>,
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
        let subtopologies = reader.array_nullable::<Subtopology>(true, version)?;
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
        size += size::array_nullable(self.subtopologies.as_deref(), true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.epoch);
        writer.array_nullable(self.subtopologies.as_deref(), true, version);
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
    /// `RepartitionSinkTopics`, a topic's name: all versions.
    pub repartition_sink_topics: Vec<ByteString>,
    /// `StateChangelogTopics`: all versions.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// `RepartitionSourceTopics`: all versions.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Subtopology {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let source_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let repartition_sink_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let state_changelog_topics = reader.array::<TopicInfo>(true, version)?;
        let repartition_source_topics = reader.array::<TopicInfo>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            repartition_sink_topics,
            state_changelog_topics,
            repartition_source_topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.subtopology_id, true);
        size += size::strings(&self.source_topics, true);
        size += size::strings(&self.repartition_sink_topics, true);
        size += size::array(&self.state_changelog_topics, true, version);
        size += size::array(&self.repartition_source_topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.strings(&self.source_topics, true);
        writer.strings(&self.repartition_sink_topics, true);
        writer.array(&self.state_changelog_topics, true, version);
        writer.array(&self.repartition_source_topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribedGroup::members`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Member {
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `InstanceId`: all versions.
    /// None is null.
    pub instance_id: Option<ByteString>,
    /// `RackId`: all versions.
    /// None is null.
    pub rack_id: Option<ByteString>,
    /// `ClientId`: all versions.
    pub client_id: ByteString,
    /// `ClientHost`: all versions.
    pub client_host: ByteString,
    /// `TopologyEpoch`: all versions.
    pub topology_epoch: i32,
    /// `ProcessId`: all versions.
    pub process_id: ByteString,
    /// `UserEndpoint`: all versions.
    /// None is null.
    pub user_endpoint: Option<Endpoint>,
    /// `ClientTags`: all versions.
    pub client_tags: Vec<KeyValue>,
    /// `TaskOffsets`: all versions.
    pub task_offsets: Vec<TaskOffset>,
    /// `TaskEndOffsets`: all versions.
    pub task_end_offsets: Vec<TaskOffset>,
    /// `Assignment`: all versions.
    pub assignment: Assignment,
    /// `TargetAssignment`: all versions.
    pub target_assignment: Assignment,
    /// `IsClassic`: all versions.
    pub is_classic: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Member {
    const MIN_LEN: usize = 28;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let member_id = reader.string(true)?;
        let member_epoch = reader.i32()?;
        let instance_id = reader.string_nullable(true)?;
        let rack_id = reader.string_nullable(true)?;
        let client_id = reader.string(true)?;
        let client_host = reader.string(true)?;
        let topology_epoch = reader.i32()?;
        let process_id = reader.string(true)?;
        let user_endpoint = reader.struct_nullable::<Endpoint>(version)?;
        let client_tags = reader.array::<KeyValue>(true, version)?;
        let task_offsets = reader.array::<TaskOffset>(true, version)?;
        let task_end_offsets = reader.array::<TaskOffset>(true, version)?;
        let assignment = Assignment::read(reader, version)?;
        let target_assignment = Assignment::read(reader, version)?;
        let is_classic = reader.bool()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            client_id,
            client_host,
            topology_epoch,
            process_id,
            user_endpoint,
            client_tags,
            task_offsets,
            task_end_offsets,
            assignment,
            target_assignment,
            is_classic,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 9;
        size += size::string(&self.member_id, true);
        size += size::string_nullable(self.instance_id.as_ref(), true);
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::string(&self.client_id, true);
        size += size::string(&self.client_host, true);
        size += size::string(&self.process_id, true);
        size += size::struct_nullable(self.user_endpoint.as_ref(), version);
        size += size::array(&self.client_tags, true, version);
        size += size::array(&self.task_offsets, true, version);
        size += size::array(&self.task_end_offsets, true, version);
        size += self.assignment.size(version);
        size += self.target_assignment.size(version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.member_id, true);
        writer.i32(self.member_epoch);
        writer.string_nullable(self.instance_id.as_ref(), true);
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.string(&self.client_id, true);
        writer.string(&self.client_host, true);
        writer.i32(self.topology_epoch);
        writer.string(&self.process_id, true);
        writer.struct_nullable(self.user_endpoint.as_ref(), version);
        writer.array(&self.client_tags, true, version);
        writer.array(&self.task_offsets, true, version);
        writer.array(&self.task_end_offsets, true, version);
        self.assignment.write(writer, version);
        self.target_assignment.write(writer, version);
        writer.bool(self.is_classic);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`Member::user_endpoint`]; all versions.
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

/// Used in [`Member::task_offsets`], [`Member::task_end_offsets`]; all versions.
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

/// Used in [`Member::assignment`], [`Member::target_assignment`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Assignment {
    /// `ActiveTasks`: all versions.
    pub active_tasks: Vec<TaskIds>,
    /// `StandbyTasks`: all versions.
    pub standby_tasks: Vec<TaskIds>,
    /// `WarmupTasks`: all versions.
    pub warmup_tasks: Vec<TaskIds>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Assignment {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let active_tasks = reader.array::<TaskIds>(true, version)?;
        let standby_tasks = reader.array::<TaskIds>(true, version)?;
        let warmup_tasks = reader.array::<TaskIds>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            active_tasks,
            standby_tasks,
            warmup_tasks,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.active_tasks, true, version);
        size += size::array(&self.standby_tasks, true, version);
        size += size::array(&self.warmup_tasks, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.active_tasks, true, version);
        writer.array(&self.standby_tasks, true, version);
        writer.array(&self.warmup_tasks, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`Assignment::active_tasks`], [`Assignment::standby_tasks`], [`Assignment::warmup_tasks`]; all versions.
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

/// Used in [`Member::client_tags`], [`TopicInfo::topic_configs`]; all versions.
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

/// Part of [`DescribedGroup::topology_description`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescription {
    /// `Subtopologies`: version 1.
    /// Other versions refuse anything but the default.
    pub subtopologies: Vec<TopologyDescriptionSubtopology>,
    /// `GlobalStores`: version 1.
    /// Other versions refuse anything but the default.
    pub global_stores: Vec<TopologyDescriptionGlobalStore>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescription {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopologies = if version >= 1 {
            reader.array::<TopologyDescriptionSubtopology>(true, version)?
        } else {
            Vec::new()
        };
        let global_stores = if version >= 1 {
            reader.array::<TopologyDescriptionGlobalStore>(true, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopologies,
            global_stores,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += size::array(&self.subtopologies, true, version);
        }
        if version >= 1 {
            size += size::array(&self.global_stores, true, version);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            writer.array(&self.subtopologies, true, version);
        } else if !self.subtopologies.is_empty() {
            writer.field_not_in_version("TopologyDescription.Subtopologies", version);
        }
        if version >= 1 {
            writer.array(&self.global_stores, true, version);
        } else if !self.global_stores.is_empty() {
            writer.field_not_in_version("TopologyDescription.GlobalStores", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopologyDescription::subtopologies`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescriptionSubtopology {
    /// `SubtopologyId`: version 1.
    /// Other versions refuse anything but the default.
    pub subtopology_id: ByteString,
    /// `Nodes`: version 1.
    /// Other versions refuse anything but the default.
    pub nodes: Vec<TopologyDescriptionNode>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescriptionSubtopology {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = if version >= 1 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let nodes = if version >= 1 {
            reader.array::<TopologyDescriptionNode>(true, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            nodes,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += size::string(&self.subtopology_id, true);
        }
        if version >= 1 {
            size += size::array(&self.nodes, true, version);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            writer.string(&self.subtopology_id, true);
        } else if !self.subtopology_id.is_empty() {
            writer.field_not_in_version("TopologyDescriptionSubtopology.SubtopologyId", version);
        }
        if version >= 1 {
            writer.array(&self.nodes, true, version);
        } else if !self.nodes.is_empty() {
            writer.field_not_in_version("TopologyDescriptionSubtopology.Nodes", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`TopologyDescriptionSubtopology::nodes`], [`TopologyDescriptionGlobalStore::source`], [`TopologyDescriptionGlobalStore::processor`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescriptionNode {
    /// `Name`: version 1.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `NodeType`: version 1.
    /// Other versions refuse anything but the default.
    pub node_type: i8,
    /// `SourceTopics`, a topic's name: version 1.
    /// Other versions refuse anything but the default.
    pub source_topics: Vec<ByteString>,
    /// `SinkTopic`, a topic's name: version 1.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub sink_topic: Option<ByteString>,
    /// `Stores`: version 1.
    /// Other versions refuse anything but the default.
    pub stores: Vec<ByteString>,
    /// `Successors`: version 1.
    /// Other versions refuse anything but the default.
    pub successors: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescriptionNode {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = if version >= 1 {
            reader.string(true)?
        } else {
            ByteString::default()
        };
        let node_type = if version >= 1 { reader.i8()? } else { 0 };
        let source_topics = if version >= 1 {
            reader.values(true, 1, |reader| reader.string(true))?
        } else {
            Vec::new()
        };
        let sink_topic = if version >= 1 {
            reader.string_nullable(true)?
        } else {
            None
        };
        let stores = if version >= 1 {
            reader.values(true, 1, |reader| reader.string(true))?
        } else {
            Vec::new()
        };
        let successors = if version >= 1 {
            reader.values(true, 1, |reader| reader.string(true))?
        } else {
            Vec::new()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            node_type,
            source_topics,
            sink_topic,
            stores,
            successors,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += size::string(&self.name, true);
        }
        if version >= 1 {
            size += 1;
        }
        if version >= 1 {
            size += size::strings(&self.source_topics, true);
        }
        if version >= 1 {
            size += size::string_nullable(self.sink_topic.as_ref(), true);
        }
        if version >= 1 {
            size += size::strings(&self.stores, true);
        }
        if version >= 1 {
            size += size::strings(&self.successors, true);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            writer.string(&self.name, true);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("TopologyDescriptionNode.Name", version);
        }
        if version >= 1 {
            writer.i8(self.node_type);
        } else if self.node_type != 0 {
            writer.field_not_in_version("TopologyDescriptionNode.NodeType", version);
        }
        if version >= 1 {
            writer.strings(&self.source_topics, true);
        } else if !self.source_topics.is_empty() {
            writer.field_not_in_version("TopologyDescriptionNode.SourceTopics", version);
        }
        if version >= 1 {
            writer.string_nullable(self.sink_topic.as_ref(), true);
        } else if self.sink_topic.is_some() {
            writer.field_not_in_version("TopologyDescriptionNode.SinkTopic", version);
        }
        if version >= 1 {
            writer.strings(&self.stores, true);
        } else if !self.stores.is_empty() {
            writer.field_not_in_version("TopologyDescriptionNode.Stores", version);
        }
        if version >= 1 {
            writer.strings(&self.successors, true);
        } else if !self.successors.is_empty() {
            writer.field_not_in_version("TopologyDescriptionNode.Successors", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopologyDescription::global_stores`]; version 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescriptionGlobalStore {
    /// `Source`: version 1.
    /// Other versions refuse anything but the default.
    pub source: TopologyDescriptionNode,
    /// `Processor`: version 1.
    /// Other versions refuse anything but the default.
    pub processor: TopologyDescriptionNode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescriptionGlobalStore {
    const MIN_LEN: usize = 15;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let source = if version >= 1 {
            TopologyDescriptionNode::read(reader, version)?
        } else {
            TopologyDescriptionNode::default()
        };
        let processor = if version >= 1 {
            TopologyDescriptionNode::read(reader, version)?
        } else {
            TopologyDescriptionNode::default()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            source,
            processor,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += self.source.size(version);
        }
        if version >= 1 {
            size += self.processor.size(version);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            self.source.write(writer, version);
        } else if self.source != TopologyDescriptionNode::default() {
            writer.field_not_in_version("TopologyDescriptionGlobalStore.Source", version);
        }
        if version >= 1 {
            self.processor.write(writer, version);
        } else if self.processor != TopologyDescriptionNode::default() {
            writer.field_not_in_version("TopologyDescriptionGlobalStore.Processor", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for StreamsGroupDescribeResponse {
    const NAME: &'static str = "StreamsGroupDescribeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for StreamsGroupDescribeResponse {
    const KEY: ApiKey = ApiKey(89);
}
