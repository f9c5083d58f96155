//! JoinGroup.

use kop_codec::messages::JoinGroupRequest;
use kop_codec::{ByteString, ErrorCode};

use super::member::{Member, Terms};
use super::roster::join_error;
use super::{ClassicGroup, ClassicState};
use crate::outbox::Cx;
use crate::request::{GroupContext, Ticket};

/// From this version on a new member is told its id first, and joins with it (KIP-394).
pub(crate) const MEMBER_ID_REQUIRED_SINCE: i16 = 4;

/// A JoinGroup request with what belongs to it.
#[derive(Debug)]
pub(crate) struct JoinCall<'a> {
    pub(crate) context: &'a GroupContext,
    pub(crate) request: &'a JoinGroupRequest,
    pub(crate) ticket: Ticket,
    /// Random bytes, for a new member's id.
    pub(crate) random: [u8; 16],
}

impl JoinCall<'_> {
    /// `client id-UUID`, or `instance id-UUID` for a static member, so that people recognize it.
    pub(crate) fn new_member_id(&self) -> ByteString {
        let name = self
            .request
            .group_instance_id
            .as_ref()
            .unwrap_or(&self.context.client_id);
        ByteString::from(format!("{name}-{}", uuid_text(self.random)))
    }

    pub(super) fn fail(&self, cx: &mut Cx<'_>, member_id: &ByteString, error: ErrorCode) {
        cx.out
            .reply(self.ticket, join_error(member_id.clone(), error));
    }
}

/// A random UUID (version 4) as text.
pub(crate) fn uuid_text(mut random: [u8; 16]) -> String {
    random[6] = (random[6] & 0x0f) | 0x40;
    random[8] = (random[8] & 0x3f) | 0x80;
    let hex = u128::from_be_bytes(random);
    let (a, b, c) = ((hex >> 96) as u32, (hex >> 80) as u16, (hex >> 64) as u16);
    let (d, e) = ((hex >> 48) as u16, hex & 0xffff_ffff_ffff);
    format!("{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}")
}

impl ClassicGroup {
    /// Joins a member: a new one with an empty member id, or one that comes again.
    pub(crate) fn join(&mut self, cx: &mut Cx<'_>, call: &JoinCall<'_>) {
        let request = call.request;
        let nobody = ByteString::new();
        let is_new = request.member_id.is_empty();
        let echoed = if is_new { &nobody } else { &request.member_id };
        if !self.has_room_for(&request.member_id, cx.config.max_size) {
            self.remove_member(cx, &request.member_id);
            self.complete_if_all_joined(cx);
            return call.fail(cx, &nobody, ErrorCode::GROUP_MAX_SIZE_REACHED);
        }
        if self.state == ClassicState::Dead {
            return call.fail(cx, echoed, ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        if !self.supports(&request.protocol_type, &request.protocols) {
            return call.fail(cx, echoed, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
        }
        if is_new {
            self.join_new(cx, call);
        } else {
            self.join_again(cx, call);
        }
    }

    fn has_room_for(&self, member_id: &str, max_size: usize) -> bool {
        match self.state {
            ClassicState::Empty | ClassicState::Dead => true,
            // Members that have not joined yet may not come back: those who have are what counts.
            ClassicState::PreparingRebalance => {
                self.waiting_joins < max_size
                    || self
                        .members
                        .get(member_id)
                        .is_some_and(|member| member.awaiting_join.is_some())
            }
            ClassicState::CompletingRebalance | ClassicState::Stable => {
                self.members.len() < max_size || self.members.contains_key(member_id)
            }
        }
    }

    fn join_new(&mut self, cx: &mut Cx<'_>, call: &JoinCall<'_>) {
        let member_id = call.new_member_id();
        if let Some(instance_id) = &call.request.group_instance_id {
            return match self.static_members.get(instance_id).cloned() {
                Some(known) => self.replace_static_member(cx, call, &known, member_id),
                None => self.add_and_rebalance(cx, call, &member_id),
            };
        }
        if call.context.api_version < MEMBER_ID_REQUIRED_SINCE {
            return self.add_and_rebalance(cx, call, &member_id);
        }
        let deadline = cx.now.after(call.request.session_timeout_ms);
        self.pending_joins.insert(member_id.clone(), deadline);
        self.wake_at = self.wake_at.min(deadline);
        call.fail(cx, &member_id, ErrorCode::MEMBER_ID_REQUIRED);
    }

    fn join_again(&mut self, cx: &mut Cx<'_>, call: &JoinCall<'_>) {
        let request = call.request;
        let member_id = &request.member_id;
        if self.pending_joins.contains_key(member_id) && request.group_instance_id.is_none() {
            return self.add_and_rebalance(cx, call, &super::detached(member_id));
        }
        if let Err(error) = self.check_member(member_id, request.group_instance_id.as_ref()) {
            return call.fail(cx, member_id, error);
        }
        let unchanged = self
            .members
            .get(member_id)
            .is_some_and(|member| member.matches(&request.protocols));
        match self.state {
            ClassicState::PreparingRebalance => {
                self.update_and_rebalance(cx, call, "a member joins again");
            }
            // It may just have missed the answer: here it is.
            ClassicState::CompletingRebalance if unchanged => {
                cx.out.reply(call.ticket, self.join_response(member_id));
            }
            // The leader joins again to assign anew, for instance since topics have changed.
            ClassicState::Stable if unchanged && !self.is_leader(member_id) => {
                cx.out.reply(call.ticket, self.join_response(member_id));
            }
            ClassicState::CompletingRebalance | ClassicState::Stable => {
                self.update_and_rebalance(
                    cx,
                    call,
                    "the leader joins again, or a member's metadata changed",
                );
            }
            ClassicState::Empty | ClassicState::Dead => {
                call.fail(cx, member_id, ErrorCode::UNKNOWN_MEMBER_ID);
            }
        }
    }

    fn add_and_rebalance(&mut self, cx: &mut Cx<'_>, call: &JoinCall<'_>, member_id: &ByteString) {
        let in_first_rebalance =
            self.previous == ClassicState::Empty && self.state == ClassicState::PreparingRebalance;
        self.member_added |= in_first_rebalance;
        let member = Member::new(member_id.clone(), call.context, call.request);
        self.add_member(member, &call.request.protocol_type, call.ticket);
        // Its session cannot run yet, for it knows no id to send heartbeats with. Should its connection be gone,
        // this ends it.
        let deadline = cx.now.after(cx.config.new_member_join_timeout_ms);
        self.set_session_deadline(member_id, deadline);
        self.rebalance_or_complete(cx, "a member joins");
    }

    fn update_and_rebalance(&mut self, cx: &mut Cx<'_>, call: &JoinCall<'_>, reason: &'static str) {
        self.update_member(
            cx,
            &call.request.member_id,
            Terms::of(call.request),
            call.ticket,
        );
        self.rebalance_or_complete(cx, reason);
    }
}
