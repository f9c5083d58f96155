//! All groups of one partition of `__consumer_offsets`, as one state machine.
//!
//! ```text
//!   requests ─▶ handle ─┐                       ┌─▶ replies, by ticket
//!       time ─▶ tick   ─┼─▶ groups, offsets ────┤
//! write ends ─▶ written ┘                       └─▶ writes ─▶ (log) ─▶ written
//! ```
//!
//! A group is of one [`Kind`]: classic, or of the consumer protocol. Others (share groups, streams groups) take their place
//! there: they share the offsets, the timers and the writes.

mod consumer;
mod kind;
mod load;
mod maintenance;
mod requests;
mod transactions;
mod writes;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use kop_codec::ByteString;

use crate::classic::{ClassicGroup, detached};
use crate::config::GroupConfig;
use crate::consumer::Topics;
use crate::group_state::GroupState;
use crate::offsets::Offsets;
use crate::outbox::{Cx, Outbox};
use crate::request::{GroupContext, GroupRequest, Ticket};
use crate::time::{NEVER, Now};
use kind::Kind;

/// The groups of one partition of `__consumer_offsets`: a state machine without I/O, clock or randomness.
///
/// **Inputs** are requests, the time, records read from the log, and the ends of writes. **Outputs** go to an
/// [`Outbox`]: each ticket is answered, at once or by a later input, and writes are to be appended in
/// their order. [`wake_at`](Self::wake_at) says when [`tick`](Self::tick) is due.
#[derive(Debug)]
pub struct GroupShard {
    config: Arc<GroupConfig>,
    topics: Arc<dyn Topics>,
    groups: HashMap<ByteString, Group>,
    /// When which group has something to do. Entries may be out of date: the group knows better.
    timers: BinaryHeap<Reverse<(i64, ByteString)>>,
    /// When expired offsets and groups are looked for next, on the timer clock.
    next_cleanup: i64,
    by_state: [usize; GroupState::ALL.len()],
    /// The groups with offsets in the open transaction of each producer.
    in_transactions: HashMap<i64, BTreeSet<ByteString>>,
}

/// A group and its offsets.
#[derive(Debug)]
struct Group {
    kind: Kind,
    offsets: Offsets,
    /// The earliest entry of the group in `timers`.
    timer_at: i64,
}

impl Group {
    fn new(id: ByteString, now: Now) -> Self {
        Self {
            kind: Kind::classic(ClassicGroup::new(id, now.wall_ms)),
            offsets: Offsets::default(),
            timer_at: NEVER,
        }
    }
}

impl GroupShard {
    /// A shard without groups. Groups of the consumer protocol are assigned partitions of these topics.
    pub fn new(config: Arc<GroupConfig>, topics: Arc<dyn Topics>) -> Self {
        let by_state = [0; GroupState::ALL.len()];
        Self {
            config,
            topics,
            groups: HashMap::new(),
            timers: BinaryHeap::new(),
            next_cleanup: NEVER,
            by_state,
            in_transactions: HashMap::new(),
        }
    }

    /// Takes a request. It is answered through `out` now, or later with the same ticket.
    pub fn handle(
        &mut self,
        now: Now,
        ticket: Ticket,
        context: &GroupContext,
        request: GroupRequest,
        out: &mut Outbox,
    ) {
        match request {
            GroupRequest::Join(request, random) => {
                self.join(now, ticket, context, &request, random, out);
            }
            GroupRequest::Sync(request) => self.sync(now, ticket, &request, out),
            GroupRequest::Heartbeat(request) => self.heartbeat(now, ticket, &request, out),
            GroupRequest::Leave(request) => self.leave(now, ticket, &request, out),
            GroupRequest::Commit(request, errors) => {
                self.commit(now, ticket, context, &request, &errors, out);
            }
            GroupRequest::CommitInTransaction(producer, request, errors) => {
                self.commit_in_transaction(now, ticket, producer, &request, &errors, out);
            }
            GroupRequest::EndTransaction(producer, marker) => {
                Self::end_transaction(ticket, producer, marker, out);
            }
            GroupRequest::Fetch {
                group,
                topic_errors,
                require_stable,
            } => self.fetch(ticket, &group, &topic_errors, require_stable, out),
            GroupRequest::DeleteOffsets(request, errors) => {
                self.delete_offsets(now, ticket, &request, &errors, out);
            }
            GroupRequest::Delete(group) => self.delete(now, ticket, &group, out),
            GroupRequest::Describe(group) => self.describe(ticket, context, &group, out),
            GroupRequest::ConsumerHeartbeat(request, random) => {
                self.consumer_heartbeat(now, ticket, context, (&request, random), out);
            }
            GroupRequest::ConsumerDescribe(group) => {
                self.consumer_describe(now, ticket, &group, out);
            }
            GroupRequest::List { states, types } => self.list(ticket, &states, &types, out),
        }
    }

    /// When [`tick`](Self::tick) is due at the earliest, on the timer clock. `i64::MAX` for never.
    pub fn wake_at(&self) -> i64 {
        let group = self.timers.peek().map_or(NEVER, |Reverse((at, _))| *at);
        group.min(self.next_cleanup)
    }

    /// Does what is due: time-outs, delays, and the search for what has expired.
    pub fn tick(&mut self, now: Now, out: &mut Outbox) {
        let mut due = Vec::new();
        while let Some(Reverse((at, _))) = self.timers.peek() {
            if *at > now.timer_ms {
                break;
            }
            if let Some(Reverse((at, id))) = self.timers.pop()
                && let Some(group) = self.groups.get_mut(&id)
                && group.timer_at == at
            {
                group.timer_at = NEVER;
                due.push(id);
            }
        }
        for id in due {
            self.with(now, out, &id, |group, cx| {
                group.kind.tick(cx);
                group.downgrade_if_wanted(cx, &id);
            });
        }
        if self.next_cleanup <= now.timer_ms {
            self.next_cleanup = now
                .timer_ms
                .saturating_add(self.config.offsets_retention_check_interval_ms.max(1));
            self.remove_expired(now, out);
        }
    }

    /// Number of groups by state, in the order of [`GroupState::ALL`].
    pub fn groups_by_state(&self) -> [usize; GroupState::ALL.len()] {
        self.by_state
    }

    /// Number of offsets of all groups. Counts them: for metrics and tests.
    pub fn offset_count(&self) -> usize {
        self.groups.values().map(|group| group.offsets.len()).sum()
    }

    /// Lets `act` change a group, and keeps the books about it. `None` if there is no such group.
    fn with<R>(
        &mut self,
        now: Now,
        out: &mut Outbox,
        id: &str,
        act: impl FnOnce(&mut Group, &mut Cx<'_>) -> R,
    ) -> Option<R> {
        let group = self.groups.get_mut(id)?;
        let before = group.kind.state();
        let result = act(
            group,
            &mut Cx {
                now,
                config: &self.config,
                topics: &*self.topics,
                out,
            },
        );
        let after = group.kind.state();
        let wake_at = group.kind.wake_at();
        let earlier = wake_at < group.timer_at;
        group.timer_at = group.timer_at.min(wake_at);
        let useless = group.kind.is_untouched() && group.offsets.is_empty();
        self.count(before, -1);
        self.count(after, 1);
        if useless {
            self.drop_group(id);
        } else if earlier {
            self.timers.push(Reverse((wake_at, ByteString::from(id))));
        }
        Some(result)
    }

    /// Adds the group if it is not there.
    fn ensure(&mut self, now: Now, id: &ByteString) {
        if !self.groups.contains_key(&**id) {
            let id = detached(id);
            self.groups.insert(id.clone(), Group::new(id, now));
            self.count(GroupState::Empty, 1);
        }
    }

    fn drop_group(&mut self, id: &str) {
        if let Some(group) = self.groups.remove(id) {
            self.count(group.kind.state(), -1);
        }
    }

    fn count(&mut self, state: GroupState, by: isize) {
        let count = &mut self.by_state[state as usize];
        *count = count.saturating_add_signed(by);
    }
}
