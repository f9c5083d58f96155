//! `CreateDelegationTokenRequest`. Generated from `schema/messages/CreateDelegationTokenRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `CreateDelegationTokenRequest`: A request of API 38, versions 0 to 3, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreateDelegationTokenRequest {
    /// `OwnerPrincipalType`: version 3.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub owner_principal_type: Option<ByteString>,
    /// `OwnerPrincipalName`: version 3.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub owner_principal_name: Option<ByteString>,
    /// `Renewers`: all versions.
    pub renewers: Vec<CreatableRenewers>,
    /// `MaxLifetimeMs`, in milliseconds: all versions.
    pub max_lifetime_ms: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CreateDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owner_principal_type: Some(ByteString::default()),
            owner_principal_name: Some(ByteString::default()),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CreateDelegationTokenRequest {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let owner_principal_type = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let owner_principal_name = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let renewers = reader.array::<CreatableRenewers>(flexible, version)?;
        let max_lifetime_ms = reader.i64()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            owner_principal_type,
            owner_principal_name,
            renewers,
            max_lifetime_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 8;
        if version >= 3 {
            size += size::string_nullable(self.owner_principal_type.as_ref(), flexible);
        }
        if version >= 3 {
            size += size::string_nullable(self.owner_principal_name.as_ref(), flexible);
        }
        size += size::array(&self.renewers, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if version >= 3 {
            writer.string_nullable(self.owner_principal_type.as_ref(), flexible);
        } else if self
            .owner_principal_type
            .as_ref()
            .is_none_or(|value| !value.is_empty())
        {
            writer.field_not_in_version("CreateDelegationTokenRequest.OwnerPrincipalType", version);
        }
        if version >= 3 {
            writer.string_nullable(self.owner_principal_name.as_ref(), flexible);
        } else if self
            .owner_principal_name
            .as_ref()
            .is_none_or(|value| !value.is_empty())
        {
            writer.field_not_in_version("CreateDelegationTokenRequest.OwnerPrincipalName", version);
        }
        writer.array(&self.renewers, flexible, version);
        writer.i64(self.max_lifetime_ms);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreateDelegationTokenRequest.unknown_tags", version);
        }
    }
}

/// Part of [`CreateDelegationTokenRequest::renewers`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatableRenewers {
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

impl Wire for CreatableRenewers {
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
            writer.field_not_in_version("CreatableRenewers.unknown_tags", version);
        }
    }
}

impl Message for CreateDelegationTokenRequest {
    const NAME: &'static str = "CreateDelegationTokenRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for CreateDelegationTokenRequest {
    const KEY: ApiKey = ApiKey(38);
    type Response =
        crate::messages::create_delegation_token_response::CreateDelegationTokenResponse;
}
