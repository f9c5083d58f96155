//! The group as records of `__consumer_offsets`, and back.

use std::collections::BTreeSet;

use kop_codec::internal::group::{
    ConsumerGroupCurrentMemberAssignmentValue, ConsumerGroupMetadataValue,
    ConsumerGroupTargetAssignmentMemberValue, ConsumerGroupTargetAssignmentMetadataValue,
};

use super::member::{ConsumerMember, Terms, load_assignment};
use super::partitions::{load_target, store_current, store_target};
use super::record::{ConsumerRecord, Key};
use super::subscription::Resolved;
use super::{ConsumerGroup, JOINING};
use crate::classic::detached;
use crate::outbox::Cx;
use crate::record::GroupRecord;
use crate::time::NEVER;

impl ConsumerGroup {
    /// What the keys name, as it is now: what is gone first and inside out, then what there is.
    pub(super) fn records_of(&self, keys: &BTreeSet<Key>) -> Vec<GroupRecord> {
        let is_there = |key: &&Key| self.has(key);
        let gone = keys.iter().rev().filter(|key| !is_there(key));
        let there = keys.iter().filter(is_there);
        gone.chain(there).map(|key| self.record_of(key)).collect()
    }

    fn has(&self, key: &Key) -> bool {
        match key {
            Key::Classic => false,
            Key::Epoch | Key::TargetEpoch => !self.dead,
            Key::Member(id) | Key::Current(id) => self.members.contains_key(id),
            Key::Target(id) => self.targets.contains_key(id),
            Key::Regex(regex) => self.regexes.contains_key(regex),
        }
    }

    fn record_of(&self, key: &Key) -> GroupRecord {
        let record = match key {
            Key::Classic => {
                return GroupRecord::Group {
                    group: self.id.clone(),
                    value: None,
                };
            }
            Key::Epoch => ConsumerRecord::Epoch(self.epoch_value()),
            Key::TargetEpoch => ConsumerRecord::TargetEpoch(self.target_epoch_value()),
            Key::Member(id) => {
                let member = self.members.get(id);
                ConsumerRecord::Member(id.clone(), member.map(ConsumerMember::to_value))
            }
            Key::Current(id) => {
                let member = self.members.get(id);
                ConsumerRecord::Current(id.clone(), member.map(current_value))
            }
            Key::Target(id) => {
                let value =
                    self.targets
                        .get(id)
                        .map(|target| ConsumerGroupTargetAssignmentMemberValue {
                            topic_partitions: store_target(target),
                            ..ConsumerGroupTargetAssignmentMemberValue::default()
                        });
                ConsumerRecord::Target(id.clone(), value)
            }
            Key::Regex(regex) => {
                let value = self.regexes.get(regex).map(Resolved::to_value);
                ConsumerRecord::Regex(regex.clone(), value)
            }
        };
        GroupRecord::Consumer {
            group: self.id.clone(),
            record,
        }
    }

    fn epoch_value(&self) -> Option<ConsumerGroupMetadataValue> {
        (!self.dead).then(|| ConsumerGroupMetadataValue {
            epoch: self.epoch,
            metadata_hash: self.metadata_hash,
            ..ConsumerGroupMetadataValue::default()
        })
    }

    fn target_epoch_value(&self) -> Option<ConsumerGroupTargetAssignmentMetadataValue> {
        (!self.dead).then(|| ConsumerGroupTargetAssignmentMetadataValue {
            assignment_epoch: self.target_epoch,
            assignment_timestamp: self.target_made_ms,
            ..ConsumerGroupTargetAssignmentMetadataValue::default()
        })
    }

    /// All that is stored of the group.
    pub(super) fn all_keys(&self) -> BTreeSet<Key> {
        let members = self.members.keys().flat_map(|id| {
            [
                Key::Member(id.clone()),
                Key::Target(id.clone()),
                Key::Current(id.clone()),
            ]
        });
        let regexes = self.regexes.keys().cloned().map(Key::Regex);
        let group = [Key::Epoch, Key::TargetEpoch];
        members.chain(regexes).chain(group).collect()
    }

    /// Deletes all that is stored of the group; what else goes with it is added by the caller.
    pub(crate) fn tombstones(&self) -> Vec<GroupRecord> {
        let keys: BTreeSet<Key> = self.all_keys().union(&self.changed).cloned().collect();
        let nothing = Self {
            dead: true,
            ..Self::new(self.id.clone())
        };
        nothing.records_of(&keys)
    }

    /// Takes a record that was read from the log.
    pub(crate) fn load(&mut self, record: ConsumerRecord) {
        match record {
            ConsumerRecord::Epoch(value) => {
                let value = value.unwrap_or_default();
                self.epoch = value.epoch;
                self.metadata_hash = value.metadata_hash;
            }
            ConsumerRecord::TargetEpoch(value) => {
                let value = value.unwrap_or_default();
                self.target_epoch = value.assignment_epoch;
                self.target_made_ms = value.assignment_timestamp;
            }
            ConsumerRecord::Member(id, Some(value)) => {
                self.loaded_member(&id).terms = Terms::from_value(&value);
            }
            ConsumerRecord::Member(id, None) => {
                self.members.remove(&id);
            }
            ConsumerRecord::Current(id, Some(value)) => {
                load_assignment(self.loaded_member(&id), &value);
            }
            ConsumerRecord::Current(id, None) => {
                if let Some(member) = self.members.get_mut(&id) {
                    load_assignment(
                        member,
                        &ConsumerGroupCurrentMemberAssignmentValue::default(),
                    );
                }
            }
            ConsumerRecord::Target(id, Some(value)) => {
                let target = load_target(&value.topic_partitions);
                self.targets.insert(detached(&id), target);
            }
            ConsumerRecord::Target(id, None) => {
                self.targets.remove(&id);
            }
            ConsumerRecord::Regex(regex, Some(value)) => {
                let resolved = Resolved::from_value(&value);
                self.regexes.insert(detached(&regex), resolved);
            }
            ConsumerRecord::Regex(regex, None) => {
                self.regexes.remove(&regex);
            }
        }
    }

    fn loaded_member(&mut self, id: &kop_codec::ByteString) -> &mut ConsumerMember {
        let id = detached(id);
        self.members
            .entry(id.clone())
            .or_insert_with(|| ConsumerMember::new(id))
    }

    /// Everything has been read: the books are made, and sessions begin.
    pub(crate) fn start_sessions(&mut self, cx: &Cx<'_>) {
        // What a crash left of a member that was being removed, or of one that had not been stored whole.
        self.members
            .retain(|_, member| member.terms.rebalance_timeout_ms >= 0 || member.is_classic());
        self.targets.retain(|id, _| self.members.contains_key(id));
        self.wake_at = NEVER;
        for mut member in std::mem::take(&mut self.members).into_values() {
            // Of two that hold a partition, which no log of ours has, the later one joins anew.
            let twice = super::held(&member)
                .any(|(topic, partition)| self.is_taken(topic, partition, &member.id));
            if twice {
                member.epoch = JOINING;
                member.assigned.clear();
                member.revoking.clear();
            }
            self.start_session(cx, &mut member);
            self.start_rebalance_timer(cx, &mut member);
            self.put_member(member);
        }
        self.collect_subscriptions();
    }
}

fn current_value(member: &ConsumerMember) -> ConsumerGroupCurrentMemberAssignmentValue {
    ConsumerGroupCurrentMemberAssignmentValue {
        member_epoch: member.epoch,
        previous_member_epoch: member.previous_epoch,
        state: member.state.number(),
        assigned_partitions: store_current(&member.assigned),
        partitions_pending_revocation: store_current(&member.revoking),
        ..ConsumerGroupCurrentMemberAssignmentValue::default()
    }
}
