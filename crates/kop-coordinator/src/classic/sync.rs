//! SyncGroup: the leader gives the assignment, everybody gets its part.

use std::collections::HashMap;

use bytes::Bytes;
use kop_codec::messages::{SyncGroupRequest, SyncGroupResponse};
use kop_codec::{ByteString, ErrorCode};

use super::roster::sync_error;
use super::{ClassicGroup, ClassicState};
use crate::outbox::{Cx, Then};
use crate::request::Ticket;

impl ClassicGroup {
    /// A member asks for its assignment; the leader brings all of them.
    pub(crate) fn sync(&mut self, cx: &mut Cx<'_>, request: &SyncGroupRequest, ticket: Ticket) {
        if let Err(error) = self.check_sync(request) {
            return cx.out.reply(ticket, sync_error(error));
        }
        self.pending_syncs.remove(&request.member_id);
        if self.pending_syncs.is_empty() {
            self.sync_deadline = None;
        }
        let Some(member) = self.members.get_mut(&request.member_id) else {
            return;
        };
        if self.state == ClassicState::Stable {
            let response = SyncGroupResponse {
                protocol_type: self.protocol_type.clone(),
                protocol_name: self.protocol.clone(),
                assignment: member.assignment.clone(),
                ..SyncGroupResponse::default()
            };
            return cx.out.reply(ticket, response);
        }
        if let Some(stale) = member.awaiting_sync.replace(ticket) {
            cx.out
                .reply(stale, sync_error(ErrorCode::REBALANCE_IN_PROGRESS));
        }
        if self.is_leader(&request.member_id) {
            self.store_assignments(cx, request);
        }
    }

    fn check_sync(&self, request: &SyncGroupRequest) -> Result<(), ErrorCode> {
        if self.state == ClassicState::Dead {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        self.check_member(&request.member_id, request.group_instance_id.as_ref())?;
        if request.generation_id != self.generation {
            return Err(ErrorCode::ILLEGAL_GENERATION);
        }
        if differ(request.protocol_type.as_ref(), self.protocol_type.as_ref())
            || differ(request.protocol_name.as_ref(), self.protocol.as_ref())
        {
            return Err(ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        }
        match self.state {
            ClassicState::Empty => Err(ErrorCode::UNKNOWN_MEMBER_ID),
            ClassicState::PreparingRebalance => Err(ErrorCode::REBALANCE_IN_PROGRESS),
            _ => Ok(()),
        }
    }

    /// Stores the assignments. Members without one get an empty one; assignments to others are ignored.
    fn store_assignments(&mut self, cx: &mut Cx<'_>, request: &SyncGroupRequest) {
        let given: HashMap<&str, &Bytes> = request
            .assignments
            .iter()
            .map(|a| (&*a.member_id, &a.assignment))
            .collect();
        let of = |id: &ByteString| {
            given
                .get(&**id)
                .map_or_else(Bytes::new, |bytes| Bytes::copy_from_slice(bytes))
        };
        let assignments: Vec<_> = self.members.keys().map(|id| (id.clone(), of(id))).collect();
        let record = self.to_record(Some(&assignments));
        let then = Then::Assigned {
            group: self.id.clone(),
            generation: self.generation,
            assignments,
        };
        cx.out.write(vec![record], then);
    }

    /// The assignments of a generation are durable, or could not be stored.
    pub(crate) fn assigned(
        &mut self,
        cx: &mut Cx<'_>,
        generation: i32,
        assignments: Vec<(ByteString, Bytes)>,
        result: Result<(), ErrorCode>,
    ) {
        // The group may have moved on meanwhile, or the leader may have sent its assignment twice.
        if self.state != ClassicState::CompletingRebalance || self.generation != generation {
            return;
        }
        if let Err(error) = result {
            self.drop_assignments(cx, error);
            return self.rebalance_or_complete(cx, "the assignment could not be stored");
        }
        for (member_id, assignment) in assignments {
            if let Some(member) = self.members.get_mut(&member_id) {
                member.assignment = assignment;
            }
        }
        self.go_to(cx, ClassicState::Stable);
        self.complete_syncs(cx, ErrorCode::NONE);
    }
}

/// Both are known and they are not the same.
fn differ(asked: Option<&ByteString>, ours: Option<&ByteString>) -> bool {
    matches!((asked, ours), (Some(asked), Some(ours)) if asked != ours)
}
