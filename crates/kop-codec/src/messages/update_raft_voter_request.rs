//! `UpdateRaftVoterRequest`. Generated from `schema/messages/UpdateRaftVoterRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `UpdateRaftVoterRequest`: A request of API 82, version 0, flexible.
///
/// Kafka takes it on listeners of: controller.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateRaftVoterRequest {
    /// `ClusterId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub cluster_id: Option<ByteString>,
    /// `CurrentLeaderEpoch`: all versions.
    pub current_leader_epoch: i32,
    /// `VoterId`: all versions.
    pub voter_id: i32,
    /// `VoterDirectoryId`: all versions.
    pub voter_directory_id: Uuid,
    /// `Listeners`: all versions.
    pub listeners: Vec<Listener>,
    /// `KRaftVersionFeature`: all versions.
    pub k_raft_version_feature: KRaftVersionFeature,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for UpdateRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(ByteString::default()),
            current_leader_epoch: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            k_raft_version_feature: KRaftVersionFeature::default(),
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for UpdateRaftVoterRequest {
    const MIN_LEN: usize = 32;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let cluster_id = reader.string_nullable(true)?;
        let current_leader_epoch = reader.i32()?;
        let voter_id = reader.i32()?;
        let voter_directory_id = reader.uuid()?;
        let listeners = reader.array::<Listener>(true, version)?;
        let k_raft_version_feature = KRaftVersionFeature::read(reader, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            cluster_id,
            current_leader_epoch,
            voter_id,
            voter_directory_id,
            listeners,
            k_raft_version_feature,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 24;
        size += size::string_nullable(self.cluster_id.as_ref(), true);
        size += size::array(&self.listeners, true, version);
        size += self.k_raft_version_feature.size(version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string_nullable(self.cluster_id.as_ref(), true);
        writer.run::<24>(|run| {
            run.i32(self.current_leader_epoch);
            run.i32(self.voter_id);
            run.uuid(self.voter_directory_id);
        });
        writer.array(&self.listeners, true, version);
        self.k_raft_version_feature.write(writer, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Part of [`UpdateRaftVoterRequest::listeners`]; all versions.
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

/// Part of [`UpdateRaftVoterRequest::k_raft_version_feature`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct KRaftVersionFeature {
    /// `MinSupportedVersion`: all versions.
    pub min_supported_version: i16,
    /// `MaxSupportedVersion`: all versions.
    pub max_supported_version: i16,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for KRaftVersionFeature {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let min_supported_version = reader.i16()?;
        let max_supported_version = reader.i16()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            min_supported_version,
            max_supported_version,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 4;
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<4>(|run| {
            run.i16(self.min_supported_version);
            run.i16(self.max_supported_version);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for UpdateRaftVoterRequest {
    const NAME: &'static str = "UpdateRaftVoterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for UpdateRaftVoterRequest {
    const KEY: ApiKey = ApiKey(82);
    type Response = crate::messages::update_raft_voter_response::UpdateRaftVoterResponse;
}
