//! `GetTelemetrySubscriptionsRequest`. Generated from `schema/messages/GetTelemetrySubscriptionsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size, wire::Wire,
};

/// `GetTelemetrySubscriptionsRequest`: A request of API 71, version 0, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct GetTelemetrySubscriptionsRequest {
    /// `ClientInstanceId`: all versions.
    pub client_instance_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for GetTelemetrySubscriptionsRequest {
    const MIN_LEN: usize = 17;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let client_instance_id = reader.uuid()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            client_instance_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.uuid(self.client_instance_id);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for GetTelemetrySubscriptionsRequest {
    const NAME: &'static str = "GetTelemetrySubscriptionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for GetTelemetrySubscriptionsRequest {
    const KEY: ApiKey = ApiKey(71);
    type Response =
        crate::messages::get_telemetry_subscriptions_response::GetTelemetrySubscriptionsResponse;
}
