//! The consumer group of the new protocol (KIP-848): members send heartbeats, the server assigns.
//!
//! ```text
//!            a member joins                     a heartbeat works out the target
//!   Empty ───────────────────▶ Assigning ──────────────────────────────────────▶ Reconciling
//!     ▲                         ▲  ▲                                                 │
//!     │ the last one leaves     │  └──────────── a change of members, ◀──────────────┤ every member has what
//!     └── (from any state)      │                subscriptions or topics             │ it should have
//!                               │                                                    ▼
//!                               └───────────────────────────────────────────────── Stable
//! ```
//!
//! Three epochs: that of the group, raised by every change; that of the target, which follows it; and that of each member,
//! which follows the target as soon as it has given up what others should get (`reconcile`). Members of the classic
//! protocol can be in the group as well: to them, their member epoch is the generation (`classic_members`).
//!
//! What a call changes is noted in `changed`, and written with the call's answer by [`ConsumerGroup::flush`]. The group in
//! memory is ahead of the log by what is being written; where a write fails, the same is written again with the next
//! change, and whoever waited for it asks again.

mod assignor;
mod classic_members;
mod describe;
mod heartbeat;
mod leave;
mod member;
mod migrate;
mod offset_rules;
mod partitions;
mod reconcile;
mod record;
mod stored;
mod subscription;
mod target;
mod topic_regex;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kop_codec::{ByteString, ErrorCode, Uuid};

pub use assignor::{Assignor, UnknownAssignor};
pub(crate) use classic_members::{fail_join, fail_leave};
pub(crate) use describe::not_a_consumer_group;
pub(crate) use heartbeat::{HeartbeatCall, check_heartbeat, fail_heartbeat};
pub(crate) use member::{JOINING, LEAVING, LEAVING_FOR_A_WHILE};
pub use record::ConsumerRecord;
pub(crate) use record::Key;
pub use subscription::{NoTopics, Topics};

use crate::group_state::GroupState;
use crate::outbox::{Cx, Then};
use crate::request::{GroupResponse, Ticket};
use crate::time::NEVER;
use member::ConsumerMember;
use partitions::Target;
use subscription::Resolved;

/// The name of this type of group in ListGroups.
pub(crate) const TYPE: &str = "consumer";

/// The epoch of a group that nobody has joined: above that of the target, which there is none of.
const FIRST_EPOCH: i32 = 1;

/// A consumer group and its members.
#[derive(Debug)]
pub(crate) struct ConsumerGroup {
    id: ByteString,
    /// [`FIRST_EPOCH`] until somebody subscribes to something.
    epoch: i32,
    /// Stands for the subscribed topics, their ids and partitions as they were at this epoch.
    metadata_hash: i64,
    members: BTreeMap<ByteString, ConsumerMember>,
    /// Member ids by group instance id.
    static_members: HashMap<ByteString, ByteString>,
    target_epoch: i32,
    /// When the target was worked out, in milliseconds since 1970.
    target_made_ms: i64,
    targets: HashMap<ByteString, Target>,
    /// Which member has a partition, or has not given it up yet.
    owners: HashMap<Uuid, HashMap<i32, ByteString>>,
    /// The topics that match the members' regular expressions.
    regexes: BTreeMap<ByteString, Resolved>,
    /// All topics that somebody subscribes to, whether they exist or not.
    subscribed: BTreeSet<ByteString>,
    /// When a heartbeat looks at the topics again, on the timer clock.
    look_at_topics_at: i64,
    /// When it looks for topics that match regular expressions again, on the timer clock.
    look_for_matches_at: i64,
    /// What has to be written.
    changed: BTreeSet<Key>,
    /// It is being removed.
    dead: bool,
    /// No deadline is before this. It may be early, never late.
    wake_at: i64,
}

/// A request that is refused: the error and what to tell the client of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refused {
    pub(crate) error: ErrorCode,
    pub(crate) message: String,
}

impl Refused {
    pub(crate) fn new(error: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { error, message }
    }

    /// The group is no consumer group, or is not there.
    pub(crate) fn no_group(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::GROUP_ID_NOT_FOUND, message)
    }
}

impl ConsumerGroup {
    /// A group without members.
    pub(crate) fn new(id: ByteString) -> Self {
        Self {
            id,
            epoch: FIRST_EPOCH,
            metadata_hash: 0,
            members: BTreeMap::new(),
            static_members: HashMap::new(),
            target_epoch: 0,
            target_made_ms: 0,
            targets: HashMap::new(),
            owners: HashMap::new(),
            regexes: BTreeMap::new(),
            subscribed: BTreeSet::new(),
            look_at_topics_at: 0,
            look_for_matches_at: 0,
            changed: BTreeSet::new(),
            dead: false,
            wake_at: NEVER,
        }
    }

    pub(crate) fn state(&self) -> GroupState {
        if self.dead {
            GroupState::Dead
        } else if self.members.is_empty() {
            GroupState::Empty
        } else if self.epoch > self.target_epoch {
            GroupState::Assigning
        } else if self
            .members
            .values()
            .all(|member| member.is_reconciled_to(self.target_epoch))
        {
            GroupState::Stable
        } else {
            GroupState::Reconciling
        }
    }

    /// Nothing would be lost by forgetting it: nobody has ever joined.
    pub(crate) fn is_untouched(&self) -> bool {
        self.epoch == FIRST_EPOCH
            && self.target_epoch == 0
            && self.members.is_empty()
            && self.changed.is_empty()
            && !self.dead
    }

    pub(crate) fn wake_at(&self) -> i64 {
        self.wake_at
    }

    pub(crate) fn set_dead(&mut self, dead: bool) {
        self.dead = dead;
    }

    /// Writes what has changed, and answers when that is durable; at once where nothing has changed.
    fn flush(&mut self, cx: &mut Cx<'_>, reply: Option<(Ticket, GroupResponse)>) {
        let keys = std::mem::take(&mut self.changed);
        if keys.is_empty() {
            if let Some((ticket, response)) = reply {
                cx.out.reply(ticket, response);
            }
            return;
        }
        let records = self.records_of(&keys);
        let then = Then::Consumer {
            group: self.id.clone(),
            keys,
            reply: reply.map(Box::new),
        };
        cx.out.write(records, then);
    }

    /// A write has failed: it is made again with the next change.
    pub(crate) fn not_written(&mut self, keys: BTreeSet<Key>) {
        self.changed.extend(keys);
    }

    /// Raises the group's epoch: the target has to be worked out anew.
    fn raise_epoch(&mut self, cx: &mut Cx<'_>, reason: &'static str) {
        self.epoch = self.epoch.saturating_add(1);
        self.changed.insert(Key::Epoch);
        cx.out.tally.rebalances += 1;
        tracing::debug!(group = %self.id, epoch = self.epoch, reason, "rebalance");
    }

    /// Puts a changed member in its place and keeps the books about it.
    fn put_member(&mut self, member: ConsumerMember) {
        if let Some(old) = self.members.remove(&member.id) {
            self.release(&old);
        }
        for (topic, partition) in held(&member) {
            let owners = self.owners.entry(topic).or_default();
            owners.insert(partition, member.id.clone());
        }
        if let Some(instance_id) = &member.terms.instance_id {
            self.static_members
                .insert(instance_id.clone(), member.id.clone());
        }
        self.wake_at = self
            .wake_at
            .min(member.deadlines.earliest().unwrap_or(NEVER));
        self.members.insert(member.id.clone(), member);
    }

    /// Removes a member and all that is stored of it. The epoch has to be raised by the caller.
    fn take_member(&mut self, id: &str) -> Option<ConsumerMember> {
        let member = self.members.remove(id)?;
        self.release(&member);
        if let Some(instance_id) = &member.terms.instance_id
            && self.static_members.get(instance_id) == Some(&member.id)
        {
            self.static_members.remove(instance_id);
        }
        self.targets.remove(id);
        let id = &member.id;
        self.changed.extend([
            Key::Current(id.clone()),
            Key::Target(id.clone()),
            Key::Member(id.clone()),
        ]);
        Some(member)
    }

    fn release(&mut self, member: &ConsumerMember) {
        for (topic, partition) in held(member) {
            if let Some(owners) = self.owners.get_mut(&topic) {
                if owners.get(&partition) == Some(&member.id) {
                    owners.remove(&partition);
                }
                if owners.is_empty() {
                    self.owners.remove(&topic);
                }
            }
        }
    }

    /// Whether somebody else has the partition.
    fn is_taken(&self, topic: Uuid, partition: i32, by_others_than: &str) -> bool {
        let owner = self.owners.get(&topic).and_then(|of| of.get(&partition));
        owner.is_some_and(|owner| *owner != by_others_than)
    }

    /// The member that a request of the classic or the new protocol names; its instance id must be its own.
    fn check_member(
        &self,
        member_id: &str,
        instance_id: Option<&ByteString>,
    ) -> Result<&ConsumerMember, Refused> {
        let known_as = match instance_id {
            None => member_id,
            Some(instance_id) => match self.static_members.get(instance_id) {
                None => {
                    let message = format!("Instance id {instance_id} is unknown.");
                    return Err(Refused::new(ErrorCode::UNKNOWN_MEMBER_ID, message));
                }
                Some(current) if *current != member_id => {
                    let message = format!(
                        "Static member {member_id} with instance id {instance_id} was fenced by member {current}."
                    );
                    return Err(Refused::new(ErrorCode::FENCED_INSTANCE_ID, message));
                }
                Some(current) => current,
            },
        };
        self.members.get(known_as).ok_or_else(|| {
            let message = format!("Member {member_id} is not a member of group {}.", self.id);
            Refused::new(ErrorCode::UNKNOWN_MEMBER_ID, message)
        })
    }

    /// Whether a member that is new here finds room.
    fn check_room(&self, cx: &Cx<'_>, member_id: &str) -> Result<(), Refused> {
        let limit = cx.config.consumer.max_size;
        if self.members.len() < limit || self.members.contains_key(member_id) {
            return Ok(());
        }
        let message =
            format!("The consumer group has reached its maximum capacity of {limit} members.");
        Err(Refused::new(ErrorCode::GROUP_MAX_SIZE_REACHED, message))
    }
}

/// All partitions that a member has or has not given up yet.
fn held(member: &ConsumerMember) -> impl Iterator<Item = (Uuid, i32)> + '_ {
    let both = member.assigned.iter().chain(&member.revoking);
    both.flat_map(|(&topic, partitions)| {
        partitions.keys().map(move |&partition| (topic, partition))
    })
}
