//! `ListClientMetricsResourcesRequest`. Generated from `schema/messages/ListClientMetricsResourcesRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `ListClientMetricsResourcesRequest`: A request of API 74, version 0, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListClientMetricsResourcesRequest {
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListClientMetricsResourcesRequest {
    const MIN_LEN: usize = 1;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self { unknown_tags })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ListClientMetricsResourcesRequest {
    const NAME: &'static str = "ListClientMetricsResourcesRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ListClientMetricsResourcesRequest {
    const KEY: ApiKey = ApiKey(74);
    type Response =
        crate::messages::list_client_metrics_resources_response::ListClientMetricsResourcesResponse;
}
