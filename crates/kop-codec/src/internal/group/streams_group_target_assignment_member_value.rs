//! `StreamsGroupTargetAssignmentMemberValue`. Generated from `schema/records/StreamsGroupTargetAssignmentMemberValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Int32s, Message, Reader, UnknownTags, Writer,
    internal::InternalRecord, size, wire::Wire,
};

/// `StreamsGroupTargetAssignmentMemberValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupTargetAssignmentMemberValue {
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

impl Wire for StreamsGroupTargetAssignmentMemberValue {
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

/// Used in [`StreamsGroupTargetAssignmentMemberValue::active_tasks`], [`StreamsGroupTargetAssignmentMemberValue::standby_tasks`], [`StreamsGroupTargetAssignmentMemberValue::warmup_tasks`]; all versions.
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

impl Message for StreamsGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for StreamsGroupTargetAssignmentMemberValue {
    const RECORD_TYPE: i16 = 21;
}
