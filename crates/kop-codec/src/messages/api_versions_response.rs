//! `ApiVersionsResponse`. Generated from `schema/messages/ApiVersionsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `ApiVersionsResponse`: A response of API 18, versions 0 to 5, flexible from 3.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ApiVersionsResponse {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ApiKeys`: all versions.
    pub api_keys: Vec<ApiVersion>,
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `SupportedFeatures`: versions 3 and up, tag 0.
    pub supported_features: Vec<SupportedFeatureKey>,
    /// `FinalizedFeaturesEpoch`: versions 3 and up, tag 1.
    /// `-1` by default.
    pub finalized_features_epoch: i64,
    /// `FinalizedFeatures`: versions 3 and up, tag 2.
    pub finalized_features: Vec<FinalizedFeatureKey>,
    /// `ZkMigrationReady`: versions 3 and up, tag 3.
    /// `false` by default.
    pub zk_migration_ready: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ApiVersionsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let error_code = ErrorCode(reader.i16()?);
        let api_keys = reader.array::<ApiVersion>(flexible, version)?;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let mut supported_features = Vec::new();
        let mut finalized_features_epoch = -1;
        let mut finalized_features = Vec::new();
        let mut zk_migration_ready = false;
        let mut unknown_tags = UnknownTags::default();
        if flexible {
            for _ in 0..reader.tag_count()? {
                let (tag, mut field) = reader.tagged_field()?;
                match tag {
                    0 => {
                        supported_features =
                            field.array::<SupportedFeatureKey>(flexible, version)?;
                        field.finish()?;
                    }
                    1 => {
                        finalized_features_epoch = field.i64()?;
                        field.finish()?;
                    }
                    2 => {
                        finalized_features =
                            field.array::<FinalizedFeatureKey>(flexible, version)?;
                        field.finish()?;
                    }
                    3 => {
                        zk_migration_ready = field.bool()?;
                        field.finish()?;
                    }
                    _ => unknown_tags.keep(tag, &field)?,
                }
            }
        }
        Ok(Self {
            error_code,
            api_keys,
            throttle_time_ms,
            supported_features,
            finalized_features_epoch,
            finalized_features,
            zk_migration_ready,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 2;
        size += size::array(&self.api_keys, flexible, version);
        if version >= 1 {
            size += 4;
        }
        if flexible {
            let mut tags = self.unknown_tags.len();
            if !self.supported_features.is_empty() {
                tags += 1;
                size += size::tagged(0, size::array(&self.supported_features, flexible, version));
            }
            if self.finalized_features_epoch != -1 {
                tags += 1;
                size += size::tagged(1, 8);
            }
            if !self.finalized_features.is_empty() {
                tags += 1;
                size += size::tagged(2, size::array(&self.finalized_features, flexible, version));
            }
            if self.zk_migration_ready {
                tags += 1;
                size += size::tagged(3, 1);
            }
            size += size::unsigned_varint(tags) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.i16(self.error_code.0);
        writer.array(&self.api_keys, flexible, version);
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        if flexible {
            let has_supported_features = !self.supported_features.is_empty();
            let has_finalized_features_epoch = self.finalized_features_epoch != -1;
            let has_finalized_features = !self.finalized_features.is_empty();
            let has_zk_migration_ready = self.zk_migration_ready;
            writer.tag_count(
                usize::from(has_supported_features)
                    + usize::from(has_finalized_features_epoch)
                    + usize::from(has_finalized_features)
                    + usize::from(has_zk_migration_ready)
                    + self.unknown_tags.len(),
            );
            if has_supported_features {
                writer.tag(0, size::array(&self.supported_features, flexible, version));
                writer.array(&self.supported_features, flexible, version);
            }
            if has_finalized_features_epoch {
                writer.tag(1, 8);
                writer.i64(self.finalized_features_epoch);
            }
            if has_finalized_features {
                writer.tag(2, size::array(&self.finalized_features, flexible, version));
                writer.array(&self.finalized_features, flexible, version);
            }
            if has_zk_migration_ready {
                writer.tag(3, 1);
                writer.bool(self.zk_migration_ready);
            }
            writer.unknown_tags(&self.unknown_tags, 4);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ApiVersionsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`ApiVersionsResponse::api_keys`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ApiVersion {
    /// `ApiKey`: all versions.
    /// Part of the key: no two elements have the same.
    pub api_key: i16,
    /// `MinVersion`: all versions.
    pub min_version: i16,
    /// `MaxVersion`: all versions.
    pub max_version: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ApiVersion {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let api_key = reader.i16()?;
        let min_version = reader.i16()?;
        let max_version = reader.i16()?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            api_key,
            min_version,
            max_version,
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
            run.i16(self.api_key);
            run.i16(self.min_version);
            run.i16(self.max_version);
        });
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ApiVersion.unknown_tags", version);
        }
    }
}

/// Part of [`ApiVersionsResponse::supported_features`]; versions 3 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SupportedFeatureKey {
    /// `Name`: versions 3 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `MinVersion`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub min_version: i16,
    /// `MaxVersion`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub max_version: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SupportedFeatureKey {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let name = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let min_version = if version >= 3 { reader.i16()? } else { 0 };
        let max_version = if version >= 3 { reader.i16()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            min_version,
            max_version,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 3 {
            size += size::string(&self.name, flexible);
        }
        if version >= 3 {
            size += 2;
        }
        if version >= 3 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 3 {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("SupportedFeatureKey.Name", version);
        }
        if version >= 3 {
            writer.i16(self.min_version);
        } else if self.min_version != 0 {
            writer.field_not_in_version("SupportedFeatureKey.MinVersion", version);
        }
        if version >= 3 {
            writer.i16(self.max_version);
        } else if self.max_version != 0 {
            writer.field_not_in_version("SupportedFeatureKey.MaxVersion", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SupportedFeatureKey.unknown_tags", version);
        }
    }
}

/// Part of [`ApiVersionsResponse::finalized_features`]; versions 3 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FinalizedFeatureKey {
    /// `Name`: versions 3 and up.
    /// Part of the key: no two elements have the same.
    /// Other versions refuse anything but the default.
    pub name: ByteString,
    /// `MaxVersionLevel`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub max_version_level: i16,
    /// `MinVersionLevel`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub min_version_level: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for FinalizedFeatureKey {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let name = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let max_version_level = if version >= 3 { reader.i16()? } else { 0 };
        let min_version_level = if version >= 3 { reader.i16()? } else { 0 };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            max_version_level,
            min_version_level,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 3 {
            size += size::string(&self.name, flexible);
        }
        if version >= 3 {
            size += 2;
        }
        if version >= 3 {
            size += 2;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 3 {
            writer.string(&self.name, flexible);
        } else if !self.name.is_empty() {
            writer.field_not_in_version("FinalizedFeatureKey.Name", version);
        }
        if version >= 3 {
            writer.i16(self.max_version_level);
        } else if self.max_version_level != 0 {
            writer.field_not_in_version("FinalizedFeatureKey.MaxVersionLevel", version);
        }
        if version >= 3 {
            writer.i16(self.min_version_level);
        } else if self.min_version_level != 0 {
            writer.field_not_in_version("FinalizedFeatureKey.MinVersionLevel", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FinalizedFeatureKey.unknown_tags", version);
        }
    }
}

impl Message for ApiVersionsResponse {
    const NAME: &'static str = "ApiVersionsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Response for ApiVersionsResponse {
    const KEY: ApiKey = ApiKey(18);
}
