//! `OffsetDeleteRequest`. Generated from `schema/messages/OffsetDeleteRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `OffsetDeleteRequest`: A request of API 47, version 0, none of them flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetDeleteRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `Topics`: all versions.
    pub topics: Vec<OffsetDeleteRequestTopic>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetDeleteRequest {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(false)?;
        let topics = reader.array::<OffsetDeleteRequestTopic>(false, version)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            group_id,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.group_id, false);
        size += size::array(&self.topics, false, version);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, false);
        writer.array(&self.topics, false, version);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetDeleteRequest.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetDeleteRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetDeleteRequestTopic {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<OffsetDeleteRequestPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetDeleteRequestTopic {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(false)?;
        let partitions = reader.array::<OffsetDeleteRequestPartition>(false, version)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            name,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.name, false);
        size += size::array(&self.partitions, false, version);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.name, false);
        writer.array(&self.partitions, false, version);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetDeleteRequestTopic.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetDeleteRequestTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetDeleteRequestPartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetDeleteRequestPartition {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let partition_index = reader.i32()?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            partition_index,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        4
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.partition_index);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetDeleteRequestPartition.unknown_tags", version);
        }
    }
}

impl Message for OffsetDeleteRequest {
    const NAME: &'static str = "OffsetDeleteRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}

impl Request for OffsetDeleteRequest {
    const KEY: ApiKey = ApiKey(47);
    type Response = crate::messages::offset_delete_response::OffsetDeleteResponse;
}
