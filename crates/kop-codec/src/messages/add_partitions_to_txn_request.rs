//! `AddPartitionsToTxnRequest`. Generated from `schema/messages/AddPartitionsToTxnRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `AddPartitionsToTxnRequest`: A request of API 24, versions 0 to 5, flexible from 3.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnRequest {
    /// `Transactions`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// `V3AndBelowTransactionalId`, a transactional id: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub v3_and_below_transactional_id: ByteString,
    /// `V3AndBelowProducerId`, a producer's id: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub v3_and_below_producer_id: i64,
    /// `V3AndBelowProducerEpoch`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub v3_and_below_producer_epoch: i16,
    /// `V3AndBelowTopics`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnRequest {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let transactions = if version >= 4 {
            reader.array::<AddPartitionsToTxnTransaction>(flexible, version)?
        } else {
            Vec::new()
        };
        let v3_and_below_transactional_id = if version <= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let v3_and_below_producer_id = if version <= 3 { reader.i64()? } else { 0 };
        let v3_and_below_producer_epoch = if version <= 3 { reader.i16()? } else { 0 };
        let v3_and_below_topics = if version <= 3 {
            reader.array::<AddPartitionsToTxnTopic>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactions,
            v3_and_below_transactional_id,
            v3_and_below_producer_id,
            v3_and_below_producer_epoch,
            v3_and_below_topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 4 {
            size += size::array(&self.transactions, flexible, version);
        }
        if version <= 3 {
            size += size::string(&self.v3_and_below_transactional_id, flexible);
        }
        if version <= 3 {
            size += 8;
        }
        if version <= 3 {
            size += 2;
        }
        if version <= 3 {
            size += size::array(&self.v3_and_below_topics, flexible, version);
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
            writer.array(&self.transactions, flexible, version);
        } else if !self.transactions.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnRequest.Transactions", version);
        }
        if version <= 3 {
            writer.string(&self.v3_and_below_transactional_id, flexible);
        } else if !self.v3_and_below_transactional_id.is_empty() {
            writer.field_not_in_version(
                "AddPartitionsToTxnRequest.V3AndBelowTransactionalId",
                version,
            );
        }
        if version <= 3 {
            writer.i64(self.v3_and_below_producer_id);
        } else if self.v3_and_below_producer_id != 0 {
            writer.field_not_in_version("AddPartitionsToTxnRequest.V3AndBelowProducerId", version);
        }
        if version <= 3 {
            writer.i16(self.v3_and_below_producer_epoch);
        } else if self.v3_and_below_producer_epoch != 0 {
            writer
                .field_not_in_version("AddPartitionsToTxnRequest.V3AndBelowProducerEpoch", version);
        }
        if version <= 3 {
            writer.array(&self.v3_and_below_topics, flexible, version);
        } else if !self.v3_and_below_topics.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnRequest.V3AndBelowTopics", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnRequest.unknown_tags", version);
        }
    }
}

/// Part of [`AddPartitionsToTxnRequest::transactions`]; versions 4 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnTransaction {
    /// `TransactionalId`, a transactional id: versions 4 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub transactional_id: ByteString,
    /// `ProducerId`, a producer's id: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub producer_id: i64,
    /// `ProducerEpoch`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub producer_epoch: i16,
    /// `VerifyOnly`: versions 4 and up.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub verify_only: bool,
    /// `Topics`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub topics: Vec<AddPartitionsToTxnTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnTransaction {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let transactional_id = if version >= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let producer_id = if version >= 4 { reader.i64()? } else { 0 };
        let producer_epoch = if version >= 4 { reader.i16()? } else { 0 };
        let verify_only = if version >= 4 { reader.bool()? } else { false };
        let topics = if version >= 4 {
            reader.array::<AddPartitionsToTxnTopic>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactional_id,
            producer_id,
            producer_epoch,
            verify_only,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 4 {
            size += size::string(&self.transactional_id, flexible);
        }
        if version >= 4 {
            size += 8;
        }
        if version >= 4 {
            size += 2;
        }
        if version >= 4 {
            size += 1;
        }
        if version >= 4 {
            size += size::array(&self.topics, flexible, version);
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
            writer.string(&self.transactional_id, flexible);
        } else if !self.transactional_id.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnTransaction.TransactionalId", version);
        }
        if version >= 4 {
            writer.i64(self.producer_id);
        } else if self.producer_id != 0 {
            writer.field_not_in_version("AddPartitionsToTxnTransaction.ProducerId", version);
        }
        if version >= 4 {
            writer.i16(self.producer_epoch);
        } else if self.producer_epoch != 0 {
            writer.field_not_in_version("AddPartitionsToTxnTransaction.ProducerEpoch", version);
        }
        if version >= 4 {
            writer.bool(self.verify_only);
        } else if self.verify_only {
            writer.field_not_in_version("AddPartitionsToTxnTransaction.VerifyOnly", version);
        }
        if version >= 4 {
            writer.array(&self.topics, flexible, version);
        } else if !self.topics.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnTransaction.Topics", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnTransaction.unknown_tags", version);
        }
    }
}

/// Used in [`AddPartitionsToTxnRequest::v3_and_below_topics`], [`AddPartitionsToTxnTransaction::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnTopic {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let name = reader.string(flexible)?;
        let partitions = reader.int32s(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        size += size::string(&self.name, flexible);
        size += size::int32s(&self.partitions, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(&self.name, flexible);
        writer.int32s(&self.partitions, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnTopic.unknown_tags", version);
        }
    }
}

impl Message for AddPartitionsToTxnRequest {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for AddPartitionsToTxnRequest {
    const KEY: ApiKey = ApiKey(24);
    type Response = crate::messages::add_partitions_to_txn_response::AddPartitionsToTxnResponse;
}
