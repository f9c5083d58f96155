//! `EnvelopeRequest`. Generated from `schema/messages/EnvelopeRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `EnvelopeRequest`: A request of API 58, version 0, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EnvelopeRequest {
    /// `RequestData`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub request_data: Bytes,
    /// `RequestPrincipal`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::json::bytes_nullable")
    )]
    pub request_principal: Option<Bytes>,
    /// `ClientHostAddress`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub client_host_address: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for EnvelopeRequest {
    fn default() -> Self {
        Self {
            request_data: Bytes::default(),
            request_principal: Some(Bytes::default()),
            client_host_address: Bytes::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for EnvelopeRequest {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let request_data = reader.bytes(true)?;
        let request_principal = reader.bytes_nullable(true)?;
        let client_host_address = reader.bytes(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            request_data,
            request_principal,
            client_host_address,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::bytes(&self.request_data, true);
        size += size::bytes_nullable(self.request_principal.as_ref(), true);
        size += size::bytes(&self.client_host_address, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.bytes(&self.request_data, true);
        writer.bytes_nullable(self.request_principal.as_ref(), true);
        writer.bytes(&self.client_host_address, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for EnvelopeRequest {
    const NAME: &'static str = "EnvelopeRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for EnvelopeRequest {
    const KEY: ApiKey = ApiKey(58);
    type Response = crate::messages::envelope_response::EnvelopeResponse;
}
