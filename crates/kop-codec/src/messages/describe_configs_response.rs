//! `DescribeConfigsResponse`. Generated from `schema/messages/DescribeConfigsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `DescribeConfigsResponse`: A response of API 32, versions 0 to 4, flexible from 4.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeConfigsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Results`: all versions.
    pub results: Vec<DescribeConfigsResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeConfigsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let throttle_time_ms = reader.i32()?;
        let results = reader.array::<DescribeConfigsResult>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            results,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 4;
        size += size::array(&self.results, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i32(self.throttle_time_ms);
        writer.array(&self.results, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeConfigsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeConfigsResponse::results`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeConfigsResult {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `ResourceType`: all versions.
    pub resource_type: i8,
    /// `ResourceName`: all versions.
    pub resource_name: ByteString,
    /// `Configs`: all versions.
    pub configs: Vec<DescribeConfigsResourceResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeConfigsResult {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            resource_type: 0,
            resource_name: ByteString::default(),
            configs: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeConfigsResult {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(flexible)?;
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
        let configs = reader.array::<DescribeConfigsResourceResult>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            error_message,
            resource_type,
            resource_name,
            configs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 3;
        size += size::string_nullable(self.error_message.as_ref(), flexible);
        size += size::string(&self.resource_name, flexible);
        size += size::array(&self.configs, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.i16(self.error_code.0);
        writer.string_nullable(self.error_message.as_ref(), flexible);
        writer.i8(self.resource_type);
        writer.string(&self.resource_name, flexible);
        writer.array(&self.configs, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeConfigsResult.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeConfigsResult::configs`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeConfigsResourceResult {
    /// `Name`: all versions.
    pub name: ByteString,
    /// `Value`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub value: Option<ByteString>,
    /// `ReadOnly`: all versions.
    pub read_only: bool,
    /// `IsDefault`: version 0.
    /// Other versions refuse anything but the default.
    pub is_default: bool,
    /// `ConfigSource`: versions 1 and up.
    /// `-1` by default.
    pub config_source: i8,
    /// `IsSensitive`: all versions.
    pub is_sensitive: bool,
    /// `Synonyms`: versions 1 and up.
    pub synonyms: Vec<DescribeConfigsSynonym>,
    /// `ConfigType`: versions 3 and up.
    /// `0` by default.
    pub config_type: i8,
    /// `Documentation`: versions 3 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub documentation: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeConfigsResourceResult {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            value: Some(ByteString::default()),
            read_only: false,
            is_default: false,
            config_source: -1,
            is_sensitive: false,
            synonyms: Vec::new(),
            config_type: 0,
            documentation: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeConfigsResourceResult {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let name = reader.string(flexible)?;
        let value = reader.string_nullable(flexible)?;
        let read_only = reader.bool()?;
        let is_default = if version <= 0 { reader.bool()? } else { false };
        let config_source = if version >= 1 { reader.i8()? } else { -1 };
        let is_sensitive = reader.bool()?;
        let synonyms = if version >= 1 {
            reader.array::<DescribeConfigsSynonym>(flexible, version)?
        } else {
            Vec::new()
        };
        let config_type = if version >= 3 { reader.i8()? } else { 0 };
        let documentation = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            value,
            read_only,
            is_default,
            config_source,
            is_sensitive,
            synonyms,
            config_type,
            documentation,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 2;
        size += size::string(&self.name, flexible);
        size += size::string_nullable(self.value.as_ref(), flexible);
        if version <= 0 {
            size += 1;
        }
        if version >= 1 {
            size += 1;
        }
        if version >= 1 {
            size += size::array(&self.synonyms, flexible, version);
        }
        if version >= 3 {
            size += 1;
        }
        if version >= 3 {
            size += size::string_nullable(self.documentation.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(&self.name, flexible);
        writer.string_nullable(self.value.as_ref(), flexible);
        writer.bool(self.read_only);
        if version <= 0 {
            writer.bool(self.is_default);
        } else if self.is_default {
            writer.field_not_in_version("DescribeConfigsResourceResult.IsDefault", version);
        }
        if version >= 1 {
            writer.i8(self.config_source);
        }
        writer.bool(self.is_sensitive);
        if version >= 1 {
            writer.array(&self.synonyms, flexible, version);
        }
        if version >= 3 {
            writer.i8(self.config_type);
        }
        if version >= 3 {
            writer.string_nullable(self.documentation.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeConfigsResourceResult.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeConfigsResourceResult::synonyms`]; versions 1 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeConfigsSynonym {
    /// `Name`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `Value`: versions 1 and up.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub value: Option<ByteString>,
    /// `Source`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub source: i8,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeConfigsSynonym {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            value: Some(ByteString::default()),
            source: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeConfigsSynonym {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let name = if version >= 1 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let value = if version >= 1 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let source = if version >= 1 { reader.i8()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            value,
            source,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 1 {
            size += size::string(&self.name, flexible);
        }
        if version >= 1 {
            size += size::string_nullable(self.value.as_ref(), flexible);
        }
        if version >= 1 {
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
        if version >= 1 {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("DescribeConfigsSynonym.Name", version);
        }
        if version >= 1 {
            writer.string_nullable(self.value.as_ref(), flexible);
        } else if self.value.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.field_not_in_version("DescribeConfigsSynonym.Value", version);
        }
        if version >= 1 {
            writer.i8(self.source);
        } else if self.source != 0 {
            writer.field_not_in_version("DescribeConfigsSynonym.Source", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeConfigsSynonym.unknown_tags", version);
        }
    }
}

impl Message for DescribeConfigsResponse {
    const NAME: &'static str = "DescribeConfigsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Response for DescribeConfigsResponse {
    const KEY: ApiKey = ApiKey(32);
}
