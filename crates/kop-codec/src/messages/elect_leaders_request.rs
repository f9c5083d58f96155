//! `ElectLeadersRequest`. Generated from `schema/messages/ElectLeadersRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ElectLeadersRequest`: A request of API 43, versions 0 to 2, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ElectLeadersRequest {
    /// `ElectionType`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub election_type: i8,
    /// `TopicPartitions`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// `TimeoutMs`, in milliseconds: all versions.
    /// `60000` by default.
    pub timeout_ms: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ElectLeadersRequest {
    fn default() -> Self {
        Self {
            election_type: 0,
            topic_partitions: Some(Vec::new()),
            timeout_ms: 60000,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ElectLeadersRequest {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let election_type = if version >= 1 { reader.i8()? } else { 0 };
        let topic_partitions = reader.array_nullable::<TopicPartitions>(flexible, version)?;
        let timeout_ms = reader.i32()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            election_type,
            topic_partitions,
            timeout_ms,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 4;
        if version >= 1 {
            size += 1;
        }
        size += size::array_nullable(self.topic_partitions.as_deref(), flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        if version >= 1 {
            writer.i8(self.election_type);
        } else if self.election_type != 0 {
            writer.field_not_in_version("ElectLeadersRequest.ElectionType", version);
        }
        writer.array_nullable(self.topic_partitions.as_deref(), flexible, version);
        writer.i32(self.timeout_ms);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ElectLeadersRequest.unknown_tags", version);
        }
    }
}

/// Part of [`ElectLeadersRequest::topic_partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartitions {
    /// `Topic`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub topic: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicPartitions {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let topic = reader.string(flexible)?;
        let partitions = reader.int32s(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topic,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        size += size::string(&self.topic, flexible);
        size += size::int32s(&self.partitions, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(&self.topic, flexible);
        writer.int32s(&self.partitions, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TopicPartitions.unknown_tags", version);
        }
    }
}

impl Message for ElectLeadersRequest {
    const NAME: &'static str = "ElectLeadersRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for ElectLeadersRequest {
    const KEY: ApiKey = ApiKey(43);
    type Response = crate::messages::elect_leaders_response::ElectLeadersResponse;
}
