//! Sets of partitions by topic id, and their forms in messages and records.

use std::collections::{BTreeMap, BTreeSet};

use kop_codec::internal::group::consumer_group_current_member_assignment_value::TopicPartitions as StoredCurrent;
use kop_codec::internal::group::consumer_group_target_assignment_member_value::TopicPartition as StoredTarget;
use kop_codec::messages::consumer_group_heartbeat_request::TopicPartitions as Owned;
use kop_codec::messages::consumer_group_heartbeat_response::{
    Assignment, TopicPartitions as Assigned,
};
use kop_codec::{Int32s, Uuid};

/// Partitions that a member should have.
pub(crate) type Target = BTreeMap<Uuid, BTreeSet<i32>>;

/// Partitions that a member has, each with the member epoch at which it was given to it (KIP-1251).
pub(crate) type Current = BTreeMap<Uuid, BTreeMap<i32, i32>>;

/// What a member says it owns; `None` where it says nothing.
pub(crate) type OwnedPartitions<'a> = Option<&'a [Owned]>;

/// Whether all that is owned is part of `current`. A member that says nothing has not shown that.
pub(super) fn is_subset(owned: OwnedPartitions<'_>, current: &Current) -> bool {
    owned.is_some_and(|owned| {
        owned.iter().all(|topic| {
            let known = current.get(&topic.topic_id);
            topic
                .partitions
                .iter()
                .all(|partition| known.is_some_and(|known| known.contains_key(partition)))
        })
    })
}

/// Whether a member still owns one of these, or does not say.
pub(super) fn owns_any(owned: OwnedPartitions<'_>, revoking: &Current) -> bool {
    let Some(owned) = owned else { return true };
    owned.iter().any(|topic| {
        revoking.get(&topic.topic_id).is_some_and(|revoking| {
            topic
                .partitions
                .iter()
                .any(|partition| revoking.contains_key(partition))
        })
    })
}

/// For the answer to a heartbeat.
pub(super) fn to_assignment(current: &Current) -> Assignment {
    let topics = current.iter().map(|(&topic_id, partitions)| Assigned {
        topic_id,
        partitions: partitions.keys().copied().collect(),
        ..Assigned::default()
    });
    Assignment {
        topic_partitions: topics.collect(),
        ..Assignment::default()
    }
}

pub(super) fn store_target(target: &Target) -> Vec<StoredTarget> {
    let topics = target.iter().map(|(&topic_id, partitions)| StoredTarget {
        topic_id,
        partitions: partitions.iter().copied().collect(),
        ..StoredTarget::default()
    });
    topics.collect()
}

pub(super) fn load_target(stored: &[StoredTarget]) -> Target {
    let topics = stored.iter().map(|topic| {
        (
            topic.topic_id,
            topic.partitions.iter().copied().collect::<BTreeSet<i32>>(),
        )
    });
    topics.collect()
}

pub(super) fn store_current(current: &Current) -> Vec<StoredCurrent> {
    let topics = current.iter().map(|(&topic_id, partitions)| StoredCurrent {
        topic_id,
        partitions: partitions.keys().copied().collect(),
        assignment_epochs: Some(partitions.values().copied().collect()),
        ..StoredCurrent::default()
    });
    topics.collect()
}

/// Records of before KIP-1251 have no epoch by partition: then it is the member's.
pub(super) fn load_current(stored: &[StoredCurrent], member_epoch: i32) -> Current {
    let epoch_at = |epochs: &Option<Int32s>, index: usize| {
        let given = epochs
            .as_ref()
            .and_then(|epochs| epochs.get(index).copied());
        given.unwrap_or(member_epoch)
    };
    let mut current = Current::new();
    for topic in stored {
        let partitions = current.entry(topic.topic_id).or_default();
        for (index, &partition) in topic.partitions.iter().enumerate() {
            partitions.insert(partition, epoch_at(&topic.assignment_epochs, index));
        }
    }
    current
}
