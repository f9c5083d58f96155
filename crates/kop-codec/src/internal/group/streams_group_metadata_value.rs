//! `StreamsGroupMetadataValue`. Generated from `schema/records/StreamsGroupMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `StreamsGroupMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupMetadataValue {
    /// `Epoch`: all versions.
    pub epoch: i32,
    /// `MetadataHash`: all versions.
    pub metadata_hash: i64,
    /// `ValidatedTopologyEpoch`: all versions, tag 0.
    /// `-1` by default.
    pub validated_topology_epoch: i32,
    /// `LastAssignmentConfigs`: all versions, tag 1.
    /// None is null.
    /// Empty, not null, by default.
    pub last_assignment_configs: Option<Vec<LastAssignmentConfig>>,
    /// `StoredDescriptionTopologyEpoch`: all versions, tag 2.
    /// `-1` by default.
    pub stored_description_topology_epoch: i32,
    /// `FailedDescriptionTopologyEpoch`: all versions, tag 3.
    /// `-1` by default.
    pub failed_description_topology_epoch: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for StreamsGroupMetadataValue {
    fn default() -> Self {
        Self {
            epoch: 0,
            metadata_hash: 0,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
            stored_description_topology_epoch: -1,
            failed_description_topology_epoch: -1,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for StreamsGroupMetadataValue {
    const MIN_LEN: usize = 13;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let epoch = reader.i32()?;
        let metadata_hash = reader.i64()?;
        let mut validated_topology_epoch = -1;
        let mut last_assignment_configs = Some(Vec::new());
        let mut stored_description_topology_epoch = -1;
        let mut failed_description_topology_epoch = -1;
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    validated_topology_epoch = field.i32()?;
                    field.finish()?;
                }
                1 => {
                    last_assignment_configs =
                        field.array_nullable::<LastAssignmentConfig>(true, version)?;
                    field.finish()?;
                }
                2 => {
                    stored_description_topology_epoch = field.i32()?;
                    field.finish()?;
                }
                3 => {
                    failed_description_topology_epoch = field.i32()?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            epoch,
            metadata_hash,
            validated_topology_epoch,
            last_assignment_configs,
            stored_description_topology_epoch,
            failed_description_topology_epoch,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 12;
        let mut tags = self.unknown_tags.len();
        if self.validated_topology_epoch != -1 {
            tags += 1;
            size += size::tagged(0, 4);
        }
        if self
            .last_assignment_configs
            .as_ref()
            .is_none_or(|value| !value.is_empty())
        {
            tags += 1;
            size += size::tagged(
                1,
                size::array_nullable(self.last_assignment_configs.as_deref(), true, version),
            );
        }
        if self.stored_description_topology_epoch != -1 {
            tags += 1;
            size += size::tagged(2, 4);
        }
        if self.failed_description_topology_epoch != -1 {
            tags += 1;
            size += size::tagged(3, 4);
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<12>(|run| {
            run.i32(self.epoch);
            run.i64(self.metadata_hash);
        });
        let has_validated_topology_epoch = self.validated_topology_epoch != -1;
        let has_last_assignment_configs = self
            .last_assignment_configs
            .as_ref()
            .is_none_or(|value| !value.is_empty());
        let has_stored_description_topology_epoch = self.stored_description_topology_epoch != -1;
        let has_failed_description_topology_epoch = self.failed_description_topology_epoch != -1;
        writer.tag_count(
            usize::from(has_validated_topology_epoch)
                + usize::from(has_last_assignment_configs)
                + usize::from(has_stored_description_topology_epoch)
                + usize::from(has_failed_description_topology_epoch)
                + self.unknown_tags.len(),
        );
        if has_validated_topology_epoch {
            writer.tag(0, 4);
            writer.i32(self.validated_topology_epoch);
        }
        if has_last_assignment_configs {
            writer.tag(
                1,
                size::array_nullable(self.last_assignment_configs.as_deref(), true, version),
            );
            writer.array_nullable(self.last_assignment_configs.as_deref(), true, version);
        }
        if has_stored_description_topology_epoch {
            writer.tag(2, 4);
            writer.i32(self.stored_description_topology_epoch);
        }
        if has_failed_description_topology_epoch {
            writer.tag(3, 4);
            writer.i32(self.failed_description_topology_epoch);
        }
        writer.unknown_tags(&self.unknown_tags, 4);
    }
}

/// Part of [`StreamsGroupMetadataValue::last_assignment_configs`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LastAssignmentConfig {
    /// `Key`: all versions.
    pub key: ByteString,
    /// `Value`: all versions.
    pub value: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LastAssignmentConfig {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let key = reader.string(true)?;
        let value = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            key,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.key, true);
        size += size::string(&self.value, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.key, true);
        writer.string(&self.value, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for StreamsGroupMetadataValue {
    const NAME: &'static str = "StreamsGroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for StreamsGroupMetadataValue {
    const RECORD_TYPE: i16 = 17;
}
