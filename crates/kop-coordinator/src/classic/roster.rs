//! Who is in the group: adding, changing and removing members, and completing their requests.

use kop_codec::messages::{JoinGroupResponse, SyncGroupResponse};
use kop_codec::{ByteString, ErrorCode};

use super::member::{Member, Terms};
use super::{ClassicGroup, ClassicState};
use crate::outbox::Cx;
use crate::request::Ticket;

impl ClassicGroup {
    /// Adds a member that waits in JoinGroup. The first one becomes the leader and sets the group's protocol type.
    pub(super) fn add_member(
        &mut self,
        mut member: Member,
        protocol_type: &ByteString,
        ticket: Ticket,
    ) {
        if self.members.is_empty() {
            self.protocol_type = Some(super::detached(protocol_type));
        }
        self.pending_joins.remove(&member.id);
        if let Some(instance_id) = &member.instance_id {
            self.static_members
                .insert(instance_id.clone(), member.id.clone());
        }
        self.leader.get_or_insert_with(|| member.id.clone());
        self.count_protocols(&member.terms, true);
        member.awaiting_join = Some(ticket);
        self.waiting_joins += 1;
        self.members.insert(member.id.clone(), member);
    }

    /// Gives a member new terms, and lets it wait in JoinGroup.
    pub(super) fn update_member(
        &mut self,
        cx: &mut Cx<'_>,
        member_id: &str,
        terms: Terms,
        ticket: Ticket,
    ) {
        let Some(old) = self.set_terms(member_id, terms) else {
            return;
        };
        self.count_protocols(&old, false);
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        match member.awaiting_join.replace(ticket) {
            None => self.waiting_joins += 1,
            // The member asked again, so nobody reads the first answer; it is owed all the same.
            Some(stale) => cx.out.reply(
                stale,
                join_error(member.id.clone(), ErrorCode::REBALANCE_IN_PROGRESS),
            ),
        }
    }

    /// Replaces a member's terms and returns the old ones, which are still counted in `supported`.
    fn set_terms(&mut self, member_id: &str, terms: Terms) -> Option<Terms> {
        if self.members.contains_key(member_id) {
            self.count_protocols(&terms, true);
        }
        let member = self.members.get_mut(member_id)?;
        Some(std::mem::replace(&mut member.terms, terms))
    }

    /// Puts back a member's terms after a write that failed.
    pub(super) fn restore_terms(&mut self, member_id: &str, terms: Terms) {
        if let Some(new) = self.set_terms(member_id, terms) {
            self.count_protocols(&new, false);
        }
    }

    /// Removes a member id in whatever role it has, answering what it waits for with UNKNOWN_MEMBER_ID.
    pub(super) fn remove_member(&mut self, cx: &mut Cx<'_>, member_id: &str) {
        self.pending_joins.remove(member_id);
        self.pending_syncs.remove(member_id);
        let Some(mut member) = self.members.remove(member_id) else {
            return;
        };
        self.count_protocols(&member.terms, false);
        if let Some(instance_id) = &member.instance_id {
            self.static_members.remove(instance_id);
        }
        if let Some(ticket) = member.awaiting_join.take() {
            self.waiting_joins -= 1;
            cx.out.reply(
                ticket,
                join_error(ByteString::new(), ErrorCode::UNKNOWN_MEMBER_ID),
            );
        }
        if let Some(ticket) = member.awaiting_sync.take() {
            cx.out
                .reply(ticket, sync_error(ErrorCode::UNKNOWN_MEMBER_ID));
        }
        if self.is_leader(member_id) {
            self.leader = self.members.keys().next().cloned();
        }
    }

    /// Every member waits in JoinGroup, and no member id that was handed out is unused.
    pub(super) fn has_all_joined(&self) -> bool {
        self.waiting_joins == self.members.len() && self.pending_joins.is_empty()
    }

    /// The longest rebalance time-out of the members, in milliseconds.
    pub(super) fn rebalance_timeout_ms(&self) -> i32 {
        self.members
            .values()
            .map(|member| member.terms.rebalance_timeout_ms)
            .max()
            .unwrap_or(0)
    }

    /// Answers the JoinGroup that a member waits in, if any.
    pub(super) fn complete_join(
        &mut self,
        cx: &mut Cx<'_>,
        member_id: &str,
        response: JoinGroupResponse,
    ) {
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        if let Some(ticket) = member.awaiting_join.take() {
            self.waiting_joins -= 1;
            cx.out.reply(ticket, response);
        }
    }

    /// Ends every wait in SyncGroup: with the assignment, or with an error. Sessions run again from now.
    pub(super) fn complete_syncs(&mut self, cx: &mut Cx<'_>, error: ErrorCode) {
        for member in self.members.values_mut() {
            let Some(ticket) = member.awaiting_sync.take() else {
                continue;
            };
            let response = if error.is_error() {
                sync_error(error)
            } else {
                SyncGroupResponse {
                    protocol_type: self.protocol_type.clone(),
                    protocol_name: self.protocol.clone(),
                    assignment: member.assignment.clone(),
                    ..SyncGroupResponse::default()
                }
            };
            cx.out.reply(ticket, response);
            let deadline = cx.now.after(member.terms.session_timeout_ms);
            member.session_deadline = Some(deadline);
            self.wake_at = self.wake_at.min(deadline);
        }
    }

    /// The answer to a JoinGroup in the present generation. The leader is told of everybody.
    pub(super) fn join_response(&self, member_id: &ByteString) -> JoinGroupResponse {
        let members = if self.is_leader(member_id) {
            self.join_members()
        } else {
            Vec::new()
        };
        JoinGroupResponse {
            generation_id: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol_name: self.protocol.clone(),
            leader: self.leader.clone().unwrap_or_default(),
            member_id: member_id.clone(),
            members,
            ..JoinGroupResponse::default()
        }
    }

    /// Whether a rebalance can begin from here.
    pub(super) fn can_rebalance(&self) -> bool {
        self.state.may_become(ClassicState::PreparingRebalance)
    }
}

/// A JoinGroup answer with nothing but an error, as Kafka gives it.
pub(crate) fn join_error(member_id: ByteString, error_code: ErrorCode) -> JoinGroupResponse {
    JoinGroupResponse {
        error_code,
        generation_id: -1,
        protocol_name: None,
        member_id,
        ..JoinGroupResponse::default()
    }
}

/// A SyncGroup answer with nothing but an error.
pub(crate) fn sync_error(error_code: ErrorCode) -> SyncGroupResponse {
    SyncGroupResponse {
        error_code,
        ..SyncGroupResponse::default()
    }
}
