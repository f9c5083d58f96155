//! `OffsetCommitKey`. Generated from `schema/records/OffsetCommitKey.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `OffsetCommitKey`: The key of a record in an internal topic, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetCommitKey {
    /// `group`: all versions.
    pub group: ByteString,
    /// `topic`: all versions.
    pub topic: ByteString,
    /// `partition`: all versions.
    pub partition: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetCommitKey {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let group = reader.string(false)?;
        let topic = reader.string(false)?;
        let partition = reader.i32()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            group,
            topic,
            partition,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::string(&self.group, false);
        size += size::string(&self.topic, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group, false);
        writer.string(&self.topic, false);
        writer.i32(self.partition);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetCommitKey.unknown_tags", version);
        }
    }
}

impl Message for OffsetCommitKey {
    const NAME: &'static str = "OffsetCommitKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl InternalRecord for OffsetCommitKey {
    const RECORD_TYPE: i16 = 1;
}
