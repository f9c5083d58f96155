//! `OffsetCommitValue`. Generated from `schema/records/OffsetCommitValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Uuid, Writer, internal::InternalRecord,
    size, wire::Wire,
};

/// `OffsetCommitValue`: The value of a record in an internal topic, versions 0 to 4, flexible from 4.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetCommitValue {
    /// `offset`: all versions.
    pub offset: i64,
    /// `leaderEpoch`: versions 3 and up.
    /// `-1` by default.
    pub leader_epoch: i32,
    /// `metadata`: all versions.
    pub metadata: ByteString,
    /// `commitTimestamp`, in milliseconds since 1970: all versions.
    pub commit_timestamp: i64,
    /// `expireTimestamp`, in milliseconds since 1970: version 1.
    /// `-1` by default.
    pub expire_timestamp: i64,
    /// `topicId`: version 4, tag 0.
    pub topic_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetCommitValue {
    fn default() -> Self {
        Self {
            offset: 0,
            leader_epoch: -1,
            metadata: ByteString::default(),
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::ZERO,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetCommitValue {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let offset = reader.i64()?;
        let leader_epoch = if version >= 3 { reader.i32()? } else { -1 };
        let metadata = reader.string(flexible)?;
        let commit_timestamp = reader.i64()?;
        let expire_timestamp = if version == 1 { reader.i64()? } else { -1 };
        let mut topic_id = Uuid::ZERO;
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        topic_id = field.uuid()?;
                        field.finish()?;
                    }
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            offset,
            leader_epoch,
            metadata,
            commit_timestamp,
            expire_timestamp,
            topic_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 16;
        if version >= 3 {
            size += 4;
        }
        size += size::string(&self.metadata, flexible);
        if version == 1 {
            size += 8;
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if !self.topic_id.is_zero() {
                tags += 1;
                size += size::tagged(0, 16);
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i64(self.offset);
        if version >= 3 {
            writer.i32(self.leader_epoch);
        }
        writer.string(&self.metadata, flexible);
        writer.i64(self.commit_timestamp);
        if version == 1 {
            writer.i64(self.expire_timestamp);
        }
        if flexible {
            let has_topic_id = !self.topic_id.is_zero();
            writer.tag_count(usize::from(has_topic_id) + self.unknown_tags.len());
            if has_topic_id {
                writer.tag(0, 16);
                writer.uuid(self.topic_id);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetCommitValue.unknown_tags", version);
        }
    }
}

impl Message for OffsetCommitValue {
    const NAME: &'static str = "OffsetCommitValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl InternalRecord for OffsetCommitValue {
    const RECORD_TYPE: i16 = 1;
}
