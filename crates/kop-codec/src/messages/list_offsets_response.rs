//! `ListOffsetsResponse`. Generated from `schema/messages/ListOffsetsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `ListOffsetsResponse`: A response of API 2, versions 0 to 11, flexible from 6.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListOffsetsResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 2 and up.
    pub throttle_time_ms: i32,
    /// `Topics`: all versions.
    pub topics: Vec<ListOffsetsTopicResponse>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListOffsetsResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 2 { reader.i32()? } else { 0 };
        let topics = reader.array::<ListOffsetsTopicResponse>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            topics,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        if version >= 2 {
            size += 4;
        }
        size += size::array(&self.topics, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 2 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.topics, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListOffsetsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`ListOffsetsResponse::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListOffsetsTopicResponse {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListOffsetsTopicResponse {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let name = reader.string(flexible)?;
        let partitions = reader.array::<ListOffsetsPartitionResponse>(flexible, version)?;
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
        size += size::string(&self.name, flexible);
        size += size::array(&self.partitions, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(&self.name, flexible);
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListOffsetsTopicResponse.unknown_tags", version);
        }
    }
}

/// Part of [`ListOffsetsTopicResponse::partitions`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListOffsetsPartitionResponse {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `OldStyleOffsets`: version 0.
    /// Other versions refuse anything but the default.
    pub old_style_offsets: Vec<i64>,
    /// `Timestamp`, in milliseconds since 1970: versions 1 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub timestamp: i64,
    /// `Offset`: versions 1 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub offset: i64,
    /// `LeaderEpoch`: versions 4 and up.
    /// `-1` by default.
    /// Other versions refuse anything but the default.
    pub leader_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ListOffsetsPartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            old_style_offsets: Vec::new(),
            timestamp: -1,
            offset: -1,
            leader_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ListOffsetsPartitionResponse {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let partition_index = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let old_style_offsets = if version <= 0 {
            reader.values(flexible, 8, Reader::i64)?
        } else {
            Vec::new()
        };
        let timestamp = if version >= 1 { reader.i64()? } else { -1 };
        let offset = if version >= 1 { reader.i64()? } else { -1 };
        let leader_epoch = if version >= 4 { reader.i32()? } else { -1 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            error_code,
            old_style_offsets,
            timestamp,
            offset,
            leader_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 6;
        if version <= 0 {
            size += size::fixed(self.old_style_offsets.len(), 8, flexible);
        }
        if version >= 1 {
            size += 8;
        }
        if version >= 1 {
            size += 8;
        }
        if version >= 4 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.error_code.0);
        });
        if version <= 0 {
            writer.values(&self.old_style_offsets, flexible, Writer::i64);
        } else if !self.old_style_offsets.is_empty() {
            writer.field_not_in_version("ListOffsetsPartitionResponse.OldStyleOffsets", version);
        }
        if version >= 1 {
            writer.i64(self.timestamp);
        } else if self.timestamp != -1 {
            writer.field_not_in_version("ListOffsetsPartitionResponse.Timestamp", version);
        }
        if version >= 1 {
            writer.i64(self.offset);
        } else if self.offset != -1 {
            writer.field_not_in_version("ListOffsetsPartitionResponse.Offset", version);
        }
        if version >= 4 {
            writer.i32(self.leader_epoch);
        } else if self.leader_epoch != -1 {
            writer.field_not_in_version("ListOffsetsPartitionResponse.LeaderEpoch", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListOffsetsPartitionResponse.unknown_tags", version);
        }
    }
}

impl Message for ListOffsetsResponse {
    const NAME: &'static str = "ListOffsetsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 11;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Response for ListOffsetsResponse {
    const KEY: ApiKey = ApiKey(2);
}
