//! `DescribeDelegationTokenResponse`. Generated from `schema/messages/DescribeDelegationTokenResponse.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `DescribeDelegationTokenResponse`: A response of API 41, versions 0 to 3, flexible from 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeDelegationTokenResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Tokens`: all versions.
    pub tokens: Vec<DescribedDelegationToken>,
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeDelegationTokenResponse {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let error_code = ErrorCode(reader.i16()?);
        let tokens = reader.array::<DescribedDelegationToken>(flexible, version)?;
        let throttle_time_ms = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            tokens,
            throttle_time_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 6;
        size += size::array(&self.tokens, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i16(self.error_code.0);
        writer.array(&self.tokens, flexible, version);
        writer.i32(self.throttle_time_ms);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeDelegationTokenResponse.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeDelegationTokenResponse::tokens`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribedDelegationToken {
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
    /// `IssueTimestamp`, in milliseconds since 1970: all versions.
    pub issue_timestamp: i64,
    /// `ExpiryTimestamp`, in milliseconds since 1970: all versions.
    pub expiry_timestamp: i64,
    /// `MaxTimestamp`, in milliseconds since 1970: all versions.
    pub max_timestamp: i64,
    /// `TokenId`: all versions.
    pub token_id: ByteString,
    /// `Hmac`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub hmac: Bytes,
    /// `Renewers`: all versions.
    pub renewers: Vec<DescribedDelegationTokenRenewer>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribedDelegationToken {
    const MIN_LEN: usize = 30;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
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
        let issue_timestamp = reader.i64()?;
        let expiry_timestamp = reader.i64()?;
        let max_timestamp = reader.i64()?;
        let token_id = reader.string(flexible)?;
        let hmac = reader.bytes(flexible)?;
        let renewers = reader.array::<DescribedDelegationTokenRenewer>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            principal_type,
            principal_name,
            token_requester_principal_type,
            token_requester_principal_name,
            issue_timestamp,
            expiry_timestamp,
            max_timestamp,
            token_id,
            hmac,
            renewers,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 24;
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
        size += size::array(&self.renewers, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(&self.principal_type, flexible);
        writer.string(&self.principal_name, flexible);
        if version >= 3 {
            writer.string(&self.token_requester_principal_type, flexible);
        } else if !self.token_requester_principal_type.is_empty() {
            writer.field_not_in_version(
                "DescribedDelegationToken.TokenRequesterPrincipalType",
                version,
            );
        }
        if version >= 3 {
            writer.string(&self.token_requester_principal_name, flexible);
        } else if !self.token_requester_principal_name.is_empty() {
            writer.field_not_in_version(
                "DescribedDelegationToken.TokenRequesterPrincipalName",
                version,
            );
        }
        writer.run::<24>(|run| {
            run.i64(self.issue_timestamp);
            run.i64(self.expiry_timestamp);
            run.i64(self.max_timestamp);
        });
        writer.string(&self.token_id, flexible);
        writer.bytes(&self.hmac, flexible);
        writer.array(&self.renewers, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribedDelegationToken.unknown_tags", version);
        }
    }
}

/// Part of [`DescribedDelegationToken::renewers`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribedDelegationTokenRenewer {
    /// `PrincipalType`: all versions.
    pub principal_type: ByteString,
    /// `PrincipalName`: all versions.
    pub principal_name: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribedDelegationTokenRenewer {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let principal_type = reader.string(flexible)?;
        let principal_name = reader.string(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            principal_type,
            principal_name,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        size += size::string(&self.principal_type, flexible);
        size += size::string(&self.principal_name, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(&self.principal_type, flexible);
        writer.string(&self.principal_name, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribedDelegationTokenRenewer.unknown_tags", version);
        }
    }
}

impl Message for DescribeDelegationTokenResponse {
    const NAME: &'static str = "DescribeDelegationTokenResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Response for DescribeDelegationTokenResponse {
    const KEY: ApiKey = ApiKey(41);
}
