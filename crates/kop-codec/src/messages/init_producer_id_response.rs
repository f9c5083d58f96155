//! `InitProducerIdResponse`. Generated from `schema/messages/InitProducerIdResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer, size,
    wire::Wire,
};

/// `InitProducerIdResponse`: A response of API 22, versions 0 to 6, flexible from 2.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct InitProducerIdResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ProducerId`, a producer's id: all versions.
    /// `-1` by default.
    pub producer_id: i64,
    /// `ProducerEpoch`: all versions.
    pub producer_epoch: i16,
    /// `OngoingTxnProducerId`, a producer's id: version 6.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub ongoing_txn_producer_id: i64,
    /// `OngoingTxnProducerEpoch`: version 6.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub ongoing_txn_producer_epoch: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for InitProducerIdResponse {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let ongoing_txn_producer_id = if version >= 6 { reader.i64()? } else { -1 };
        let ongoing_txn_producer_epoch = if version >= 6 { reader.i16()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            producer_id,
            producer_epoch,
            ongoing_txn_producer_id,
            ongoing_txn_producer_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 16;
        if version >= 6 {
            size += 8;
        }
        if version >= 6 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.run::<16>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
            run.i64(self.producer_id);
            run.i16(self.producer_epoch);
        });
        if version >= 6 {
            writer.i64(self.ongoing_txn_producer_id);
        } else if self.ongoing_txn_producer_id != -1 {
            writer.field_not_in_version("InitProducerIdResponse.OngoingTxnProducerId", version);
        }
        if version >= 6 {
            writer.i16(self.ongoing_txn_producer_epoch);
        } else if self.ongoing_txn_producer_epoch != -1 {
            writer.field_not_in_version("InitProducerIdResponse.OngoingTxnProducerEpoch", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("InitProducerIdResponse.unknown_tags", version);
        }
    }
}

impl Message for InitProducerIdResponse {
    const NAME: &'static str = "InitProducerIdResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Response for InitProducerIdResponse {
    const KEY: ApiKey = ApiKey(22);
}
