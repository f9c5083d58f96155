//! `ConsumerGroupTargetAssignmentMetadataValue`. Generated from `schema/records/ConsumerGroupTargetAssignmentMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size, wire::Wire,
};

/// `ConsumerGroupTargetAssignmentMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupTargetAssignmentMetadataValue {
    /// `AssignmentEpoch`: all versions.
    pub assignment_epoch: i32,
    /// `AssignmentTimestamp`, in milliseconds since 1970: all versions, tag 0.
    /// `0` by default.
    pub assignment_timestamp: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupTargetAssignmentMetadataValue {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let assignment_epoch = reader.i32()?;
        let mut assignment_timestamp = 0;
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    assignment_timestamp = field.i64()?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            assignment_epoch,
            assignment_timestamp,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        let mut tags = self.unknown_tags.len();
        if self.assignment_timestamp != 0 {
            tags += 1;
            size += size::tagged(0, 8);
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.assignment_epoch);
        let has_assignment_timestamp = self.assignment_timestamp != 0;
        writer.tag_count(usize::from(has_assignment_timestamp) + self.unknown_tags.len());
        if has_assignment_timestamp {
            writer.tag(0, 8);
            writer.i64(self.assignment_timestamp);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

impl Message for ConsumerGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ConsumerGroupTargetAssignmentMetadataValue {
    const RECORD_TYPE: i16 = 6;
}
