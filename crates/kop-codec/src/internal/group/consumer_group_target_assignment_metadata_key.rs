//! `ConsumerGroupTargetAssignmentMetadataKey`. Generated from `schema/records/ConsumerGroupTargetAssignmentMetadataKey.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `ConsumerGroupTargetAssignmentMetadataKey`: The key of a record in an internal topic, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupTargetAssignmentMetadataKey {
    /// `GroupId`: all versions.
    pub group_id: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupTargetAssignmentMetadataKey {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(false)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            group_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.group_id, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, false);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version(
                "ConsumerGroupTargetAssignmentMetadataKey.unknown_tags",
                version,
            );
        }
    }
}

impl Message for ConsumerGroupTargetAssignmentMetadataKey {
    const NAME: &'static str = "ConsumerGroupTargetAssignmentMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl InternalRecord for ConsumerGroupTargetAssignmentMetadataKey {
    const RECORD_TYPE: i16 = 6;
}
