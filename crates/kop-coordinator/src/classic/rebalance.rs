//! A rebalance from its beginning to its generation.

use kop_codec::{ByteString, ErrorCode};

use super::timers::JoinTimer;
use super::{ClassicGroup, ClassicState};
use crate::outbox::{Cx, Then};
use crate::record::GroupRecord;

impl ClassicGroup {
    /// Begins a rebalance, or completes the one that runs if that was all it waited for.
    pub(super) fn rebalance_or_complete(&mut self, cx: &mut Cx<'_>, reason: &'static str) {
        if self.can_rebalance() {
            self.begin_rebalance(cx, reason);
        } else {
            self.complete_if_all_joined(cx);
        }
    }

    pub(super) fn begin_rebalance(&mut self, cx: &mut Cx<'_>, reason: &'static str) {
        tracing::debug!(group = %self.id, generation = self.generation, reason, "rebalance");
        // Those who wait for an assignment have to join anew.
        if self.state == ClassicState::CompletingRebalance {
            self.drop_assignments(cx, ErrorCode::REBALANCE_IN_PROGRESS);
        }
        self.sync_deadline = None;
        let initial = self.state == ClassicState::Empty;
        self.go_to(cx, ClassicState::PreparingRebalance);
        if initial {
            // The group is new: more members are likely to come, and each would be a rebalance.
            let delay_ms = cx.config.initial_rebalance_delay_ms.max(0);
            let remaining_ms = self.rebalance_timeout_ms().saturating_sub(delay_ms).max(0);
            self.set_join_timer(JoinTimer::Initial {
                at: cx.now.after(delay_ms),
                delay_ms,
                remaining_ms,
            });
        } else if self.has_all_joined() {
            self.complete_rebalance(cx);
        } else {
            self.set_join_timer(JoinTimer::Rebalance {
                at: cx.now.after(self.rebalance_timeout_ms()),
            });
        }
    }

    /// Completes the rebalance if everybody joined. The first one of a group always waits for its delay.
    pub(super) fn complete_if_all_joined(&mut self, cx: &mut Cx<'_>) {
        let initial = self.previous == ClassicState::Empty;
        if self.state == ClassicState::PreparingRebalance && !initial && self.has_all_joined() {
            self.complete_rebalance(cx);
        }
    }

    /// The initial delay is over: once more, if somebody came meanwhile and the rebalance time-out allows it.
    pub(super) fn end_initial_delay(&mut self, cx: &mut Cx<'_>, delay_ms: i32, remaining_ms: i32) {
        if self.member_added && remaining_ms > 0 {
            self.member_added = false;
            let next_ms = cx
                .config
                .initial_rebalance_delay_ms
                .max(0)
                .min(remaining_ms);
            let remaining_ms = remaining_ms.saturating_sub(delay_ms).max(0);
            self.set_join_timer(JoinTimer::Initial {
                at: cx.now.after(next_ms),
                delay_ms: next_ms,
                remaining_ms,
            });
        } else {
            self.complete_rebalance(cx);
        }
    }

    /// Makes the next generation of those who joined. Dynamic members that did not are gone.
    pub(super) fn complete_rebalance(&mut self, cx: &mut Cx<'_>) {
        self.join_timer = None;
        self.member_added = false;
        for member_id in self.missing_dynamic_members() {
            self.remove_member(cx, &member_id);
        }
        if !self.members.is_empty() && !self.elect_joined_leader() {
            // Only static members are left and none has come back. Their sessions decide; until then we wait.
            self.set_join_timer(JoinTimer::Rebalance {
                at: cx.now.after(self.rebalance_timeout_ms()),
            });
            return;
        }
        self.generation = self.generation.checked_add(1).unwrap_or(1);
        self.pending_syncs.clear();
        cx.out.tally.rebalances += 1;
        if self.members.is_empty() {
            self.become_empty(cx);
        } else {
            self.begin_generation(cx);
        }
    }

    fn become_empty(&mut self, cx: &mut Cx<'_>) {
        self.protocol = None;
        self.leader = None;
        self.go_to(cx, ClassicState::Empty);
        self.subscribed = self.subscriptions();
        let record = self.to_record(None);
        // If this fails, a restart finds the last generation, whose members then time out.
        cx.out.write(vec![record], Then::Nothing);
    }

    fn begin_generation(&mut self, cx: &mut Cx<'_>) {
        self.protocol = self.elect_protocol();
        self.subscribed = self.subscriptions();
        self.go_to(cx, ClassicState::CompletingRebalance);
        let ids: Vec<ByteString> = self.members.keys().cloned().collect();
        for member_id in ids {
            let response = self.join_response(&member_id);
            self.complete_join(cx, &member_id, response);
            self.restart_session(cx, &member_id);
            if let Some(member) = self.members.get_mut(&member_id) {
                member.is_new = false;
            }
            self.pending_syncs.insert(member_id);
        }
        let deadline = cx.now.after(self.rebalance_timeout_ms());
        self.sync_deadline = Some(deadline);
        self.wake_at = self.wake_at.min(deadline);
    }

    /// Time for SyncGroup is up: who has not asked for its assignment is gone.
    pub(super) fn expire_syncs(&mut self, cx: &mut Cx<'_>) {
        let late = std::mem::take(&mut self.pending_syncs);
        if late.is_empty()
            || !matches!(
                self.state,
                ClassicState::CompletingRebalance | ClassicState::Stable
            )
        {
            return;
        }
        for member_id in late {
            self.remove_member(cx, &member_id);
        }
        self.begin_rebalance(cx, "members did not sync in time");
    }

    /// Takes all assignments back and ends the waits for them with `error`.
    pub(super) fn drop_assignments(&mut self, cx: &mut Cx<'_>, error: ErrorCode) {
        for member in self.members.values_mut() {
            member.assignment = bytes::Bytes::new();
        }
        self.complete_syncs(cx, error);
    }

    fn missing_dynamic_members(&self) -> Vec<ByteString> {
        let missing = self
            .members
            .values()
            .filter(|m| m.awaiting_join.is_none() && m.instance_id.is_none());
        missing.map(|member| member.id.clone()).collect()
    }

    /// Keeps the leader if it joined, else takes the first member that did. `false` if nobody did.
    fn elect_joined_leader(&mut self) -> bool {
        let joined = |id: &ByteString| {
            self.members
                .get(id)
                .is_some_and(|member| member.awaiting_join.is_some())
        };
        if self.leader.as_ref().is_some_and(joined) {
            return true;
        }
        let Some(next) = self
            .members
            .values()
            .find(|member| member.awaiting_join.is_some())
        else {
            return false;
        };
        self.leader = Some(next.id.clone());
        true
    }

    /// The group as a record; with other assignments than the members have, where those are about to change.
    pub(super) fn to_record(
        &self,
        assignments: Option<&[(ByteString, bytes::Bytes)]>,
    ) -> GroupRecord {
        GroupRecord::Group {
            group: self.id.clone(),
            value: Some(self.to_value(assignments)),
        }
    }
}
