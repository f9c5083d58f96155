//! `StreamsGroupTargetAssignmentMemberKey`. Generated from `schema/records/StreamsGroupTargetAssignmentMemberKey.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `StreamsGroupTargetAssignmentMemberKey`: The key of a record in an internal topic, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupTargetAssignmentMemberKey {
    /// `GroupId`: all versions.
    pub group_id: ByteString,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StreamsGroupTargetAssignmentMemberKey {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(false)?;
        let member_id = reader.string(false)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            group_id,
            member_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.group_id, false);
        size += size::string(&self.member_id, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, false);
        writer.string(&self.member_id, false);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version(
                "StreamsGroupTargetAssignmentMemberKey.unknown_tags",
                version,
            );
        }
    }
}

impl Message for StreamsGroupTargetAssignmentMemberKey {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl InternalRecord for StreamsGroupTargetAssignmentMemberKey {
    const RECORD_TYPE: i16 = 21;
}
