//! `AlterConfigsRequest`. Generated from `schema/messages/AlterConfigsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `AlterConfigsRequest`: A request of API 33, versions 0 to 2, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterConfigsRequest {
    /// `Resources`: all versions.
    pub resources: Vec<AlterConfigsResource>,
    /// `ValidateOnly`: all versions.
    pub validate_only: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterConfigsRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let resources = reader.array::<AlterConfigsResource>(flexible, version)?;
        let validate_only = reader.bool()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            resources,
            validate_only,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 1;
        size += size::array(&self.resources, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.array(&self.resources, flexible, version);
        writer.bool(self.validate_only);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AlterConfigsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`AlterConfigsRequest::resources`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterConfigsResource {
    /// `ResourceType`: all versions.
    /// Part of the key: no two elements have the same.
    pub resource_type: i8,
    /// `ResourceName`: all versions.
    /// Part of the key: no two elements have the same.
    pub resource_name: ByteString,
    /// `Configs`: all versions.
    pub configs: Vec<AlterableConfig>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AlterConfigsResource {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
        let configs = reader.array::<AlterableConfig>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            resource_type,
            resource_name,
            configs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 1;
        size += size::string(&self.resource_name, flexible);
        size += size::array(&self.configs, flexible, version);
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
        writer.array(&self.configs, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AlterConfigsResource.unknown_tags", version);
        }
    }
}

/// Part of [`AlterConfigsResource::configs`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterableConfig {
    /// `Name`: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Value`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub value: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            value: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AlterableConfig {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let name = reader.string(flexible)?;
        let value = reader.string_nullable(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        size += size::string(&self.name, flexible);
        size += size::string_nullable(self.value.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(&self.name, flexible);
        writer.string_nullable(self.value.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AlterableConfig.unknown_tags", version);
        }
    }
}

impl Message for AlterConfigsRequest {
    const NAME: &'static str = "AlterConfigsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for AlterConfigsRequest {
    const KEY: ApiKey = ApiKey(33);
    type Response = crate::messages::alter_configs_response::AlterConfigsResponse;
}
