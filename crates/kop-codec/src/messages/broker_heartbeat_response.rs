//! `BrokerHeartbeatResponse`. Generated from `schema/messages/BrokerHeartbeatResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer, size,
    wire::Wire,
};

/// `BrokerHeartbeatResponse`: A response of API 63, versions 0 to 2, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct BrokerHeartbeatResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `IsCaughtUp`: all versions.
    /// `false` by default.
    pub is_caught_up: bool,
    /// `IsFenced`: all versions.
    /// `true` by default.
    pub is_fenced: bool,
    /// `ShouldShutDown`: all versions.
    pub should_shut_down: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for BrokerHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            is_caught_up: false,
            is_fenced: true,
            should_shut_down: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for BrokerHeartbeatResponse {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let is_caught_up = reader.bool()?;
        let is_fenced = reader.bool()?;
        let should_shut_down = reader.bool()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            is_caught_up,
            is_fenced,
            should_shut_down,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 9;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<9>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
            run.bool(self.is_caught_up);
            run.bool(self.is_fenced);
            run.bool(self.should_shut_down);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for BrokerHeartbeatResponse {
    const NAME: &'static str = "BrokerHeartbeatResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for BrokerHeartbeatResponse {
    const KEY: ApiKey = ApiKey(63);
}
