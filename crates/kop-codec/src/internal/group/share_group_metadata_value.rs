//! `ShareGroupMetadataValue`. Generated from `schema/records/ShareGroupMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size, wire::Wire,
};

/// `ShareGroupMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareGroupMetadataValue {
    /// `Epoch`: all versions.
    pub epoch: i32,
    /// `MetadataHash`: all versions.
    pub metadata_hash: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ShareGroupMetadataValue {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let metadata_hash = reader.i64()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            epoch,
            metadata_hash,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 12;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<12>(|run| {
            run.i32(self.epoch);
            run.i64(self.metadata_hash);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareGroupMetadataValue {
    const NAME: &'static str = "ShareGroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ShareGroupMetadataValue {
    const RECORD_TYPE: i16 = 11;
}
