//! `ConsumerGroupCurrentMemberAssignmentValue`. Generated from `schema/records/ConsumerGroupCurrentMemberAssignmentValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    DecodeError, Int32s, Message, Reader, UnknownTags, Uuid, Writer, internal::InternalRecord,
    size, wire::Wire,
};

/// `ConsumerGroupCurrentMemberAssignmentValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupCurrentMemberAssignmentValue {
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `PreviousMemberEpoch`: all versions.
    pub previous_member_epoch: i32,
    /// `State`: all versions.
    pub state: i8,
    /// `AssignedPartitions`: all versions.
    pub assigned_partitions: Vec<TopicPartitions>,
    /// `PartitionsPendingRevocation`: all versions.
    pub partitions_pending_revocation: Vec<TopicPartitions>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupCurrentMemberAssignmentValue {
    const MIN_LEN: usize = 12;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let member_epoch = reader.i32()?;
        let previous_member_epoch = reader.i32()?;
        let state = reader.i8()?;
        let assigned_partitions = reader.array::<TopicPartitions>(true, version)?;
        let partitions_pending_revocation = reader.array::<TopicPartitions>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            member_epoch,
            previous_member_epoch,
            state,
            assigned_partitions,
            partitions_pending_revocation,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 9;
        size += size::array(&self.assigned_partitions, true, version);
        size += size::array(&self.partitions_pending_revocation, true, version);
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
        writer.array(&self.assigned_partitions, true, version);
        writer.array(&self.partitions_pending_revocation, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`ConsumerGroupCurrentMemberAssignmentValue::assigned_partitions`], [`ConsumerGroupCurrentMemberAssignmentValue::partitions_pending_revocation`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartitions {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
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

impl Default for TopicPartitions {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            partitions: Int32s::default(),
            assignment_epochs: Some(Int32s::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for TopicPartitions {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
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
            topic_id,
            partitions,
            assignment_epochs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
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
        writer.uuid(self.topic_id);
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

impl Message for ConsumerGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "ConsumerGroupCurrentMemberAssignmentValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ConsumerGroupCurrentMemberAssignmentValue {
    const RECORD_TYPE: i16 = 8;
}
