//! `FindCoordinatorResponse`. Generated from `schema/messages/FindCoordinatorResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `FindCoordinatorResponse`: A response of API 10, versions 0 to 6, flexible from 3.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FindCoordinatorResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: versions 1 to 3.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `NodeId`, a broker's id: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
    /// `Host`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub port: i32,
    /// `Coordinators`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub coordinators: Vec<Coordinator>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for FindCoordinatorResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            node_id: 0,
            host: ByteString::default(),
            port: 0,
            coordinators: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for FindCoordinatorResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = if version <= 3 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let error_message = if (1..=3).contains(&version) {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let node_id = if version <= 3 { reader.i32()? } else { 0 };
        let host = if version <= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let port = if version <= 3 { reader.i32()? } else { 0 };
        let coordinators = if version >= 4 {
            reader.array::<Coordinator>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            node_id,
            host,
            port,
            coordinators,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 1 {
            size += 4;
        }
        if version <= 3 {
            size += 2;
        }
        if (1..=3).contains(&version) {
            size += size::string_nullable(self.error_message.as_ref(), flexible);
        }
        if version <= 3 {
            size += 4;
        }
        if version <= 3 {
            size += size::string(&self.host, flexible);
        }
        if version <= 3 {
            size += 4;
        }
        if version >= 4 {
            size += size::array(&self.coordinators, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        if version <= 3 {
            writer.i16(self.error_code.0);
        } else if self.error_code.is_error() {
            writer.field_not_in_version("FindCoordinatorResponse.ErrorCode", version);
        }
        if (1..=3).contains(&version) {
            writer.string_nullable(self.error_message.as_ref(), flexible);
        }
        if version <= 3 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("FindCoordinatorResponse.NodeId", version);
        }
        if version <= 3 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("FindCoordinatorResponse.Host", version);
        }
        if version <= 3 {
            writer.i32(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("FindCoordinatorResponse.Port", version);
        }
        if version >= 4 {
            writer.array(&self.coordinators, flexible, version);
        } else if !self.coordinators.is_empty() {
            writer.field_not_in_version("FindCoordinatorResponse.Coordinators", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FindCoordinatorResponse.unknown_tags", version);
        }
    }
}

/// Part of [`FindCoordinatorResponse::coordinators`]; versions 4 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Coordinator {
    /// `Key`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub key: ByteString,
    /// `NodeId`, a broker's id: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub node_id: i32,
    /// `Host`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub host: ByteString,
    /// `Port`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub port: i32,
    /// `ErrorCode`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: versions 4 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for Coordinator {
    fn default() -> Self {
        Self {
            key: ByteString::default(),
            node_id: 0,
            host: ByteString::default(),
            port: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for Coordinator {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let key = if version >= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let node_id = if version >= 4 { reader.i32()? } else { 0 };
        let host = if version >= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let port = if version >= 4 { reader.i32()? } else { 0 };
        let error_code = if version >= 4 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let error_message = if version >= 4 {
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
            key,
            node_id,
            host,
            port,
            error_code,
            error_message,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 4 {
            size += size::string(&self.key, flexible);
        }
        if version >= 4 {
            size += 4;
        }
        if version >= 4 {
            size += size::string(&self.host, flexible);
        }
        if version >= 4 {
            size += 4;
        }
        if version >= 4 {
            size += 2;
        }
        if version >= 4 {
            size += size::string_nullable(self.error_message.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 4 {
            writer.string(&self.key, flexible);
        } else if !self.key.is_empty() {
            writer.field_not_in_version("Coordinator.Key", version);
        }
        if version >= 4 {
            writer.i32(self.node_id);
        } else if self.node_id != 0 {
            writer.field_not_in_version("Coordinator.NodeId", version);
        }
        if version >= 4 {
            writer.string(&self.host, flexible);
        } else if !self.host.is_empty() {
            writer.field_not_in_version("Coordinator.Host", version);
        }
        if version >= 4 {
            writer.i32(self.port);
        } else if self.port != 0 {
            writer.field_not_in_version("Coordinator.Port", version);
        }
        if version >= 4 {
            writer.i16(self.error_code.0);
        } else if self.error_code.is_error() {
            writer.field_not_in_version("Coordinator.ErrorCode", version);
        }
        if version >= 4 {
            writer.string_nullable(self.error_message.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("Coordinator.unknown_tags", version);
        }
    }
}

impl Message for FindCoordinatorResponse {
    const NAME: &'static str = "FindCoordinatorResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Response for FindCoordinatorResponse {
    const KEY: ApiKey = ApiKey(10);
}
