//! `ConsumerProtocolSubscription`. Generated from `schema/messages/ConsumerProtocolSubscription.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ByteString, DecodeError, Int32s, Message, Reader, UnknownTags, Writer, size, wire::Wire,
};

/// `ConsumerProtocolSubscription`: Data inside of other messages, versions 0 to 3, none of them flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerProtocolSubscription {
    /// `Topics`: all versions.
    pub topics: Vec<ByteString>,
    /// `UserData`: all versions.
    /// None is null.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::json::bytes_nullable")
    )]
    pub user_data: Option<Bytes>,
    /// `OwnedPartitions`: versions 1 and up.
    pub owned_partitions: Vec<TopicPartition>,
    /// `GenerationId`: versions 2 and up.
    /// `-1` by default.
    pub generation_id: i32,
    /// `RackId`: version 3.
    /// None is null.
    pub rack_id: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ConsumerProtocolSubscription {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ConsumerProtocolSubscription {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topics = reader.values(false, 1, |reader| reader.string(false))?;
        let user_data = reader.bytes_nullable(false)?;
        let owned_partitions = if version >= 1 {
            reader.array::<TopicPartition>(false, version)?
        } else {
            Vec::new()
        };
        let generation_id = if version >= 2 { reader.i32()? } else { -1 };
        let rack_id = if version >= 3 {
            reader.string_nullable(false)?
        } else {
            None
        };
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            topics,
            user_data,
            owned_partitions,
            generation_id,
            rack_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::strings(&self.topics, false);
        size += size::bytes_nullable(self.user_data.as_ref(), false);
        if version >= 1 {
            size += size::array(&self.owned_partitions, false, version);
        }
        if version >= 2 {
            size += 4;
        }
        if version >= 3 {
            size += size::string_nullable(self.rack_id.as_ref(), false);
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.strings(&self.topics, false);
        writer.bytes_nullable(self.user_data.as_ref(), false);
        if version >= 1 {
            writer.array(&self.owned_partitions, false, version);
        }
        if version >= 2 {
            writer.i32(self.generation_id);
        }
        if version >= 3 {
            writer.string_nullable(self.rack_id.as_ref(), false);
        }
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ConsumerProtocolSubscription.unknown_tags", version);
        }
    }
}

/// Part of [`ConsumerProtocolSubscription::owned_partitions`]; versions 1 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartition {
    /// `Topic`, a topic's name: versions 1 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub topic: ByteString,
    /// `Partitions`: versions 1 and up.
    /// Other versions refuse anything but the default.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicPartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let topic = if version >= 1 {
            reader.string(false)?
        } else {
            ByteString::default()
        };
        let partitions = if version >= 1 {
            reader.int32s(false)?
        } else {
            Int32s::default()
        };
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            topic,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += size::string(&self.topic, false);
        }
        if version >= 1 {
            size += size::int32s(&self.partitions, false);
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            writer.string(&self.topic, false);
        } else if !self.topic.is_empty() {
            writer.field_not_in_version("TopicPartition.Topic", version);
        }
        if version >= 1 {
            writer.int32s(&self.partitions, false);
        } else if !self.partitions.is_empty() {
            writer.field_not_in_version("TopicPartition.Partitions", version);
        }
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TopicPartition.unknown_tags", version);
        }
    }
}

impl Message for ConsumerProtocolSubscription {
    const NAME: &'static str = "ConsumerProtocolSubscription";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}
