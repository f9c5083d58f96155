//! `SnapshotHeaderRecord`. Generated from `schema/messages/SnapshotHeaderRecord.json` by `cargo xtask codegen`; do not edit.

use crate::{DecodeError, Message, Reader, UnknownTags, Writer, size, wire::Wire};

/// `SnapshotHeaderRecord`: Data inside of other messages, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SnapshotHeaderRecord {
    /// `Version`: all versions.
    pub version: i16,
    /// `LastContainedLogTimestamp`, in milliseconds since 1970: all versions.
    pub last_contained_log_timestamp: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SnapshotHeaderRecord {
    const MIN_LEN: usize = 11;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let version_value = reader.i16()?;
        let last_contained_log_timestamp = reader.i64()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            version: version_value,
            last_contained_log_timestamp,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 10;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<10>(|run| {
            run.i16(self.version);
            run.i64(self.last_contained_log_timestamp);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for SnapshotHeaderRecord {
    const NAME: &'static str = "SnapshotHeaderRecord";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}
