//! A static member that comes back without its member id, for instance after a restart (KIP-345, KIP-814).

use kop_codec::messages::JoinGroupResponse;
use kop_codec::{ByteString, ErrorCode};

use super::join::JoinCall;
use super::member::Terms;
use super::roster::{join_error, sync_error};
use super::{ClassicGroup, ClassicState};
use crate::outbox::{Cx, Then};
use crate::request::Ticket;

/// From this version on a returning leader is told to skip its assignment (KIP-814).
const SKIP_ASSIGNMENT_SINCE: i16 = 9;

/// A replacement of a static member that is being stored, with what is needed to take it back.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    pub(crate) group: ByteString,
    instance_id: ByteString,
    old_id: ByteString,
    old_terms: Terms,
    old_leader: ByteString,
    new_id: ByteString,
    ticket: Ticket,
    generation: i32,
    api_version: i16,
}

impl ClassicGroup {
    pub(super) fn replace_static_member(
        &mut self,
        cx: &mut Cx<'_>,
        call: &JoinCall<'_>,
        old_id: &ByteString,
        new_id: ByteString,
    ) {
        let old_leader = self.leader.clone().unwrap_or_default();
        let Some(old_terms) = self.members.get(old_id).map(|member| member.terms.clone()) else {
            return;
        };
        self.fence(cx, old_id);
        self.rename_member(old_id, &new_id);
        self.restart_session(cx, &new_id);
        self.update_member(cx, &new_id, Terms::of(call.request), call.ticket);
        match self.state {
            ClassicState::Stable if self.elect_protocol() == self.protocol => {
                let replacement = Replacement {
                    group: self.id.clone(),
                    instance_id: call
                        .request
                        .group_instance_id
                        .as_ref()
                        .map(super::detached)
                        .unwrap_or_default(),
                    old_id: old_id.clone(),
                    old_terms,
                    old_leader,
                    new_id,
                    ticket: call.ticket,
                    generation: self.generation,
                    api_version: call.context.api_version,
                };
                let record = self.to_record(None);
                cx.out
                    .write(vec![record], Then::Replaced(Box::new(replacement)));
            }
            ClassicState::Stable => {
                self.rebalance_or_complete(cx, "a static member changed the protocol");
            }
            // The leader may be assigning to the old id at this moment.
            ClassicState::CompletingRebalance => {
                self.begin_rebalance(cx, "a static member came back");
            }
            _ => self.complete_if_all_joined(cx),
        }
    }

    /// The new id is stored, or could not be: then the old one is back.
    pub(crate) fn replaced(
        &mut self,
        cx: &mut Cx<'_>,
        done: Replacement,
        result: Result<(), ErrorCode>,
    ) {
        let waits = self
            .members
            .get(&done.new_id)
            .is_some_and(|member| member.awaiting_join == Some(done.ticket));
        if !waits {
            return; // A rebalance or another replacement has answered.
        }
        match result {
            Ok(()) => {
                let response = self.replaced_response(&done);
                self.complete_join(cx, &done.new_id, response);
            }
            Err(error) => {
                self.complete_join(cx, &done.new_id, join_error(ByteString::new(), error));
                if self.state == ClassicState::Stable && self.generation == done.generation {
                    self.restore_terms(&done.new_id, done.old_terms);
                    self.rename_member(&done.new_id, &done.old_id);
                    self.static_members
                        .insert(done.instance_id, done.old_id.clone());
                    self.restart_session(cx, &done.old_id);
                }
            }
        }
    }

    fn replaced_response(&self, done: &Replacement) -> JoinGroupResponse {
        let mut response = self.join_response(&done.new_id);
        if done.api_version >= SKIP_ASSIGNMENT_SINCE {
            response.skip_assignment = self.is_leader(&done.new_id);
        } else {
            // Told that it leads, it would assign, and members would not learn of it. So it is told of the old id.
            response.leader = done.old_leader.clone();
            response.members = Vec::new();
        }
        response
    }

    /// Whoever waits under the old id is a duplicate.
    fn fence(&mut self, cx: &mut Cx<'_>, member_id: &ByteString) {
        self.complete_join(
            cx,
            member_id,
            join_error(member_id.clone(), ErrorCode::FENCED_INSTANCE_ID),
        );
        if let Some(ticket) = self
            .members
            .get_mut(member_id)
            .and_then(|member| member.awaiting_sync.take())
        {
            cx.out
                .reply(ticket, sync_error(ErrorCode::FENCED_INSTANCE_ID));
        }
    }

    fn rename_member(&mut self, old_id: &ByteString, new_id: &ByteString) {
        let Some(mut member) = self.members.remove(old_id) else {
            return;
        };
        if let Some(instance_id) = &member.instance_id {
            self.static_members
                .insert(instance_id.clone(), new_id.clone());
        }
        if self.is_leader(old_id) {
            self.leader = Some(new_id.clone());
        }
        if self.pending_syncs.remove(old_id) {
            self.pending_syncs.insert(new_id.clone());
        }
        member.id = new_id.clone();
        self.members.insert(new_id.clone(), member);
    }
}
