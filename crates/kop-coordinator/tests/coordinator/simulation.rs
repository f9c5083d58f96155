//! Random lives of a group, repeatable by their seed: members that join, sync, commit, fall silent, leave and come
//! back, writes that fail, answers that get lost, a wall clock that jumps, and a coordinator that restarts.

use std::collections::{BTreeMap, HashMap, HashSet};

use kop_codec::ErrorCode;
use kop_codec::messages::{JoinGroupRequest, JoinGroupResponse, SyncGroupResponse};
use kop_coordinator::GroupConfig;

use crate::random::{Random, each_seed};
use crate::support::*;

/// Lives in a run of the tests; `KOP_SEEDS` makes them more.
const SEEDS: u64 = 60;

/// What a client of the group believes.
#[derive(Clone, Debug, Default)]
struct Client {
    instance: Option<String>,
    member_id: String,
    generation: i32,
    phase: Phase,
    /// Whom it has to assign to, if it leads.
    members: Vec<String>,
    committed: i64,
}

struct Life {
    bench: Bench,
    random: Random,
    clients: Vec<Client>,
    /// The leader of each generation.
    leaders: BTreeMap<i32, String>,
    /// The assignments seen, by generation and member.
    assigned: HashMap<(i32, String), String>,
    /// The largest offset that was acknowledged, by client (each has a partition of its own).
    acknowledged: HashMap<usize, i64>,
    joins: usize,
    syncs: usize,
}

impl Life {
    fn new(seed: u64) -> Self {
        let config = GroupConfig {
            initial_rebalance_delay_ms: 500,
            max_size: 6,
            ..GroupConfig::default()
        };
        let clients = (0..8).map(|i| Client {
            instance: (i % 3 == 0).then(|| format!("i{i}")),
            ..Client::default()
        });
        Self {
            bench: Bench::with(config),
            random: Random::new(seed),
            clients: clients.collect(),
            leaders: BTreeMap::new(),
            assigned: HashMap::new(),
            acknowledged: HashMap::new(),
            joins: 0,
            syncs: 0,
        }
    }

    fn step(&mut self) {
        let who = self.random.below(self.clients.len());
        match self.random.below(22) {
            0..=8 => self.act(who),
            9..=11 => self.commit(who),
            12..=14 => self.heartbeat(who),
            15 => self.leave(who),
            // It loses its memory: a dynamic member joins as another, a static one comes back.
            16 => self.forget(who),
            17 | 18 => {
                let ms = [10, 700, 4_000, 11_000][self.random.below(4)];
                self.bench.advance(ms);
            }
            19 => self.trouble(),
            _ => self.good_days(),
        }
        self.collect();
        self.check();
    }

    /// For a while everybody does what it should.
    fn good_days(&mut self) {
        for _ in 0..12 {
            for who in 0..self.clients.len() {
                if self.clients[who].phase == Phase::Stable {
                    self.commit(who);
                    self.heartbeat(who);
                } else {
                    self.act(who);
                }
                self.collect();
            }
            self.bench.advance(700);
            self.collect();
            self.check();
        }
    }

    fn trouble(&mut self) {
        match self.random.below(5) {
            0 => {
                self.bench.restart();
                for client in &mut self.clients {
                    match client.phase {
                        Phase::Joining(_) => client.phase = Phase::Out,
                        Phase::Syncing(_) => client.phase = Phase::Joined,
                        _ => {}
                    }
                }
                // A generation that was not stored may be made a second time, by others.
                let stored = self.stored_generation();
                self.leaders.retain(|generation, _| *generation <= stored);
                self.assigned
                    .retain(|(generation, _), _| *generation <= stored);
            }
            1 => self.bench.auto = false,
            2 => self.bench.now.wall_ms += [-86_400_000, -1_000, 7_200_000][self.random.below(3)],
            // The answers that clients wait for are lost: they ask again.
            3 => {
                for client in &mut self.clients {
                    if matches!(client.phase, Phase::Joining(_) | Phase::Syncing(_)) {
                        client.phase = Phase::Out;
                    }
                }
            }
            _ => {
                let failed = self.random.below(2) == 0;
                self.bench.end_writes(if failed {
                    Err(ErrorCode::COORDINATOR_NOT_AVAILABLE)
                } else {
                    Ok(())
                });
                self.bench.auto = true;
                self.bench.end_writes(Ok(()));
            }
        }
    }

    fn stored_generation(&self) -> i32 {
        let last = self.bench.log.iter().rev().find_map(|record| match record {
            kop_coordinator::GroupRecord::Group {
                value: Some(value), ..
            } => Some(value.generation),
            kop_coordinator::GroupRecord::Group { value: None, .. } => Some(0),
            _ => None,
        });
        last.unwrap_or(0)
    }

    fn act(&mut self, who: usize) {
        let client = self.clients[who].clone();
        let phase = match client.phase {
            Phase::Out => {
                let mut request: JoinGroupRequest = join_request(&client.member_id);
                request.group_instance_id = client.instance.as_deref().map(Into::into);
                let version = if self.random.below(2) == 0 { 9 } else { 5 };
                Phase::Joining(self.bench.join_as(version, request))
            }
            Phase::Joined => {
                let assignments: Vec<(&str, String)> = client
                    .members
                    .iter()
                    .map(|id| (&**id, format!("{id}@{}", client.generation)))
                    .collect();
                let assignments: Vec<_> = assignments
                    .iter()
                    .map(|(id, what)| (*id, &**what))
                    .collect();
                Phase::Syncing(
                    self.bench
                        .sync(&client.member_id, client.generation, &assignments),
                )
            }
            Phase::Stable if self.random.below(4) == 0 => Phase::Out,
            phase => phase,
        };
        self.clients[who].phase = phase;
    }

    fn commit(&mut self, who: usize) {
        let client = self.clients[who].clone();
        if client.phase != Phase::Stable {
            return;
        }
        let offset = client.committed + 1;
        let partition = i32::try_from(who).unwrap();
        let request = commit_request(
            &client.member_id,
            client.generation,
            &[("topic", partition, offset)],
        );
        let ticket = self.bench.commit_request(8, request);
        // Whether it is stored or not, the next commit is of a larger offset.
        self.clients[who].committed = offset;
        if self.bench.answered(ticket) {
            let error = self.bench.commit_error(ticket);
            if error == ErrorCode::NONE {
                self.acknowledged.insert(who, offset);
            }
            self.believe(who, error);
        }
    }

    fn heartbeat(&mut self, who: usize) {
        let client = self.clients[who].clone();
        if client.phase == Phase::Stable {
            let error = self.bench.heartbeat(&client.member_id, client.generation);
            self.believe(who, error);
        }
    }

    fn leave(&mut self, who: usize) {
        let client = self.clients[who].clone();
        if client.phase == Phase::Stable {
            self.bench.leave(&client.member_id);
            self.forget(who);
        }
    }

    fn forget(&mut self, who: usize) {
        let client = &mut self.clients[who];
        client.member_id.clear();
        client.phase = Phase::Out;
    }

    /// What a client does on an error.
    fn believe(&mut self, who: usize, error: ErrorCode) {
        match error {
            ErrorCode::NONE | ErrorCode::COORDINATOR_NOT_AVAILABLE => {}
            ErrorCode::REBALANCE_IN_PROGRESS => self.clients[who].phase = Phase::Out,
            _ => self.forget(who),
        }
    }

    fn collect(&mut self) {
        for who in 0..self.clients.len() {
            match self.clients[who].phase {
                Phase::Joining(ticket) if self.bench.answered(ticket) => {
                    let response = self.bench.take(ticket);
                    self.joined(who, &response);
                }
                Phase::Syncing(ticket) if self.bench.answered(ticket) => {
                    let response = self.bench.take(ticket);
                    self.synced(who, &response);
                }
                _ => {}
            }
        }
        // Answers to those who have forgotten that they asked.
        self.bench.replies.clear();
    }

    fn joined(&mut self, who: usize, response: &JoinGroupResponse) {
        let client = &mut self.clients[who];
        client.phase = Phase::Out;
        match response.error_code {
            ErrorCode::NONE => {}
            ErrorCode::MEMBER_ID_REQUIRED => {
                client.member_id = response.member_id.to_string();
                return;
            }
            ErrorCode::UNKNOWN_MEMBER_ID
            | ErrorCode::FENCED_INSTANCE_ID
            | ErrorCode::GROUP_MAX_SIZE_REACHED => {
                client.member_id.clear();
                return;
            }
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::COORDINATOR_NOT_AVAILABLE => return,
            other => panic!("a join gave {other:?}"),
        }
        client.member_id = response.member_id.to_string();
        client.generation = response.generation_id;
        client.phase = Phase::Joined;
        self.joins += 1;
        let leads = response.leader == response.member_id;
        assert_eq!(
            leads || response.skip_assignment,
            !response.members.is_empty()
        );
        client.members = if leads && !response.skip_assignment {
            response
                .members
                .iter()
                .map(|member| member.member_id.to_string())
                .collect()
        } else {
            Vec::new()
        };
        if leads && client.instance.is_none() {
            let generation = response.generation_id;
            let known = self.leaders.insert(generation, client.member_id.clone());
            let one = known.is_none_or(|known| known == client.member_id || known.starts_with('i'));
            assert!(one, "generation {generation} has two leaders");
        }
        let unique: HashSet<_> = response
            .members
            .iter()
            .map(|member| &member.member_id)
            .collect();
        assert_eq!(
            unique.len(),
            response.members.len(),
            "a member is named twice"
        );
    }

    fn synced(&mut self, who: usize, response: &SyncGroupResponse) {
        match response.error_code {
            ErrorCode::NONE => {}
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::COORDINATOR_NOT_AVAILABLE => {
                self.clients[who].phase = Phase::Out;
                return;
            }
            _ => return self.forget(who),
        }
        let client = &mut self.clients[who];
        client.phase = Phase::Stable;
        self.syncs += 1;
        let assignment = String::from_utf8(response.assignment.to_vec()).unwrap();
        if client.instance.is_none() && !assignment.is_empty() {
            assert_eq!(
                assignment,
                format!("{}@{}", client.member_id, client.generation),
                "another's assignment"
            );
        }
        let key = (client.generation, client.member_id.clone());
        let known = self
            .assigned
            .entry(key)
            .or_insert_with(|| assignment.clone());
        assert_eq!(
            *known, assignment,
            "a member got two assignments in one generation"
        );
    }

    fn check(&mut self) {
        if !self.bench.writes.is_empty() {
            return;
        }
        let stored: HashMap<i32, i64> = self
            .bench
            .fetch_all()
            .into_iter()
            .map(|(_, p, offset)| (p, offset))
            .collect();
        for (who, offset) in &self.acknowledged {
            let now = stored
                .get(&i32::try_from(*who).unwrap())
                .copied()
                .unwrap_or(-1);
            assert!(
                now >= *offset,
                "{offset} of client {who} was acknowledged, and is {now} now"
            );
        }
    }
}

impl Life {
    /// Nothing goes wrong any more: whoever there is room for finds its place.
    fn calm_down(&mut self) {
        self.bench.auto = true;
        self.bench.end_writes(Ok(()));
        for _ in 0..120 {
            for who in 0..self.clients.len() {
                if self.clients[who].phase == Phase::Stable {
                    self.heartbeat(who);
                } else {
                    self.act(who);
                }
                self.collect();
            }
            self.bench.advance(1_000);
            self.collect();
        }
        let stable: Vec<_> = self
            .clients
            .iter()
            .filter(|client| client.phase == Phase::Stable)
            .collect();
        assert_eq!(stable.len(), 6, "the group has room for six");
        let generations: HashSet<_> = stable.iter().map(|client| client.generation).collect();
        assert_eq!(generations.len(), 1, "all are in one generation");
        assert_eq!(self.bench.state().as_deref(), Some("Stable"));
        let counted: usize = self.bench.shard.groups_by_state().iter().sum();
        assert_eq!(counted, 1, "it is one group");
    }
}

#[test]
fn random_lives_keep_the_promises() {
    let (mut joins, mut syncs, mut commits) = (0, 0, 0);
    let lives = each_seed("random_lives_keep_the_promises", SEEDS, |seed| {
        let mut life = Life::new(seed);
        for _ in 0..300 {
            life.step();
        }
        life.calm_down();
        joins += life.joins;
        syncs += life.syncs;
        commits += life.acknowledged.values().sum::<i64>();
    });
    // The lives are worth something.
    assert!(
        lives < SEEDS || joins > 3_000 && syncs > 2_500 && commits > 10_000,
        "{joins} joins, {syncs} syncs, {commits} commits"
    );
}
