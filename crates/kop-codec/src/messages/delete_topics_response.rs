//! `DeleteTopicsResponse`. Generated from `schema/messages/DeleteTopicsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `DeleteTopicsResponse`: A response of API 20, versions 0 to 6, flexible from 4.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DeleteTopicsResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `Responses`: all versions.
    pub responses: Vec<DeletableTopicResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DeleteTopicsResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let responses = reader.array::<DeletableTopicResult>(flexible, version)?;
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
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 1 {
            size += 4;
        }
        size += size::array(&self.responses, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.responses, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DeleteTopicsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`DeleteTopicsResponse::responses`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DeletableTopicResult {
    /// `Name`, a topic's name: all versions.
    /// None is null, in version 6.
    /// Empty, not null, by default.
    /// Part of the key: no two elements have the same.
    pub name: Option<ByteString>,
    /// `TopicId`: version 6.
    pub topic_id: Uuid,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: versions 5 and up.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DeletableTopicResult {
    fn default() -> Self {
        Self {
            name: Some(ByteString::default()),
            topic_id: Uuid::ZERO,
            error_code: ErrorCode::NONE,
            error_message: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DeletableTopicResult {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let name = if version >= 6 {
            reader.string_nullable(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let topic_id = if version >= 6 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let error_code = ErrorCode(reader.i16()?);
        let error_message = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            error_code,
            error_message,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 2;
        size += size::string_nullable(self.name.as_ref(), flexible);
        if version >= 6 {
            size += 16;
        }
        if version >= 5 {
            size += size::string_nullable(self.error_message.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 6 {
            writer.string_nullable(self.name.as_ref(), flexible);
        } else {
            match &self.name {
                Some(value) => {
                    writer.string(value, flexible);
                }
                None => writer.unexpected_null("DeletableTopicResult.Name", version),
            }
        }
        if version >= 6 {
            writer.uuid(self.topic_id);
        }
        writer.i16(self.error_code.0);
        if version >= 5 {
            writer.string_nullable(self.error_message.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DeletableTopicResult.unknown_tags", version);
        }
    }
}

impl Message for DeleteTopicsResponse {
    const NAME: &'static str = "DeleteTopicsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Response for DeleteTopicsResponse {
    const KEY: ApiKey = ApiKey(20);
}
