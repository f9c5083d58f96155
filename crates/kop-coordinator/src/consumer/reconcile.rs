//! One step of a member from what it has to what it should have (KIP-848).
//!
//! ```text
//!                 must give partitions up
//!      Stable ──────────────────────────────▶ Unrevoked      keeps its epoch until it says that it has
//!       │  ▲                                    │
//!       │  │ nothing is missing                 │ has given them up
//!       │  │                                    ▼
//!       │  └────────────────────────────── (target's epoch) ─────────────▶ Unreleased
//!       │                                       ▲      others have not given up what it should get
//!       └───────────────────────────────────────┴──────────────────────────────┘
//!                 a new target                         every heartbeat looks again
//! ```
//!
//! A partition is in at most one member's `assigned` or `revoking`: nobody gets it before the last owner has said that it
//! gave it up, or is gone.

use std::collections::BTreeSet;

use kop_codec::Uuid;

use super::member::{ConsumerMember, MemberState};
use super::partitions::{Current, OwnedPartitions, Target, owns_any};

/// What a step depends on beside the member.
pub(super) struct Step<'a> {
    /// The member's target and its epoch.
    pub(super) target: &'a Target,
    pub(super) target_epoch: i32,
    /// The topics that the member subscribes to. Others are taken from it at once.
    pub(super) subscribed: &'a BTreeSet<Uuid>,
    /// The subscription has changed, so that what is assigned may not fit any more.
    pub(super) check_subscription: bool,
    /// What the member says it owns.
    pub(super) owned: OwnedPartitions<'a>,
    /// Whether another member has this partition.
    pub(super) is_taken: &'a dyn Fn(Uuid, i32) -> bool,
}

impl Step<'_> {
    /// Moves the member one step on, if it can move.
    pub(super) fn take(&self, member: &mut ConsumerMember) {
        match member.state {
            MemberState::Stable if member.epoch == self.target_epoch => {
                if self.check_subscription {
                    self.drop_unsubscribed(member);
                }
            }
            MemberState::Unrevoked if owns_any(self.owned, &member.revoking) => {
                if self.check_subscription {
                    self.drop_unsubscribed(member);
                }
            }
            _ => self.advance(member),
        }
    }

    /// Takes away what the member does not subscribe to any more, and no more than that.
    fn drop_unsubscribed(&self, member: &mut ConsumerMember) {
        let mut dropped = Current::new();
        member.assigned.retain(|topic, partitions| {
            let keep = self.subscribed.contains(topic);
            if !keep {
                dropped.insert(*topic, std::mem::take(partitions));
            }
            keep
        });
        if dropped.is_empty() || !owns_any(self.owned, &dropped) && member.revoking.is_empty() {
            return;
        }
        for (topic, partitions) in dropped {
            member.revoking.entry(topic).or_default().extend(partitions);
        }
        member.state = MemberState::Unrevoked;
    }

    /// Works out what to give up, what to take, and what has to wait.
    fn advance(&self, member: &mut ConsumerMember) {
        let mut kept = Current::new();
        let mut revoked = Current::new();
        for (&topic, partitions) in &member.assigned {
            for (&partition, &epoch) in partitions {
                let keeps = self.wants(topic, partition);
                let into = if keeps { &mut kept } else { &mut revoked };
                into.entry(topic).or_default().insert(partition, epoch);
            }
        }
        if !revoked.is_empty() && owns_any(self.owned, &revoked) {
            member.state = MemberState::Unrevoked;
            member.assigned = kept;
            member.revoking = revoked;
            return;
        }
        let mut waits = false;
        for (&topic, partitions) in self.target {
            if !self.subscribed.contains(&topic) {
                continue;
            }
            for &partition in partitions {
                let has = kept
                    .get(&topic)
                    .is_some_and(|has| has.contains_key(&partition));
                if has {
                    continue;
                }
                if (self.is_taken)(topic, partition) {
                    waits = true;
                } else {
                    kept.entry(topic)
                        .or_default()
                        .insert(partition, self.target_epoch);
                }
            }
        }
        member.state = if waits {
            MemberState::Unreleased
        } else {
            MemberState::Stable
        };
        member.move_to(self.target_epoch);
        member.assigned = kept;
        member.revoking.clear();
    }

    fn wants(&self, topic: Uuid, partition: i32) -> bool {
        self.subscribed.contains(&topic)
            && self
                .target
                .get(&topic)
                .is_some_and(|partitions| partitions.contains(&partition))
    }
}
