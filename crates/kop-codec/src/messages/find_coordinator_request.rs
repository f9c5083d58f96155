//! `FindCoordinatorRequest`. Generated from `schema/messages/FindCoordinatorRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `FindCoordinatorRequest`: A request of API 10, versions 0 to 6, flexible from 3.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct FindCoordinatorRequest {
    /// `Key`: versions 0 to 3.
    /// Other versions refuse anything but the default.
    pub key: ByteString,
    /// `KeyType`: versions 1 and up.
    /// `0` by default.
    /// Other versions refuse anything but the default.
    pub key_type: i8,
    /// `CoordinatorKeys`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub coordinator_keys: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for FindCoordinatorRequest {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let key = if version <= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let key_type = if version >= 1 { reader.i8()? } else { 0 };
        let coordinator_keys = if version >= 4 {
            reader.values(flexible, 1, |reader| reader.string(flexible))?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            key,
            key_type,
            coordinator_keys,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version <= 3 {
            size += size::string(&self.key, flexible);
        }
        if version >= 1 {
            size += 1;
        }
        if version >= 4 {
            size += size::strings(&self.coordinator_keys, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version <= 3 {
            writer.string(&self.key, flexible);
        } else if !self.key.is_empty() {
            writer.field_not_in_version("FindCoordinatorRequest.Key", version);
        }
        if version >= 1 {
            writer.i8(self.key_type);
        } else if self.key_type != 0 {
            writer.field_not_in_version("FindCoordinatorRequest.KeyType", version);
        }
        if version >= 4 {
            writer.strings(&self.coordinator_keys, flexible);
        } else if !self.coordinator_keys.is_empty() {
            writer.field_not_in_version("FindCoordinatorRequest.CoordinatorKeys", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("FindCoordinatorRequest.unknown_tags", version);
        }
    }
}

impl Message for FindCoordinatorRequest {
    const NAME: &'static str = "FindCoordinatorRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for FindCoordinatorRequest {
    const KEY: ApiKey = ApiKey(10);
    type Response = crate::messages::find_coordinator_response::FindCoordinatorResponse;
}
