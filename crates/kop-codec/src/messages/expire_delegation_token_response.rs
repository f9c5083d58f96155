//! `ExpireDelegationTokenResponse`. Generated from `schema/messages/ExpireDelegationTokenResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ExpireDelegationTokenResponse`: A response of API 40, versions 0 to 2, flexible from 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ExpireDelegationTokenResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ExpiryTimestampMs`, in milliseconds since 1970: all versions.
    pub expiry_timestamp_ms: i64,
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ExpireDelegationTokenResponse {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let error_code = ErrorCode(reader.i16()?);
        let expiry_timestamp_ms = reader.i64()?;
        let throttle_time_ms = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            expiry_timestamp_ms,
            throttle_time_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 14;
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.run::<14>(|run| {
            run.i16(self.error_code.0);
            run.i64(self.expiry_timestamp_ms);
            run.i32(self.throttle_time_ms);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ExpireDelegationTokenResponse.unknown_tags", version);
        }
    }
}

impl Message for ExpireDelegationTokenResponse {
    const NAME: &'static str = "ExpireDelegationTokenResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Response for ExpireDelegationTokenResponse {
    const KEY: ApiKey = ApiKey(40);
}
