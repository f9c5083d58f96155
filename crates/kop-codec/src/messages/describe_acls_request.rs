//! `DescribeAclsRequest`. Generated from `schema/messages/DescribeAclsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `DescribeAclsRequest`: A request of API 29, versions 0 to 3, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeAclsRequest {
    /// `ResourceTypeFilter`: all versions.
    pub resource_type_filter: i8,
    /// `ResourceNameFilter`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub resource_name_filter: Option<ByteString>,
    /// `PatternTypeFilter`: versions 1 and up.
    /// `3` by default.
    /// Other versions refuse anything but the default.
    pub pattern_type_filter: i8,
    /// `PrincipalFilter`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub principal_filter: Option<ByteString>,
    /// `HostFilter`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub host_filter: Option<ByteString>,
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

impl Default for DescribeAclsRequest {
    fn default() -> Self {
        Self {
            resource_type_filter: 0,
            resource_name_filter: Some(ByteString::default()),
            pattern_type_filter: 3,
            principal_filter: Some(ByteString::default()),
            host_filter: Some(ByteString::default()),
            operation: 0,
            permission_type: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeAclsRequest {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let resource_type_filter = reader.i8()?;
        let resource_name_filter = reader.string_nullable(flexible)?;
        let pattern_type_filter = if version >= 1 { reader.i8()? } else { 3 };
        let principal_filter = reader.string_nullable(flexible)?;
        let host_filter = reader.string_nullable(flexible)?;
        let operation = reader.i8()?;
        let permission_type = reader.i8()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            resource_type_filter,
            resource_name_filter,
            pattern_type_filter,
            principal_filter,
            host_filter,
            operation,
            permission_type,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 3;
        size += size::string_nullable(self.resource_name_filter.as_ref(), flexible);
        if version >= 1 {
            size += 1;
        }
        size += size::string_nullable(self.principal_filter.as_ref(), flexible);
        size += size::string_nullable(self.host_filter.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i8(self.resource_type_filter);
        writer.string_nullable(self.resource_name_filter.as_ref(), flexible);
        if version >= 1 {
            writer.i8(self.pattern_type_filter);
        } else if self.pattern_type_filter != 3 {
            writer.field_not_in_version("DescribeAclsRequest.PatternTypeFilter", version);
        }
        writer.string_nullable(self.principal_filter.as_ref(), flexible);
        writer.string_nullable(self.host_filter.as_ref(), flexible);
        writer.run::<2>(|run| {
            run.i8(self.operation);
            run.i8(self.permission_type);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeAclsRequest.unknown_tags", version);
        }
    }
}

impl Message for DescribeAclsRequest {
    const NAME: &'static str = "DescribeAclsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for DescribeAclsRequest {
    const KEY: ApiKey = ApiKey(29);
    type Response = crate::messages::describe_acls_response::DescribeAclsResponse;
}
