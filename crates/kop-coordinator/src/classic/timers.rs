//! The group's deadlines. They are data: the driver asks when to call, and calls with the time.

use kop_codec::ByteString;

use super::ClassicGroup;
use crate::outbox::Cx;
use crate::time::{NEVER, Now};

/// When the phase of joining ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum JoinTimer {
    /// The delay of a new group: `delay_ms` is the one running, `remaining_ms` what may still be added.
    Initial {
        at: i64,
        delay_ms: i32,
        remaining_ms: i32,
    },
    /// The rebalance time-out.
    Rebalance { at: i64 },
}

impl JoinTimer {
    fn at(self) -> i64 {
        match self {
            Self::Initial { at, .. } | Self::Rebalance { at } => at,
        }
    }
}

impl ClassicGroup {
    /// When [`tick`](Self::tick) has something to do at the earliest, on the timer clock; `i64::MAX` for never.
    pub(crate) fn wake_at(&self) -> i64 {
        self.wake_at
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, cx: &mut Cx<'_>) {
        if cx.now.timer_ms < self.wake_at {
            return;
        }
        // Joining first: its end answers those who wait, so that their sessions start anew.
        if let Some(timer) = self
            .join_timer
            .filter(|timer| timer.at() <= cx.now.timer_ms)
        {
            self.join_timer = None;
            match timer {
                JoinTimer::Initial {
                    delay_ms,
                    remaining_ms,
                    ..
                } => self.end_initial_delay(cx, delay_ms, remaining_ms),
                JoinTimer::Rebalance { .. } => self.complete_rebalance(cx),
            }
        }
        if self.sync_deadline.is_some_and(|at| at <= cx.now.timer_ms) {
            self.sync_deadline = None;
            self.expire_syncs(cx);
        }
        self.expire_sessions(cx);
        self.wake_at = self.earliest();
    }

    fn expire_sessions(&mut self, cx: &mut Cx<'_>) {
        let now_ms = cx.now.timer_ms;
        let pending: Vec<ByteString> = self
            .pending_joins
            .iter()
            .filter(|(_, at)| **at <= now_ms)
            .map(|(id, _)| id.clone())
            .collect();
        for member_id in &pending {
            self.pending_joins.remove(member_id);
        }
        if !pending.is_empty() {
            self.complete_if_all_joined(cx);
        }
        let late = self
            .members
            .values()
            .filter(|m| m.session_deadline.is_some_and(|at| at <= now_ms));
        let late: Vec<ByteString> = late.map(|member| member.id.clone()).collect();
        for member_id in late {
            self.expire_member(cx, &member_id);
        }
    }

    fn expire_member(&mut self, cx: &mut Cx<'_>, member_id: &ByteString) {
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        if member
            .session_deadline
            .is_none_or(|at| at > cx.now.timer_ms)
        {
            return; // An earlier expiry of this tick gave it a new session.
        }
        if member.is_held_by_group() {
            member.session_deadline = None;
            return;
        }
        self.remove_member(cx, member_id);
        self.rebalance_or_complete(cx, "a member's session timed out");
    }

    /// Lets a member's session run anew.
    pub(super) fn restart_session(&mut self, cx: &Cx<'_>, member_id: &str) {
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        let deadline = cx.now.after(member.terms.session_timeout_ms);
        member.session_deadline = Some(deadline);
        self.wake_at = self.wake_at.min(deadline);
    }

    /// Gives a new member, which cannot send heartbeats yet, a deadline of its own.
    pub(super) fn set_session_deadline(&mut self, member_id: &str, deadline: i64) {
        let Some(member) = self.members.get_mut(member_id) else {
            return;
        };
        member.session_deadline = Some(deadline);
        self.wake_at = self.wake_at.min(deadline);
    }

    /// Starts the sessions of all members, after the group was loaded.
    pub(crate) fn start_sessions(&mut self, now: Now) {
        for member in self.members.values_mut() {
            member.session_deadline = Some(now.after(member.terms.session_timeout_ms));
        }
        self.wake_at = self.earliest();
    }

    pub(super) fn set_join_timer(&mut self, timer: JoinTimer) {
        self.wake_at = self.wake_at.min(timer.at());
        self.join_timer = Some(timer);
    }

    fn earliest(&self) -> i64 {
        let sessions = self
            .members
            .values()
            .filter_map(|member| member.session_deadline);
        let pending = self.pending_joins.values().copied();
        let phases = self
            .join_timer
            .map(JoinTimer::at)
            .into_iter()
            .chain(self.sync_deadline);
        sessions.chain(pending).chain(phases).min().unwrap_or(NEVER)
    }
}
