//! `UpdateRaftVoterResponse`. Generated from `schema/messages/UpdateRaftVoterResponse.json` by `cargo xtask codegen`; do not edit.

use crate::{
    ApiKey, ByteString, DecodeError, ErrorCode, Message, Reader, Response, UnknownTags, Writer,
    size, wire::Wire,
};

/// `UpdateRaftVoterResponse`: A response of API 82, version 0, flexible.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct UpdateRaftVoterResponse {
    /// `ThrottleTimeMs`, in milliseconds: all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`: all versions.
    pub error_code: ErrorCode,
    /// `CurrentLeader`: all versions, tag 0.
    pub current_leader: CurrentLeader,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Wire for UpdateRaftVoterResponse {
    const MIN_LEN: usize = 7;

    #[inline]
    fn read(reader: &mut Reader<'_>, version: i16) -> Result<Self, DecodeError> {
        let throttle_time_ms = reader.i32()?;
        let error_code = ErrorCode(reader.i16()?);
        let mut current_leader = CurrentLeader::default();
        let mut unknown_tags = UnknownTags::default();
        for _ in 0..reader.tag_count()? {
            let (tag, mut field) = reader.tagged_field()?;
            match tag {
                0 => {
                    current_leader = CurrentLeader::read(&mut field, version)?;
                    field.finish()?;
                }
                _ => unknown_tags.keep(tag, &field)?,
            }
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            current_leader,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, version: i16) -> usize {
        let mut size = 6;
        let mut tags = self.unknown_tags.len();
        if self.current_leader != CurrentLeader::default() {
            tags += 1;
            size += size::tagged(0, self.current_leader.size(version));
        }
        size += size::unsigned_varint(tags) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, version: i16) {
        writer.run::<6>(|run| {
            run.i32(self.throttle_time_ms);
            run.i16(self.error_code.0);
        });
        let has_current_leader = self.current_leader != CurrentLeader::default();
        writer.tag_count(usize::from(has_current_leader) + self.unknown_tags.len());
        if has_current_leader {
            writer.tag(0, self.current_leader.size(version));
            self.current_leader.write(writer, version);
        }
        writer.unknown_tags(&self.unknown_tags, 1);
    }
}

/// Part of [`UpdateRaftVoterResponse::current_leader`]; all versions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct CurrentLeader {
    /// `LeaderId`, a broker's id: all versions.
    /// `-1` by default.
    pub leader_id: i32,
    /// `LeaderEpoch`: all versions.
    /// `-1` by default.
    pub leader_epoch: i32,
    /// `Host`: all versions.
    pub host: ByteString,
    /// `Port`: all versions.
    pub port: i32,
    /// Tagged fields that are not known here, kept as they came.
    #[cfg_attr(
        feature = "serde",
        serde(skip_serializing_if = "UnknownTags::is_empty")
    )]
    pub unknown_tags: UnknownTags,
}

impl Default for CurrentLeader {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            host: ByteString::default(),
            port: 0,
            unknown_tags: UnknownTags::default(),
        }
    }
}

impl Wire for CurrentLeader {
    const MIN_LEN: usize = 14;

    #[inline]
    fn read(reader: &mut Reader<'_>, _version: i16) -> Result<Self, DecodeError> {
        let leader_id = reader.i32()?;
        let leader_epoch = reader.i32()?;
        let host = reader.string(true)?;
        let port = reader.i32()?;
        let unknown_tags = reader.unknown_tags()?;
        Ok(Self {
            leader_id,
            leader_epoch,
            host,
            port,
            unknown_tags,
        })
    }

    #[inline]
    fn size(&self, _version: i16) -> usize {
        let mut size = 12;
        size += size::string(&self.host, true);
        size += size::unsigned_varint(self.unknown_tags.len()) + self.unknown_tags.size();
        size
    }

    #[inline]
    fn write(&self, writer: &mut Writer, _version: i16) {
        writer.run::<8>(|run| {
            run.i32(self.leader_id);
            run.i32(self.leader_epoch);
        });
        writer.string(&self.host, true);
        writer.i32(self.port);
        writer.tag_count(self.unknown_tags.len());
        writer.unknown_tags(&self.unknown_tags, 0);
    }
}

impl Message for UpdateRaftVoterResponse {
    const NAME: &'static str = "UpdateRaftVoterResponse";
    const MIN_VERSION: i16 = 0;
    const MAX_VERSION: i16 = 0;
    const FLEXIBLE_FROM: i16 = 0;
}

impl Response for UpdateRaftVoterResponse {
    const KEY: ApiKey = ApiKey(82);
}
