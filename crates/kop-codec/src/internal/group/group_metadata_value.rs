//! `GroupMetadataValue`. Generated from `schema/records/GroupMetadataValue.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `GroupMetadataValue`: The value of a record in an internal topic, versions 0 to 4, flexible from 4.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct GroupMetadataValue {
    /// `protocolType`: all versions.
    pub protocol_type: ByteString,
    /// `generation`: all versions.
    pub generation: i32,
    /// `protocol`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub protocol: Option<ByteString>,
    /// `leader`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub leader: Option<ByteString>,
    /// `currentStateTimestamp`, in milliseconds since 1970: versions 2 and up.
    /// `-1` by default.
    pub current_state_timestamp: i64,
    /// `members`: all versions.
    pub members: Vec<MemberMetadata>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for GroupMetadataValue {
    fn default() -> Self {
        Self {
            protocol_type: ByteString::default(),
            generation: 0,
            protocol: Some(ByteString::default()),
            leader: Some(ByteString::default()),
            current_state_timestamp: -1,
            members: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for GroupMetadataValue {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let protocol_type = reader.string(flexible)?;
        let generation = reader.i32()?;
        let protocol = reader.string_nullable(flexible)?;
        let leader = reader.string_nullable(flexible)?;
        let current_state_timestamp = if version >= 2 { reader.i64()? } else { -1 };
        let members = reader.array::<MemberMetadata>(flexible, version)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            protocol_type,
            generation,
            protocol,
            leader,
            current_state_timestamp,
            members,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 4;
        size += size::string(&self.protocol_type, flexible);
        size += size::string_nullable(self.protocol.as_ref(), flexible);
        size += size::string_nullable(self.leader.as_ref(), flexible);
        if version >= 2 {
            size += 8;
        }
        size += size::array(&self.members, flexible, version);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 4;
        writer.string(&self.protocol_type, flexible);
        writer.i32(self.generation);
        writer.string_nullable(self.protocol.as_ref(), flexible);
        writer.string_nullable(self.leader.as_ref(), flexible);
        if version >= 2 {
            writer.i64(self.current_state_timestamp);
        }
        writer.array(&self.members, flexible, version);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("GroupMetadataValue.unknown_tags", version);
        }
    }
}

/// Part of [`GroupMetadataValue::members`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct MemberMetadata {
    /// `memberId`: all versions.
    pub member_id: ByteString,
    /// `groupInstanceId`: versions 3 and up.
    /// None is null.
    pub group_instance_id: Option<ByteString>,
    /// `clientId`: all versions.
    pub client_id: ByteString,
    /// `clientHost`: all versions.
    pub client_host: ByteString,
    /// `rebalanceTimeout`: versions 1 and up.
    /// `-1` by default.
    pub rebalance_timeout: i32,
    /// `sessionTimeout`: all versions.
    pub session_timeout: i32,
    /// `subscription`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub subscription: Bytes,
    /// `assignment`: all versions.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::json::bytes"))]
    pub assignment: Bytes,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for MemberMetadata {
    fn default() -> Self {
        Self {
            member_id: ByteString::default(),
            group_instance_id: None,
            client_id: ByteString::default(),
            client_host: ByteString::default(),
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: Bytes::default(),
            assignment: Bytes::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for MemberMetadata {
    const MIN_LEN: usize = 15;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 3 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let client_id = reader.string(flexible)?;
        let client_host = reader.string(flexible)?;
        let rebalance_timeout = if version >= 1 { reader.i32()? } else { -1 };
        let session_timeout = reader.i32()?;
        let subscription = reader.bytes(flexible)?;
        let assignment = reader.bytes(flexible)?;
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
            rebalance_timeout,
            session_timeout,
            subscription,
            assignment,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 4;
        let mut size = 4;
        size += size::string(&self.member_id, flexible);
        if version >= 3 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        size += size::string(&self.client_id, flexible);
        size += size::string(&self.client_host, flexible);
        if version >= 1 {
            size += 4;
        }
        size += size::bytes(&self.subscription, flexible);
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
        if version >= 3 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        writer.string(&self.client_id, flexible);
        writer.string(&self.client_host, flexible);
        if version >= 1 {
            writer.i32(self.rebalance_timeout);
        }
        writer.i32(self.session_timeout);
        writer.bytes(&self.subscription, flexible);
        writer.bytes(&self.assignment, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("MemberMetadata.unknown_tags", version);
        }
    }
}

impl Message for GroupMetadataValue {
    const NAME: &'static str = "GroupMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl InternalRecord for GroupMetadataValue {
    const RECORD_TYPE: i16 = 2;
}
