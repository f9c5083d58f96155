//! Random lives of groups whose members go from the classic to the consumer protocol and back, one by one, repeatable by
//! their seed: members that come, go, fall silent and change their protocol with and without leaving first, answers that
//! get lost, writes that fail, a coordinator that crashes, a wall clock that jumps.
//!
//! In every second life the classic members are cooperative: they keep what they own while they join, say so, and give
//! up only what they are not assigned any more. In the others they are eager and give everything up first.
//!
//! What must hold after every step:
//! - a partition has one owner: among eager members by generation; in a consumer group at all, among members that are at
//!   the epoch which the group has of them; among cooperative members at all, at whatever generation they are;
//! - a committed offset never goes back, and is never lost when the group changes its kind.
//!
//! And once the troubles end no member is lost, whatever the mixture: everybody has its share. Then once more when all
//! speak the new protocol, and when all are classic again.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use kop_codec::messages::consumer_protocol_subscription::TopicPartition;
use kop_codec::messages::describe_groups_response::DescribedGroup;
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::join_group_response::JoinGroupResponseMember;
use kop_codec::messages::sync_group_request::SyncGroupRequestAssignment;
use kop_codec::messages::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinGroupResponse, SyncGroupResponse,
};
use kop_codec::{ErrorCode, Message, Reader};
use kop_coordinator::{GroupConfig, GroupRequest};

use crate::consumer_classic::{assignment, encode};
use crate::consumer_support::Member;
use crate::random::{Random, each_seed};
use crate::support::*;

const MEMBERS: usize = 5;
const PARTITIONS: i32 = 8;

#[derive(Clone, Debug)]
enum Client {
    Classic(Classic),
    New(Member),
}

/// A client of the classic protocol.
#[derive(Clone, Debug, Default)]
struct Classic {
    id: String,
    instance: Option<String>,
    cooperative: bool,
    generation: i32,
    phase: Phase,
    /// What it assigns to whom, if it leads.
    assignments: Vec<(String, BTreeSet<i32>)>,
    owned: BTreeSet<i32>,
}

struct Life {
    bench: Bench,
    random: Random,
    clients: Vec<Client>,
    names: usize,
    committed: i64,
    cooperative: bool,
}

impl Client {
    fn instance(&self) -> Option<String> {
        match self {
            Self::Classic(classic) => classic.instance.clone(),
            Self::New(member) => member.instance.clone(),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Classic(classic) => &classic.id,
            Self::New(member) => &member.id,
        }
    }

    /// The generation or epoch that it believes in, and what it owns.
    fn belief(&self) -> (i32, BTreeSet<i32>) {
        match self {
            Self::Classic(classic) => (classic.generation, classic.owned.clone()),
            Self::New(member) => {
                let owned = member.owned.iter().map(|(_, partition)| *partition);
                (member.epoch, owned.collect())
            }
        }
    }
}

impl Life {
    fn new(seed: u64) -> Self {
        let bench = Bench::with(GroupConfig {
            initial_rebalance_delay_ms: 0,
            consumer: assigned_every(if seed.is_multiple_of(2) { 0 } else { 1_000 }),
            ..GroupConfig::default()
        });
        bench.topics.set("topic", PARTITIONS);
        let cooperative = seed / 2 % 2 == 1;
        let clients = (0..MEMBERS).map(|n| {
            Client::Classic(Classic {
                instance: (n % 3 == 0).then(|| format!("i{n}")),
                cooperative,
                ..Classic::default()
            })
        });
        Self {
            clients: clients.collect(),
            bench,
            random: Random::new(seed),
            names: 0,
            committed: -1,
            cooperative,
        }
    }

    fn step(&mut self) {
        let who = self.random.below(MEMBERS);
        match self.random.below(24) {
            0..=11 => self.act(who, 6),
            12 | 13 => self.convert(who),
            14 => self.lose(who),
            15..=17 => {
                let ms = [50, 700, 4_000, 11_000, 46_000][self.random.below(5)];
                self.bench.advance(ms);
            }
            18 => self.crash(),
            19 => self.fail_writes(who),
            20 if self.random.one_in(4) => {
                self.bench.now.wall_ms += [-86_400_000, 7_200_000][self.random.below(2)];
            }
            21 => self.good_days(3),
            _ => self.commit(who),
        }
        self.collect(6);
        self.check();
    }

    /// For a while everybody does what it should.
    fn good_days(&mut self, rounds: usize) {
        for _ in 0..rounds {
            for _ in 0..3 {
                for who in 0..MEMBERS {
                    self.act(who, usize::MAX);
                    self.collect(usize::MAX);
                }
            }
            self.check();
            self.bench.advance(3_000);
            self.collect(usize::MAX);
        }
    }

    /// What a client does next; the answer is lost one time in `lost`.
    fn act(&mut self, who: usize, lost: usize) {
        match self.clients[who].clone() {
            Client::New(member) => {
                let response = self.bench.consumer_heartbeat(member.full());
                if !self.random.one_in(lost)
                    && let Client::New(member) = &mut self.clients[who]
                {
                    member.take(&response);
                }
            }
            Client::Classic(classic) => {
                let next = self.act_classic(&classic);
                if let Client::Classic(classic) = &mut self.clients[who] {
                    match next {
                        Some(phase) => classic.enter(phase),
                        None => classic.lose_all(),
                    }
                }
            }
        }
    }

    /// The phase that a client gets to; `None` where it learns that it is out.
    fn act_classic(&mut self, classic: &Classic) -> Option<Phase> {
        Some(match classic.phase {
            Phase::Out => {
                let mut request = join_request(&classic.id);
                request.group_instance_id = classic.instance.as_deref().map(Into::into);
                if classic.cooperative {
                    request.protocols = vec![classic.protocol()];
                }
                let version = if self.random.one_in(2) { 9 } else { 5 };
                Phase::Joining(self.bench.join_as(version, request))
            }
            Phase::Joined => {
                let mut request = sync_request(&classic.id, classic.generation, &[]);
                request.group_instance_id = classic.instance.as_deref().map(Into::into);
                let assignments = classic.assignments.iter();
                request.assignments = assignments
                    .map(|(id, partitions)| SyncGroupRequestAssignment {
                        member_id: id.as_str().into(),
                        assignment: assignment(partitions.iter().copied()),
                        ..SyncGroupRequestAssignment::default()
                    })
                    .collect();
                Phase::Syncing(self.bench.send(5, GroupRequest::Sync(request)))
            }
            Phase::Stable => match self.bench.heartbeat(&classic.id, classic.generation) {
                ErrorCode::NONE => Phase::Stable,
                ErrorCode::REBALANCE_IN_PROGRESS => Phase::Out,
                _ => return None,
            },
            phase => phase,
        })
    }

    fn collect(&mut self, lost: usize) {
        for client in &mut self.clients {
            let Client::Classic(classic) = client else {
                continue;
            };
            match classic.phase {
                Phase::Joining(ticket) if self.bench.answered(ticket) => {
                    let response: JoinGroupResponse = self.bench.take(ticket);
                    match self.random.one_in(lost) {
                        true => classic.enter(Phase::Out),
                        false => classic.joined(&response),
                    }
                }
                Phase::Syncing(ticket) if self.bench.answered(ticket) => {
                    let response: SyncGroupResponse = self.bench.take(ticket);
                    match self.random.one_in(lost) {
                        true => classic.enter(Phase::Out),
                        false => classic.synced(&response),
                    }
                }
                _ => {}
            }
        }
        // Answers to those who do not wait any more.
        self.bench.replies.clear();
    }

    /// A client is stopped and comes back with the other protocol.
    fn convert(&mut self, who: usize) {
        let client = self.clients[who].clone();
        let says_goodbye = client.instance().is_none() || self.random.one_in(2);
        self.names += 1;
        let instance = client.instance();
        self.clients[who] = match client {
            Client::Classic(classic) => {
                if says_goodbye && !classic.id.is_empty() {
                    let identity = (&*classic.id, classic.instance.as_deref());
                    self.bench.leave_all(&[identity]);
                }
                let mut member = Member::new(&format!("new-{}", self.names), &["topic"]);
                member.instance = instance;
                Client::New(member)
            }
            Client::New(mut member) => {
                if says_goodbye {
                    let epoch = if member.instance.is_some() { -2 } else { -1 };
                    member.leave(&mut self.bench, epoch);
                }
                Client::Classic(Classic {
                    instance,
                    cooperative: self.cooperative,
                    ..Classic::default()
                })
            }
        };
    }

    /// A client loses its memory: a dynamic one comes as somebody else.
    fn lose(&mut self, who: usize) {
        self.names += 1;
        match &mut self.clients[who] {
            Client::Classic(classic) => classic.forget(),
            Client::New(member) => {
                member.id = format!("new-{}", self.names);
                member.epoch = 0;
                member.owned.clear();
            }
        }
    }

    fn crash(&mut self) {
        self.bench.restart();
        for client in &mut self.clients {
            if let Client::Classic(classic) = client
                && !matches!(classic.phase, Phase::Stable | Phase::Joined)
            {
                classic.enter(Phase::Out);
            }
        }
    }

    /// Writes that fail, or are lost with the coordinator, while clients wait for them.
    fn fail_writes(&mut self, who: usize) {
        self.bench.auto = false;
        let mut heartbeats = Vec::new();
        for who in [who, (who + 1) % MEMBERS] {
            match self.clients[who].clone() {
                Client::New(member) => {
                    heartbeats.push((who, self.bench.send_heartbeat(member.full())));
                }
                Client::Classic(classic) if classic.phase != Phase::Stable => self.act(who, 6),
                Client::Classic(_) => {}
            }
        }
        if self.random.one_in(2) {
            self.bench.auto = true;
            return self.crash();
        }
        self.bench
            .end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
        self.bench.auto = true;
        self.bench.end_writes(Ok(()));
        for (who, ticket) in heartbeats {
            if self.bench.answered(ticket)
                && let Client::New(member) = &mut self.clients[who]
            {
                let response = self.bench.take(ticket);
                member.take(&response);
            }
        }
    }

    fn commit(&mut self, who: usize) {
        let (epoch, _) = self.clients[who].belief();
        let offset = self.committed + 1;
        let request = commit_request(self.clients[who].id(), epoch, &[("topic", 0, offset)]);
        let ticket = self.bench.commit_request(9, request);
        if self.bench.commit_error(ticket) == ErrorCode::NONE {
            self.committed = offset;
        }
    }

    /// The members as the group has them, with their epochs where it is a consumer group.
    fn known(&mut self) -> BTreeMap<String, Option<i32>> {
        let group = self.bench.describe_consumer();
        if group.error_code == ErrorCode::NONE {
            let members = group.members.iter();
            return members
                .map(|member| (member.member_id.to_string(), Some(member.member_epoch)))
                .collect();
        }
        let ticket = self.bench.send(6, GroupRequest::Describe(GROUP.into()));
        let group: DescribedGroup = self.bench.take(ticket);
        let members = group.members.iter();
        members
            .map(|member| (member.member_id.to_string(), None))
            .collect()
    }

    fn check(&mut self) {
        let known = self.known();
        let mut owners = BTreeMap::new();
        for client in &self.clients {
            let (epoch, owned) = client.belief();
            let by = match known.get(client.id()) {
                Some(_) if self.cooperative => -1,
                Some(Some(now)) if *now == epoch => -1,
                Some(None) => epoch,
                // It has been removed, or is behind, and does not know it yet.
                _ => continue,
            };
            for partition in owned {
                let other = owners.insert((by, partition), client.id());
                assert_eq!(other, None, "{partition} of {client:?}, {known:?}");
            }
        }
        if self.committed >= 0 {
            let stored = self.bench.fetch_all();
            assert_eq!(stored, [("topic".to_owned(), 0, self.committed)]);
        }
    }

    /// Nothing goes wrong any more.
    fn recover(&mut self) {
        self.good_days(40);
        let known = self.known();
        let mut shares = Vec::new();
        for client in &self.clients {
            assert!(known.contains_key(client.id()), "{client:?} is lost");
            if let Client::Classic(classic) = client {
                assert_eq!(classic.phase, Phase::Stable, "{classic:?}");
            }
            shares.push(client.belief().1);
        }
        assert_eq!(known.len(), MEMBERS, "{known:?}");
        let sizes: Vec<usize> = shares.iter().map(BTreeSet::len).collect();
        let all: BTreeSet<i32> = shares.into_iter().flatten().collect();
        assert_eq!(
            (all.len(), sizes.iter().sum()),
            (8, 8),
            "{:?}",
            self.clients
        );
        assert!(sizes.iter().all(|size| (1..=2).contains(size)), "{sizes:?}");
    }

    fn convert_all(&mut self, to_new: bool) {
        for who in 0..MEMBERS {
            if matches!(self.clients[who], Client::New(_)) != to_new {
                self.convert(who);
                self.good_days(1);
            }
        }
        self.recover();
        let group = self.bench.describe_consumer();
        assert_eq!(group.error_code == ErrorCode::NONE, to_new, "{group:?}");
    }
}

impl Classic {
    fn enter(&mut self, phase: Phase) {
        // An eager one gives everything up before it joins.
        if phase != Phase::Stable && !self.cooperative {
            self.owned.clear();
        }
        self.phase = phase;
    }

    /// Its partitions may be another's by now.
    fn lose_all(&mut self) {
        self.owned.clear();
        self.generation = -1;
        self.enter(Phase::Out);
    }

    fn forget(&mut self) {
        self.id.clear();
        self.lose_all();
    }

    /// A cooperative one says what it owns, and since when.
    fn protocol(&self) -> JoinGroupRequestProtocol {
        let owned = TopicPartition {
            topic: "topic".into(),
            partitions: self.owned.iter().copied().collect(),
            ..TopicPartition::default()
        };
        let subscription = ConsumerProtocolSubscription {
            topics: vec!["topic".into()],
            owned_partitions: vec![owned],
            generation_id: self.generation,
            ..ConsumerProtocolSubscription::default()
        };
        JoinGroupRequestProtocol {
            name: "cooperative-sticky".into(),
            metadata: encode(&subscription, 2),
            ..JoinGroupRequestProtocol::default()
        }
    }

    fn joined(&mut self, response: &JoinGroupResponse) {
        match response.error_code {
            ErrorCode::NONE => {
                self.id = response.member_id.to_string();
                self.generation = response.generation_id;
                self.assignments = match response.skip_assignment {
                    true => Vec::new(),
                    false => assign(&response.members, self.cooperative),
                };
                self.enter(Phase::Joined);
            }
            ErrorCode::MEMBER_ID_REQUIRED => {
                self.id = response.member_id.to_string();
                self.enter(Phase::Out);
            }
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::COORDINATOR_NOT_AVAILABLE => {
                self.enter(Phase::Out);
            }
            ErrorCode::UNKNOWN_MEMBER_ID | ErrorCode::FENCED_INSTANCE_ID => self.forget(),
            other => panic!("a join gave {other:?}"),
        }
    }

    fn synced(&mut self, response: &SyncGroupResponse) {
        match response.error_code {
            ErrorCode::NONE => {
                let share = read_share(&response.assignment);
                // Once it has given something up, it joins anew, so that others can have it.
                let keeps_all = !self.cooperative || self.owned.is_subset(&share);
                self.owned = share;
                self.phase = if keeps_all { Phase::Stable } else { Phase::Out };
            }
            ErrorCode::REBALANCE_IN_PROGRESS | ErrorCode::COORDINATOR_NOT_AVAILABLE => {
                self.enter(Phase::Out);
            }
            ErrorCode::ILLEGAL_GENERATION => self.lose_all(),
            _ => self.forget(),
        }
    }
}

/// What the leader gives to whom. Among cooperative members nobody gets what another one owns: not yet.
fn assign(members: &[JoinGroupResponseMember], cooperative: bool) -> Vec<(String, BTreeSet<i32>)> {
    let mut owners: BTreeMap<i32, (i32, &str)> = BTreeMap::new();
    for member in members.iter().filter(|_| cooperative) {
        let body = member.metadata.slice(2..);
        let read = ConsumerProtocolSubscription::decode(&mut Reader::new(&body), 2).unwrap();
        let owned = read.owned_partitions.iter();
        for &partition in owned.flat_map(|topic| topic.partitions.iter()) {
            let claim = (read.generation_id, &*member.member_id);
            let owner = owners.entry(partition).or_insert(claim);
            *owner = claim.max(*owner);
        }
    }
    let mut ids: Vec<&str> = members.iter().map(|member| &*member.member_id).collect();
    ids.sort_unstable();
    let share = |at: usize| {
        let mine = (0..PARTITIONS).filter(|&p| usize::try_from(p).unwrap() % ids.len() == at);
        let free = |p: &i32| owners.get(p).is_none_or(|(_, owner)| *owner == ids[at]);
        mine.filter(free).collect()
    };
    let shares = ids.iter().enumerate();
    shares
        .map(|(at, id)| ((*id).to_owned(), share(at)))
        .collect()
}

fn read_share(assignment: &Bytes) -> BTreeSet<i32> {
    if assignment.is_empty() {
        return BTreeSet::new();
    }
    let body = assignment.slice(2..);
    let read = ConsumerProtocolAssignment::decode(&mut Reader::new(&body), 1).unwrap();
    let topics = read.assigned_partitions.iter();
    topics
        .flat_map(|topic| topic.partitions.iter().copied())
        .collect()
}

#[test]
fn random_migrations() {
    each_seed("random_migrations", 60, |seed| {
        let mut life = Life::new(seed);
        for _ in 0..150 {
            life.step();
        }
        life.recover();
        life.convert_all(true);
        life.convert_all(false);
    });
}
