//! `InitProducerIdRequest`. Generated from `schema/messages/InitProducerIdRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `InitProducerIdRequest`: A request of API 22, versions 0 to 6, flexible from 2.
///
/// Kafka takes it on listeners of: broker.
///
/// The highest version is not stable yet.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct InitProducerIdRequest {
    /// `TransactionalId`, a transactional id: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub transactional_id: Option<ByteString>,
    /// `TransactionTimeoutMs`, in milliseconds: all versions.
    pub transaction_timeout_ms: i32,
    /// `ProducerId`, a producer's id: versions 3 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub producer_id: i64,
    /// `ProducerEpoch`: versions 3 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub producer_epoch: i16,
    /// `Enable2Pc`: version 6.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub enable2_pc: bool,
    /// `KeepPreparedTxn`: version 6.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub keep_prepared_txn: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: Some(ByteString::default()),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable2_pc: false,
            keep_prepared_txn: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for InitProducerIdRequest {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let transactional_id = reader.string_nullable(flexible)?;
        let transaction_timeout_ms = reader.i32()?;
        let producer_id = if version >= 3 { reader.i64()? } else { -1 };
        let producer_epoch = if version >= 3 { reader.i16()? } else { -1 };
        let enable2_pc = if version >= 6 { reader.bool()? } else { false };
        let keep_prepared_txn = if version >= 6 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactional_id,
            transaction_timeout_ms,
            producer_id,
            producer_epoch,
            enable2_pc,
            keep_prepared_txn,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 4;
        size += size::string_nullable(self.transactional_id.as_ref(), flexible);
        if version >= 3 {
            size += 8;
        }
        if version >= 3 {
            size += 2;
        }
        if version >= 6 {
            size += 1;
        }
        if version >= 6 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string_nullable(self.transactional_id.as_ref(), flexible);
        writer.i32(self.transaction_timeout_ms);
        if version >= 3 {
            writer.i64(self.producer_id);
        } else if self.producer_id != -1 {
            writer.field_not_in_version("InitProducerIdRequest.ProducerId", version);
        }
        if version >= 3 {
            writer.i16(self.producer_epoch);
        } else if self.producer_epoch != -1 {
            writer.field_not_in_version("InitProducerIdRequest.ProducerEpoch", version);
        }
        if version >= 6 {
            writer.bool(self.enable2_pc);
        } else if self.enable2_pc {
            writer.field_not_in_version("InitProducerIdRequest.Enable2Pc", version);
        }
        if version >= 6 {
            writer.bool(self.keep_prepared_txn);
        } else if self.keep_prepared_txn {
            writer.field_not_in_version("InitProducerIdRequest.KeepPreparedTxn", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("InitProducerIdRequest.unknown_tags", version);
        }
    }
}

impl Message for InitProducerIdRequest {
    const NAME: &'static str = "InitProducerIdRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for InitProducerIdRequest {
    const KEY: ApiKey = ApiKey(22);
    type Response = crate::messages::init_producer_id_response::InitProducerIdResponse;
}
