//! `ShareGroupHeartbeatRequest`. Generated from `schema/messages/ShareGroupHeartbeatRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Writer, size,
    wire::Wire,
};

/// `ShareGroupHeartbeatRequest`: A request of API 76, version 1, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ShareGroupHeartbeatRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `RackId`: all versions.
    /// None is null.
    pub rack_id: Option<ByteString>,
    /// `SubscribedTopicNames`, a topic's name: all versions.
    /// None is null.
    pub subscribed_topic_names: Option<Vec<ByteString>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for ShareGroupHeartbeatRequest {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(true)?;
        let member_id = reader.string(true)?;
        let member_epoch = reader.i32()?;
        let rack_id = reader.string_nullable(true)?;
        let subscribed_topic_names =
            reader.values_nullable(true, 1, |reader| reader.string(true))?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            rack_id,
            subscribed_topic_names,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::string(&self.group_id, true);
        size += size::string(&self.member_id, true);
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::strings(
            self.subscribed_topic_names.as_deref().unwrap_or_default(),
            true,
        );
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.group_id, true);
        writer.string(&self.member_id, true);
        writer.i32(self.member_epoch);
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.strings_nullable(self.subscribed_topic_names.as_deref(), true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ShareGroupHeartbeatRequest {
    const NAME: &'static str = "ShareGroupHeartbeatRequest";
    const MIN_VERSION: i16 = 1;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ShareGroupHeartbeatRequest {
    const KEY: ApiKey = ApiKey(76);
    type Response = crate::messages::share_group_heartbeat_response::ShareGroupHeartbeatResponse;
}
