//! `DefaultPrincipalData`. Generated from `schema/messages/DefaultPrincipalData.json` by `cargo xtask codegen`; do not edit.

use crate::{ByteString, DecodeError, Message, Reader, UnknownTags, Writer, size, wire::Wire};

/// `DefaultPrincipalData`: Data inside of other messages, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DefaultPrincipalData {
    /// `Type`: all versions.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub type_: ByteString,
    /// `Name`: all versions.
    pub name: ByteString,
    /// `TokenAuthenticated`: all versions.
    pub token_authenticated: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DefaultPrincipalData {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let type_ = reader.string(true)?;
        let name = reader.string(true)?;
        let token_authenticated = reader.bool()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            type_,
            name,
            token_authenticated,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 1;
        size += size::string(&self.type_, true);
        size += size::string(&self.name, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.type_, true);
        writer.string(&self.name, true);
        writer.bool(self.token_authenticated);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for DefaultPrincipalData {
    const NAME: &'static str = "DefaultPrincipalData";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}
