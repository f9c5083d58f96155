//! `ShareGroupStatePartitionMetadataValue`. Generated from `schema/records/ShareGroupStatePartitionMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Int32s, Message, Reader, UnknownTags, Uuid, Writer,
    internal::InternalRecord, size, wire::Wire,
};

/// `ShareGroupStatePartitionMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareGroupStatePartitionMetadataValue {
    /// `InitializingTopics`: all versions.
    pub initializing_topics: Vec<TopicPartitionsInfo>,
    /// `InitializedTopics`: all versions.
    pub initialized_topics: Vec<TopicPartitionsInfo>,
    /// `DeletingTopics`: all versions.
    pub deleting_topics: Vec<TopicInfo>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ShareGroupStatePartitionMetadataValue {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let initializing_topics = reader.array::<TopicPartitionsInfo>(true, version)?;
        let initialized_topics = reader.array::<TopicPartitionsInfo>(true, version)?;
        let deleting_topics = reader.array::<TopicInfo>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            initializing_topics,
            initialized_topics,
            deleting_topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.initializing_topics, true, version);
        size += size::array(&self.initialized_topics, true, version);
        size += size::array(&self.deleting_topics, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.initializing_topics, true, version);
        writer.array(&self.initialized_topics, true, version);
        writer.array(&self.deleting_topics, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`ShareGroupStatePartitionMetadataValue::initializing_topics`], [`ShareGroupStatePartitionMetadataValue::initialized_topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartitionsInfo {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `TopicName`: all versions.
    pub topic_name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicPartitionsInfo {
    const MIN_LEN: usize = 19;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(true)?;
        let partitions = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            topic_name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::string(&self.topic_name, true);
        size += size::int32s(&self.partitions, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, true);
        writer.int32s(&self.partitions, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ShareGroupStatePartitionMetadataValue::deleting_topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicInfo {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `TopicName`: all versions.
    pub topic_name: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicInfo {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let topic_name = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            topic_name,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::string(&self.topic_name, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.uuid(self.topic_id);
        writer.string(&self.topic_name, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareGroupStatePartitionMetadataValue {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for ShareGroupStatePartitionMetadataValue {
    const RECORD_TYPE: i16 = 15;
}
