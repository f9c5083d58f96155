//! `CreateDelegationTokenResponse`. Generated from `schema/messages/CreateDelegationTokenResponse.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `CreateDelegationTokenResponse`: A response of API 38, versions 0 to 3, flexible from 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreateDelegationTokenResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `PrincipalType`: all versions.
    pub principal_type: ByteString,
    /// `PrincipalName`: all versions.
    pub principal_name: ByteString,
    /// `TokenRequesterPrincipalType`: version 3.
    /// Other versions refuse anything but the default.
    pub token_requester_principal_type: ByteString,
    /// `TokenRequesterPrincipalName`: version 3.
    /// Other versions refuse anything but the default.
    pub token_requester_principal_name: ByteString,
    /// `IssueTimestampMs`, in milliseconds since 1970: all versions.
    pub issue_timestamp_ms: i64,
    /// `ExpiryTimestampMs`, in milliseconds since 1970: all versions.
    pub expiry_timestamp_ms: i64,
    /// `MaxTimestampMs`, in milliseconds since 1970: all versions.
    pub max_timestamp_ms: i64,
    /// `TokenId`: all versions.
    pub token_id: ByteString,
    /// `Hmac`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub hmac: Bytes,
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreateDelegationTokenResponse {
    const MIN_LEN: usize = 35;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let error_code = ErrorCode(reader.i16()?);
        let principal_type = reader.string(flexible)?;
        let principal_name = reader.string(flexible)?;
        let token_requester_principal_type = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let token_requester_principal_name = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let issue_timestamp_ms = reader.i64()?;
        let expiry_timestamp_ms = reader.i64()?;
        let max_timestamp_ms = reader.i64()?;
        let token_id = reader.string(flexible)?;
        let hmac = reader.bytes(flexible)?;
        let throttle_time_ms = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            principal_type,
            principal_name,
            token_requester_principal_type,
            token_requester_principal_name,
            issue_timestamp_ms,
            expiry_timestamp_ms,
            max_timestamp_ms,
            token_id,
            hmac,
            throttle_time_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 30;
        size += size::string(&self.principal_type, flexible);
        size += size::string(&self.principal_name, flexible);
        if version >= 3 {
            size += size::string(&self.token_requester_principal_type, flexible);
        }
        if version >= 3 {
            size += size::string(&self.token_requester_principal_name, flexible);
        }
        size += size::string(&self.token_id, flexible);
        size += size::bytes(&self.hmac, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i16(self.error_code.0);
        writer.string(&self.principal_type, flexible);
        writer.string(&self.principal_name, flexible);
        if version >= 3 {
            writer.string(&self.token_requester_principal_type, flexible);
        } else if !self.token_requester_principal_type.is_empty() {
            writer.field_not_in_version(
                "CreateDelegationTokenResponse.TokenRequesterPrincipalType",
                version,
            );
        }
        if version >= 3 {
            writer.string(&self.token_requester_principal_name, flexible);
        } else if !self.token_requester_principal_name.is_empty() {
            writer.field_not_in_version(
                "CreateDelegationTokenResponse.TokenRequesterPrincipalName",
                version,
            );
        }
        writer.run::<24>(|run| {
            run.i64(self.issue_timestamp_ms);
            run.i64(self.expiry_timestamp_ms);
            run.i64(self.max_timestamp_ms);
        });
        writer.string(&self.token_id, flexible);
        writer.bytes(&self.hmac, flexible);
        writer.i32(self.throttle_time_ms);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreateDelegationTokenResponse.unknown_tags", version);
        }
    }
}

impl Message for CreateDelegationTokenResponse {
    const NAME: &'static str = "CreateDelegationTokenResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Response for CreateDelegationTokenResponse {
    const KEY: ApiKey = ApiKey(38);
}
