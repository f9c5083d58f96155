//! `LeaveGroupRequest`. Generated from `schema/messages/LeaveGroupRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `LeaveGroupRequest`: A request of API 13, versions 0 to 5, flexible from 4.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaveGroupRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `MemberId`: versions 0 to 2.
    /// Other versions refuse anything but the default.
    pub member_id: ByteString,
    /// `Members`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub members: Vec<MemberIdentity>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaveGroupRequest {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let group_id = reader.string(flexible)?;
        let member_id = if version <= 2 {
            reader.string(flexible)?
        } else {
            ByteString::default()
        };
        let members = if version >= 3 {
            reader.array::<MemberIdentity>(flexible, version)?
        } else {
            Vec::new()
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            member_id,
            members,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        size += size::string(&self.group_id, flexible);
        if version <= 2 {
            size += size::string(&self.member_id, flexible);
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
        writer.string(&self.group_id, flexible);
        if version <= 2 {
            writer.string(&self.member_id, flexible);
        } else if !self.member_id.is_empty() {
            writer.field_not_in_version("LeaveGroupRequest.MemberId", version);
        }
        if version >= 3 {
            writer.array(&self.members, flexible, version);
        } else if !self.members.is_empty() {
            writer.field_not_in_version("LeaveGroupRequest.Members", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("LeaveGroupRequest.unknown_tags", version);
        }
    }
}

/// Part of [`LeaveGroupRequest::members`]; versions 3 and up.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MemberIdentity {
    /// `MemberId`: versions 3 and up.
    /// Other versions refuse anything but the default.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 3 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub group_instance_id: Option<ByteString>,
    /// `Reason`: version 5.
    /// None is null.
    pub reason: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for MemberIdentity {
    const MIN_LEN: usize = 3;

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
            None
        };
        let reason = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            member_id,
            group_instance_id,
            reason,
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
        if version >= 5 {
            size += size::string_nullable(self.reason.as_ref(), flexible);
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
            writer.field_not_in_version("MemberIdentity.MemberId", version);
        }
        if version >= 3 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        } else if self.group_instance_id.is_some() {
            writer.field_not_in_version("MemberIdentity.GroupInstanceId", version);
        }
        if version >= 5 {
            writer.string_nullable(self.reason.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MemberIdentity.unknown_tags", version);
        }
    }
}

impl Message for LeaveGroupRequest {
    const NAME: &'static str = "LeaveGroupRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for LeaveGroupRequest {
    const KEY: ApiKey = ApiKey(13);
    type Response = crate::messages::leave_group_response::LeaveGroupResponse;
}
