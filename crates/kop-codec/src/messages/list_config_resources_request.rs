//! `ListConfigResourcesRequest`. Generated from `schema/messages/ListConfigResourcesRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{ApiKey, DecodeError, Message, Reader, Request, UnknownTags, Writer, size, wire::Wire};

/// `ListConfigResourcesRequest`: A request of API 74, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListConfigResourcesRequest {
    /// `ResourceTypes`: version 1.
    /// Other versions refuse anything but the default.
    pub resource_types: Vec<i8>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListConfigResourcesRequest {
    const MIN_LEN: usize = 1;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let resource_types = if version >= 1 {
            reader.values(true, 1, Reader::i8)?
        } else {
            Vec::new()
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            resource_types,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 0;
        if version >= 1 {
            size += size::fixed(self.resource_types.len(), 1, true);
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        if version >= 1 {
            writer.values(&self.resource_types, true, Writer::i8);
        } else if !self.resource_types.is_empty() {
            writer.field_not_in_version("ListConfigResourcesRequest.ResourceTypes", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ListConfigResourcesRequest {
    const KEY: ApiKey = ApiKey(74);
    type Response = crate::messages::list_config_resources_response::ListConfigResourcesResponse;
}
