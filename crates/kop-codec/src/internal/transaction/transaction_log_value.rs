//! `TransactionLogValue`. Generated from `schema/records/TransactionLogValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Int32s, Message, Reader, UnknownTags, Writer,
    internal::InternalRecord, size, wire::Wire,
};

/// `TransactionLogValue`: The value of a record in an internal topic, versions 0 to 1, flexible from 1.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TransactionLogValue {
    /// `ProducerId`: all versions.
    pub producer_id: i64,
    /// `PreviousProducerId`: version 1, tag 0.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub previous_producer_id: i64,
    /// `NextProducerId`: version 1, tag 1.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub next_producer_id: i64,
    /// `ProducerEpoch`: all versions.
    pub producer_epoch: i16,
    /// `NextProducerEpoch`: version 1, tag 3.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub next_producer_epoch: i16,
    /// `TransactionTimeoutMs`, in milliseconds: all versions.
    pub transaction_timeout_ms: i32,
    /// `TransactionStatus`: all versions.
    pub transaction_status: i8,
    /// `TransactionPartitions`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub transaction_partitions: Option<Vec<PartitionsSchema>>,
    /// `TransactionLastUpdateTimestampMs`, in milliseconds since 1970: all versions.
    pub transaction_last_update_timestamp_ms: i64,
    /// `TransactionStartTimestampMs`, in milliseconds since 1970: all versions.
    pub transaction_start_timestamp_ms: i64,
    /// `ClientTransactionVersion`: version 1, tag 2.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    pub client_transaction_version: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for TransactionLogValue {
    fn default() -> Self {
        Self {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for TransactionLogValue {
    const MIN_LEN: usize = 33;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let producer_id = reader.i64()?;
        let producer_epoch = reader.i16()?;
        let transaction_timeout_ms = reader.i32()?;
        let transaction_status = reader.i8()?;
        let transaction_partitions =
            reader.array_nullable::<PartitionsSchema>(flexible, version)?;
        let transaction_last_update_timestamp_ms = reader.i64()?;
        let transaction_start_timestamp_ms = reader.i64()?;
        let mut previous_producer_id = -1;
        let mut next_producer_id = -1;
        let mut next_producer_epoch = -1;
        let mut client_transaction_version = 0;
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        previous_producer_id = field.i64()?;
                        field.finish()?;
                    }
                    1 => {
                        next_producer_id = field.i64()?;
                        field.finish()?;
                    }
                    3 => {
                        next_producer_epoch = field.i16()?;
                        field.finish()?;
                    }
                    2 => {
                        client_transaction_version = field.i16()?;
                        field.finish()?;
                    }
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            producer_id,
            previous_producer_id,
            next_producer_id,
            producer_epoch,
            next_producer_epoch,
            transaction_timeout_ms,
            transaction_status,
            transaction_partitions,
            transaction_last_update_timestamp_ms,
            transaction_start_timestamp_ms,
            client_transaction_version,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 31;
        size += size::array_nullable(self.transaction_partitions.as_deref(), flexible, version);
        if flexible {
            let mut tags = self.unknown_tags.len();
            if self.previous_producer_id != -1 {
                tags += 1;
                size += size::tagged(0, 8);
            }
            if self.next_producer_id != -1 {
                tags += 1;
                size += size::tagged(1, 8);
            }
            if self.client_transaction_version != 0 {
                tags += 1;
                size += size::tagged(2, 2);
            }
            if self.next_producer_epoch != -1 {
                tags += 1;
                size += size::tagged(3, 2);
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.run::<15>(|run| {
            run.i64(self.producer_id);
            run.i16(self.producer_epoch);
            run.i32(self.transaction_timeout_ms);
            run.i8(self.transaction_status);
        });
        writer.array_nullable(self.transaction_partitions.as_deref(), flexible, version);
        writer.run::<16>(|run| {
            run.i64(self.transaction_last_update_timestamp_ms);
            run.i64(self.transaction_start_timestamp_ms);
        });
        if version < 1 && self.previous_producer_id != -1 {
            writer.field_not_in_version("TransactionLogValue.PreviousProducerId", version);
        }
        if version < 1 && self.next_producer_id != -1 {
            writer.field_not_in_version("TransactionLogValue.NextProducerId", version);
        }
        if version < 1 && self.next_producer_epoch != -1 {
            writer.field_not_in_version("TransactionLogValue.NextProducerEpoch", version);
        }
        if version < 1 && self.client_transaction_version != 0 {
            writer.field_not_in_version("TransactionLogValue.ClientTransactionVersion", version);
        }
        if flexible {
            let has_previous_producer_id = self.previous_producer_id != -1;
            let has_next_producer_id = self.next_producer_id != -1;
            let has_client_transaction_version = self.client_transaction_version != 0;
            let has_next_producer_epoch = self.next_producer_epoch != -1;
            writer.tag_count(
                usize::from(has_previous_producer_id)
                    + usize::from(has_next_producer_id)
                    + usize::from(has_client_transaction_version)
                    + usize::from(has_next_producer_epoch)
                    + self.unknown_tags.len(),
            );
            if has_previous_producer_id {
                writer.tag(0, 8);
                writer.i64(self.previous_producer_id);
            }
            if has_next_producer_id {
                writer.tag(1, 8);
                writer.i64(self.next_producer_id);
            }
            if has_client_transaction_version {
                writer.tag(2, 2);
                writer.i16(self.client_transaction_version);
            }
            if has_next_producer_epoch {
                writer.tag(3, 2);
                writer.i16(self.next_producer_epoch);
            }
            writer.unknown_tags(&self.unknown_tags, 4);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TransactionLogValue.unknown_tags", version);
        }
    }
}

/// Part of [`TransactionLogValue::transaction_partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionsSchema {
    /// `Topic`: all versions.
    pub topic: ByteString,
    /// `PartitionIds`: all versions.
    pub partition_ids: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionsSchema {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let topic = reader.string(flexible)?;
        let partition_ids = reader.int32s(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic,
            partition_ids,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        size += size::string(&self.topic, flexible);
        size += size::int32s(&self.partition_ids, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.string(&self.topic, flexible);
        writer.int32s(&self.partition_ids, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("PartitionsSchema.unknown_tags", version);
        }
    }
}

impl Message for TransactionLogValue {
    const NAME: &'static str = "TransactionLogValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl InternalRecord for TransactionLogValue {
    const RECORD_TYPE: i16 = 0;
}
