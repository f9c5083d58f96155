//! `SaslHandshakeResponse`. Generated from `schema/messages/SaslHandshakeResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `SaslHandshakeResponse`: A response of API 17, versions 0 to 1, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SaslHandshakeResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Mechanisms`: all versions.
    pub mechanisms: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SaslHandshakeResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let error_code = ErrorCode(reader.i16()?);
        let mechanisms = reader.values(false, 1, |reader| reader.string(false))?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            error_code,
            mechanisms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 2;
        size += size::strings(&self.mechanisms, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i16(self.error_code.0);
        writer.strings(&self.mechanisms, false);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SaslHandshakeResponse.unknown_tags", version);
        }
    }
}

impl Message for SaslHandshakeResponse {
    const NAME: &'static str = "SaslHandshakeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Response for SaslHandshakeResponse {
    const KEY: ApiKey = ApiKey(17);
}
