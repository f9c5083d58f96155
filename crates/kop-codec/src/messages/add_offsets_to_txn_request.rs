//! `AddOffsetsToTxnRequest`. Generated from `schema/messages/AddOffsetsToTxnRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `AddOffsetsToTxnRequest`: A request of API 25, versions 0 to 4, flexible from 3.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddOffsetsToTxnRequest {
    /// `TransactionalId`, a transactional id: all versions.
    pub transactional_id: ByteString,
    /// `ProducerId`, a producer's id: all versions.
    pub producer_id: i64,
    /// `ProducerEpoch`: all versions.
    pub producer_epoch: i16,
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddOffsetsToTxnRequest {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let transactional_id = reader.string(flexible)?;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let group_id = reader.string(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactional_id,
            producer_id,
            producer_epoch,
            group_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 10;
        size += size::string(&self.transactional_id, flexible);
        size += size::string(&self.group_id, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(&self.transactional_id, flexible);
        writer.run::<10>(|run| {
            run.i64(self.producer_id);
            run.i16(self.producer_epoch);
        });
        writer.string(&self.group_id, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddOffsetsToTxnRequest.unknown_tags", version);
        }
    }
}

impl Message for AddOffsetsToTxnRequest {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for AddOffsetsToTxnRequest {
    const KEY: ApiKey = ApiKey(25);
    type Response = crate::messages::add_offsets_to_txn_response::AddOffsetsToTxnResponse;
}
