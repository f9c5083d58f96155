//! `JoinGroupResponse`. Generated from `schema/messages/JoinGroupResponse.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `JoinGroupResponse`: A response of API 11, versions 0 to 9, flexible from 6.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct JoinGroupResponse {
    /// `ThrottleTimeMs`, in milliseconds: versions 2 and up.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `GenerationId`: all versions.
    /// `-1` by default.
    pub generation_id: i32,
    /// `ProtocolType`: versions 7 and up.
    /// None is null.
    pub protocol_type: Option<ByteString>,
    /// `ProtocolName`: all versions.
    /// None is null, in versions 7 and up.
    /// Empty, not null, by default.
    pub protocol_name: Option<ByteString>,
    /// `Leader`: all versions.
    pub leader: ByteString,
    /// `SkipAssignment`: version 9.
    /// `false` by default.
    /// Other versions refuse anything but the default.
    pub skip_assignment: bool,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `Members`: all versions.
    pub members: Vec<JoinGroupResponseMember>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for JoinGroupResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(ByteString::default()),
            leader: ByteString::default(),
            skip_assignment: false,
            member_id: ByteString::default(),
            members: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for JoinGroupResponse {
    const MIN_LEN: usize = 15;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let throttle_time_ms = if version >= 2 { reader.i32()? } else { 0 };
        let error_code = ErrorCode(reader.i16()?);
        let generation_id = reader.i32()?;
        let protocol_type = if version >= 7 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let protocol_name = if version >= 7 {
            reader.string_nullable(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        let leader = reader.string(flexible)?;
        let skip_assignment = if version >= 9 { reader.bool()? } else { false };
        let member_id = reader.string(flexible)?;
        let members = reader.array::<JoinGroupResponseMember>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            throttle_time_ms,
            error_code,
            generation_id,
            protocol_type,
            protocol_name,
            leader,
            skip_assignment,
            member_id,
            members,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 6;
        if version >= 2 {
            size += 4;
        }
        if version >= 7 {
            size += size::string_nullable(self.protocol_type.as_ref(), flexible);
        }
        size += size::string_nullable(self.protocol_name.as_ref(), flexible);
        size += size::string(&self.leader, flexible);
        if version >= 9 {
            size += 1;
        }
        size += size::string(&self.member_id, flexible);
        size += size::array(&self.members, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version >= 2 {
            writer.i32(self.throttle_time_ms);
        }
        writer.run::<6>(|run| {
            run.i16(self.error_code.0);
            run.i32(self.generation_id);
        });
        if version >= 7 {
            writer.string_nullable(self.protocol_type.as_ref(), flexible);
        }
        if version >= 7 {
            writer.string_nullable(self.protocol_name.as_ref(), flexible);
        } else {
            match &self.protocol_name {
                Some(value) => {
                    writer.string(value, flexible);
                }
                None => writer.unexpected_null("JoinGroupResponse.ProtocolName", version),
            }
        }
        writer.string(&self.leader, flexible);
        if version >= 9 {
            writer.bool(self.skip_assignment);
        } else if self.skip_assignment {
            writer.field_not_in_version("JoinGroupResponse.SkipAssignment", version);
        }
        writer.string(&self.member_id, flexible);
        writer.array(&self.members, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("JoinGroupResponse.unknown_tags", version);
        }
    }
}

/// Part of [`JoinGroupResponse::members`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct JoinGroupResponseMember {
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 5 and up.
    /// None is null.
    pub group_instance_id: Option<ByteString>,
    /// `Metadata`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub metadata: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for JoinGroupResponseMember {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let metadata = reader.bytes(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            member_id,
            group_instance_id,
            metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        size += size::string(&self.member_id, flexible);
        if version >= 5 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        size += size::bytes(&self.metadata, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(&self.member_id, flexible);
        if version >= 5 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        writer.bytes(&self.metadata, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("JoinGroupResponseMember.unknown_tags", version);
        }
    }
}

impl Message for JoinGroupResponse {
    const NAME: &'static str = "JoinGroupResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 9;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Response for JoinGroupResponse {
    const KEY: ApiKey = ApiKey(11);
}
