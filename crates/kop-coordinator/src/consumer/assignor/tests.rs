use std::collections::{BTreeMap, BTreeSet};

use kop_codec::{ByteString, Uuid};
use proptest::prelude::*;

use super::{Assignor, Candidate, Topic};
use crate::consumer::partitions::Target;

fn id(n: usize) -> Uuid {
    Uuid::from_bytes((n as u128 + 1).to_be_bytes())
}

fn topics(partitions: &[i32]) -> Vec<Topic> {
    let topics = partitions.iter().enumerate();
    topics
        .map(|(n, &partitions)| Topic {
            id: id(n),
            partitions,
        })
        .collect()
}

fn names(count: usize) -> Vec<ByteString> {
    (0..count)
        .map(|n| ByteString::from(format!("m{n:03}")))
        .collect()
}

fn candidates<'a>(
    names: &'a [ByteString],
    subscriptions: &[BTreeSet<usize>],
    current: &'a [Target],
) -> Vec<Candidate<'a>> {
    let members = names.iter().zip(subscriptions).enumerate();
    members
        .map(|(index, (id, topics))| Candidate {
            id,
            instance_id: None,
            topics: topics.iter().copied().collect(),
            current: current.get(index),
        })
        .collect()
}

fn load(target: &Target) -> usize {
    target.values().map(BTreeSet::len).sum()
}

/// Every partition that somebody can read is read once, by somebody who subscribes.
fn check_complete(
    topics: &[Topic],
    subscriptions: &[BTreeSet<usize>],
    targets: &[Target],
) -> Result<(), TestCaseError> {
    let mut owners: BTreeMap<(Uuid, i32), usize> = BTreeMap::new();
    for (member, target) in targets.iter().enumerate() {
        for (topic, partitions) in target {
            let place = topics.iter().position(|known| known.id == *topic);
            prop_assert!(place.is_some_and(|place| subscriptions[member].contains(&place)));
            for &partition in partitions {
                prop_assert_eq!(owners.insert((*topic, partition), member), None);
            }
        }
    }
    let expected: usize = topics
        .iter()
        .enumerate()
        .filter(|(place, _)| subscriptions.iter().any(|of| of.contains(place)))
        .map(|(_, topic)| usize::try_from(topic.partitions).unwrap_or(0))
        .sum();
    prop_assert_eq!(owners.len(), expected);
    Ok(())
}

prop_compose! {
    fn groups()(partitions in prop::collection::vec(1..12, 1..6), members in 1_usize..9)
        (subscriptions in prop::collection::vec(
            prop::collection::btree_set(0..partitions.len(), 0..=partitions.len()), members),
         partitions in Just(partitions))
        -> (Vec<i32>, Vec<BTreeSet<usize>>) {
        (partitions, subscriptions)
    }
}

proptest! {
    #[test]
    fn every_partition_has_one_reader((partitions, subscriptions) in groups()) {
        let topics = topics(&partitions);
        let names = names(subscriptions.len());
        for assignor in Assignor::ALL {
            let targets = assignor.assign(&topics, &candidates(&names, &subscriptions, &[]));
            check_complete(&topics, &subscriptions, &targets)?;
            let again = assignor.assign(&topics, &candidates(&names, &subscriptions, &targets));
            prop_assert_eq!(&targets, &again, "{} moves what need not move", assignor);
        }
    }

    #[test]
    fn uniform_is_as_even_as_single_moves_make_it((partitions, subscriptions) in groups()) {
        let topics = topics(&partitions);
        let names = names(subscriptions.len());
        let targets = Assignor::Uniform.assign(&topics, &candidates(&names, &subscriptions, &[]));
        for (giver, target) in targets.iter().enumerate() {
            for topic in target.keys() {
                let place = topics.iter().position(|known| known.id == *topic);
                for (taker, other) in targets.iter().enumerate() {
                    if taker != giver && place.is_some_and(|p| subscriptions[taker].contains(&p)) {
                        prop_assert!(load(target) <= load(other) + 1);
                    }
                }
            }
        }
    }

    #[test]
    fn uniform_moves_no_more_than_it_must(
        partitions in prop::collection::vec(1..20, 1..5),
        before in 1_usize..8,
        after in 1_usize..8,
    ) {
        let topics = topics(&partitions);
        let all: BTreeSet<usize> = (0..partitions.len()).collect();
        let names = names(before.max(after));
        let old = Assignor::Uniform.assign(
            &topics, &candidates(&names[..before], &vec![all.clone(); before], &[]));
        let new = Assignor::Uniform.assign(
            &topics, &candidates(&names[..after], &vec![all.clone(); after], &old));
        check_complete(&topics, &vec![all; after], &new)?;
        // Whoever stays loses only what brings it down to its share.
        let total: usize = new.iter().map(load).sum();
        for (had, has) in old.iter().zip(&new) {
            let kept: usize = had.iter().map(|(topic, partitions)| {
                has.get(topic).map_or(0, |now| now.intersection(partitions).count())
            }).sum();
            prop_assert!(kept >= load(had).min(total / after));
            prop_assert!((total / after..=total.div_ceil(after)).contains(&load(has)));
        }
    }
}

#[test]
fn range_splits_topics_alike() {
    let topics = topics(&[5, 5]);
    let names = names(2);
    let both = vec![BTreeSet::from([0, 1]); 2];
    let targets = Assignor::Range.assign(&topics, &candidates(&names, &both, &[]));
    assert_eq!(targets[0][&id(0)], BTreeSet::from([0, 1, 2]));
    assert_eq!(targets[0][&id(0)], targets[0][&id(1)]);
    assert_eq!(targets[1][&id(0)], BTreeSet::from([3, 4]));
}

#[test]
fn a_large_group_is_assigned_in_no_time() {
    let topics = topics(&[1_000; 10]);
    let names = names(1_000);
    let all: Vec<BTreeSet<usize>> = vec![(0..10).collect(); 1_000];
    let one_less: Vec<BTreeSet<usize>> = (0..1_000)
        .map(|n| (0..10).filter(|topic| *topic != n % 10).collect())
        .collect();
    for subscriptions in [all, one_less] {
        let targets = Assignor::Uniform.assign(&topics, &candidates(&names, &subscriptions, &[]));
        assert!(targets.iter().all(|target| load(target) == 10));
    }
}
