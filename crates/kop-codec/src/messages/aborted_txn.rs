//! `AbortedTxn`. Generated from `schema/messages/AbortedTxn.json` by `cargo xtask codegen`; do not edit.

use crate::{DecodeError, Message, Reader, UnknownTags, Writer, wire::Wire};

/// `AbortedTxn`: Data inside of other messages, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AbortedTxn {
    /// `ProducerId`: all versions.
    pub producer_id: i64,
    /// `FirstOffset`: all versions.
    pub first_offset: i64,
    /// `LastOffset`: all versions.
    pub last_offset: i64,
    /// `LastStableOffset`: all versions.
    pub last_stable_offset: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AbortedTxn {
    const MIN_LEN: usize = 32;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let producer_id = reader.i64()?;
        let first_offset = reader.i64()?;
        let last_offset = reader.i64()?;
        let last_stable_offset = reader.i64()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            producer_id,
            first_offset,
            last_offset,
            last_stable_offset,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        32
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<32>(|run| {
            run.i64(self.producer_id);
            run.i64(self.first_offset);
            run.i64(self.last_offset);
            run.i64(self.last_stable_offset);
        });
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AbortedTxn.unknown_tags", version);
        }
    }
}

impl Message for AbortedTxn {
    const NAME: &'static str = "AbortedTxn";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}
