//! `StreamsGroupCurrentMemberAssignmentValue`. Generated from `schema/records/StreamsGroupCurrentMemberAssignmentValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Int32s, Message, Reader, UnknownTags, Writer,
    internal::InternalRecord, size, wire::Wire,
};

/// `StreamsGroupCurrentMemberAssignmentValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupCurrentMemberAssignmentValue {
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `PreviousMemberEpoch`: all versions.
    pub previous_member_epoch: i32,
    /// `State`: all versions.
    pub state: i8,
    /// `ActiveTasks`: all versions.
    pub active_tasks: Vec<TaskIds>,
    /// `StandbyTasks`: all versions.
    pub standby_tasks: Vec<TaskIds>,
    /// `WarmupTasks`: all versions.
    pub warmup_tasks: Vec<TaskIds>,
    /// `ActiveTasksPendingRevocation`: all versions.
    pub active_tasks_pending_revocation: Vec<TaskIds>,
    /// `StandbyTasksPendingRevocation`: all versions.
    pub standby_tasks_pending_revocation: Vec<TaskIds>,
    /// `WarmupTasksPendingRevocation`: all versions.
    pub warmup_tasks_pending_revocation: Vec<TaskIds>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StreamsGroupCurrentMemberAssignmentValue {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let member_epoch = reader.i32()?;
        let previous_member_epoch = reader.i32()?;
        let state = reader.i8()?;
        let active_tasks = reader.array::<TaskIds>(true, version)?;
        let standby_tasks = reader.array::<TaskIds>(true, version)?;
        let warmup_tasks = reader.array::<TaskIds>(true, version)?;
        let active_tasks_pending_revocation = reader.array::<TaskIds>(true, version)?;
        let standby_tasks_pending_revocation = reader.array::<TaskIds>(true, version)?;
        let warmup_tasks_pending_revocation = reader.array::<TaskIds>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            member_epoch,
            previous_member_epoch,
            state,
            active_tasks,
            standby_tasks,
            warmup_tasks,
            active_tasks_pending_revocation,
            standby_tasks_pending_revocation,
            warmup_tasks_pending_revocation,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 9;
        size += size::array(&self.active_tasks, true, version);
        size += size::array(&self.standby_tasks, true, version);
        size += size::array(&self.warmup_tasks, true, version);
        size += size::array(&self.active_tasks_pending_revocation, true, version);
        size += size::array(&self.standby_tasks_pending_revocation, true, version);
        size += size::array(&self.warmup_tasks_pending_revocation, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<9>(|run| {
            run.i32(self.member_epoch);
            run.i32(self.previous_member_epoch);
            run.i8(self.state);
        });
        writer.array(&self.active_tasks, true, version);
        writer.array(&self.standby_tasks, true, version);
        writer.array(&self.warmup_tasks, true, version);
        writer.array(&self.active_tasks_pending_revocation, true, version);
        writer.array(&self.standby_tasks_pending_revocation, true, version);
        writer.array(&self.warmup_tasks_pending_revocation, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`StreamsGroupCurrentMemberAssignmentValue::active_tasks`], [`StreamsGroupCurrentMemberAssignmentValue::standby_tasks`], [`StreamsGroupCurrentMemberAssignmentValue::warmup_tasks`], [`StreamsGroupCurrentMemberAssignmentValue::active_tasks_pending_revocation`], [`StreamsGroupCurrentMemberAssignmentValue::standby_tasks_pending_revocation`], [`StreamsGroupCurrentMemberAssignmentValue::warmup_tasks_pending_revocation`]; all versions.
#[derive(Debug, Clone, PartialEq)]
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
    /// `AssignmentEpochs`: all versions, tag 0.
    /// None is null.
    /// Empty, not null, by default.
    pub assignment_epochs: Option<Int32s>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for TaskIds {
    fn default() -> Self {
        Self {
            subtopology_id: ByteString::default(),
            partitions: Int32s::default(),
            assignment_epochs: Some(Int32s::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for TaskIds {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let partitions = reader.int32s(true)?;
        let mut assignment_epochs = Some(Int32s::default());
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    assignment_epochs = field.int32s_nullable(true)?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            subtopology_id,
            partitions,
            assignment_epochs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.subtopology_id, true);
        size += size::int32s(&self.partitions, true);
        let mut tags = self.unknown_tags.len();
        if self
            .assignment_epochs
            .as_ref()
            .is_none_or(|value| !value.is_empty())
        {
            tags += 1;
            size += size::tagged(
                0,
                size::int32s_nullable(self.assignment_epochs.as_ref(), true),
            );
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.int32s(&self.partitions, true);
        let has_assignment_epochs = self
            .assignment_epochs
            .as_ref()
            .is_none_or(|value| !value.is_empty());
        writer.tag_count(usize::from(has_assignment_epochs) + self.unknown_tags.len());
        if has_assignment_epochs {
            writer.tag(
                0,
                size::int32s_nullable(self.assignment_epochs.as_ref(), true),
            );
            writer.int32s_nullable(self.assignment_epochs.as_ref(), true);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

impl Message for StreamsGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for StreamsGroupCurrentMemberAssignmentValue {
    const RECORD_TYPE: i16 = 22;
}
