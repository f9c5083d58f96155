//! `IncrementalAlterConfigsRequest`. Generated from `schema/messages/IncrementalAlterConfigsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `IncrementalAlterConfigsRequest`: A request of API 44, versions 0 to 1, flexible from 1.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct IncrementalAlterConfigsRequest {
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

impl Wire for IncrementalAlterConfigsRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
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
        let flexible = version >= 1;
        let mut size = 1;
        size += size::array(&self.resources, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.array(&self.resources, flexible, version);
        writer.bool(self.validate_only);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("IncrementalAlterConfigsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`IncrementalAlterConfigsRequest::resources`]; all versions.
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
        let flexible = version >= 1;
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
        let flexible = version >= 1;
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
        let flexible = version >= 1;
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
    /// `ConfigOperation`: all versions.
    /// Part of the key: no two elements have the same.
    pub config_operation: i8,
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
            config_operation: 0,
            value: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AlterableConfig {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let name = reader.string(flexible)?;
        let config_operation = reader.i8()?;
        let value = reader.string_nullable(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            config_operation,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 1;
        size += size::string(&self.name, flexible);
        size += size::string_nullable(self.value.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.string(&self.name, flexible);
        writer.i8(self.config_operation);
        writer.string_nullable(self.value.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AlterableConfig.unknown_tags", version);
        }
    }
}

impl Message for IncrementalAlterConfigsRequest {
    const NAME: &'static str = "IncrementalAlterConfigsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Request for IncrementalAlterConfigsRequest {
    const KEY: ApiKey = ApiKey(44);
    type Response =
        crate::messages::incremental_alter_configs_response::IncrementalAlterConfigsResponse;
}
