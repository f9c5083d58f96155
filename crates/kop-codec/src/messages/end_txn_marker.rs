//! `EndTxnMarker`. Generated from `schema/messages/EndTxnMarker.json` by `cargo xtask codegen`; do not edit.

use crate::{DecodeError, Message, Reader, UnknownTags, Writer, wire::Wire};

/// `EndTxnMarker`: Data inside of other messages, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EndTxnMarker {
    /// `CoordinatorEpoch`: all versions.
    pub coordinator_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for EndTxnMarker {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let coordinator_epoch = reader.i32()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            coordinator_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        4
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.coordinator_epoch);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("EndTxnMarker.unknown_tags", version);
        }
    }
}

impl Message for EndTxnMarker {
    const NAME: &'static str = "EndTxnMarker";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}
