//! `DescribeClusterResponse`. Generated from `schema/messages/DescribeClusterResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `DescribeClusterResponse`: A response of API 60, versions 0 to 2, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeClusterResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    pub error_message: Option<ByteString>,
    /// `EndpointType`: versions 1 and up.
    /// `1` by default.
    /// Other versions refuse anything but the default.
    pub endpoint_type: i8,
    /// `ClusterId`: all versions.
    pub cluster_id: ByteString,
    /// `ControllerId`, a broker's id: all versions.
    /// `-1` by default.
    pub controller_id: i32,
    /// `Brokers`: all versions.
    pub brokers: Vec<DescribeClusterBroker>,
    /// `ClusterAuthorizedOperations`: all versions.
    /// `i32::MIN` by default.
    pub cluster_authorized_operations: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeClusterResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: None,
            endpoint_type: 1,
            cluster_id: ByteString::default(),
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeClusterResponse {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(true)?;
        let endpoint_type = if version >= 1 { reader.i8()? } else { 1 };
        let cluster_id = reader.string(true)?;
        let controller_id = reader.i32()?;
        let brokers = reader.array::<DescribeClusterBroker>(true, version)?;
        let cluster_authorized_operations = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            endpoint_type,
            cluster_id,
            controller_id,
            brokers,
            cluster_authorized_operations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 14;
        size += size::string_nullable(self.error_message.as_ref(), true);
        if version >= 1 {
            size += 1;
        }
        size += size::string(&self.cluster_id, true);
        size += size::array(&self.brokers, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), true);
        if version >= 1 {
            writer.i8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            writer.field_not_in_version("DescribeClusterResponse.EndpointType", version);
        }
        writer.string(&self.cluster_id, true);
        writer.i32(self.controller_id);
        writer.array(&self.brokers, true, version);
        writer.i32(self.cluster_authorized_operations);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`DescribeClusterResponse::brokers`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeClusterBroker {
    /// `BrokerId`, a broker's id: all versions.
    /// Part of the key: no two elements have the same.
    pub broker_id: i32,
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: i32,
    /// `Rack`: all versions.
    /// None is null.
    pub rack: Option<ByteString>,
    /// `IsFenced`: version 2.
    /// Other versions refuse anything but the default.
    pub is_fenced: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeClusterBroker {
    const MIN_LEN: usize = 11;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let host = reader.string(true)?;
        let port = reader.i32()?;
        let rack = reader.string_nullable(true)?;
        let is_fenced = if version >= 2 { reader.bool()? } else { false };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            host,
            port,
            rack,
            is_fenced,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 8;
        size += size::string(&self.host, true);
        size += size::string_nullable(self.rack.as_ref(), true);
        if version >= 2 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.broker_id);
        writer.string(&self.host, true);
        writer.i32(self.port);
        writer.string_nullable(self.rack.as_ref(), true);
        if version >= 2 {
            writer.bool(self.is_fenced);
        } else if self.is_fenced {
            writer.field_not_in_version("DescribeClusterBroker.IsFenced", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for DescribeClusterResponse {
    const NAME: &'static str = "DescribeClusterResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for DescribeClusterResponse {
    const KEY: ApiKey = ApiKey(60);
}
