//! `ConsumerProtocolAssignment`. Generated from `schema/messages/ConsumerProtocolAssignment.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ByteString, DecodeError, Int32s, Message, Reader, UnknownTags, Writer, size, wire::Wire,
};

/// `ConsumerProtocolAssignment`: Data inside of other messages, versions 0 to 3, none of them flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerProtocolAssignment {
    /// `AssignedPartitions`: all versions.
    pub assigned_partitions: Vec<TopicPartition>,
    /// `UserData`: all versions.
    /// None is null.
    #[cfg_attr(
        feature = "serde",
        serde(serialize_with = "crate::json::bytes_nullable")
    )]
    pub user_data: Option<Bytes>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ConsumerProtocolAssignment {
    const MIN_LEN: usize = 8;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let assigned_partitions = reader.array::<TopicPartition>(false, version)?;
        let user_data = reader.bytes_nullable(false)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            assigned_partitions,
            user_data,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        size += size::array(&self.assigned_partitions, false, version);
        size += size::bytes_nullable(self.user_data.as_ref(), false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.array(&self.assigned_partitions, false, version);
        writer.bytes_nullable(self.user_data.as_ref(), false);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ConsumerProtocolAssignment.unknown_tags", version);
        }
    }
}

/// Part of [`ConsumerProtocolAssignment::assigned_partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartition {
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

impl Wire for TopicPartition {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic = reader.string(false)?;
        let partitions = reader.int32s(false)?;
        let unknown_tags = UnknownTags::default();
        Ok(Self {
            topic,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.topic, false);
        size += size::int32s(&self.partitions, false);
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.topic, false);
        writer.int32s(&self.partitions, false);
        if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("TopicPartition.unknown_tags", version);
        }
    }
}

impl Message for ConsumerProtocolAssignment {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = i16::MAX;
}
