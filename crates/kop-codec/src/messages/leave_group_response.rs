//! `LeaveGroupResponse`. Generated from `schema/messages/LeaveGroupResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `LeaveGroupResponse`: A response of API 13, versions 0 to 5, flexible from 4.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaveGroupResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 1 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `Members`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub members: Vec<MemberResponse>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaveGroupResponse {
    const MIN_LEN: usize = 2;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let throttle_time_ms = if version >= 1 { reader.i32()? } else { 0 };
        let error_code = ErrorCode(reader.i16()?);
        let members = if version >= 3 {
            reader.array::<MemberResponse>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            members,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 2;
        if version >= 1 {
            size += 4;
        }
        if version >= 3 {
            size += size::array(&self.members, flexible, version);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        if version >= 1 {
            writer.i32(self.throttle_time_ms);
        }
        writer.i16(self.error_code.0);
        if version >= 3 {
            writer.array(&self.members, flexible, version);
        } else if !self.members.is_empty() {
            writer.field_not_in_version("LeaveGroupResponse.Members", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaveGroupResponse.unknown_tags", version);
        }
    }
}

/// Part of [`LeaveGroupResponse::members`]; versions 3 and up.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MemberResponse {
    /// `MemberId`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 3 and up.
    /// None is null.
    /// Empty, not null, by default.
    /// Other versions refuse anything but the default.
    pub group_instance_id: Option<ByteString>,
    /// `ErrorCode`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub error_code: ErrorCode,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MemberResponse {
    fn default() -> Self {
        Self {
            member_id: ByteString::default(),
            group_instance_id: Some(ByteString::default()),
            error_code: ErrorCode::NONE,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for MemberResponse {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let member_id = if version >= 3 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let group_instance_id = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            Some(ByteString::default())
        };
        let error_code = if version >= 3 {
            ErrorCode(reader.i16()?)
        } else {
            ErrorCode::NONE
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            member_id,
            group_instance_id,
            error_code,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        if version >= 3 {
            size += size::string(&self.member_id, flexible);
        }
        if version >= 3 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
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
        let flexible = version >= 4;
        if version >= 3 {
            writer.string(&self.member_id, flexible);
        } else if !self.member_id.is_empty() {
            writer.field_not_in_version("MemberResponse.MemberId", version);
        }
        if version >= 3 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        } else if self
            .group_instance_id
            .as_ref()
            .is_none_or(|value| !value.is_empty())
        {
            writer.field_not_in_version("MemberResponse.GroupInstanceId", version);
        }
        if version >= 3 {
            writer.i16(self.error_code.0);
        } else if self.error_code.is_error() {
            writer.field_not_in_version("MemberResponse.ErrorCode", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MemberResponse.unknown_tags", version);
        }
    }
}

impl Message for LeaveGroupResponse {
    const NAME: &'static str = "LeaveGroupResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Response for LeaveGroupResponse {
    const KEY: ApiKey = ApiKey(13);
}
