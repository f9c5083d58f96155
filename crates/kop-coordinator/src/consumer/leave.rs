//! Members that go: by request, for a while, or because time is up.

use std::collections::BTreeMap;

use kop_codec::ByteString;
use kop_codec::messages::ConsumerGroupHeartbeatResponse;

use super::heartbeat::{HeartbeatCall, fail_heartbeat};
use super::member::{Deadlines, LEAVING_FOR_A_WHILE};
use super::{ConsumerGroup, Key};
use crate::outbox::Cx;
use crate::time::NEVER;

impl ConsumerGroup {
    /// A heartbeat that says goodbye.
    pub(crate) fn leave(&mut self, cx: &mut Cx<'_>, call: &HeartbeatCall<'_>) {
        let request = call.request;
        let left = self
            .check_member(&call.member_id, request.instance_id.as_ref())
            .map(|member| member.id.clone());
        let id = match left {
            Ok(id) => id,
            Err(refused) => return cx.out.reply(call.ticket, fail_heartbeat(refused)),
        };
        if request.member_epoch == LEAVING_FOR_A_WHILE {
            self.leave_for_a_while(&id);
        } else {
            self.remove(cx, std::iter::once((&*id, "a member left")));
        }
        let response = ConsumerGroupHeartbeatResponse {
            member_id: Some(call.member_id.clone()),
            member_epoch: request.member_epoch,
            ..ConsumerGroupHeartbeatResponse::default()
        };
        self.flush(cx, Some((call.ticket, response.into())));
    }

    /// The member keeps what it has. What it was to give up it has given up.
    fn leave_for_a_while(&mut self, id: &ByteString) {
        let Some(mut member) = self.members.get(id).cloned() else {
            return;
        };
        member.epoch = LEAVING_FOR_A_WHILE;
        member.revoking.clear();
        // Whoever comes back in its place has had them from the beginning.
        for since in member.assigned.values_mut().flat_map(BTreeMap::values_mut) {
            *since = 0;
        }
        member.deadlines.rebalance = None;
        self.changed.insert(Key::Current(id.clone()));
        self.put_member(member);
    }

    /// Removes members, each for its reason, which is one change of the group. The next heartbeat of another one works out
    /// the target anew.
    pub(super) fn remove<'a>(
        &mut self,
        cx: &mut Cx<'_>,
        members: impl Iterator<Item = (&'a str, &'static str)>,
    ) {
        let mut last = None;
        for (id, reason) in members {
            if let Some(member) = self.take_member(id) {
                tracing::debug!(group = %self.id, member = %member.id, reason, "a member is removed");
                last = Some(reason);
            }
        }
        let Some(reason) = last else {
            return;
        };
        self.collect_subscriptions();
        // A group that goes back to the classic protocol stays at the generation that its members know: otherwise they
        // would be told that they had lost their partitions, and could not commit what they have read.
        if !self.wants_downgrade(cx) {
            self.raise_epoch(cx, reason);
        }
    }

    /// Removes whoever is due.
    pub(crate) fn tick(&mut self, cx: &mut Cx<'_>) {
        let now_ms = cx.now.timer_ms;
        let due: Vec<(ByteString, &'static str)> = self
            .members
            .values()
            .filter_map(|member| {
                let why = overdue(&member.deadlines, member.epoch, now_ms)?;
                Some((member.id.clone(), why))
            })
            .collect();
        self.remove(cx, due.iter().map(|(id, why)| (&**id, *why)));
        let deadlines = self
            .members
            .values()
            .filter_map(|member| member.deadlines.earliest());
        self.wake_at = deadlines.min().unwrap_or(NEVER);
        self.flush(cx, None);
    }
}

/// Which deadline of a member has passed.
fn overdue(deadlines: &Deadlines, epoch: i32, now_ms: i64) -> Option<&'static str> {
    let passed = |at: Option<i64>| at.is_some_and(|at| at <= now_ms);
    let rebalance = deadlines.rebalance.filter(|(_, since)| *since == epoch);
    if passed(deadlines.session) {
        Some("a member's session timed out")
    } else if passed(rebalance.map(|(at, _)| at)) {
        Some("a member did not give its partitions up in time")
    } else if passed(deadlines.join) {
        Some("a classic member did not join anew in time")
    } else if passed(deadlines.sync) {
        Some("a classic member did not ask for its assignment in time")
    } else {
        None
    }
}
