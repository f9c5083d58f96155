//! `HeartbeatResponse`. Generated from `schema/messages/HeartbeatResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer, size,
    wire::Wire,
};

/// `HeartbeatResponse`: A response of API 12, versions 0 to 4, flexible from 4.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct HeartbeatResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for HeartbeatResponse {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = ErrorCode(reader.i16()?);
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
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
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("HeartbeatResponse.unknown_tags", version);
        }
    }
}

impl Message for HeartbeatResponse {
    const NAME: &'static str = "HeartbeatResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Response for HeartbeatResponse {
    const KEY: ApiKey = ApiKey(12);
}
