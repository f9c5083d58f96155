//! `JoinGroupRequest`. Generated from `schema/messages/JoinGroupRequest.json` by `cargo xtask codegen`; do not edit.

use bytes::Bytes;

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `JoinGroupRequest`: A request of API 11, versions 0 to 9, flexible from 6.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct JoinGroupRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `SessionTimeoutMs`, in milliseconds: all versions.
    pub session_timeout_ms: i32,
    /// `RebalanceTimeoutMs`, in milliseconds: versions 1 and up.
    /// `-1` by default.
    pub rebalance_timeout_ms: i32,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `GroupInstanceId`: versions 5 and up.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub group_instance_id: Option<ByteString>,
    /// `ProtocolType`: all versions.
    pub protocol_type: ByteString,
    /// `Protocols`: all versions.
    pub protocols: Vec<JoinGroupRequestProtocol>,
    /// `Reason`: versions 8 and up.
    /// None is null.
    pub reason: Option<ByteString>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        Self {
            group_id: ByteString::default(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: ByteString::default(),
            group_instance_id: None,
            protocol_type: ByteString::default(),
            protocols: Vec::new(),
            reason: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for JoinGroupRequest {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let group_id = reader.string(flexible)?;
        let session_timeout_ms = reader.i32()?;
        let rebalance_timeout_ms = if version >= 1 { reader.i32()? } else { -1 };
        let member_id = reader.string(flexible)?;
        let group_instance_id = if version >= 5 {
            reader.string_nullable(flexible)?
        } else {
            None
        };
        let protocol_type = reader.string(flexible)?;
        let protocols = reader.array::<JoinGroupRequestProtocol>(flexible, version)?;
        let reason = if version >= 8 {
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
            group_id,
            session_timeout_ms,
            rebalance_timeout_ms,
            member_id,
            group_instance_id,
            protocol_type,
            protocols,
            reason,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 4;
        size += size::string(&self.group_id, flexible);
        if version >= 1 {
            size += 4;
        }
        size += size::string(&self.member_id, flexible);
        if version >= 5 {
            size += size::string_nullable(self.group_instance_id.as_ref(), flexible);
        }
        size += size::string(&self.protocol_type, flexible);
        size += size::array(&self.protocols, flexible, version);
        if version >= 8 {
            size += size::string_nullable(self.reason.as_ref(), flexible);
        }
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(&self.group_id, flexible);
        writer.i32(self.session_timeout_ms);
        if version >= 1 {
            writer.i32(self.rebalance_timeout_ms);
        }
        writer.string(&self.member_id, flexible);
        if version >= 5 {
            writer.string_nullable(self.group_instance_id.as_ref(), flexible);
        } else if self.group_instance_id.is_some() {
            writer.field_not_in_version("JoinGroupRequest.GroupInstanceId", version);
        }
        writer.string(&self.protocol_type, flexible);
        writer.array(&self.protocols, flexible, version);
        if version >= 8 {
            writer.string_nullable(self.reason.as_ref(), flexible);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("JoinGroupRequest.unknown_tags", version);
        }
    }
}

/// Part of [`JoinGroupRequest::protocols`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct JoinGroupRequestProtocol {
    /// `Name`: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
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

impl Wire for JoinGroupRequestProtocol {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let name = reader.string(flexible)?;
        let metadata = reader.bytes(flexible)?;
        let unknown_tags = if flexible {
            reader.unknown_tags()?
        } else {
            UnknownTags::default()
        };
        Ok(Self {
            name,
            metadata,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let flexible = version >= 6;
        let mut size = 0;
        size += size::string(&self.name, flexible);
        size += size::bytes(&self.metadata, flexible);
        if flexible {
            size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        }
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(&self.name, flexible);
        writer.bytes(&self.metadata, flexible);
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("JoinGroupRequestProtocol.unknown_tags", version);
        }
    }
}

impl Message for JoinGroupRequest {
    const NAME: &'static str = "JoinGroupRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 9;
    const FLEXIBLE_FROM: i16 = 6;
}

impl Request for JoinGroupRequest {
    const KEY: ApiKey = ApiKey(11);
    type Response = crate::messages::join_group_response::JoinGroupResponse;
}
