//! `AddPartitionsToTxnResponse`. Generated from `schema/messages/AddPartitionsToTxnResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `AddPartitionsToTxnResponse`: A response of API 24, versions 0 to 5, flexible from 3.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: versions 4 and up.
    pub error_code: ErrorCode,
    /// `ResultsByTransaction`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// `ResultsByTopicV3AndBelow`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let throttle_time_ms = reader.i32()?;
        let error_code = if version >= 4 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let results_by_transaction = if version >= 4 {
            reader.array::<AddPartitionsToTxnResult>(flexible, version)?
        } else {
            Vec::new()
        };
        let results_by_topic_v3_and_below = if version <= 3 {
            reader.array::<AddPartitionsToTxnTopicResult>(flexible, version)?
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
            error_code,
            results_by_transaction,
            results_by_topic_v3_and_below,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 4;
        if version >= 4 {
            size += 2;
        }
        if version >= 4 {
            size += size::array(&self.results_by_transaction, flexible, version);
        }
        if version <= 3 {
            size += size::array(&self.results_by_topic_v3_and_below, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.i32(self.throttle_time_ms);
        if version >= 4 {
            writer.i16(self.error_code.0);
        }
        if version >= 4 {
            writer.array(&self.results_by_transaction, flexible, version);
        } else if !self.results_by_transaction.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnResponse.ResultsByTransaction", version);
        }
        if version <= 3 {
            writer.array(&self.results_by_topic_v3_and_below, flexible, version);
        } else if !self.results_by_topic_v3_and_below.is_empty() {
            writer.field_not_in_version(
                "AddPartitionsToTxnResponse.ResultsByTopicV3AndBelow",
                version,
            );
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnResponse.unknown_tags", version);
        }
    }
}

/// Part of [`AddPartitionsToTxnResponse::results_by_transaction`]; versions 4 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnResult {
    /// `TransactionalId`, a transactional id: versions 4 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub transactional_id: ByteString,
    /// `TopicResults`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnResult {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let transactional_id = if version >= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let topic_results = if version >= 4 {
            reader.array::<AddPartitionsToTxnTopicResult>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            transactional_id,
            topic_results,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 4 {
            size += size::string(&self.transactional_id, flexible);
        }
        if version >= 4 {
            size += size::array(&self.topic_results, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 4 {
            writer.string(&self.transactional_id, flexible);
        } else if !self.transactional_id.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnResult.TransactionalId", version);
        }
        if version >= 4 {
            writer.array(&self.topic_results, flexible, version);
        } else if !self.topic_results.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnResult.TopicResults", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnResult.unknown_tags", version);
        }
    }
}

/// Used in [`AddPartitionsToTxnResponse::results_by_topic_v3_and_below`], [`AddPartitionsToTxnResult::topic_results`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnTopicResult {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `ResultsByPartition`: all versions.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnTopicResult {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let name = reader.string(flexible)?;
        let results_by_partition =
            reader.array::<AddPartitionsToTxnPartitionResult>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            results_by_partition,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        size += size::string(&self.name, flexible);
        size += size::array(&self.results_by_partition, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(&self.name, flexible);
        writer.array(&self.results_by_partition, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnTopicResult.unknown_tags", version);
        }
    }
}

/// Part of [`AddPartitionsToTxnTopicResult::results_by_partition`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddPartitionsToTxnPartitionResult {
    /// `PartitionIndex`: all versions.
    /// Part of the key: no two elements have the same.
    pub partition_index: i32,
    /// `PartitionErrorCode`: all versions.
    pub partition_error_code: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for AddPartitionsToTxnPartitionResult {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let partition_index = reader.i32()?;
        let partition_error_code = reader.i16()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            partition_error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 6;
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.run::<6>(|run| {
            run.i32(self.partition_index);
            run.i16(self.partition_error_code);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("AddPartitionsToTxnPartitionResult.unknown_tags", version);
        }
    }
}

impl Message for AddPartitionsToTxnResponse {
    const NAME: &'static str = "AddPartitionsToTxnResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Response for AddPartitionsToTxnResponse {
    const KEY: ApiKey = ApiKey(24);
}
