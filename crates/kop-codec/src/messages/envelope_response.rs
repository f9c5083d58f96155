//! `EnvelopeResponse`. Generated from `schema/messages/EnvelopeResponse.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer, size,
    wire::Wire,
};

/// `EnvelopeResponse`: A response of API 58, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EnvelopeResponse {
    /// `ResponseData`: all versions.
    /// None is null.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::json::bytes_nullable")
    )]
    pub response_data: Option<Bytes>,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for EnvelopeResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let response_data = reader.bytes_nullable(true)?;
        let error_code = ErrorCode(reader.i16()?);
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            response_data,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 2;
        size += size::bytes_nullable(self.response_data.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.bytes_nullable(self.response_data.as_ref(), true);
        writer.i16(self.error_code.0);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for EnvelopeResponse {
    const NAME: &'static str = "EnvelopeResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for EnvelopeResponse {
    const KEY: ApiKey = ApiKey(58);
}
