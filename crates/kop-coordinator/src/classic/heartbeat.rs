//! Heartbeat.

use kop_codec::ErrorCode;
use kop_codec::messages::HeartbeatRequest;

use super::{ClassicGroup, ClassicState};
use crate::outbox::Cx;

impl ClassicGroup {
    /// A member is alive. It is told if it has to join again.
    pub(crate) fn heartbeat(&mut self, cx: &Cx<'_>, request: &HeartbeatRequest) -> ErrorCode {
        if self.state == ClassicState::Dead {
            return ErrorCode::COORDINATOR_NOT_AVAILABLE;
        }
        if let Err(error) =
            self.check_member(&request.member_id, request.group_instance_id.as_ref())
        {
            return error;
        }
        if request.generation_id != self.generation {
            return ErrorCode::ILLEGAL_GENERATION;
        }
        match self.state {
            ClassicState::Empty | ClassicState::Dead => ErrorCode::UNKNOWN_MEMBER_ID,
            ClassicState::PreparingRebalance => {
                self.restart_session(cx, &request.member_id);
                ErrorCode::REBALANCE_IN_PROGRESS
            }
            // Clients begin with heartbeats once they have joined, before they have their assignment.
            ClassicState::CompletingRebalance | ClassicState::Stable => {
                self.restart_session(cx, &request.member_id);
                ErrorCode::NONE
            }
        }
    }
}
