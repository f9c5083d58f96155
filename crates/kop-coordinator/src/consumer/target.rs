//! Working out what each member should have.

use std::collections::{BTreeMap, HashMap};

use kop_codec::ByteString;

use super::assignor::{Assignor, Candidate, Topic};
use super::{ConsumerGroup, Key};
use crate::outbox::Cx;

impl ConsumerGroup {
    /// Whether the last target has stood long enough for the next one (KIP-1263). Until then members stay with it.
    pub(super) fn may_make_target(&self, cx: &Cx<'_>) -> bool {
        let interval_ms = i64::from(cx.config.consumer.times.of(&self.id).assignment_interval_ms);
        let stood_ms = cx.now.wall_ms.saturating_sub(self.target_made_ms);
        // A clock that was set back must not keep the group waiting.
        self.target_made_ms == 0 || !(0..interval_ms).contains(&stood_ms)
    }

    /// Whether a member has to join anew: there is a target of a later epoch than its own, or there can be one.
    pub(super) fn has_later_target(&self, cx: &Cx<'_>, epoch: i32) -> bool {
        epoch < self.target_epoch || epoch < self.epoch && self.may_make_target(cx)
    }

    /// Makes the target of the group's epoch, if there is none yet and it may be made.
    pub(super) fn make_target(&mut self, cx: &Cx<'_>) {
        if self.epoch <= self.target_epoch || !self.may_make_target(cx) {
            return;
        }
        let mut topics = Vec::new();
        let mut places: BTreeMap<&ByteString, usize> = BTreeMap::new();
        for name in &self.subscribed {
            if let Some((id, partitions)) = cx.topics.find(name) {
                places.insert(name, topics.len());
                topics.push(Topic { id, partitions });
            }
        }
        let members: Vec<Candidate<'_>> = self
            .members
            .values()
            .map(|member| {
                let of_member = self.topics_of(&member.id);
                let mut topics: Vec<usize> = of_member
                    .filter_map(|topic| places.get(topic).copied())
                    .collect();
                topics.sort_unstable();
                topics.dedup();
                Candidate {
                    id: &member.id,
                    instance_id: member.terms.instance_id.as_ref(),
                    topics,
                    current: self.targets.get(&member.id),
                }
            })
            .collect();
        let made = self.assignor(cx).assign(&topics, &members);
        let made: Vec<_> = members
            .iter()
            .map(|member| member.id.clone())
            .zip(made)
            .collect();
        for (member, target) in made {
            if self.targets.get(&member) != Some(&target) {
                self.changed.insert(Key::Target(member.clone()));
                self.targets.insert(member, target);
            }
        }
        self.target_epoch = self.epoch;
        self.target_made_ms = cx.now.wall_ms;
        self.changed.insert(Key::TargetEpoch);
    }

    /// The assignor that most members ask for; the first one of the settings where nobody asks.
    pub(super) fn assignor(&self, cx: &Cx<'_>) -> Assignor {
        let mut votes: HashMap<&str, usize> = HashMap::new();
        let wanted = self
            .members
            .values()
            .filter_map(|member| member.terms.assignor.as_deref());
        for name in wanted {
            *votes.entry(name).or_default() += 1;
        }
        let default = cx.config.consumer.default_assignor();
        let elected = votes
            .into_iter()
            .max_by_key(|(name, votes)| (*votes, std::cmp::Reverse(*name)));
        elected
            .and_then(|(name, _)| name.parse().ok())
            .unwrap_or(default)
    }
}
