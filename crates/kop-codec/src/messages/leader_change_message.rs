//! `LeaderChangeMessage`. Generated from `schema/messages/LeaderChangeMessage.json` by `cargo xtask codegen`; do not edit.

use crate::{DecodeError, Message, Reader, UnknownTags, Uuid, Writer, size, wire::Wire};

/// `LeaderChangeMessage`: Data inside of other messages, versions 0 to 1, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct LeaderChangeMessage {
    /// `Version`: all versions.
    pub version: i16,
    /// `LeaderId`, a broker's id: all versions.
    pub leader_id: i32,
    /// `Voters`: all versions.
    pub voters: Vec<Voter>,
    /// `GrantingVoters`: all versions.
    pub granting_voters: Vec<Voter>,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for LeaderChangeMessage {
    const MIN_LEN: usize = 9;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let version_value = reader.i16()?;
        let leader_id = reader.i32()?;
        let voters = reader.array::<Voter>(true, version)?;
        let granting_voters = reader.array::<Voter>(true, version)?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            version: version_value,
            leader_id,
            voters,
            granting_voters,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        size += size::array(&self.voters, true, version);
        size += size::array(&self.granting_voters, true, version);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i16(self.version);
            run.i32(self.leader_id);
        });
        writer.array(&self.voters, true, version);
        writer.array(&self.granting_voters, true, version);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

/// Used in [`LeaderChangeMessage::voters`], [`LeaderChangeMessage::granting_voters`]; all versions.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct Voter {
    /// `VoterId`: all versions.
    pub voter_id: i32,
    /// `VoterDirectoryId`: version 1.
    /// Other versions refuse anything but the default.
    pub voter_directory_id: Uuid,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for Voter {
    const MIN_LEN: usize = 5;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let voter_id = reader.i32()?;
        let voter_directory_id = if version >= 1 {
            reader.uuid()?
        } else {
            Uuid::ZERO
        };
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            voter_id,
            voter_directory_id,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 4;
        if version >= 1 {
            size += 16;
        }
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.i32(self.voter_id);
        if version >= 1 {
            writer.uuid(self.voter_directory_id);
        } else if !self.voter_directory_id.is_zero() {
            writer.field_not_in_version("Voter.VoterDirectoryId", version);
        }
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for LeaderChangeMessage {
    const NAME: &'static str = "LeaderChangeMessage";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 1;
    const FLEXIBLE_FROM: i16 = 0;
}
