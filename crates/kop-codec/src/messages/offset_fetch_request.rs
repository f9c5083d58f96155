//! `OffsetFetchRequest`. Generated from `schema/messages/OffsetFetchRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `OffsetFetchRequest`: A request of API 9, versions 0 to 10, flexible from 6.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchRequest {
    /// `GroupId`, a group's id: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub group_id: ByteString,
    /// `Topics`: versions 0 to 7.
    /// None is null, in versions 2 to 7.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub topics: Option<Vec<OffsetFetchRequestTopic>>,
    /// `Groups`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub groups: Vec<OffsetFetchRequestGroup>,
    /// `RequireStable`: versions 7 and up.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub require_stable: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetFetchRequest {
    fn default() -> Self {
        Self {
            group_id: ByteString::default(),
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetFetchRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let group_id = if version <= 7 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topics = if version <= 7 {
            if version >= 2 {
                reader.array_nullable::<OffsetFetchRequestTopic>(flexible, version)?
            } else {
                Some(reader.array::<OffsetFetchRequestTopic>(flexible, version)?)
            }
        } else {
            Some(Vec::new())
        };
        let groups = if version >= 8 {
            reader.array::<OffsetFetchRequestGroup>(flexible, version)?
        } else {
            Vec::new()
        };
        let require_stable = if version >= 7 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            topics,
            groups,
            require_stable,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version <= 7 {
            size += size::string(&self.group_id, flexible);
        }
        if version <= 7 {
            size += size::array_nullable(self.topics.as_deref(), flexible, version);
        }
        if version >= 8 {
            size += size::array(&self.groups, flexible, version);
        }
        if version >= 7 {
            size += 1;
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
            writer.string(&self.group_id, flexible);
        } else if !self.group_id.is_empty() {
            writer.field_not_in_version("OffsetFetchRequest.GroupId", version);
        }
        if version <= 7 {
            if version >= 2 {
                writer.array_nullable(self.topics.as_deref(), flexible, version);
            } else {
                match &self.topics {
                    Some(value) => {
                        writer.array(value, flexible, version);
                    }
                    None => writer.unexpected_null("OffsetFetchRequest.Topics", version),
                }
            }
        } else if self.topics.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.field_not_in_version("OffsetFetchRequest.Topics", version);
        }
        if version >= 8 {
            writer.array(&self.groups, flexible, version);
        } else if !self.groups.is_empty() {
            writer.field_not_in_version("OffsetFetchRequest.Groups", version);
        }
        if version >= 7 {
            writer.bool(self.require_stable);
        } else if self.require_stable {
            writer.field_not_in_version("OffsetFetchRequest.RequireStable", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchRequest.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchRequest::topics`]; versions 0 to 7.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchRequestTopic {
    /// `Name`, a topic's name: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `PartitionIndexes`: versions 0 to 7.
    /// Other versions refuse anything but the default.
    pub partition_indexes: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetFetchRequestTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let name = if version <= 7 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let partition_indexes = if version <= 7 {
            reader.int32s(flexible)?
        } else {
            Int32s::default()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            partition_indexes,
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
            size += size::int32s(&self.partition_indexes, flexible);
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
            writer.field_not_in_version("OffsetFetchRequestTopic.Name", version);
        }
        if version <= 7 {
            writer.int32s(&self.partition_indexes, flexible);
        } else if !self.partition_indexes.is_empty() {
            writer.field_not_in_version("OffsetFetchRequestTopic.PartitionIndexes", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchRequestTopic.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchRequest::groups`]; versions 8 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchRequestGroup {
    /// `GroupId`, a group's id: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub group_id: ByteString,
    /// `MemberId`: versions 9 and up.
    /// None is null.
    pub member_id: Option<ByteString>,
    /// `MemberEpoch`: versions 9 and up.
    /// `-1` by default.
    pub member_epoch: i32,
    /// `Topics`: versions 8 and up.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub topics: Option<Vec<OffsetFetchRequestTopics>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for OffsetFetchRequestGroup {
    fn default() -> Self {
        Self {
            group_id: ByteString::default(),
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for OffsetFetchRequestGroup {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let group_id = if version >= 8 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let member_id = if version >= 9 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let member_epoch = if version >= 9 { reader.i32()? } else { -1 };
        let topics = if version >= 8 {
            reader.array_nullable::<OffsetFetchRequestTopics>(flexible, version)?
        } else {
            Some(Vec::new())
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            topics,
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
        if version >= 9 {
            size += size::string_nullable(self.member_id.as_ref(), flexible);
        }
        if version >= 9 {
            size += 4;
        }
        if version >= 8 {
            size += size::array_nullable(self.topics.as_deref(), flexible, version);
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
            writer.field_not_in_version("OffsetFetchRequestGroup.GroupId", version);
        }
        if version >= 9 {
            writer.string_nullable(self.member_id.as_ref(), flexible);
        }
        if version >= 9 {
            writer.i32(self.member_epoch);
        }
        if version >= 8 {
            writer.array_nullable(self.topics.as_deref(), flexible, version);
        } else if self.topics.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.field_not_in_version("OffsetFetchRequestGroup.Topics", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchRequestGroup.unknown_tags", version);
        }
    }
}

/// Part of [`OffsetFetchRequestGroup::topics`]; versions 8 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct OffsetFetchRequestTopics {
    /// `Name`, a topic's name: versions 8 to 9.
    pub name: ByteString,
    /// `TopicId`: version 10.
    pub topic_id: Uuid,
    /// `PartitionIndexes`: versions 8 and up.
    /// Other versions refuse anything but the default.
    pub partition_indexes: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for OffsetFetchRequestTopics {
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
        let partition_indexes = if version >= 8 {
            reader.int32s(flexible)?
        } else {
            Int32s::default()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            topic_id,
            partition_indexes,
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
            size += size::int32s(&self.partition_indexes, flexible);
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
            writer.int32s(&self.partition_indexes, flexible);
        } else if !self.partition_indexes.is_empty() {
            writer.field_not_in_version("OffsetFetchRequestTopics.PartitionIndexes", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("OffsetFetchRequestTopics.unknown_tags", version);
        }
    }
}

impl Message for OffsetFetchRequest {
    const NAME: &'static str = "OffsetFetchRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 10;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Request for OffsetFetchRequest {
    const KEY: ApiKey = ApiKey(9);
    type Response = crate::messages::offset_fetch_response::OffsetFetchResponse;
}
