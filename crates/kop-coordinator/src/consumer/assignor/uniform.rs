//! The uniform assignor: an even share of all partitions for each member, moving as few as possible.

use std::collections::{BTreeSet, HashMap};

use kop_codec::Uuid;

use super::{Candidate, Topic};
use crate::consumer::partitions::Target;

pub(super) fn assign(topics: &[Topic], members: &[Candidate<'_>]) -> Vec<Target> {
    let alike = members
        .windows(2)
        .all(|pair| pair[0].topics == pair[1].topics);
    if alike {
        assign_alike(topics, members)
    } else {
        Mixed::new(topics, members).assign()
    }
}

/// All members subscribe to the same topics: shares differ by one at most.
fn assign_alike(topics: &[Topic], members: &[Candidate<'_>]) -> Vec<Target> {
    let Some(first) = members.first() else {
        return Vec::new();
    };
    let of: HashMap<Uuid, i32> = first
        .topics
        .iter()
        .map(|&topic| (topics[topic].id, topics[topic].partitions))
        .collect();
    let all: usize = of.values().map(|&partitions| count(partitions)).sum();
    let share = all / members.len();
    let mut extra = all % members.len();
    let mut targets = vec![Target::new(); members.len()];
    let mut rooms = vec![share; members.len()];
    let mut taken: HashMap<Uuid, BTreeSet<i32>> = HashMap::new();
    // First everybody keeps what fits into the share. Those with more are the first to get one of the extra ones.
    for (index, member) in members.iter().enumerate() {
        let mut keeps = |limit: &mut usize, target: &mut Target| {
            for (topic, partitions) in member.current.into_iter().flatten() {
                let Some(&known) = of.get(topic) else {
                    continue;
                };
                for &partition in partitions {
                    let free = || !taken.get(topic).is_some_and(|of| of.contains(&partition));
                    if *limit > 0 && partition < known && free() {
                        taken.entry(*topic).or_default().insert(partition);
                        target.entry(*topic).or_default().insert(partition);
                        *limit -= 1;
                    }
                }
            }
        };
        keeps(&mut rooms[index], &mut targets[index]);
        if rooms[index] == 0 && extra > 0 {
            let mut one = 1;
            keeps(&mut one, &mut targets[index]);
            extra -= 1 - one;
            rooms[index] = 0;
        }
    }
    // Then what is left goes to those who have room.
    let full = |target: &Target| target.values().map(BTreeSet::len).sum::<usize>() > share;
    for (target, room) in targets.iter().zip(&mut rooms) {
        if extra > 0 && !full(target) {
            *room += 1;
            extra -= 1;
        }
    }
    give_the_rest(topics, &first.topics, &mut taken, &mut rooms, &mut targets);
    targets
}

/// Gives what nobody has to those who have room.
fn give_the_rest(
    topics: &[Topic],
    subscribed: &[usize],
    taken: &mut HashMap<Uuid, BTreeSet<i32>>,
    rooms: &mut [usize],
    targets: &mut [Target],
) {
    let mut next = 0;
    for &topic in subscribed {
        let Topic { id, partitions } = topics[topic];
        let of_topic = taken.remove(&id).unwrap_or_default();
        for partition in (0..partitions).filter(|partition| !of_topic.contains(partition)) {
            while rooms.get(next) == Some(&0) {
                next += 1;
            }
            if let Some(room) = rooms.get_mut(next) {
                *room -= 1;
                targets[next].entry(id).or_default().insert(partition);
            }
        }
    }
}

/// Members subscribe to different topics: as even as subscriptions let it be.
struct Mixed<'a> {
    topics: &'a [Topic],
    /// Members by topic.
    readers: Vec<Vec<usize>>,
    targets: Vec<Target>,
    loads: Vec<usize>,
}

impl<'a> Mixed<'a> {
    fn new(topics: &'a [Topic], members: &[Candidate<'_>]) -> Self {
        let mut mixed = Self {
            topics,
            readers: vec![Vec::new(); topics.len()],
            targets: vec![Target::new(); members.len()],
            loads: vec![0; members.len()],
        };
        for (index, member) in members.iter().enumerate() {
            for &topic in &member.topics {
                mixed.readers[topic].push(index);
            }
        }
        mixed.keep(members);
        mixed
    }

    /// Everybody keeps what is still theirs to read.
    fn keep(&mut self, members: &[Candidate<'_>]) {
        let mut taken: BTreeSet<(Uuid, i32)> = BTreeSet::new();
        for (index, member) in members.iter().enumerate() {
            for &topic in &member.topics {
                let Topic { id, partitions } = self.topics[topic];
                let current = member.current.and_then(|current| current.get(&id));
                for &partition in current.into_iter().flatten() {
                    if partition < partitions && taken.insert((id, partition)) {
                        self.give(index, id, partition);
                    }
                }
            }
        }
    }

    fn give(&mut self, member: usize, topic: Uuid, partition: i32) {
        self.targets[member]
            .entry(topic)
            .or_default()
            .insert(partition);
        self.loads[member] += 1;
    }

    fn assign(mut self) -> Vec<Target> {
        // Topics with the fewest readers have the least choice.
        let mut order: Vec<usize> = (0..self.topics.len()).collect();
        order.sort_by_key(|&topic| (self.readers[topic].len(), self.topics[topic].id));
        for &topic in &order {
            self.assign_free(topic);
        }
        // Each move makes the loads more even, so this ends; the bound is for the sake of the runtime alone.
        for _ in 0..self.targets.len().max(16) {
            let moved: usize = order.iter().map(|&topic| self.even_out(topic)).sum();
            if moved == 0 {
                break;
            }
        }
        self.targets
    }

    /// Gives the partitions that nobody has to those with the least.
    fn assign_free(&mut self, topic: usize) {
        let Topic { id, partitions } = self.topics[topic];
        let taken: BTreeSet<i32> = self.readers[topic]
            .iter()
            .filter_map(|&reader| self.targets[reader].get(&id))
            .flatten()
            .copied()
            .collect();
        let mut by_load = self.by_load(topic);
        for partition in (0..partitions).filter(|partition| !taken.contains(partition)) {
            let Some((load, reader)) = by_load.pop_first() else {
                return;
            };
            self.give(reader, id, partition);
            by_load.insert((load + 1, reader));
        }
    }

    /// Moves partitions of a topic from those with the most to those with the least, and counts the moves.
    fn even_out(&mut self, topic: usize) -> usize {
        let id = self.topics[topic].id;
        let mut takers = self.by_load(topic);
        let mut givers: BTreeSet<(usize, usize)> = takers
            .iter()
            .copied()
            .filter(|(_, reader)| self.targets[*reader].contains_key(&id))
            .collect();
        let mut moved = 0;
        while let (Some(&(low, taker)), Some(&(high, giver))) = (takers.first(), givers.last()) {
            if high < low + 2 {
                break;
            }
            let of_topic = self.targets[giver].entry(id).or_default();
            let Some(partition) = of_topic.pop_last() else {
                self.targets[giver].remove(&id);
                givers.remove(&(high, giver));
                continue;
            };
            self.loads[giver] -= 1;
            self.give(taker, id, partition);
            takers.remove(&(high, giver));
            takers.remove(&(low, taker));
            takers.extend([(high - 1, giver), (low + 1, taker)]);
            givers.remove(&(high, giver));
            givers.remove(&(low, taker));
            givers.extend([(high - 1, giver), (low + 1, taker)]);
            moved += 1;
        }
        self.targets.iter_mut().for_each(|target| {
            target.retain(|_, partitions| !partitions.is_empty());
        });
        moved
    }

    fn by_load(&self, topic: usize) -> BTreeSet<(usize, usize)> {
        let readers = self.readers[topic].iter();
        readers
            .map(|&reader| (self.loads[reader], reader))
            .collect()
    }
}

fn count(partitions: i32) -> usize {
    usize::try_from(partitions).unwrap_or(0)
}
