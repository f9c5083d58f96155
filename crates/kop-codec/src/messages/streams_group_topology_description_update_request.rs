//! `StreamsGroupTopologyDescriptionUpdateRequest`. Generated from `schema/messages/StreamsGroupTopologyDescriptionUpdateRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `StreamsGroupTopologyDescriptionUpdateRequest`: A request of API 93, version 0, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupTopologyDescriptionUpdateRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `TopologyEpoch`: all versions.
    pub topology_epoch: i32,
    /// `TopologyDescription`: all versions.
    pub topology_description: TopologyDescription,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for StreamsGroupTopologyDescriptionUpdateRequest {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(true)?;
        let member_id = reader.string(true)?;
        let topology_epoch = reader.i32()?;
        let topology_description = TopologyDescription::read(reader, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            topology_epoch,
            topology_description,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::string(&self.group_id, true);
        size += size::string(&self.member_id, true);
        size += self.topology_description.size(version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, true);
        writer.string(&self.member_id, true);
        writer.i32(self.topology_epoch);
        self.topology_description.write(writer, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupTopologyDescriptionUpdateRequest::topology_description`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescription {
    /// `Subtopologies`: all versions.
    pub subtopologies: Vec<TopologyDescriptionSubtopology>,
    /// `GlobalStores`: all versions.
    pub global_stores: Vec<TopologyDescriptionGlobalStore>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescription {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopologies = reader.array::<TopologyDescriptionSubtopology>(true, version)?;
        let global_stores = reader.array::<TopologyDescriptionGlobalStore>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopologies,
            global_stores,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.subtopologies, true, version);
        size += size::array(&self.global_stores, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.subtopologies, true, version);
        writer.array(&self.global_stores, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopologyDescription::subtopologies`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescriptionSubtopology {
    /// `SubtopologyId`: all versions.
    pub subtopology_id: ByteString,
    /// `Nodes`: all versions.
    pub nodes: Vec<TopologyDescriptionNode>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescriptionSubtopology {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let subtopology_id = reader.string(true)?;
        let nodes = reader.array::<TopologyDescriptionNode>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            subtopology_id,
            nodes,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.subtopology_id, true);
        size += size::array(&self.nodes, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.subtopology_id, true);
        writer.array(&self.nodes, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`TopologyDescriptionSubtopology::nodes`], [`TopologyDescriptionGlobalStore::source`], [`TopologyDescriptionGlobalStore::processor`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescriptionNode {
    /// `Name`: all versions.
    pub name: ByteString,
    /// `NodeType`: all versions.
    pub node_type: i8,
    /// `SourceTopics`, a topic's name: all versions.
    pub source_topics: Vec<ByteString>,
    /// `SinkTopic`, a topic's name: all versions.
    /// None is null.
    pub sink_topic: Option<ByteString>,
    /// `Stores`: all versions.
    pub stores: Vec<ByteString>,
    /// `Successors`: all versions.
    pub successors: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescriptionNode {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let node_type = reader.i8()?;
        let source_topics = reader.values(true, 1, |reader| reader.string(true))?;
        let sink_topic = reader.string_nullable(true)?;
        let stores = reader.values(true, 1, |reader| reader.string(true))?;
        let successors = reader.values(true, 1, |reader| reader.string(true))?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            node_type,
            source_topics,
            sink_topic,
            stores,
            successors,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 1;
        size += size::string(&self.name, true);
        size += size::strings(&self.source_topics, true);
        size += size::string_nullable(self.sink_topic.as_ref(), true);
        size += size::strings(&self.stores, true);
        size += size::strings(&self.successors, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.i8(self.node_type);
        writer.strings(&self.source_topics, true);
        writer.string_nullable(self.sink_topic.as_ref(), true);
        writer.strings(&self.stores, true);
        writer.strings(&self.successors, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`TopologyDescription::global_stores`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopologyDescriptionGlobalStore {
    /// `Source`: all versions.
    pub source: TopologyDescriptionNode,
    /// `Processor`: all versions.
    pub processor: TopologyDescriptionNode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopologyDescriptionGlobalStore {
    const MIN_LEN: usize = 15;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let source = TopologyDescriptionNode::read(reader, version)?;
        let processor = TopologyDescriptionNode::read(reader, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            source,
            processor,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += self.source.size(version);
        size += self.processor.size(version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        self.source.write(writer, version);
        self.processor.write(writer, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for StreamsGroupTopologyDescriptionUpdateRequest {
    const NAME: &'static str = "StreamsGroupTopologyDescriptionUpdateRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for StreamsGroupTopologyDescriptionUpdateRequest {
    const KEY: ApiKey = ApiKey(93);
    type Response = crate::messages::streams_group_topology_description_update_response::StreamsGroupTopologyDescriptionUpdateResponse;
}
