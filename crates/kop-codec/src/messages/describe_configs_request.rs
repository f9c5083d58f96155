//! `DescribeConfigsRequest`. Generated from `schema/messages/DescribeConfigsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `DescribeConfigsRequest`: A request of API 32, versions 0 to 4, flexible from 4.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeConfigsRequest {
    /// `Resources`: all versions.
    pub resources: Vec<DescribeConfigsResource>,
    /// `IncludeSynonyms`: versions 1 and up.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub include_synonyms: bool,
    /// `IncludeDocumentation`: versions 3 and up.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub include_documentation: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeConfigsRequest {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let resources = reader.array::<DescribeConfigsResource>(flexible, version)?;
        let include_synonyms = if version >= 1 { reader.bool()? } else { false };
        let include_documentation = if version >= 3 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            resources,
            include_synonyms,
            include_documentation,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        size += size::array(&self.resources, flexible, version);
        if version >= 1 {
            size += 1;
        }
        if version >= 3 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.array(&self.resources, flexible, version);
        if version >= 1 {
            writer.bool(self.include_synonyms);
        } else if self.include_synonyms {
            writer.field_not_in_version("DescribeConfigsRequest.IncludeSynonyms", version);
        }
        if version >= 3 {
            writer.bool(self.include_documentation);
        } else if self.include_documentation {
            writer.field_not_in_version("DescribeConfigsRequest.IncludeDocumentation", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeConfigsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeConfigsRequest::resources`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeConfigsResource {
    /// `ResourceType`: all versions.
    pub resource_type: i8,
    /// `ResourceName`: all versions.
    pub resource_name: ByteString,
    /// `ConfigurationKeys`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub configuration_keys: Option<Vec<ByteString>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeConfigsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: ByteString::default(),
            configuration_keys: Some(Vec::new()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeConfigsResource {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
        let configuration_keys =
            reader.values_nullable(flexible, 1, |reader| reader.string(flexible))?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            resource_type,
            resource_name,
            configuration_keys,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 1;
        size += size::string(&self.resource_name, flexible);
        size += size::strings(
            self.configuration_keys.as_deref().unwrap_or_default(),
            flexible,
        );
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i8(self.resource_type);
        writer.string(&self.resource_name, flexible);
        writer.strings_nullable(self.configuration_keys.as_deref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeConfigsResource.unknown_tags", version);
        }
    }
}

impl Message for DescribeConfigsRequest {
    const NAME: &'static str = "DescribeConfigsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for DescribeConfigsRequest {
    const KEY: ApiKey = ApiKey(32);
    type Response = crate::messages::describe_configs_response::DescribeConfigsResponse;
}
