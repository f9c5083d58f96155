//! `ShareSnapshotKey`. Generated from `schema/records/ShareSnapshotKey.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Uuid, Writer, internal::InternalRecord,
    size, wire::Wire,
};

/// `ShareSnapshotKey`: The key of a record in an internal topic, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareSnapshotKey {
    /// `GroupId`: all versions.
    pub group_id: ByteString,
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `Partition`: all versions.
    pub partition: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ShareSnapshotKey {
    const MIN_LEN: usize = 22;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(false)?;
        let topic_id = reader.uuid()?;
        let partition = reader.i32()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            group_id,
            topic_id,
            partition,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 20;
        size += size::string(&self.group_id, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, false);
        writer.run::<20>(|run| {
            run.uuid(self.topic_id);
            run.i32(self.partition);
        });
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ShareSnapshotKey.unknown_tags", version);
        }
    }
}

impl Message for ShareSnapshotKey {
    const NAME: &'static str = "ShareSnapshotKey";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl InternalRecord for ShareSnapshotKey {
    const RECORD_TYPE: i16 = 0;
}
