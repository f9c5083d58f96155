//! `ListGroupsResponse`. Generated from `schema/messages/ListGroupsResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `ListGroupsResponse`: A response of API 16, versions 0 to 5, flexible from 3.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListGroupsResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Groups`: all versions.
    pub groups: Vec<ListedGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListGroupsResponse {
    const MIN_LEN: usize = 6;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = ErrorCode(reader.i16()?);
        let groups = reader.array::<ListedGroup>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 2;
        if version >= 1 {
            size += 4;
        }
        size += size::array(&self.groups, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.i16(self.error_code.0);
        writer.array(&self.groups, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListGroupsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`ListGroupsResponse::groups`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ListedGroup {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `ProtocolType`: all versions.
    pub protocol_type: ByteString,
    /// `GroupState`: versions 4 and up.
    pub group_state: ByteString,
    /// `GroupType`: version 5.
    pub group_type: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ListedGroup {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let group_id = reader.string(flexible)?;
        let protocol_type = reader.string(flexible)?;
        let group_state = if version >= 4 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let group_type = if version >= 5 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            protocol_type,
            group_state,
            group_type,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 3;
        let mut size = 0;
        size += size::string(&self.group_id, flexible);
        size += size::string(&self.protocol_type, flexible);
        if version >= 4 {
            size += size::string(&self.group_state, flexible);
        }
        if version >= 5 {
            size += size::string(&self.group_type, flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        writer.string(&self.group_id, flexible);
        writer.string(&self.protocol_type, flexible);
        if version >= 4 {
            writer.string(&self.group_state, flexible);
        }
        if version >= 5 {
            writer.string(&self.group_type, flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("ListedGroup.unknown_tags", version);
        }
    }
}

impl Message for ListGroupsResponse {
    const NAME: &'static str = "ListGroupsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 3;
}

impl Response for ListGroupsResponse {
    const KEY: ApiKey = ApiKey(16);
}
