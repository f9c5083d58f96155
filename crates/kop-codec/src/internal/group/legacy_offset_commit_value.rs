//! `LegacyOffsetCommitValue`. Generated from `schema/records/LegacyOffsetCommitValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `LegacyOffsetCommitValue`: The value of a record in an internal topic, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LegacyOffsetCommitValue {
    /// `offset`: all versions.
    pub offset: i64,
    /// `metadata`: all versions.
    pub metadata: ByteString,
    /// `commitTimestamp`, in milliseconds since 1970: all versions.
    pub commit_timestamp: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LegacyOffsetCommitValue {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let offset = reader.i64()?;
        let metadata = reader.string(false)?;
        let commit_timestamp = reader.i64()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            offset,
            metadata,
            commit_timestamp,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::string(&self.metadata, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i64(self.offset);
        writer.string(&self.metadata, false);
        writer.i64(self.commit_timestamp);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LegacyOffsetCommitValue.unknown_tags", version);
        }
    }
}

impl Message for LegacyOffsetCommitValue {
    const NAME: &'static str = "LegacyOffsetCommitValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl InternalRecord for LegacyOffsetCommitValue {
    const RECORD_TYPE: i16 = 0;
}
