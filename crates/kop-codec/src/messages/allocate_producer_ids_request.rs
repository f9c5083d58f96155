//! `AllocateProducerIdsRequest`. Generated from `schema/messages/AllocateProducerIdsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `AllocateProducerIdsRequest`: A request of API 67, version 0, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AllocateProducerIdsRequest {
    /// `BrokerId`, a broker's id: all versions.
    pub broker_id: i32,
    /// `BrokerEpoch`: all versions.
    /// `-1` by default.
    pub broker_epoch: i64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AllocateProducerIdsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AllocateProducerIdsRequest {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let broker_id = reader.i32()?;
        let broker_epoch = reader.i64()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            broker_id,
            broker_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 12;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<12>(|run| {
            run.i32(self.broker_id);
            run.i64(self.broker_epoch);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AllocateProducerIdsRequest {
    const NAME: &'static str = "AllocateProducerIdsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AllocateProducerIdsRequest {
    const KEY: ApiKey = ApiKey(67);
    type Response = crate::messages::allocate_producer_ids_response::AllocateProducerIdsResponse;
}
