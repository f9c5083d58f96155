//! Who may commit or fetch offsets of a consumer group, and when it may be deleted.

use kop_codec::messages::OffsetCommitRequest;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::{ByteString, ErrorCode};

use super::ConsumerGroup;
use super::member::ConsumerMember;
use crate::outbox::Cx;

/// From this version on OffsetCommit knows member epochs.
const MEMBER_EPOCHS_SINCE: i16 = 9;

impl ConsumerGroup {
    /// Checks a commit: from a member at its epoch, or from outside to a group without members.
    ///
    /// A member that has not heard of its new epoch yet may commit for partitions that it has had since the epoch it
    /// knows (KIP-1251).
    pub(crate) fn check_commit(
        &self,
        cx: &Cx<'_>,
        api_version: i16,
        request: &OffsetCommitRequest,
    ) -> Result<(), ErrorCode> {
        if self.dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        if request.generation_id_or_member_epoch < 0 && self.members.is_empty() {
            return Ok(());
        }
        let member = self.member(&request.member_id)?;
        if !member.is_classic() && api_version < MEMBER_EPOCHS_SINCE {
            return Err(ErrorCode::UNSUPPORTED_VERSION);
        }
        check_commit_epoch(cx, member, request)
    }

    /// Checks a commit in a transaction. One that names no member is not checked. TxnOffsetCommit has generations only,
    /// and so has its error.
    pub(crate) fn check_commit_in_transaction(
        &self,
        cx: &Cx<'_>,
        request: &OffsetCommitRequest,
    ) -> Result<(), ErrorCode> {
        if self.dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        let names_nobody = request.member_id.is_empty() && request.group_instance_id.is_none();
        let outside = names_nobody || self.members.is_empty();
        if request.generation_id_or_member_epoch < 0 && outside {
            return Ok(());
        }
        let checked = check_commit_epoch(cx, self.member(&request.member_id)?, request);
        checked.map_err(|error| match error {
            ErrorCode::STALE_MEMBER_EPOCH => ErrorCode::ILLEGAL_GENERATION,
            error => error,
        })
    }

    /// Checks a fetch of offsets: who names no member and no epoch is an administrator, or a client that knows neither.
    pub(crate) fn check_fetch(&self, request: &OffsetFetchRequestGroup) -> Result<(), ErrorCode> {
        if request.member_id.is_none() && request.member_epoch < 0 {
            return Ok(());
        }
        let member = self.member(request.member_id.as_ref().unwrap_or(&ByteString::new()))?;
        if request.member_epoch == member.epoch {
            Ok(())
        } else {
            Err(wrong_epoch(member))
        }
    }

    /// Checks that the group can be deleted.
    pub(crate) fn check_delete(&self) -> Result<(), ErrorCode> {
        if self.dead {
            Err(ErrorCode::GROUP_ID_NOT_FOUND)
        } else if !self.members.is_empty() {
            Err(ErrorCode::NON_EMPTY_GROUP)
        } else {
            Ok(())
        }
    }

    fn member(&self, id: &ByteString) -> Result<&ConsumerMember, ErrorCode> {
        self.members.get(id).ok_or(ErrorCode::UNKNOWN_MEMBER_ID)
    }
}

fn wrong_epoch(member: &ConsumerMember) -> ErrorCode {
    if member.is_classic() {
        ErrorCode::ILLEGAL_GENERATION
    } else {
        ErrorCode::STALE_MEMBER_EPOCH
    }
}

fn check_commit_epoch(
    cx: &Cx<'_>,
    member: &ConsumerMember,
    request: &OffsetCommitRequest,
) -> Result<(), ErrorCode> {
    let received = request.generation_id_or_member_epoch;
    if received == member.epoch {
        return Ok(());
    }
    let since = |topic: &ByteString, partition: i32| {
        let (id, _) = cx.topics.find(topic)?;
        let has = member.assigned.get(&id).and_then(|of| of.get(&partition));
        let gives_up = || member.revoking.get(&id).and_then(|of| of.get(&partition));
        has.or_else(gives_up).copied()
    };
    let has_had_all = request.topics.iter().all(|topic| {
        topic.partitions.iter().all(|partition| {
            since(&topic.name, partition.partition_index).is_some_and(|since| since <= received)
        })
    });
    if received < member.epoch && received >= 0 && has_had_all {
        Ok(())
    } else {
        Err(wrong_epoch(member))
    }
}
