//! `ShareUpdateValue`. Generated from `schema/records/ShareUpdateValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size, wire::Wire,
};

/// `ShareUpdateValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareUpdateValue {
    /// `SnapshotEpoch`: all versions.
    pub snapshot_epoch: i32,
    /// `LeaderEpoch`: all versions.
    pub leader_epoch: i32,
    /// `StartOffset`: all versions.
    pub start_offset: i64,
    /// `DeliveryCompleteCount`: all versions, tag 0.
    /// `-1` by default.
    pub delivery_complete_count: i32,
    /// `StateBatches`: all versions.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ShareUpdateValue {
    fn default() -> Self {
        Self {
            snapshot_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ShareUpdateValue {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let snapshot_epoch = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let start_offset = reader.i64()?;
        let state_batches = reader.array::<StateBatch>(true, version)?;
        let mut delivery_complete_count = -1;
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    delivery_complete_count = field.i32()?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            snapshot_epoch,
            leader_epoch,
            start_offset,
            delivery_complete_count,
            state_batches,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 16;
        size += size::array(&self.state_batches, true, version);
        let mut tags = self.unknown_tags.len();
        if self.delivery_complete_count != -1 {
            tags += 1;
            size += size::tagged(0, 4);
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<16>(|run| {
            run.i32(self.snapshot_epoch);
            run.i32(self.leader_epoch);
            run.i64(self.start_offset);
        });
        writer.array(&self.state_batches, true, version);
        let has_delivery_complete_count = self.delivery_complete_count != -1;
        writer.tag_count(usize::from(has_delivery_complete_count) + self.unknown_tags.len());
        if has_delivery_complete_count {
            writer.tag(0, 4);
            writer.i32(self.delivery_complete_count);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

/// Part of [`ShareUpdateValue::state_batches`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StateBatch {
    /// `FirstOffset`: all versions.
    pub first_offset: i64,
    /// `LastOffset`: all versions.
    pub last_offset: i64,
    /// `DeliveryState`: all versions.
    pub delivery_state: i8,
    /// `DeliveryCount`: all versions.
    pub delivery_count: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StateBatch {
    const MIN_LEN: usize = 20;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let delivery_state = reader.i8()?;
        let delivery_count = reader.i16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            first_offset,
            last_offset,
            delivery_state,
            delivery_count,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 19;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<19>(|run| {
            run.i64(self.first_offset);
            run.i64(self.last_offset);
            run.i8(self.delivery_state);
            run.i16(self.delivery_count);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareUpdateValue {
    const NAME: &'static str = "ShareUpdateValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ShareUpdateValue {
    const RECORD_TYPE: i16 = 1;
}
