//! `ListGroupsRequest`. Generated from `schema/messages/ListGroupsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ListGroupsRequest`: A request of API 16, versions 0 to 5, flexible from 3.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListGroupsRequest {
    /// `StatesFilter`: versions 4 and up.
    /// Other versions refuse anything but the default.
    pub states_filter: Vec<ByteString>,
    /// `TypesFilter`: version 5.
    /// Other versions refuse anything but the default.
    pub types_filter: Vec<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListGroupsRequest {
    const MIN_LEN: usize = 0;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let states_filter = if version >= 4 {
            reader.values(flexible, 1, |reader| reader.string(flexible))?
        } else {
            Vec::new()
        };
        let types_filter = if version >= 5 {
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
            states_filter,
            types_filter,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        if version >= 4 {
            size += size::strings(&self.states_filter, flexible);
        }
        if version >= 5 {
            size += size::strings(&self.types_filter, flexible);
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
            writer.strings(&self.states_filter, flexible);
        } else if !self.states_filter.is_empty() {
            writer.field_not_in_version("ListGroupsRequest.StatesFilter", version);
        }
        if version >= 5 {
            writer.strings(&self.types_filter, flexible);
        } else if !self.types_filter.is_empty() {
            writer.field_not_in_version("ListGroupsRequest.TypesFilter", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListGroupsRequest.unknown_tags", version);
        }
    }
}

impl Message for ListGroupsRequest {
    const NAME: &'static str = "ListGroupsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Request for ListGroupsRequest {
    const KEY: ApiKey = ApiKey(16);
    type Response = crate::messages::list_groups_response::ListGroupsResponse;
}
