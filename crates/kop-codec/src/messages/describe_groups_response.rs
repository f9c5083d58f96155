//! `DescribeGroupsResponse`. Generated from `schema/messages/DescribeGroupsResponse.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `DescribeGroupsResponse`: A response of API 15, versions 0 to 6, flexible from 5.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribeGroupsResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `Groups`: all versions.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribeGroupsResponse {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let groups = reader.array::<DescribedGroup>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            groups,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 0;
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
        let flexible = version >= 5;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.array(&self.groups, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribeGroupsResponse.unknown_tags", version);
        }
    }
}

/// Part of [`DescribeGroupsResponse::groups`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribedGroup {
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `ErrorMessage`: version 6.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub error_message: Option<ByteString>,
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `GroupState`: all versions.
    pub group_state: ByteString,
    /// `ProtocolType`: all versions.
    pub protocol_type: ByteString,
    /// `ProtocolData`: all versions.
    pub protocol_data: ByteString,
    /// `Members`: all versions.
    pub members: Vec<DescribedGroupMember>,
    /// `AuthorizedOperations`: versions 3 and up.
    /// `i32::MIN` by default.
    /// Other versions refuse anything but the default.
    pub authorized_operations: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: None,
            group_id: ByteString::default(),
            group_state: ByteString::default(),
            protocol_type: ByteString::default(),
            protocol_data: ByteString::default(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for DescribedGroup {
    const MIN_LEN: usize = 12;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let error_code = ErrorCode(reader.i16()?);
        let error_message = if version >= 6 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let group_id = reader.string(flexible)?;
        let group_state = reader.string(flexible)?;
        let protocol_type = reader.string(flexible)?;
        let protocol_data = reader.string(flexible)?;
        let members = reader.array::<DescribedGroupMember>(flexible, version)?;
        let authorized_operations = if version >= 3 {
            reader.i32()?
        } else {
            i32::MIN
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            error_code,
            error_message,
            group_id,
            group_state,
            protocol_type,
            protocol_data,
            members,
            authorized_operations,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 2;
        if version >= 6 {
            size += size::string_nullable(self.error_message.as_ref(), flexible);
        }
        size += size::string(&self.group_id, flexible);
        size += size::string(&self.group_state, flexible);
        size += size::string(&self.protocol_type, flexible);
        size += size::string(&self.protocol_data, flexible);
        size += size::array(&self.members, flexible, version);
        if version >= 3 {
            size += 4;
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.i16(self.error_code.0);
        if version >= 6 {
            writer.string_nullable(self.error_message.as_ref(), flexible);
        } else if self.error_message.is_some() {
            writer.field_not_in_version("DescribedGroup.ErrorMessage", version);
        }
        writer.string(&self.group_id, flexible);
        writer.string(&self.group_state, flexible);
        writer.string(&self.protocol_type, flexible);
        writer.string(&self.protocol_data, flexible);
        writer.array(&self.members, flexible, version);
        if version >= 3 {
            writer.i32(self.authorized_operations);
        } else if self.authorized_operations != i32::MIN {
            writer.field_not_in_version("DescribedGroup.AuthorizedOperations", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribedGroup.unknown_tags", version);
        }
    }
}

/// Part of [`DescribedGroup::members`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct DescribedGroupMember {
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 4 and up.
    /// None is null.
    pub group_instance_id: Option<ByteString>,
    /// `ClientId`: all versions.
    pub client_id: ByteString,
    /// `ClientHost`: all versions.
    pub client_host: ByteString,
    /// `MemberMetadata`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub member_metadata: Bytes,
    /// `MemberAssignment`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub member_assignment: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for DescribedGroupMember {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 4 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let member_metadata = reader.bytes(flexible)?;
        let member_assignment = reader.bytes(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            member_id,
            group_instance_id,
            client_id,
            client_host,
            member_metadata,
            member_assignment,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 5;
        let mut size = 0;
        size += size::string(&self.member_id, flexible);
        if version >= 4 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        size += size::string(&self.client_id, flexible);
        size += size::string(&self.client_host, flexible);
        size += size::bytes(&self.member_metadata, flexible);
        size += size::bytes(&self.member_assignment, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 5;
        writer.string(&self.member_id, flexible);
        if version >= 4 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        writer.string(&self.client_id, flexible);
        writer.string(&self.client_host, flexible);
        writer.bytes(&self.member_metadata, flexible);
        writer.bytes(&self.member_assignment, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("DescribedGroupMember.unknown_tags", version);
        }
    }
}

impl Message for DescribeGroupsResponse {
    const NAME: &'static str = "DescribeGroupsResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 6;
    const FLEXIBLE_FROM: i16 = 5;
}

impl Response for DescribeGroupsResponse {
    const KEY: ApiKey = ApiKey(15);
}
