//! `UpdateFeaturesRequest`. Generated from `schema/messages/UpdateFeaturesRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `UpdateFeaturesRequest`: A request of API 57, versions 0 to 2, flexible.
///
/// Kafka takes it on listeners of: broker, controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateFeaturesRequest {
    /// `timeoutMs`, in milliseconds: all versions.
    /// `60000` by default.
    pub timeout_ms: i32,
    /// `FeatureUpdates`: all versions.
    pub feature_updates: Vec<FeatureUpdateKey>,
    /// `ValidateOnly`: versions 1 and up.
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

impl Default for UpdateFeaturesRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            feature_updates: Vec::new(),
            validate_only: false,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for UpdateFeaturesRequest {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let timeout_ms = reader.i32()?;
        let feature_updates = reader.array::<FeatureUpdateKey>(true, version)?;
        let validate_only = if version >= 1 { reader.bool()? } else { false };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            timeout_ms,
            feature_updates,
            validate_only,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        size += size::array(&self.feature_updates, true, version);
        if version >= 1 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.timeout_ms);
        writer.array(&self.feature_updates, true, version);
        if version >= 1 {
            writer.bool(self.validate_only);
        } else if self.validate_only {
            writer.field_not_in_version("UpdateFeaturesRequest.ValidateOnly", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`UpdateFeaturesRequest::feature_updates`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FeatureUpdateKey {
    /// `Feature`: all versions.
    /// Part of the key: no two elements have the same.
    pub feature: ByteString,
    /// `MaxVersionLevel`: all versions.
    pub max_version_level: i16,
    /// `AllowDowngrade`: version 0.
    /// Other versions refuse anything but the default.
    pub allow_downgrade: bool,
    /// `UpgradeType`: versions 1 and up.
    /// `1` by default.
    /// Other versions refuse anything but the default.
    pub upgrade_type: i8,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for FeatureUpdateKey {
    fn default() -> Self {
        Self {
            feature: ByteString::default(),
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for FeatureUpdateKey {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let feature = reader.string(true)?;
        let max_version_level = reader.i16()?;
        let allow_downgrade = if version <= 0 { reader.bool()? } else { false };
        let upgrade_type = if version >= 1 { reader.i8()? } else { 1 };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            feature,
            max_version_level,
            allow_downgrade,
            upgrade_type,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 2;
        size += size::string(&self.feature, true);
        if version <= 0 {
            size += 1;
        }
        if version >= 1 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.feature, true);
        writer.i16(self.max_version_level);
        if version <= 0 {
            writer.bool(self.allow_downgrade);
        } else if self.allow_downgrade {
            writer.field_not_in_version("FeatureUpdateKey.AllowDowngrade", version);
        }
        if version >= 1 {
            writer.i8(self.upgrade_type);
        } else if self.upgrade_type != 1 {
            writer.field_not_in_version("FeatureUpdateKey.UpgradeType", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for UpdateFeaturesRequest {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 2;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for UpdateFeaturesRequest {
    const KEY: ApiKey = ApiKey(57);
    type Response = crate::messages::update_features_response::UpdateFeaturesResponse;
}
