//! `CreateAclsRequest`. Generated from `schema/messages/CreateAclsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `CreateAclsRequest`: A request of API 30, versions 0 to 3, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreateAclsRequest {
    /// `Creations`: all versions.
    pub creations: Vec<AclCreation>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreateAclsRequest {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let creations = reader.array::<AclCreation>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            creations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        size += size::array(&self.creations, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.array(&self.creations, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreateAclsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`CreateAclsRequest::creations`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AclCreation {
    /// `ResourceType`: all versions.
    pub resource_type: i8,
    /// `ResourceName`: all versions.
    pub resource_name: ByteString,
    /// `ResourcePatternType`: versions 1 and up.
    /// `3` by default.
    /// Other versions refuse anything but the default.
    pub resource_pattern_type: i8,
    /// `Principal`: all versions.
    pub principal: ByteString,
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Operation`: all versions.
    pub operation: i8,
    /// `PermissionType`: all versions.
    pub permission_type: i8,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AclCreation {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: ByteString::default(),
            resource_pattern_type: 3,
            principal: ByteString::default(),
            host: ByteString::default(),
            operation: 0,
            permission_type: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AclCreation {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
        let resource_pattern_type = if version >= 1 { reader.i8()? } else { 3 };
        let principal = reader.string(flexible)?;
        let host = reader.string(flexible)?;
        let operation = reader.i8()?;
        let permission_type = reader.i8()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            resource_type,
            resource_name,
            resource_pattern_type,
            principal,
            host,
            operation,
            permission_type,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 3;
        size += size::string(&self.resource_name, flexible);
        if version >= 1 {
            size += 1;
        }
        size += size::string(&self.principal, flexible);
        size += size::string(&self.host, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i8(self.resource_type);
        writer.string(&self.resource_name, flexible);
        if version >= 1 {
            writer.i8(self.resource_pattern_type);
        } else if self.resource_pattern_type != 3 {
            writer.field_not_in_version("AclCreation.ResourcePatternType", version);
        }
        writer.string(&self.principal, flexible);
        writer.string(&self.host, flexible);
        writer.run::<2>(|run| {
            run.i8(self.operation);
            run.i8(self.permission_type);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AclCreation.unknown_tags", version);
        }
    }
}

impl Message for CreateAclsRequest {
    const NAME: &'static str = "CreateAclsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for CreateAclsRequest {
    const KEY: ApiKey = ApiKey(30);
    type Response = crate::messages::create_acls_response::CreateAclsResponse;
}
