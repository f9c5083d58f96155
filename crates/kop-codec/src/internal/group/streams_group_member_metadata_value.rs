//! `StreamsGroupMemberMetadataValue`. Generated from `schema/records/StreamsGroupMemberMetadataValue.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ByteString, DecodeError, Message, Reader, UnknownTags, Writer, internal::InternalRecord, size,
    wire::Wire,
};

/// `StreamsGroupMemberMetadataValue`: The value of a record in an internal topic, version 0, flexible.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct StreamsGroupMemberMetadataValue {
    /// `InstanceId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub instance_id: Option<ByteString>,
    /// `RackId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub rack_id: Option<ByteString>,
    /// `ClientId`: all versions.
    pub client_id: ByteString,
    /// `ClientHost`: all versions.
    pub client_host: ByteString,
    /// `RebalanceTimeoutMs`, in milliseconds: all versions.
    /// `-1` by default.
    pub rebalance_timeout_ms: i32,
    /// `TopologyEpoch`: all versions.
    pub topology_epoch: i32,
    /// `ProcessId`: all versions.
    pub process_id: ByteString,
    /// `UserEndpoint`: all versions.
    /// None is null.
    pub user_endpoint: Option<Endpoint>,
    /// `ClientTags`: all versions.
    pub client_tags: Vec<KeyValue>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for StreamsGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(ByteString::default()),
            rack_id: Some(ByteString::default()),
            client_id: ByteString::default(),
            client_host: ByteString::default(),
            rebalance_timeout_ms: -1,
            topology_epoch: 0,
            process_id: ByteString::default(),
            user_endpoint: None,
            client_tags: Vec::new(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for StreamsGroupMemberMetadataValue {
    const MIN_LEN: usize = 16;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let instance_id = reader.string_nullable(true)?;
        let rack_id = reader.string_nullable(true)?;
        let client_id = reader.string(true)?;
        let client_host = reader.string(true)?;
        let rebalance_timeout_ms = reader.i32()?;
        let topology_epoch = reader.i32()?;
        let process_id = reader.string(true)?;
        let user_endpoint = reader.struct_nullable::<Endpoint>(version)?;
        let client_tags = reader.array::<KeyValue>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            instance_id,
            rack_id,
            client_id,
            client_host,
            rebalance_timeout_ms,
            topology_epoch,
            process_id,
            user_endpoint,
            client_tags,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 8;
        size += size::string_nullable(self.instance_id.as_ref(), true);
        size += size::string_nullable(self.rack_id.as_ref(), true);
        size += size::string(&self.client_id, true);
        size += size::string(&self.client_host, true);
        size += size::string(&self.process_id, true);
        size += size::struct_nullable(self.user_endpoint.as_ref(), version);
        size += size::array(&self.client_tags, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.instance_id.as_ref(), true);
        writer.string_nullable(self.rack_id.as_ref(), true);
        writer.string(&self.client_id, true);
        writer.string(&self.client_host, true);
        writer.run::<8>(|run| {
            run.i32(self.rebalance_timeout_ms);
            run.i32(self.topology_epoch);
        });
        writer.string(&self.process_id, true);
        writer.struct_nullable(self.user_endpoint.as_ref(), version);
        writer.array(&self.client_tags, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupMemberMetadataValue::user_endpoint`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Endpoint {
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: u16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Endpoint {
    const MIN_LEN: usize = 4;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let host = reader.string(true)?;
        let port = reader.u16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 2;
        size += size::string(&self.host, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.host, true);
        writer.u16(self.port);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`StreamsGroupMemberMetadataValue::client_tags`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct KeyValue {
    /// `Key`: all versions.
    pub key: ByteString,
    /// `Value`: all versions.
    pub value: ByteString,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for KeyValue {
    const MIN_LEN: usize = 3;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let key = reader.string(true)?;
        let value = reader.string(true)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            key,
            value,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 0;
        size += size::string(&self.key, true);
        size += size::string(&self.value, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.key, true);
        writer.string(&self.value, true);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for StreamsGroupMemberMetadataValue {
    const NAME: &'static str = "StreamsGroupMemberMetadataValue";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl InternalRecord for StreamsGroupMemberMetadataValue {
    const RECORD_TYPE: i16 = 19;
}
