//! `ConsumerGroupPartitionMetadataKey`. Generated from `schema/records/ConsumerGroupPartitionMetadataKey.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `ConsumerGroupPartitionMetadataKey`: The key of a record in an internal topic, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupPartitionMetadataKey {
    /// `GroupId`: all versions.
    pub group_id: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupPartitionMetadataKey {
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
            writer.field_not_in_version("ConsumerGroupPartitionMetadataKey.unknown_tags", version);
        }
    }
}

impl Message for ConsumerGroupPartitionMetadataKey {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl InternalRecord for ConsumerGroupPartitionMetadataKey {
    const RECORD_TYPE: i16 = 4;
}
