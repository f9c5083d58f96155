//! `ControlRecordTypeSchema`. Generated from `schema/messages/ControlRecordTypeSchema.json` by `cargo xtask codegen`; do not edit.

use crate::{DecodeError, Message, Reader, UnknownTags, Writer, wire::Wire};

/// `ControlRecordTypeSchema`: Data inside of other messages, version 0, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ControlRecordTypeSchema {
    /// `Type`: all versions.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub type_: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ControlRecordTypeSchema {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let type_ = reader.i16()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            type_,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        2
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.type_);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ControlRecordTypeSchema.unknown_tags", version);
        }
    }
}

impl Message for ControlRecordTypeSchema {
    const NAME: &'static str = "ControlRecordTypeSchema";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}
