//! `ConsumerGroupHeartbeatRequest`. Generated from `schema/messages/ConsumerGroupHeartbeatRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Int32s, Message, Reader, Request, UnknownTags, Uuid, Writer,
    size, wire::Wire,
};

/// `ConsumerGroupHeartbeatRequest`: A request of API 68, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct ConsumerGroupHeartbeatRequest {
    /// `GroupId`, a group's id: all versions.
    pub group_id: ByteString,
    /// `MemberId`: all versions.
    pub member_id: ByteString,
    /// `MemberEpoch`: all versions.
    pub member_epoch: i32,
    /// `InstanceId`: all versions.
    /// None is null.
    pub instance_id: Option<ByteString>,
    /// `RackId`: all versions.
    /// None is null.
    pub rack_id: Option<ByteString>,
    /// `RebalanceTimeoutMs`, in milliseconds: all versions.
    /// `-1` by default.
    pub rebalance_timeout_ms: i32,
    /// `SubscribedTopicNames`, a topic's name: all versions.
    /// None is null.
    pub subscribed_topic_names: Option<Vec<ByteString>>,
    /// `SubscribedTopicRegex`: version 1.
    /// None is null.
    /// Other versions refuse anything but the default.
    pub subscribed_topic_regex: Option<ByteString>,
    /// `ServerAssignor`: all versions.
    /// None is null.
    pub server_assignor: Option<ByteString>,
    /// `TopicPartitions`: all versions.
    /// None is null.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for ConsumerGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: ByteString::default(),
            member_id: ByteString::default(),
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for ConsumerGroupHeartbeatRequest {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let group_id = reader.string(true)?;
        let member_id = reader.string(true)?;
        let member_epoch = reader.i32()?;
        let instance_id = reader.string_nullable(true)?;
        let rack_id = reader.string_nullable(true)?;
        let rebalance_timeout_ms = reader.i32()?;
        let subscribed_topic_names =
            reader.values_nullable(true, 1, |reader| reader.string(true))?;
        let subscribed_topic_regex = if version >= 1 {
            reader.string_nullable(true)?
        } else {
            None
        };
        let server_assignor = reader.string_nullable(true)?;
        let topic_partitions = reader.array_nullable::<TopicPartitions>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            group_id,
            member_id,
            member_epoch,
            instance_id,
            rack_id,
            rebalance_timeout_ms,
            subscribed_topic_names,
            subscribed_topic_regex,
            server_assignor,
            topic_partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 8;
        size += size::string(&self.group_id, true);
        size += size::string(&self.member_id, true);
        size += size::string_nullable(self.instance_id.as_ref(), true);
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::strings(
            self.subscribed_topic_names.as_deref().unwrap_or_default(),
            true,
        );
        if version >= 1 {
            size += size::string_nullable(self.subscribed_topic_regex.as_ref(), true);
        }
        size += size::string_nullable(self.server_assignor.as_ref(), true);
        size += size::array_nullable(self.topic_partitions.as_deref(), true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(&self.group_id, true);
        writer.string(&self.member_id, true);
        writer.i32(self.member_epoch);
        writer.string_nullable(self.instance_id.as_ref(), true);
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.i32(self.rebalance_timeout_ms);
        writer.strings_nullable(self.subscribed_topic_names.as_deref(), true);
        if version >= 1 {
            writer.string_nullable(self.subscribed_topic_regex.as_ref(), true);
        } else if self.subscribed_topic_regex.is_some() {
            writer.field_not_in_version(
                "ConsumerGroupHeartbeatRequest.SubscribedTopicRegex",
                version,
            );
        }
        writer.string_nullable(self.server_assignor.as_ref(), true);
        writer.array_nullable(self.topic_partitions.as_deref(), true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`ConsumerGroupHeartbeatRequest::topic_partitions`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct TopicPartitions {
    /// `TopicId`: all versions.
    pub topic_id: Uuid,
    /// `Partitions`: all versions.
    pub partitions: Int32s,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for TopicPartitions {
    const MIN_LEN: usize = 18;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let topic_id = reader.uuid()?;
        let partitions = reader.int32s(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            topic_id,
            partitions,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 16;
        size += size::int32s(&self.partitions, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(&self.partitions, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for ConsumerGroupHeartbeatRequest {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for ConsumerGroupHeartbeatRequest {
    const KEY: ApiKey = ApiKey(68);
    type Response =
        crate::messages::consumer_group_heartbeat_response::ConsumerGroupHeartbeatResponse;
}
