//! `ProduceRequest`. Generated from `schema/messages/ProduceRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Records, Request, UnknownTags, Uuid, Writer,
    size,
    wire::{RecordsCount, Wire},
};

/// `ProduceRequest`: A request of API 0, versions 0 to 13, flexible from 9.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ProduceRequest {
    /// `TransactionalId`, a transactional id: versions 3 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub transactional_id: Option<ByteString>,
    /// `Acks`: all versions.
    pub acks: i16,
    /// `TimeoutMs`, in milliseconds: all versions.
    pub timeout_ms: i32,
    /// `TopicData`: all versions.
    pub topic_data: Vec<TopicProduceData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ProduceRequest {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let transactional_id = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let acks = reader.i16()?;
        let timeout_ms = reader.i32()?;
        let topic_data = reader.array::<TopicProduceData>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactional_id,
            acks,
            timeout_ms,
            topic_data,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 6;
        if version >= 3 {
            size += size::string_nullable(self.transactional_id.as_ref(), flexible);
        }
        size += size::array(&self.topic_data, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.topic_data {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 3 {
            writer.string_nullable(self.transactional_id.as_ref(), flexible);
        } else if self.transactional_id.is_some() {
            writer.field_not_in_version("ProduceRequest.TransactionalId", version);
        }
        writer.run::<6>(|run| {
            run.i16(self.acks);
            run.i32(self.timeout_ms);
        });
        writer.array(&self.topic_data, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ProduceRequest.unknown_tags", version);
        }
    }
}

/// Part of [`ProduceRequest::topic_data`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicProduceData {
    /// `Name`, a topic's name: versions 0 to 12.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `TopicId`: version 13.
    /// Part of the key: no two elements have the same.
    pub topic_id: Uuid,
    /// `PartitionData`: all versions.
    pub partition_data: Vec<PartitionProduceData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicProduceData {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let name = if version <= 12 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 13 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partition_data = reader.array::<PartitionProduceData>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            partition_data,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 0;
        if version <= 12 {
            size += size::string(&self.name, flexible);
        }
        if version >= 13 {
            size += 16;
        }
        size += size::array(&self.partition_data, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        for value in &self.partition_data {
            value.count_records(count);
        }
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version <= 12 {
            writer.string(&self.name, flexible);
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(&self.partition_data, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TopicProduceData.unknown_tags", version);
        }
    }
}

/// Part of [`TopicProduceData::partition_data`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionProduceData {
    /// `Index`: all versions.
    pub index: i32,
    /// `Records`: all versions.
    /// None is null.
    pub records: Option<Records>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionProduceData {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let index = reader.i32()?;
        let records = reader.records_nullable(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            index,
            records,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 9;
        let mut size = 4;
        size += size::records_nullable(self.records.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    fn count_records(&self, count: &mut RecordsCount) {
        count.add(self.records.as_ref());
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.i32(self.index);
        writer.records_nullable(self.records.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("PartitionProduceData.unknown_tags", version);
        }
    }
}

impl Message for ProduceRequest {
    const NAME: &'static str = "ProduceRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 13;
    const FLEXIBLE_FROM: i16 = 9;
}

impl Request for ProduceRequest {
    const KEY: ApiKey = ApiKey(0);
    type Response = crate::messages::produce_response::ProduceResponse;
}
