//! `PushTelemetryRequest`. Generated from `schema/messages/PushTelemetryRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size, wire::Wire,
};

/// `PushTelemetryRequest`: A request of API 72, version 0, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PushTelemetryRequest {
    /// `ClientInstanceId`: all versions.
    pub client_instance_id: Uuid,
    /// `SubscriptionId`: all versions.
    pub subscription_id: i32,
    /// `Terminating`: all versions.
    pub terminating: bool,
    /// `CompressionType`: all versions.
    pub compression_type: i8,
    /// `Metrics`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub metrics: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PushTelemetryRequest {
    const MIN_LEN: usize = 24;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let client_instance_id = reader.uuid()?;
        let subscription_id = reader.i32()?;
        let terminating = reader.bool()?;
        let compression_type = reader.i8()?;
        let metrics = reader.bytes(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            client_instance_id,
            subscription_id,
            terminating,
            compression_type,
            metrics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 22;
        size += size::bytes(&self.metrics, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<22>(|run| {
            run.uuid(self.client_instance_id);
            run.i32(self.subscription_id);
            run.bool(self.terminating);
            run.i8(self.compression_type);
        });
        writer.bytes(&self.metrics, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for PushTelemetryRequest {
    const NAME: &'static str = "PushTelemetryRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for PushTelemetryRequest {
    const KEY: ApiKey = ApiKey(72);
    type Response = crate::messages::push_telemetry_response::PushTelemetryResponse;
}
