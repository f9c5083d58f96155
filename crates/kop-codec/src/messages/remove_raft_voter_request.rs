//! `RemoveRaftVoterRequest`. Generated from `schema/messages/RemoveRaftVoterRequest.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, Message, Reader, Request, UnknownTags, Uuid, Writer, size,
    wire::Wire,
};

/// `RemoveRaftVoterRequest`: A request of API 81, version 0, flexible.
///
/// Kafka takes it on listeners of: controller, broker.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct RemoveRaftVoterRequest {
    /// `ClusterId`: all versions.
    /// None is null.
    /// Empty, not null, by default.
    pub cluster_id: Option<ByteString>,
    /// `VoterId`: all versions.
    pub voter_id: i32,
    /// `VoterDirectoryId`: all versions.
    pub voter_directory_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for RemoveRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(ByteString::default()),
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for RemoveRaftVoterRequest {
    const MIN_LEN: usize = 22;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let cluster_id = reader.string_nullable(true)?;
        let voter_id = reader.i32()?;
        let voter_directory_id = reader.uuid()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            cluster_id,
            voter_id,
            voter_directory_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 20;
        size += size::string_nullable(self.cluster_id.as_ref(), true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.string_nullable(self.cluster_id.as_ref(), true);
        writer.run::<20>(|run| {
            run.i32(self.voter_id);
            run.uuid(self.voter_directory_id);
        });
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for RemoveRaftVoterRequest {
    const NAME: &'static str = "RemoveRaftVoterRequest";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Request for RemoveRaftVoterRequest {
    const KEY: ApiKey = ApiKey(81);
    type Response = crate::messages::remove_raft_voter_response::RemoveRaftVoterResponse;
}
