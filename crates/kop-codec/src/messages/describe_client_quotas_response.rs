//! `DescribeClientQuotasResponse`. Generated from `schema/messages/DescribeClientQuotasResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `DescribeClientQuotasResponse`: A response of API 48, versions 0 to 1, flexible from 1.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeClientQuotasResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub error_message: Option<ByteString>,
    /// `Entries`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub entries: Option<Vec<EntryData>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribeClientQuotasResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(ByteString::default()),
            entries: Some(Vec::new()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribeClientQuotasResponse {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = reader.string_nullable(flexible)?;
        let entries = reader.array_nullable::<EntryData>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            error_message,
            entries,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 6;
        size += size::string_nullable(self.error_message.as_ref(), flexible);
        size += size::array_nullable(self.entries.as_deref(), flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        writer.string_nullable(self.error_message.as_ref(), flexible);
        writer.array_nullable(self.entries.as_deref(), flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeClientQuotasResponse.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeClientQuotasResponse::entries`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EntryData {
    /// `Entity`: all versions.
    pub entity: Vec<EntityData>,
    /// `Values`: all versions.
    pub values: Vec<ValueData>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for EntryData {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let entity = reader.array::<EntityData>(flexible, version)?;
        let values = reader.array::<ValueData>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            entity,
            values,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        size += size::array(&self.entity, flexible, version);
        size += size::array(&self.values, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.array(&self.entity, flexible, version);
        writer.array(&self.values, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("EntryData.unknown_tags", version);
        }
    }
}

/// Part of [`EntryData::entity`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct EntityData {
    /// `EntityType`: all versions.
    pub entity_type: ByteString,
    /// `EntityName`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub entity_name: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for EntityData {
    fn default() -> Self {
        Self {
            entity_type: ByteString::default(),
            entity_name: Some(ByteString::default()),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for EntityData {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let entity_type = reader.string(flexible)?;
        let entity_name = reader.string_nullable(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            entity_type,
            entity_name,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 0;
        size += size::string(&self.entity_type, flexible);
        size += size::string_nullable(self.entity_name.as_ref(), flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.string(&self.entity_type, flexible);
        writer.string_nullable(self.entity_name.as_ref(), flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("EntityData.unknown_tags", version);
        }
    }
}

/// Part of [`EntryData::values`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ValueData {
    /// `Key`: all versions.
    pub key: ByteString,
    /// `Value`: all versions.
    pub value: f64,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ValueData {
    const MIN_LEN: usize = 10;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let key = reader.string(flexible)?;
        let value = reader.f64()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            key,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 1;
        let mut size = 8;
        size += size::string(&self.key, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 1;
        writer.string(&self.key, flexible);
        writer.f64(self.value);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ValueData.unknown_tags", version);
        }
    }
}

impl Message for DescribeClientQuotasResponse {
    const NAME: &'static str = "DescribeClientQuotasResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 1;
}

impl Response for DescribeClientQuotasResponse {
    const KEY: ApiKey = ApiKey(48);
}
