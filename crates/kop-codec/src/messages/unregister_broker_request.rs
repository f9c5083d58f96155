//! `UnregisterBrokerRequest`. Generated from `schema/messages/UnregisterBrokerRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `UnregisterBrokerRequest`: A request of API 64, version 0, flexible.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UnregisterBrokerRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for UnregisterBrokerRequest {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.broker_id);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for UnregisterBrokerRequest {
    const NAME: &'static str = "UnregisterBrokerRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for UnregisterBrokerRequest {
    const KEY: ApiKey = ApiKey(64);
    type Response = crate::messages::unregister_broker_response::UnregisterBrokerResponse;
}
