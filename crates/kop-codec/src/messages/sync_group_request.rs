//! `SyncGroupRequest`. Generated from `schema/messages/SyncGroupRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `SyncGroupRequest`: A request of API 14, versions 0 to 5, flexible from 4.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SyncGroupRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `GenerationId`: all versions.
    pub generation_id: i32,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 3 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub group_instance_id: Option<ByteString>,
    /// `ProtocolType`: version 5.
    /// None is null.
    pub protocol_type: Option<ByteString>,
    /// `ProtocolName`: version 5.
    /// None is null.
    pub protocol_name: Option<ByteString>,
    /// `Assignments`: all versions.
    pub assignments: Vec<SyncGroupRequestAssignment>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SyncGroupRequest {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let group_id = reader.string(flexible)?;
        let generation_id = reader.i32()?;
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let protocol_type = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let protocol_name = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let assignments = reader.array::<SyncGroupRequestAssignment>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            group_id,
            generation_id,
            member_id,
            group_instance_id,
            protocol_type,
            protocol_name,
            assignments,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 4;
        size += size::string(&self.group_id, flexible);
        size += size::string(&self.member_id, flexible);
        if version >= 3 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        if version >= 5 {
            size += size::string_nullable(self.protocol_type.as_ref(), flexible);
        }
        if version >= 5 {
            size += size::string_nullable(self.protocol_name.as_ref(), flexible);
        }
        size += size::array(&self.assignments, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(&self.group_id, flexible);
        writer.i32(self.generation_id);
        writer.string(&self.member_id, flexible);
        if version >= 3 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        } else if self.group_instance_id.is_some() {
            writer.field_not_in_version("SyncGroupRequest.GroupInstanceId", version);
        }
        if version >= 5 {
            writer.string_nullable(self.protocol_type.as_ref(), flexible);
        }
        if version >= 5 {
            writer.string_nullable(self.protocol_name.as_ref(), flexible);
        }
        writer.array(&self.assignments, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SyncGroupRequest.unknown_tags", version);
        }
    }
}

/// Part of [`SyncGroupRequest::assignments`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct SyncGroupRequestAssignment {
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `Assignment`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub assignment: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for SyncGroupRequestAssignment {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let member_id = reader.string(flexible)?;
        let assignment = reader.bytes(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            member_id,
            assignment,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 0;
        size += size::string(&self.member_id, flexible);
        size += size::bytes(&self.assignment, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(&self.member_id, flexible);
        writer.bytes(&self.assignment, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("SyncGroupRequestAssignment.unknown_tags", version);
        }
    }
}

impl Message for SyncGroupRequest {
    const NAME: &'static str = "SyncGroupRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 5;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for SyncGroupRequest {
    const KEY: ApiKey = ApiKey(14);
    type Response = crate::messages::sync_group_response::SyncGroupResponse;
}
