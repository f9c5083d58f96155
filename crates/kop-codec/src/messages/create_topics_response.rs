//! `CreateTopicsResponse`. Generated from `schema/messages/CreateTopicsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Uuid,
    Writer, size, wire::Wire,
};

/// `CreateTopicsResponse`: A response of API 19, versions 0 to 7, flexible from 5.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreateTopicsResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 2 and up.
    pub throttle_time_ms: i32,
    /// `Topics`: all versions.
    pub topics: Vec<CreatableTopicResult>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for CreateTopicsResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let throttle_time_ms = if version >= 2 { reader.i32()? } else { 0 };
        let topics = reader.array::<CreatableTopicResult>(flexible, version)?;
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
        let flexible = version >= 5;
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
        let flexible = version >= 5;
        if version >= 2 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.topics, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreateTopicsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`CreateTopicsResponse::topics`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatableTopicResult {
    /// `Name`, a topic's name: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
    /// `TopicId`: version 7.
    pub topic_id: Uuid,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: versions 1 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `TopicConfigErrorCode`: versions 5 and up, tag 0.
    pub topic_config_error_code: i16,
    /// `NumPartitions`: versions 5 and up.
    /// `-1` by default.
    pub num_partitions: i32,
    /// `ReplicationFactor`: versions 5 and up.
    /// `-1` by default.
    pub replication_factor: i16,
    /// `Configs`: versions 5 and up.
    /// None is null.
    /// Empty, not null, by default.
    pub configs: Option<Vec<CreatableTopicConfigs>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CreatableTopicResult {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            topic_id: Uuid::ZERO,
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            topic_config_error_code: 0,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CreatableTopicResult {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let name = reader.string(flexible)?;
        let topic_id = if version >= 7 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let error_code = ErrorCode(reader.i16()?);
        let error_message = if version >= 1 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let num_partitions = if version >= 5 { reader.i32()? } else { -1 };
        let replication_factor = if version >= 5 { reader.i16()? } else { -1 };
        let configs = if version >= 5 {
            reader.array_nullable::<CreatableTopicConfigs>(flexible, version)?
        } else {
            Some(Vec::new())
        };
        let mut topic_config_error_code = 0;
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        topic_config_error_code = field.i16()?;
                        field.finish()?;
                    }
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            name,
            topic_id,
            error_code,
            error_message,
            topic_config_error_code,
            num_partitions,
            replication_factor,
            configs,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 2;
        size += size::string(&self.name, flexible);
        if version >= 7 {
            size += 16;
        }
        if version >= 1 {
            size += size::string_nullable(self.error_message.as_ref(), flexible);
        }
        if version >= 5 {
            size += 4;
        }
        if version >= 5 {
            size += 2;
        }
        if version >= 5 {
            size += size::array_nullable(self.configs.as_deref(), flexible, version);
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if self.topic_config_error_code != 0 {
                tags += 1;
                size += size::tagged(0, 2);
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(&self.name, flexible);
        if version >= 7 {
            writer.uuid(self.topic_id);
        }
        writer.i16(self.error_code.0);
        if version >= 1 {
            writer.string_nullable(self.error_message.as_ref(), flexible);
        }
        if version >= 5 {
            writer.i32(self.num_partitions);
        }
        if version >= 5 {
            writer.i16(self.replication_factor);
        }
        if version >= 5 {
            writer.array_nullable(self.configs.as_deref(), flexible, version);
        }
        if flexible {
            let has_topic_config_error_code = self.topic_config_error_code != 0;
            writer.tag_count(usize::from(has_topic_config_error_code) + self.unknown_tags.len());
            if has_topic_config_error_code {
                writer.tag(0, 2);
                writer.i16(self.topic_config_error_code);
            }
            writer.unknown_tags(&self.unknown_tags, 1);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatableTopicResult.unknown_tags", version);
        }
    }
}

/// Part of [`CreatableTopicResult::configs`]; versions 5 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CreatableTopicConfigs {
    /// `Name`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `Value`: versions 5 and up.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub value: Option<ByteString>,
    /// `ReadOnly`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub read_only: bool,
    /// `ConfigSource`: versions 5 and up.
    /// `-1` by default.
    pub config_source: i8,
    /// `IsSensitive`: versions 5 and up.
    /// Other versions refuse anything but the default.
    pub is_sensitive: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CreatableTopicConfigs {
    fn default() -> Self {
        Self {
            name: ByteString::default(),
            value: Some(ByteString::default()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CreatableTopicConfigs {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let name = if version >= 5 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let value = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let read_only = if version >= 5 { reader.bool()? } else { false };
        let config_source = if version >= 5 { reader.i8()? } else { -1 };
        let is_sensitive = if version >= 5 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            value,
            read_only,
            config_source,
            is_sensitive,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 0;
        if version >= 5 {
            size += size::string(&self.name, flexible);
        }
        if version >= 5 {
            size += size::string_nullable(self.value.as_ref(), flexible);
        }
        if version >= 5 {
            size += 1;
        }
        if version >= 5 {
            size += 1;
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
        let flexible = version >= 5;
        if version >= 5 {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("CreatableTopicConfigs.Name", version);
        }
        if version >= 5 {
            writer.string_nullable(self.value.as_ref(), flexible);
        } else if self.value.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.field_not_in_version("CreatableTopicConfigs.Value", version);
        }
        if version >= 5 {
            writer.bool(self.read_only);
        } else if self.read_only {
            writer.field_not_in_version("CreatableTopicConfigs.ReadOnly", version);
        }
        if version >= 5 {
            writer.i8(self.config_source);
        }
        if version >= 5 {
            writer.bool(self.is_sensitive);
        } else if self.is_sensitive {
            writer.field_not_in_version("CreatableTopicConfigs.IsSensitive", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("CreatableTopicConfigs.unknown_tags", version);
        }
    }
}

impl Message for CreateTopicsResponse {
    const NAME: &'static str = "CreateTopicsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 7;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Response for CreateTopicsResponse {
    const KEY: ApiKey = ApiKey(19);
}
