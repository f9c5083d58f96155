//! `GetTelemetrySubscriptionsResponse`. Generated from `schema/messages/GetTelemetrySubscriptionsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `GetTelemetrySubscriptionsResponse`: A response of API 71, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct GetTelemetrySubscriptionsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ClientInstanceId`: all versions.
    pub client_instance_id: Uuid,
    /// `SubscriptionId`: all versions.
    pub subscription_id: i32,
    /// `AcceptedCompressionTypes`: all versions.
    pub accepted_compression_types: Vec<i8>,
    /// `PushIntervalMs`, in milliseconds: all versions.
    pub push_interval_ms: i32,
    /// `TelemetryMaxBytes`, in bytes: all versions.
    pub telemetry_max_bytes: i32,
    /// `DeltaTemporality`: all versions.
    pub delta_temporality: bool,
    /// `RequestedMetrics`: all versions.
    pub requested_metrics: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for GetTelemetrySubscriptionsResponse {
    const MIN_LEN: usize = 38;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let client_instance_id = reader.uuid()?;
        let subscription_id = reader.i32()?;
        let accepted_compression_types = reader.values(true, 1, Reader::i8)?;
        let push_interval_ms = reader.i32()?;
        let telemetry_max_bytes = reader.i32()?;
        let delta_temporality = reader.bool()?;
        let requested_metrics = reader.values(true, 1, |reader| reader.string(true))?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            throttle_time_ms,
            error_code,
            client_instance_id,
            subscription_id,
            accepted_compression_types,
            push_interval_ms,
            telemetry_max_bytes,
            delta_temporality,
            requested_metrics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 35;
        size += size::fixed(self.accepted_compression_types.len(), 1, true);
        size += size::strings(&self.requested_metrics, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<26>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
            run.uuid(self.client_instance_id);
            run.i32(self.subscription_id);
        });
        writer.values(&self.accepted_compression_types, true, Writer::i8);
        writer.run::<9>(|run| {
            run.i32(self.push_interval_ms);
            run.i32(self.telemetry_max_bytes);
            run.bool(self.delta_temporality);
        });
        writer.strings(&self.requested_metrics, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for GetTelemetrySubscriptionsResponse {
    const NAME: &'static str = "GetTelemetrySubscriptionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for GetTelemetrySubscriptionsResponse {
    const KEY: ApiKey = ApiKey(71);
}
