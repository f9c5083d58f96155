//! Who may commit or delete offsets of a classic group, and when they expire.

use kop_codec::messages::OffsetCommitRequest;
use kop_codec::{ByteString, ErrorCode};

use super::{ClassicGroup, ClassicState};
use crate::outbox::Cx;

/// From when on an offset's retention is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ExpiryBase {
    /// Not at all: members may be reading on from it.
    Never,
    /// From its commit.
    Commit,
    /// From this time on, in milliseconds since 1970: when the group became empty.
    Since(i64),
}

impl ClassicGroup {
    /// Checks a commit: from a member of this generation, or from outside to a group without members.
    pub(crate) fn check_commit(&self, request: &OffsetCommitRequest) -> Result<(), ErrorCode> {
        let generation = request.generation_id_or_member_epoch;
        if self.state == ClassicState::Dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        if generation < 0 && self.state == ClassicState::Empty {
            return Ok(()); // An administrator, or a consumer that assigns its partitions itself.
        }
        if generation < 0 && request.member_id.is_empty() && request.group_instance_id.is_none() {
            return Err(ErrorCode::UNKNOWN_MEMBER_ID);
        }
        self.check_member(&request.member_id, request.group_instance_id.as_ref())?;
        if generation != self.generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        if self.state == ClassicState::CompletingRebalance {
            return Err(ErrorCode::REBALANCE_IN_PROGRESS);
        }
        Ok(())
    }

    /// Checks a commit in a transaction. One that names no member is not checked, and a rebalance does not stop it.
    pub(crate) fn check_commit_in_transaction(
        &self,
        request: &OffsetCommitRequest,
    ) -> Result<(), ErrorCode> {
        let generation = request.generation_id_or_member_epoch;
        if self.state == ClassicState::Dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        if generation < 0 && self.state == ClassicState::Empty {
            return Ok(());
        }
        if generation < 0 && request.member_id.is_empty() && request.group_instance_id.is_none() {
            return Ok(());
        }
        self.check_member(&request.member_id, request.group_instance_id.as_ref())?;
        if generation != self.generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        Ok(())
    }

    /// A commit is a sign of life.
    pub(crate) fn commit_seen(&mut self, cx: &Cx<'_>, member_id: &ByteString) {
        if matches!(
            self.state,
            ClassicState::Stable | ClassicState::PreparingRebalance
        ) {
            self.restart_session(cx, member_id);
        }
    }

    /// Whether offsets may be deleted: of groups that are empty, or of consumers (then not of their topics).
    pub(crate) fn check_offset_delete(&self) -> Result<(), ErrorCode> {
        match self.state {
            ClassicState::Dead => Err(ErrorCode::GROUP_ID_NOT_FOUND),
            ClassicState::Empty => Ok(()),
            _ if self.is_of_consumers() => Ok(()),
            _ => Err(ErrorCode::NON_EMPTY_GROUP),
        }
    }

    /// Whether the group may be deleted.
    pub(crate) fn check_delete(&self) -> Result<(), ErrorCode> {
        match self.state {
            ClassicState::Dead => Err(ErrorCode::GROUP_ID_NOT_FOUND),
            ClassicState::Empty => Ok(()),
            _ => Err(ErrorCode::NON_EMPTY_GROUP),
        }
    }

    /// When this group's offsets begin to age (KIP-211).
    pub(crate) fn expiry_base(&self) -> ExpiryBase {
        match self.state {
            ClassicState::Dead => ExpiryBase::Never,
            // Never had a member: a consumer that only stores offsets here.
            _ if self.protocol_type.is_none() => ExpiryBase::Commit,
            ClassicState::Empty => self
                .state_since_ms
                .map_or(ExpiryBase::Commit, ExpiryBase::Since),
            ClassicState::Stable if self.is_of_consumers() && self.subscribed.is_some() => {
                ExpiryBase::Commit
            }
            _ => ExpiryBase::Never,
        }
    }
}
