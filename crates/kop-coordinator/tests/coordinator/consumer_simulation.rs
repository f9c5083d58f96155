//! Random lives of consumer groups, repeatable by their seed: members of both protocols that come, go and fall silent,
//! answers that get lost, writes that fail or take long, topics that change, a coordinator that restarts.
//!
//! What must hold after every step:
//! - a partition is held by one member at most: neither in what the group says, nor in what its members believe;
//! - a committed offset never goes back;
//! - an epoch that a member was told is never above the group's.
//!
//! And once the troubles end, everybody has its share.

use std::collections::BTreeMap;

use kop_codec::messages::ConsumerGroupHeartbeatResponse;
use kop_codec::messages::consumer_group_describe_response::DescribedGroup;
use kop_codec::{ErrorCode, Uuid};
use kop_coordinator::GroupConfig;

use crate::consumer_support::Member;
use crate::random::{Random, each_seed};
use crate::support::*;

const TOPICS: [&str; 3] = ["a", "b", "c"];

struct Life {
    bench: Bench,
    random: Random,
    members: Vec<Member>,
    names: usize,
    committed: i64,
}

impl Life {
    fn new(seed: u64) -> Self {
        let bench = Bench::with(GroupConfig {
            consumer: assigned_every(if seed.is_multiple_of(2) { 0 } else { 1_000 }),
            ..GroupConfig::default()
        });
        bench.topics.set("a", 5);
        bench.topics.set("b", 2);
        let members = (0..5).map(|n| {
            let mut member = Member::new(&format!("m{n}"), &["a", "b"]);
            member.instance = (n % 3 == 0).then(|| format!("i{n}"));
            member
        });
        Self {
            members: members.collect(),
            bench,
            random: Random::new(seed),
            names: 5,
            committed: -1,
        }
    }

    fn step(&mut self) {
        let who = self.random.below(self.members.len());
        match self.random.below(20) {
            0..=8 => self.beat(who, 4),
            9 => self.lose(who),
            10 => self.leave(who),
            11 => self.subscribe(who),
            12 => self.change_topics(),
            13..=15 => {
                let ms = [50, 1_500, 11_000, 31_000][self.random.below(4)];
                self.bench.advance(ms);
            }
            16 => self.bench.restart(),
            17 => self.fail_writes(who),
            _ => self.commit(who),
        }
        self.check();
    }

    /// A heartbeat whose answer is lost one time in `lost`.
    fn beat(&mut self, who: usize, lost: usize) {
        let member = self.members[who].clone();
        let request = match member.epoch > 0 && self.random.below(2) == 0 {
            true => member.short(),
            false => member.full(),
        };
        let response = self.bench.consumer_heartbeat(request);
        self.check_epoch(&response);
        if self.random.below(lost) > 0 {
            self.members[who].take(&response);
        }
    }

    fn check_epoch(&mut self, response: &ConsumerGroupHeartbeatResponse) {
        if !response.error_code.is_error() {
            let group = self.bench.describe_consumer();
            assert!(response.member_epoch <= group.group_epoch);
        }
    }

    /// A member loses its memory: a dynamic one comes as somebody else.
    fn lose(&mut self, who: usize) {
        let member = &mut self.members[who];
        member.id = format!("m{}", self.names);
        member.epoch = 0;
        member.owned.clear();
        self.names += 1;
    }

    fn leave(&mut self, who: usize) {
        let epoch = match self.members[who].instance.is_some() && self.random.below(2) == 0 {
            true => -2,
            false => -1,
        };
        self.members[who].leave(&mut self.bench, epoch);
        if epoch == -2 {
            self.lose(who);
        }
    }

    fn subscribe(&mut self, who: usize) {
        let all = self.random.below(8);
        let topics = TOPICS.into_iter().enumerate();
        self.members[who].topics = topics
            .filter(|(n, _)| all & (1 << n) != 0)
            .map(|(_, topic)| topic)
            .collect();
        self.members[who].regex = (all == 0).then_some("[ab]");
    }

    fn change_topics(&mut self) {
        let topic = TOPICS[self.random.below(3)];
        match self.random.below(7) {
            0 => self.bench.topics.remove(topic),
            partitions => self
                .bench
                .topics
                .set(topic, i32::try_from(partitions).unwrap()),
        }
    }

    /// Writes that fail while several members wait for them; or the server dies, and nothing of them is left.
    fn fail_writes(&mut self, who: usize) {
        self.bench.auto = false;
        let others = [who, (who + 1) % self.members.len()];
        let tickets = others.map(|who| {
            let request = self.members[who].full();
            (who, self.bench.send_heartbeat(request))
        });
        if self.random.below(2) == 0 {
            self.bench.auto = true;
            return self.bench.restart();
        }
        self.bench
            .end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
        self.bench.auto = true;
        for (who, ticket) in tickets {
            let response: ConsumerGroupHeartbeatResponse = self.bench.take(ticket);
            self.members[who].take(&response);
        }
    }

    fn commit(&mut self, who: usize) {
        let (id, epoch) = (self.members[who].id.clone(), self.members[who].epoch);
        let offset = self.committed + 1;
        let request = commit_request(&id, epoch, &[("a", 0, offset)]);
        let ticket = self.bench.commit_request(9, request);
        if self.bench.commit_error(ticket) == ErrorCode::NONE {
            self.committed = offset;
        }
    }

    fn check(&mut self) {
        let group = self.bench.describe_consumer();
        check_owners(&group);
        let mut believed: BTreeMap<(Uuid, i32), &str> = BTreeMap::new();
        for member in &self.members {
            let known = group.members.iter().find(|it| it.member_id == member.id);
            if known.is_none() || member.epoch == 0 {
                continue; // It has been removed and does not know it yet.
            }
            for partition in &member.owned {
                let other = believed.insert(*partition, &member.id);
                assert_eq!(other, None, "{partition:?} is owned by {} too", member.id);
            }
        }
        if self.committed >= 0 {
            let all = self.bench.fetch_all();
            let found = all
                .iter()
                .find(|(topic, partition, _)| topic == "a" && *partition == 0);
            assert_eq!(found.map(|(_, _, offset)| *offset), Some(self.committed));
        }
    }

    /// The troubles are over.
    fn recover(&mut self) {
        self.bench.topics.set("a", 5);
        self.bench.topics.set("b", 2);
        for member in &mut self.members {
            member.topics = vec!["a", "b"];
            member.regex = None;
        }
        for _ in 0..30 {
            self.bench.advance(5_000);
            for who in 0..self.members.len() {
                let request = self.members[who].full();
                let response = self.bench.consumer_heartbeat(request);
                self.members[who].take(&response);
                self.check();
            }
        }
        let group = self.bench.describe_consumer();
        assert_eq!(group.group_state, "Stable", "{group:?} {:?}", self.members);
        assert_eq!(group.members.len(), self.members.len());
        let sizes: Vec<usize> = self
            .members
            .iter()
            .map(|member| member.owned.len())
            .collect();
        assert_eq!(sizes.iter().sum::<usize>(), 7, "{sizes:?}");
        assert!(sizes.iter().all(|size| (1..=2).contains(size)), "{sizes:?}");
    }
}

fn check_owners(group: &DescribedGroup) {
    let mut owners = BTreeMap::new();
    for member in &group.members {
        for topic in &member.assignment.topic_partitions {
            for partition in &topic.partitions {
                let other = owners.insert((topic.topic_id, *partition), &member.member_id);
                assert_eq!(other, None, "{topic:?} of {}", member.member_id);
            }
        }
    }
}

#[test]
fn random_lives() {
    each_seed("consumer_simulation", 200, |seed| {
        let mut life = Life::new(seed);
        for _ in 0..120 {
            life.step();
        }
        life.recover();
    });
}
