//! `CreateTopicsRequest`. Generated from `schema/messages/CreateTopicsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `CreateTopicsRequest`: A request of API 19, versions 0 to 7, flexible from 5.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreateTopicsRequest {
    /// `Topics`: all versions.
    pub topics: Vec<CreatableTopic>,
    /// `timeoutMs`, in milliseconds: all versions.
    /// `60000` by default.
    pub timeout_ms: i32,
    /// `validateOnly`: versions 1 and up.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub validate_only: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CreateTopicsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            timeout_ms: 60000,
            validate_only: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CreateTopicsRequest {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let topics = reader.array::<CreatableTopic>(flexible, version)?;
        let timeout_ms = reader.i32()?;
        let validate_only = if version >= 1 { reader.bool()? } else { false };
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
        let flexible = version >= 5;
        let mut size = 4;
        size += size::array(&self.topics, flexible, version);
        if version >= 1 {
            size += 1;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.array(&self.topics, flexible, version);
        writer.i32(self.timeout_ms);
        if version >= 1 {
            writer.bool(self.validate_only);
        } else if self.validate_only {
            writer.field_not_in_version("CreateTopicsRequest.validateOnly", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreateTopicsRequest.unknown_tags", version);
        }
    }
}

/// Part of [`CreateTopicsRequest::topics`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatableTopic {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `NumPartitions`: all versions.
    pub num_partitions: i32,
    /// `ReplicationFactor`: all versions.
    pub replication_factor: i16,
    /// `Assignments`: all versions.
    pub assignments: Vec<CreatableReplicaAssignment>,
    /// `Configs`: all versions.
    pub configs: Vec<CreatableTopicConfig>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreatableTopic {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let name = reader.string(flexible)?;
        let num_partitions = reader.i32()?;
        let replication_factor = reader.i16()?;
        let assignments = reader.array::<CreatableReplicaAssignment>(flexible, version)?;
        let configs = reader.array::<CreatableTopicConfig>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            num_partitions,
            replication_factor,
            assignments,
            configs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 6;
        size += size::string(&self.name, flexible);
        size += size::array(&self.assignments, flexible, version);
        size += size::array(&self.configs, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(&self.name, flexible);
        writer.run::<6>(|run| {
            run.i32(self.num_partitions);
            run.i16(self.replication_factor);
        });
        writer.array(&self.assignments, flexible, version);
        writer.array(&self.configs, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatableTopic.unknown_tags", version);
        }
    }
}

/// Part of [`CreatableTopic::assignments`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatableReplicaAssignment {
    /// `PartitionIndex`: all versions.
    /// Part of the key: no two elements have the same.
    pub partition_index: i32,
    /// `BrokerIds`, a broker's id: all versions.
    pub broker_ids: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreatableReplicaAssignment {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let partition_index = reader.i32()?;
        let broker_ids = reader.int32s(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            partition_index,
            broker_ids,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 4;
        size += size::int32s(&self.broker_ids, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.i32(self.partition_index);
        writer.int32s(&self.broker_ids, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatableReplicaAssignment.unknown_tags", version);
        }
    }
}

/// Part of [`CreatableTopic::configs`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatableTopicConfig {
    /// `Name`: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `Value`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub value: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CreatableTopicConfig {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            value: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CreatableTopicConfig {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let name = reader.string(flexible)?;
        let value = reader.string_nullable(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 0;
        size += size::string(&self.name, flexible);
        size += size::string_nullable(self.value.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(&self.name, flexible);
        writer.string_nullable(self.value.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatableTopicConfig.unknown_tags", version);
        }
    }
}

impl Message for CreateTopicsRequest {
    const NAME: &'static str = "CreateTopicsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 7;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Request for CreateTopicsRequest {
    const KEY: ApiKey = ApiKey(19);
    type Response = crate::messages::create_topics_response::CreateTopicsResponse;
}
