//! `HeartbeatRequest`. Generated from `schema/messages/HeartbeatRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `HeartbeatRequest`: A request of API 12, versions 0 to 4, flexible from 4.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct HeartbeatRequest {
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
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for HeartbeatRequest {
    const MIN_LEN: usize = 8;

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
            writer.field_not_in_version("HeartbeatRequest.GroupInstanceId", version);
        }
        if flexible {
            writer.tag_count(self.unknown_tags.len());
            writer.unknown_tags(&self.unknown_tags, 0);
        } else if !self.unknown_tags.is_empty() {
            writer.field_not_in_version("HeartbeatRequest.unknown_tags", version);
        }
    }
}

impl Message for HeartbeatRequest {
    const NAME: &'static str = "HeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 4;
    const FLEXIBLE_FROM: i16 = 4;
}

impl Request for HeartbeatRequest {
    const KEY: ApiKey = ApiKey(12);
    type Response = crate::messages::heartbeat_response::HeartbeatResponse;
}
