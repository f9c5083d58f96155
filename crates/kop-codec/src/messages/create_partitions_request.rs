//! `CreatePartitionsRequest`. Generated from `schema/messages/CreatePartitionsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `CreatePartitionsRequest`: A request of API 37, versions 0 to 3, flexible from 2.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatePartitionsRequest {
    /// `Topics`: all versions.
    pub topics: Vec<CreatePartitionsTopic>,
    /// `TimeoutMs`, in milliseconds: all versions.
    pub timeout_ms: i32,
    /// `ValidateOnly`: all versions.
    pub validate_only: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreatePartitionsRequest {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let topics = reader.array::<CreatePartitionsTopic>(flexible, version)?;
        let timeout_ms = reader.i32()?;
        let validate_only = reader.bool()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            topics,
            timeout_ms,
            validate_only,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 5;
        size += size::array(&self.topics, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.array(&self.topics, flexible, version);
        writer.run::<5>(|run| {
            run.i32(self.timeout_ms);
            run.bool(self.validate_only);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatePartitionsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`CreatePartitionsRequest::topics`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatePartitionsTopic {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Count`: all versions.
    pub count: i32,
    /// `Assignments`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CreatePartitionsTopic {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            count: 0,
            assignments: Some(Vec::new()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CreatePartitionsTopic {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let name = reader.string(flexible)?;
        let count = reader.i32()?;
        let assignments = reader.array_nullable::<CreatePartitionsAssignment>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            count,
            assignments,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 4;
        size += size::string(&self.name, flexible);
        size += size::array_nullable(self.assignments.as_deref(), flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(&self.name, flexible);
        writer.i32(self.count);
        writer.array_nullable(self.assignments.as_deref(), flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatePartitionsTopic.unknown_tags", version);
        }
    }
}

/// Part of [`CreatePartitionsTopic::assignments`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatePartitionsAssignment {
    /// `BrokerIds`, a broker's id: all versions.
    pub broker_ids: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreatePartitionsAssignment {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let broker_ids = reader.int32s(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            broker_ids,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 2;
        let mut size = 0;
        size += size::int32s(&self.broker_ids, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32s(&self.broker_ids, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatePartitionsAssignment.unknown_tags", version);
        }
    }
}

impl Message for CreatePartitionsRequest {
    const NAME: &'static str = "CreatePartitionsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 3;
    const FLEXIBLE_FROM: i16 = 2;
}

impl Request for CreatePartitionsRequest {
    const KEY: ApiKey = ApiKey(37);
    type Response = crate::messages::create_partitions_response::CreatePartitionsResponse;
}
