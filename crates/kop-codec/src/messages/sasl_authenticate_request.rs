//! `SaslAuthenticateRequest`. Generated from `schema/messages/SaslAuthenticateRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `SaslAuthenticateRequest`: A request of API 36, versions 0 to 2, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SaslAuthenticateRequest {
    /// `AuthBytes`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub auth_bytes: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SaslAuthenticateRequest {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let auth_bytes = reader.bytes(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            auth_bytes,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        size += size::bytes(&self.auth_bytes, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.bytes(&self.auth_bytes, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SaslAuthenticateRequest.unknown_tags", version);
        }
    }
}

impl Message for SaslAuthenticateRequest {
    const NAME: &'static str = "SaslAuthenticateRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for SaslAuthenticateRequest {
    const KEY: ApiKey = ApiKey(36);
    type Response = crate::messages::sasl_authenticate_response::SaslAuthenticateResponse;
}
