//! `ListClientMetricsResourcesResponse`. Generated from `schema/messages/ListClientMetricsResourcesResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `ListClientMetricsResourcesResponse`: A response of API 74, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListClientMetricsResourcesResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ClientMetricsResources`: all versions.
    pub client_metrics_resources: Vec<ClientMetricsResource>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListClientMetricsResourcesResponse {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let client_metrics_resources = reader.array::<ClientMetricsResource>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            client_metrics_resources,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::array(&self.client_metrics_resources, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.array(&self.client_metrics_resources, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ListClientMetricsResourcesResponse::client_metrics_resources`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ClientMetricsResource {
    /// `Name`: all versions.
    pub name: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ClientMetricsResource {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self { name, unknown_tags })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.name, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ListClientMetricsResourcesResponse {
    const NAME: &'static str = "ListClientMetricsResourcesResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for ListClientMetricsResourcesResponse {
    const KEY: ApiKey = ApiKey(74);
}
