//! `DescribeGroupsRequest`. Generated from `schema/messages/DescribeGroupsRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `DescribeGroupsRequest`: A request of API 15, versions 0 to 6, flexible from 5.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeGroupsRequest {
    /// `Groups`, a group's id: all versions.
    pub groups: Vec<ByteString>,
    /// `IncludeAuthorizedOperations`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub include_authorized_operations: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeGroupsRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let groups = reader.values(flexible, 1, |reader| reader.string(flexible))?;
        let include_authorized_operations = if version >= 3 { reader.bool()? } else { false };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            groups,
            include_authorized_operations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 0;
        size += size::strings(&self.groups, flexible);
        if version >= 3 {
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
        writer.strings(&self.groups, flexible);
        if version >= 3 {
            writer.bool(self.include_authorized_operations);
        } else if self.include_authorized_operations {
            writer
                .field_not_in_version("DescribeGroupsRequest.IncludeAuthorizedOperations", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeGroupsRequest.unknown_tags", version);
        }
    }
}

impl Message for DescribeGroupsRequest {
    const NAME: &'static str = "DescribeGroupsRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Request for DescribeGroupsRequest {
    const KEY: ApiKey = ApiKey(15);
    type Response = crate::messages::describe_groups_response::DescribeGroupsResponse;
}
