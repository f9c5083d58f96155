//! `AddRaftVoterRequest`. Generated from `schema/messages/AddRaftVoterRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `AddRaftVoterRequest`: A request of API 80, versions 0 to 1, flexible.
///
/// Kafka takes it on listeners of: controller, broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct AddRaftVoterRequest {
    /// `ClusterId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub cluster_id: Option<ByteString>,
    /// `TimeoutMs`, in milliseconds: all versions.
    pub timeout_ms: i32,
    /// `VoterId`: all versions.
    pub voter_id: i32,
    /// `VoterDirectoryId`: all versions.
    pub voter_directory_id: Uuid,
    /// `Listeners`: all versions.
    pub listeners: Vec<Listener>,
    /// `AckWhenCommitted`: version 1.
    /// `true` by default.
    /// Other versions refuse anything but the default.
    pub ack_when_committed: bool,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for AddRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(ByteString::default()),
            timeout_ms: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            ack_when_committed: true,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for AddRaftVoterRequest {
    const MIN_LEN: usize = 27;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let cluster_id = reader.string_nullable(true)?;
        let timeout_ms = reader.i32()?;
        let voter_id = reader.i32()?;
        let voter_directory_id = reader.uuid()?;
        let listeners = reader.array::<Listener>(true, version)?;
        let ack_when_committed = if version >= 1 { reader.bool()? } else { true };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            cluster_id,
            timeout_ms,
            voter_id,
            voter_directory_id,
            listeners,
            ack_when_committed,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 24;
        size += size::string_nullable(self.cluster_id.as_ref(), true);
        size += size::array(&self.listeners, true, version);
        if version >= 1 {
            size += 1;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.cluster_id.as_ref(), true);
        writer.run::<24>(|run| {
            run.i32(self.timeout_ms);
            run.i32(self.voter_id);
            run.uuid(self.voter_directory_id);
        });
        writer.array(&self.listeners, true, version);
        if version >= 1 {
            writer.bool(self.ack_when_committed);
        } else if !self.ack_when_committed {
            writer.field_not_in_version("AddRaftVoterRequest.AckWhenCommitted", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`AddRaftVoterRequest::listeners`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Listener {
    /// `Name`: all versions.
    /// Part of the key: no two elements have the same.
    pub name: ByteString,
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

impl Wire for Listener {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let name = reader.string(true)?;
        let host = reader.string(true)?;
        let port = reader.u16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            name,
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 2;
        size += size::string(&self.name, true);
        size += size::string(&self.host, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string(&self.name, true);
        writer.string(&self.host, true);
        writer.u16(self.port);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for AddRaftVoterRequest {
    const NAME: &'static str = "AddRaftVoterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for AddRaftVoterRequest {
    const KEY: ApiKey = ApiKey(80);
    type Response = crate::messages::add_raft_voter_response::AddRaftVoterResponse;
}
