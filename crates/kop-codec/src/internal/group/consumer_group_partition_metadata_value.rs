//! `ConsumerGroupPartitionMetadataValue`. Generated from `schema/records/ConsumerGroupPartitionMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Uuid, Writer, internal::InternalRecord,
    size, wire::Wire,
};

/// `ConsumerGroupPartitionMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupPartitionMetadataValue {
    /// `Topics`: all versions.
    pub topics: Vec<TopicMetadata>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerGroupPartitionMetadataValue {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topics = reader.array::<TopicMetadata>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ConsumerGroupPartitionMetadataValue::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicMetadata {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `TopicName`: all versions.
    pub topic_name: ByteString,
    /// `NumPartitions`: all versions.
    pub num_partitions: i32,
    /// `PartitionMetadata`: all versions.
    pub partition_metadata: Vec<PartitionMetadata>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicMetadata {
    const MIN_LEN: usize = 23;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(true)?;
        let num_partitions = reader.i32()?;
        let partition_metadata = reader.array::<PartitionMetadata>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            topic_name,
            num_partitions,
            partition_metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 20;
        size += size::string(&self.topic_name, true);
        size += size::array(&self.partition_metadata, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, true);
        writer.i32(self.num_partitions);
        writer.array(&self.partition_metadata, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopicMetadata::partition_metadata`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct PartitionMetadata {
    /// `Partition`: all versions.
    pub partition: i32,
    /// `Racks`: all versions.
    pub racks: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for PartitionMetadata {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition = reader.i32()?;
        let racks = reader.values(true, 1, |reader| reader.string(true))?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            partition,
            racks,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::strings(&self.racks, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.i32(self.partition);
        writer.strings(&self.racks, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ConsumerGroupPartitionMetadataValue {
    const NAME: &'static str = "ConsumerGroupPartitionMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ConsumerGroupPartitionMetadataValue {
    const RECORD_TYPE: i16 = 4;
}
