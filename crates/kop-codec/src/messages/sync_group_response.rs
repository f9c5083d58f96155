//! `SyncGroupResponse`. Generated from `schema/messages/SyncGroupResponse.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `SyncGroupResponse`: A response of API 14, versions 0 to 5, flexible from 4.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SyncGroupResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ProtocolType`: version 5.
    /// None is null.
    pub protocol_type: Option<ByteString>,
    /// `ProtocolName`: version 5.
    /// None is null.
    pub protocol_name: Option<ByteString>,
    /// `Assignment`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub assignment: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SyncGroupResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = ErrorCode(reader.i16()?);
        let protocol_type = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let protocol_name = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let assignment = reader.bytes(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            protocol_type,
            protocol_name,
            assignment,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 2;
        if version >= 1 {
            size += 4;
        }
        if version >= 5 {
            size += size::string_nullable(self.protocol_type.as_ref(), flexible);
        }
        if version >= 5 {
            size += size::string_nullable(self.protocol_name.as_ref(), flexible);
        }
        size += size::bytes(&self.assignment, flexible);
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
        writer.i16(self.error_code.0);
        if version >= 5 {
            writer.string_nullable(self.protocol_type.as_ref(), flexible);
        }
        if version >= 5 {
            writer.string_nullable(self.protocol_name.as_ref(), flexible);
        }
        writer.bytes(&self.assignment, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SyncGroupResponse.unknown_tags", version);
        }
    }
}

impl Message for SyncGroupResponse {
    const NAME: &'static str = "SyncGroupResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Response for SyncGroupResponse {
    const KEY: ApiKey = ApiKey(14);
}
