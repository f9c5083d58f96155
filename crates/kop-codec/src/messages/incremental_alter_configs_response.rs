//! `IncrementalAlterConfigsResponse`. Generated from `schema/messages/IncrementalAlterConfigsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `IncrementalAlterConfigsResponse`: A response of API 44, versions 0 to 1, flexible from 1.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct IncrementalAlterConfigsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `Responses`: all versions.
    pub responses: Vec<AlterConfigsResourceResponse>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for IncrementalAlterConfigsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let throttle_time_ms = reader.i32()?;
        let responses = reader.array::<AlterConfigsResourceResponse>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            responses,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 4;
        size += size::array(&self.responses, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.i32(self.throttle_time_ms);
        writer.array(&self.responses, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("IncrementalAlterConfigsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`IncrementalAlterConfigsResponse::responses`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AlterConfigsResourceResponse {
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
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AlterConfigsResourceResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            resource_type: 0,
            resource_name: ByteString::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AlterConfigsResourceResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(flexible)?;
        let resource_type = reader.i8()?;
        let resource_name = reader.string(flexible)?;
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
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 3;
        size += size::string_nullable(self.error_message.as_ref(), flexible);
        size += size::string(&self.resource_name, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.i16(self.error_code.0);
        writer.string_nullable(self.error_message.as_ref(), flexible);
        writer.i8(self.resource_type);
        writer.string(&self.resource_name, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AlterConfigsResourceResponse.unknown_tags", version);
        }
    }
}

impl Message for IncrementalAlterConfigsResponse {
    const NAME: &'static str = "IncrementalAlterConfigsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Response for IncrementalAlterConfigsResponse {
    const KEY: ApiKey = ApiKey(44);
}
