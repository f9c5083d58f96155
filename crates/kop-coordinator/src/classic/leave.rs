//! LeaveGroup.

use kop_codec::messages::LeaveGroupResponse;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::leave_group_response::MemberResponse;
use kop_codec::{ByteString, ErrorCode};

use super::{ClassicGroup, ClassicState};
use crate::outbox::Cx;

impl ClassicGroup {
    /// Members leave, each with its own result. One rebalance follows for all of them.
    pub(crate) fn leave(
        &mut self,
        cx: &mut Cx<'_>,
        leaving: &[MemberIdentity],
    ) -> LeaveGroupResponse {
        if self.state == ClassicState::Dead {
            let error_code = ErrorCode::COORDINATOR_NOT_AVAILABLE;
            return LeaveGroupResponse {
                error_code,
                ..LeaveGroupResponse::default()
            };
        }
        let mut left = false;
        let members = leaving.iter().map(|identity| {
            let result = self.leave_one(cx, identity);
            left |= result == Ok(true);
            leave_result(identity, result.err().unwrap_or_default())
        });
        let members = members.collect();
        if left {
            self.rebalance_or_complete(cx, "members left");
        } else {
            // A member id that nobody used is no member, but the rebalance may have waited for it.
            self.complete_if_all_joined(cx);
        }
        LeaveGroupResponse {
            members,
            ..LeaveGroupResponse::default()
        }
    }

    /// `true` if a member left, `false` if it was a member id that had not joined.
    fn leave_one(&mut self, cx: &mut Cx<'_>, identity: &MemberIdentity) -> Result<bool, ErrorCode> {
        let member_id = self.leaving_id(identity)?;
        let was_member = self.members.contains_key(&member_id);
        let reason = identity.reason.as_deref().unwrap_or("not given");
        tracing::debug!(group = %self.id, member = %member_id, reason, "a member leaves");
        self.remove_member(cx, &member_id);
        Ok(was_member)
    }

    fn leaving_id(&self, identity: &MemberIdentity) -> Result<ByteString, ErrorCode> {
        match &identity.group_instance_id {
            // An administrator removes a static member, of whose member id nobody but the member knows.
            Some(instance_id) if identity.member_id.is_empty() => self
                .static_members
                .get(instance_id)
                .cloned()
                .ok_or(ErrorCode::UNKNOWN_MEMBER_ID),
            _ if self.pending_joins.contains_key(&identity.member_id) => {
                Ok(identity.member_id.clone())
            }
            instance_id => {
                self.check_member(&identity.member_id, instance_id.as_ref())?;
                Ok(identity.member_id.clone())
            }
        }
    }
}

/// The result of one member's leaving.
pub(crate) fn leave_result(identity: &MemberIdentity, error_code: ErrorCode) -> MemberResponse {
    MemberResponse {
        member_id: identity.member_id.clone(),
        group_instance_id: identity.group_instance_id.clone(),
        error_code,
        ..MemberResponse::default()
    }
}
