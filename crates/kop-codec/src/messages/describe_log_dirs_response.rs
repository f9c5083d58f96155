//! `DescribeLogDirsResponse`. Generated from `schema/messages/DescribeLogDirsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `DescribeLogDirsResponse`: A response of API 35, versions 0 to 5, flexible from 2.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeLogDirsResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: versions 3 and up.
    pub error_code: ErrorCode,
    /// `Results`: all versions.
    pub results: Vec<DescribeLogDirsResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeLogDirsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let throttle_time_ms = reader.i32()?;
        let error_code = if version >= 3 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let results = reader.array::<DescribeLogDirsResult>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            results,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 4;
        if version >= 3 {
            size += 2;
        }
        size += size::array(&self.results, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i32(self.throttle_time_ms);
        if version >= 3 {
            writer.i16(self.error_code.0);
        }
        writer.array(&self.results, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeLogDirsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeLogDirsResponse::results`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeLogDirsResult {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `LogDir`: all versions.
    pub log_dir: ByteString,
    /// `Topics`: all versions.
    pub topics: Vec<DescribeLogDirsTopic>,
    /// `TotalBytes`, in bytes: versions 4 and up.
    /// `-1` by default.
    pub total_bytes: i64,
    /// `UsableBytes`, in bytes: versions 4 and up.
    /// `-1` by default.
    pub usable_bytes: i64,
    /// `IsCordoned`: version 5.
    /// `false` by default.
    pub is_cordoned: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeLogDirsResult {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            log_dir: ByteString::default(),
            topics: Vec::new(),
            total_bytes: -1,
            usable_bytes: -1,
            is_cordoned: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeLogDirsResult {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let error_code = ErrorCode(reader.i16()?);
        let log_dir = reader.string(flexible)?;
        let topics = reader.array::<DescribeLogDirsTopic>(flexible, version)?;
        let total_bytes = if version >= 4 { reader.i64()? } else { -1 };
        let usable_bytes = if version >= 4 { reader.i64()? } else { -1 };
        let is_cordoned = if version >= 5 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            log_dir,
            topics,
            total_bytes,
            usable_bytes,
            is_cordoned,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 2;
        size += size::string(&self.log_dir, flexible);
        size += size::array(&self.topics, flexible, version);
        if version >= 4 {
            size += 8;
        }
        if version >= 4 {
            size += 8;
        }
        if version >= 5 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.i16(self.error_code.0);
        writer.string(&self.log_dir, flexible);
        writer.array(&self.topics, flexible, version);
        if version >= 4 {
            writer.i64(self.total_bytes);
        }
        if version >= 4 {
            writer.i64(self.usable_bytes);
        }
        if version >= 5 {
            writer.bool(self.is_cordoned);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeLogDirsResult.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeLogDirsResult::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeLogDirsTopic {
    /// `Name`, a topic's name: all versions.
    pub name: ByteString,
    /// `Partitions`: all versions.
    pub partitions: Vec<DescribeLogDirsPartition>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeLogDirsTopic {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let name = reader.string(flexible)?;
        let partitions = reader.array::<DescribeLogDirsPartition>(flexible, version)?;
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
        let flexible = version >= 2;
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
        let flexible = version >= 2;
        writer.string(&self.name, flexible);
        writer.array(&self.partitions, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeLogDirsTopic.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeLogDirsTopic::partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeLogDirsPartition {
    /// `PartitionIndex`: all versions.
    pub partition_index: i32,
    /// `PartitionSize`: all versions.
    pub partition_size: i64,
    /// `OffsetLag`: all versions.
    pub offset_lag: i64,
    /// `IsFutureKey`: all versions.
    pub is_future_key: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeLogDirsPartition {
    const MIN_LEN: usize = 21;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let partition_index = reader.i32()?;
        let partition_size = reader.i64()?;
        let offset_lag = reader.i64()?;
        let is_future_key = reader.bool()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            partition_size,
            offset_lag,
            is_future_key,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 21;
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.run::<21>(|run| {
            run.i32(self.partition_index);
            run.i64(self.partition_size);
            run.i64(self.offset_lag);
            run.bool(self.is_future_key);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeLogDirsPartition.unknown_tags", version);
        }
    }
}

impl Message for DescribeLogDirsResponse {
    const NAME: &'static str = "DescribeLogDirsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Response for DescribeLogDirsResponse {
    const KEY: ApiKey = ApiKey(35);
}
