//! `RenewDelegationTokenRequest`. Generated from `schema/messages/RenewDelegationTokenRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `RenewDelegationTokenRequest`: A request of API 39, versions 0 to 2, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct RenewDelegationTokenRequest {
    /// `Hmac`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub hmac: Bytes,
    /// `RenewPeriodMs`, in milliseconds: all versions.
    pub renew_period_ms: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for RenewDelegationTokenRequest {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let hmac = reader.bytes(flexible)?;
        let renew_period_ms = reader.i64()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            hmac,
            renew_period_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 8;
        size += size::bytes(&self.hmac, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.bytes(&self.hmac, flexible);
        writer.i64(self.renew_period_ms);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("RenewDelegationTokenRequest.unknown_tags", version);
        }
    }
}

impl Message for RenewDelegationTokenRequest {
    const NAME: &'static str = "RenewDelegationTokenRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for RenewDelegationTokenRequest {
    const KEY: ApiKey = ApiKey(39);
    type Response = crate::messages::renew_delegation_token_response::RenewDelegationTokenResponse;
}
