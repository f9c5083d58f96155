//! `OffsetFetchResponse`. Generated from `schema/messages/OffsetFetchResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `OffsetFetchResponse`: A response of API 9, versions 0 to 10, flexible from 6.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 3 and up.
    pub throttle_time_ms: i32,
    /// `Topics`: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// `ErrorCode`: versions 2 to 7.
    /// `ErrorCode::NONE` by default.
    pub error_code: ErrorCode,
    /// `Groups`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub groups: Vec<OffsetFetchResponseGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetFetchResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 3 { reader.i32()? } else { 0 };
        let topics = if version <= 7 {
            reader.array::<OffsetFetchResponseTopic>(flexible, version)?
        } else {
            Vec::new()
        };
        let error_code = if (2..=7).contains(&version) {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let groups = if version >= 8 {
            reader.array::<OffsetFetchResponseGroup>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            topics,
            error_code,
            groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version >= 3 {
            size += 4;
        }
        if version <= 7 {
            size += size::array(&self.topics, flexible, version);
        }
        if (2..=7).contains(&version) {
            size += 2;
        }
        if version >= 8 {
            size += size::array(&self.groups, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 3 {
            writer.i32(self.throttle_time_ms);
        }
        if version <= 7 {
            writer.array(&self.topics, flexible, version);
        } else if !self.topics.is_empty() {
            writer.field_not_in_version("OffsetFetchResponse.Topics", version);
        }
        if (2..=7).contains(&version) {
            writer.i16(self.error_code.0);
        }
        if version >= 8 {
            writer.array(&self.groups, flexible, version);
        } else if !self.groups.is_empty() {
            writer.field_not_in_version("OffsetFetchResponse.Groups", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchResponse.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchResponse::topics`]; versions 0 to 7.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchResponseTopic {
    /// `Name`, a topic's name: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `Partitions`: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub partitions: Vec<OffsetFetchResponsePartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetFetchResponseTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let name = if version <= 7 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partitions = if version <= 7 {
            reader.array::<OffsetFetchResponsePartition>(flexible, version)?
        } else {
            Vec::new()
        };
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
        let flexible = version >= 6;
        let mut size = 0;
        if version <= 7 {
            size += size::string(&self.name, flexible);
        }
        if version <= 7 {
            size += size::array(&self.partitions, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version <= 7 {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseTopic.Name", version);
        }
        if version <= 7 {
            writer.array(&self.partitions, flexible, version);
        } else if !self.partitions.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseTopic.Partitions", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseTopic.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchResponseTopic::partitions`]; versions 0 to 7.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchResponsePartition {
    /// `PartitionIndex`: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub partition_index: i32,
    /// `CommittedOffset`: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`: versions 5 to 7.
    /// `-1` by default.
    pub committed_leader_epoch: i32,
    /// `Metadata`: versions 0 to 7.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub metadata: Option<ByteString>,
    /// `ErrorCode`: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetFetchResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(ByteString::default()),
            error_code: ErrorCode::NONE,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetFetchResponsePartition {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let partition_index = if version <= 7 { reader.i32()? } else { 0 };
        let committed_offset = if version <= 7 { reader.i64()? } else { 0 };
        let committed_leader_epoch = if (5..=7).contains(&version) {
            reader.i32()?
        } else {
            -1
        };
        let metadata = if version <= 7 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let error_code = if version <= 7 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            metadata,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version <= 7 {
            size += 4;
        }
        if version <= 7 {
            size += 8;
        }
        if (5..=7).contains(&version) {
            size += 4;
        }
        if version <= 7 {
            size += size::string_nullable(self.metadata.as_ref(), flexible);
        }
        if version <= 7 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version <= 7 {
            writer.i32(self.partition_index);
        } else if self.partition_index != 0 {
            writer.field_not_in_version("OffsetFetchResponsePartition.PartitionIndex", version);
        }
        if version <= 7 {
            writer.i64(self.committed_offset);
        } else if self.committed_offset != 0 {
            writer.field_not_in_version("OffsetFetchResponsePartition.CommittedOffset", version);
        }
        if (5..=7).contains(&version) {
            writer.i32(self.committed_leader_epoch);
        }
        if version <= 7 {
            writer.string_nullable(self.metadata.as_ref(), flexible);
        } else if self.metadata.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.field_not_in_version("OffsetFetchResponsePartition.Metadata", version);
        }
        if version <= 7 {
            writer.i16(self.error_code.0);
        } else if self.error_code.is_error() {
            writer.field_not_in_version("OffsetFetchResponsePartition.ErrorCode", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchResponsePartition.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchResponse::groups`]; versions 8 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchResponseGroup {
    /// `GroupId`, a group's id: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub group_id: ByteString,
    /// `Topics`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub topics: Vec<OffsetFetchResponseTopics>,
    /// `ErrorCode`: versions 8 and up.
    /// `ErrorCode::NONE` by default.
    /// Other versions refuse anything but the default.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetFetchResponseGroup {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let group_id = if version >= 8 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topics = if version >= 8 {
            reader.array::<OffsetFetchResponseTopics>(flexible, version)?
        } else {
            Vec::new()
        };
        let error_code = if version >= 8 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            topics,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version >= 8 {
            size += size::string(&self.group_id, flexible);
        }
        if version >= 8 {
            size += size::array(&self.topics, flexible, version);
        }
        if version >= 8 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 8 {
            writer.string(&self.group_id, flexible);
        } else if !self.group_id.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseGroup.GroupId", version);
        }
        if version >= 8 {
            writer.array(&self.topics, flexible, version);
        } else if !self.topics.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseGroup.Topics", version);
        }
        if version >= 8 {
            writer.i16(self.error_code.0);
        } else if self.error_code.is_error() {
            writer.field_not_in_version("OffsetFetchResponseGroup.ErrorCode", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseGroup.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchResponseGroup::topics`]; versions 8 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchResponseTopics {
    /// `Name`, a topic's name: versions 8 to 9.
    pub name: ByteString,
    /// `TopicId`: version 10.
    pub topic_id: Uuid,
    /// `Partitions`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub partitions: Vec<OffsetFetchResponsePartitions>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetFetchResponseTopics {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let name = if (8..=9).contains(&version) {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_id = if version >= 10 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let partitions = if version >= 8 {
            reader.array::<OffsetFetchResponsePartitions>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if (8..=9).contains(&version) {
            size += size::string(&self.name, flexible);
        }
        if version >= 10 {
            size += 16;
        }
        if version >= 8 {
            size += size::array(&self.partitions, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if (8..=9).contains(&version) {
            writer.string(&self.name, flexible);
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 8 {
            writer.array(&self.partitions, flexible, version);
        } else if !self.partitions.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseTopics.Partitions", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchResponseTopics.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchResponseTopics::partitions`]; versions 8 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchResponsePartitions {
    /// `PartitionIndex`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub partition_index: i32,
    /// `CommittedOffset`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub committed_offset: i64,
    /// `CommittedLeaderEpoch`: versions 8 and up.
    /// `-1` by default.
    pub committed_leader_epoch: i32,
    /// `Metadata`: versions 8 and up.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub metadata: Option<ByteString>,
    /// `ErrorCode`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetFetchResponsePartitions {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(ByteString::default()),
            error_code: ErrorCode::NONE,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetFetchResponsePartitions {
    const MIN_LEN: usize = 20;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let partition_index = if version >= 8 { reader.i32()? } else { 0 };
        let committed_offset = if version >= 8 { reader.i64()? } else { 0 };
        let committed_leader_epoch = if version >= 8 { reader.i32()? } else { -1 };
        let metadata = if version >= 8 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let error_code = if version >= 8 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            committed_offset,
            committed_leader_epoch,
            metadata,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version >= 8 {
            size += 4;
        }
        if version >= 8 {
            size += 8;
        }
        if version >= 8 {
            size += 4;
        }
        if version >= 8 {
            size += size::string_nullable(self.metadata.as_ref(), flexible);
        }
        if version >= 8 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 8 {
            writer.i32(self.partition_index);
        } else if self.partition_index != 0 {
            writer.field_not_in_version("OffsetFetchResponsePartitions.PartitionIndex", version);
        }
        if version >= 8 {
            writer.i64(self.committed_offset);
        } else if self.committed_offset != 0 {
            writer.field_not_in_version("OffsetFetchResponsePartitions.CommittedOffset", version);
        }
        if version >= 8 {
            writer.i32(self.committed_leader_epoch);
        }
        if version >= 8 {
            writer.string_nullable(self.metadata.as_ref(), flexible);
        } else if self.metadata.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.field_not_in_version("OffsetFetchResponsePartitions.Metadata", version);
        }
        if version >= 8 {
            writer.i16(self.error_code.0);
        } else if self.error_code.is_error() {
            writer.field_not_in_version("OffsetFetchResponsePartitions.ErrorCode", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchResponsePartitions.unknown_tags", version);
        }
    }
}

impl Message for OffsetFetchResponse {
    const NAME: &'static str = "OffsetFetchResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 10;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Response for OffsetFetchResponse {
    const KEY: ApiKey = ApiKey(9);
}
