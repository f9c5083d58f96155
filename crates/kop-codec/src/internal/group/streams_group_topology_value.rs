//! `StreamsGroupTopologyValue`. Generated from `schema/records/StreamsGroupTopologyValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `StreamsGroupTopologyValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupTopologyValue {
    /// `Epoch`: all versions.
    pub epoch: i32,
    /// `Subtopologies`: all versions.
    pub subtopologies: Vec<Subtopology>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StreamsGroupTopologyValue {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let subtopologies = reader.array::<Subtopology>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            epoch,
            subtopologies,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.subtopologies, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.epoch);
        writer.array(&self.subtopologies, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupTopologyValue::subtopologies`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Subtopology {
    /// `SubtopologyId`: all versions.
    pub subtopology_id: ByteString,
    /// `SourceTopics`: all versions.
    pub source_topics: Vec<ByteString>,
    /// `SourceTopicRegex`: all versions.
    pub source_topic_regex: Vec<ByteString>,
    /// `StateChangelogTopics`: all versions.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// `RepartitionSinkTopics`: all versions.
    pub repartition_sink_topics: Vec<ByteString>,
    /// `RepartitionSourceTopics`: all versions.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// `CopartitionGroups`: all versions.
    pub copartition_groups: Vec<CopartitionGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Subtopology {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let source_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let source_topic_regex = reader.values(true, 1, |reader| reader.string(true))?;
        let state_changelog_topics = reader.array::<TopicInfo>(true, version)?;
        let repartition_sink_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let repartition_source_topics = reader.array::<TopicInfo>(true, version)?;
        let copartition_groups = reader.array::<CopartitionGroup>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            source_topics,
            source_topic_regex,
            state_changelog_topics,
            repartition_sink_topics,
            repartition_source_topics,
            copartition_groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.subtopology_id, true);
        size += size::strings(&self.source_topics, true);
        size += size::strings(&self.source_topic_regex, true);
        size += size::array(&self.state_changelog_topics, true, version);
        size += size::strings(&self.repartition_sink_topics, true);
        size += size::array(&self.repartition_source_topics, true, version);
        size += size::array(&self.copartition_groups, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.strings(&self.source_topics, true);
        writer.strings(&self.source_topic_regex, true);
        writer.array(&self.state_changelog_topics, true, version);
        writer.strings(&self.repartition_sink_topics, true);
        writer.array(&self.repartition_source_topics, true, version);
        writer.array(&self.copartition_groups, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`Subtopology::copartition_groups`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CopartitionGroup {
    /// `SourceTopics`: all versions.
    pub source_topics: Vec<i16>,
    /// `SourceTopicRegex`: all versions.
    pub source_topic_regex: Vec<i16>,
    /// `RepartitionSourceTopics`: all versions.
    pub repartition_source_topics: Vec<i16>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CopartitionGroup {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let source_topics = reader.values(true, 2, Reader::i16)?;
        let source_topic_regex = reader.values(true, 2, Reader::i16)?;
        let repartition_source_topics = reader.values(true, 2, Reader::i16)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            source_topics,
            source_topic_regex,
            repartition_source_topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::fixed(self.source_topics.len(), 2, true);
        size += size::fixed(self.source_topic_regex.len(), 2, true);
        size += size::fixed(self.repartition_source_topics.len(), 2, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.values(&self.source_topics, true, Writer::i16);
        writer.values(&self.source_topic_regex, true, Writer::i16);
        writer.values(&self.repartition_source_topics, true, Writer::i16);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopicInfo::topic_configs`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicConfig {
    /// `key`: all versions.
    pub key: ByteString,
    /// `value`: all versions.
    pub value: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicConfig {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let key = reader.string(true)?;
        let value = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            key,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.key, true);
        size += size::string(&self.value, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.key, true);
        writer.string(&self.value, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`Subtopology::state_changelog_topics`], [`Subtopology::repartition_source_topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicInfo {
    /// `Name`: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: i32,
    /// `ReplicationFactor`: all versions.
    pub replication_factor: i16,
    /// `TopicConfigs`: all versions.
    pub topic_configs: Vec<TopicConfig>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicInfo {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let partitions = reader.i32()?;
        let replication_factor = reader.i16()?;
        let topic_configs = reader.array::<TopicConfig>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            partitions,
            replication_factor,
            topic_configs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::string(&self.name, true);
        size += size::array(&self.topic_configs, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, true);
        writer.run::<6>(|run| {
            run.i32(self.partitions);
            run.i16(self.replication_factor);
        });
        writer.array(&self.topic_configs, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for StreamsGroupTopologyValue {
    const NAME: &'static str = "StreamsGroupTopologyValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for StreamsGroupTopologyValue {
    const RECORD_TYPE: i16 = 23;
}
