//! A shard on a bench: its time is turned by hand, its writes end when the test says so.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::{BufMut, Bytes, BytesMut};
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kop_codec::messages::sync_group_request::SyncGroupRequestAssignment;
use kop_codec::messages::{
    ConsumerProtocolSubscription, HeartbeatRequest, HeartbeatResponse, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, OffsetCommitRequest,
    OffsetCommitResponse, SyncGroupRequest, SyncGroupResponse,
};
use kop_codec::{ByteString, ErrorCode, Message, Uuid};
use kop_coordinator::{
    ConsumerConfig, ConsumerTimes, GroupConfig, GroupContext, GroupRecord, GroupRequest,
    GroupResponse, GroupShard, GroupState, Now, Outbox, Ticket, TopicErrors, Topics, Write,
    WriteAs,
};

/// How far a client of the classic protocol has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Phase {
    #[default]
    Out,
    Joining(Ticket),
    Joined,
    Syncing(Ticket),
    Stable,
}

pub(crate) const GROUP: &str = "group";
pub(crate) const SESSION_MS: i32 = 10_000;
pub(crate) const REBALANCE_MS: i32 = 30_000;
/// Wall time at timer time 0.
pub(crate) const EPOCH_MS: i64 = 1_700_000_000_000;
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Topics by name, with their numbers of partitions. The id follows from the name.
#[derive(Debug, Default)]
pub(crate) struct FakeTopics(Mutex<BTreeMap<ByteString, i32>>);

impl FakeTopics {
    pub(crate) fn set(&self, name: &str, partitions: i32) {
        let mut topics = self.0.lock().unwrap();
        topics.insert(ByteString::from(name), partitions);
    }

    pub(crate) fn remove(&self, name: &str) {
        self.0.lock().unwrap().remove(name);
    }
}

pub(crate) fn topic_id(name: &str) -> Uuid {
    let mut id = [0; 16];
    let bytes = &name.as_bytes()[..name.len().min(16)];
    id[..bytes.len()].copy_from_slice(bytes);
    Uuid::from_bytes(id)
}

impl Topics for FakeTopics {
    fn find(&self, name: &str) -> Option<(Uuid, i32)> {
        let topics = self.0.lock().unwrap();
        Some((topic_id(name), *topics.get(name)?))
    }

    fn name(&self, id: Uuid) -> Option<ByteString> {
        let topics = self.0.lock().unwrap();
        topics.keys().find(|name| topic_id(name) == id).cloned()
    }

    fn names(&self) -> Vec<ByteString> {
        self.0.lock().unwrap().keys().cloned().collect()
    }
}

/// Settings of consumer groups that are assigned anew at once.
pub(crate) fn at_once() -> ConsumerConfig {
    assigned_every(0)
}

/// Settings of consumer groups whose assignments stand for so long.
pub(crate) fn assigned_every(assignment_interval_ms: i32) -> ConsumerConfig {
    ConsumerConfig {
        times: Arc::new(ConsumerTimes {
            assignment_interval_ms,
            ..ConsumerTimes::default()
        }),
        ..ConsumerConfig::default()
    }
}

/// What was appended together.
pub(crate) type Batch = (WriteAs, Vec<GroupRecord>);

pub(crate) struct Bench {
    pub(crate) shard: GroupShard,
    pub(crate) topics: Arc<FakeTopics>,
    pub(crate) now: Now,
    pub(crate) config: Arc<GroupConfig>,
    /// Writes end well at once. If not, the test ends them.
    pub(crate) auto: bool,
    /// The records that are durable, in order.
    pub(crate) log: Vec<GroupRecord>,
    /// The same in batches, markers too; and those of them that nobody has taken yet.
    pub(crate) batches: Vec<Batch>,
    pub(crate) appended: Vec<Batch>,
    pub(crate) writes: VecDeque<Write>,
    pub(crate) replies: HashMap<Ticket, GroupResponse>,
    next_ticket: u64,
    next_random: u64,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(GroupConfig {
            consumer: at_once(),
            ..GroupConfig::default()
        })
    }

    pub(crate) fn with(config: GroupConfig) -> Self {
        let config = Arc::new(config);
        let topics = Arc::<FakeTopics>::default();
        let mut bench = Self {
            shard: GroupShard::new(Arc::clone(&config), topics.clone()),
            topics,
            now: Now {
                timer_ms: 0,
                wall_ms: EPOCH_MS,
            },
            config,
            auto: true,
            log: Vec::new(),
            batches: Vec::new(),
            appended: Vec::new(),
            writes: VecDeque::new(),
            replies: HashMap::new(),
            next_ticket: 0,
            next_random: 0,
        };
        let mut out = Outbox::default();
        bench.shard.loaded(bench.now, &mut out);
        bench.absorb(out);
        bench
    }

    /// A new process: only what is durable is left.
    pub(crate) fn restart(&mut self) {
        self.shard = GroupShard::new(Arc::clone(&self.config), self.topics.clone());
        self.writes.clear();
        self.replies.clear();
        for record in self.log.clone() {
            // As it would come from the disk.
            let (key, value) = record.encode().unwrap();
            self.shard
                .load(GroupRecord::decode(&key, value.as_ref()).unwrap().unwrap());
        }
        let mut out = Outbox::default();
        self.shard.loaded(self.now, &mut out);
        self.absorb(out);
    }

    /// The same, with what was written in transactions.
    pub(crate) fn restart_from_batches(&mut self) {
        self.shard = GroupShard::new(Arc::clone(&self.config), self.topics.clone());
        self.writes.clear();
        self.replies.clear();
        for (write_as, records) in &self.batches {
            if let WriteAs::Marker(producer, marker) = write_as {
                self.shard
                    .load_end_of_transaction(producer.id, marker.committed);
            }
            for record in records {
                let (key, value) = record.encode().unwrap();
                let record = GroupRecord::decode(&key, value.as_ref()).unwrap().unwrap();
                match write_as {
                    WriteAs::InTransaction(producer) => {
                        self.shard.load_in_transaction(producer.id, record);
                    }
                    _ => self.shard.load(record),
                }
            }
        }
        let mut out = Outbox::default();
        self.shard.loaded(self.now, &mut out);
        self.absorb(out);
    }

    pub(crate) fn send(&mut self, version: i16, request: GroupRequest) -> Ticket {
        self.send_from("client", version, request)
    }

    pub(crate) fn send_from(
        &mut self,
        client: &str,
        version: i16,
        request: GroupRequest,
    ) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        let context = GroupContext {
            client_id: ByteString::from(client),
            client_host: ByteString::from("/127.0.0.1"),
            api_version: version,
        };
        let mut out = Outbox::default();
        self.shard
            .handle(self.now, ticket, &context, request, &mut out);
        self.absorb(out);
        ticket
    }

    fn absorb(&mut self, out: Outbox) {
        for (ticket, response) in out.replies {
            assert!(
                self.replies.insert(ticket, response).is_none(),
                "{ticket:?} was answered twice"
            );
        }
        self.writes.extend(out.writes);
        if self.auto {
            self.end_writes(Ok(()));
        }
    }

    /// Ends all writes under way.
    pub(crate) fn end_writes(&mut self, result: Result<(), ErrorCode>) {
        while !self.writes.is_empty() {
            self.end_write(result);
            if result.is_err() && self.auto {
                break;
            }
        }
    }

    /// Ends the first write under way.
    pub(crate) fn end_write(&mut self, result: Result<(), ErrorCode>) {
        let Some(write) = self.writes.pop_front() else {
            return;
        };
        if result.is_ok() {
            let batch = (write.write_as, write.records.clone());
            self.batches.push(batch.clone());
            self.appended.push(batch);
            self.log.extend(write.records);
        }
        let mut out = Outbox::default();
        self.shard.written(self.now, write.then, result, &mut out);
        for (ticket, response) in out.replies {
            self.replies.insert(ticket, response);
        }
        self.writes.extend(out.writes);
    }

    /// Lets time go by, and everything that is due happen at its time.
    pub(crate) fn advance(&mut self, ms: i64) {
        let target = self.now.timer_ms + ms;
        for _ in 0..100_000 {
            let wake_at = self.shard.wake_at();
            if wake_at > target {
                self.set_time(target);
                return;
            }
            self.set_time(wake_at.max(self.now.timer_ms));
            let mut out = Outbox::default();
            self.shard.tick(self.now, &mut out);
            self.absorb(out);
        }
        panic!("the timers do not come to an end");
    }

    /// Lets time go by until a request is answered.
    pub(crate) fn advance_until(&mut self, ticket: Ticket) {
        for _ in 0..1_000 {
            if self.answered(ticket) {
                return;
            }
            self.advance(500);
        }
        panic!("never answered");
    }

    fn set_time(&mut self, timer_ms: i64) {
        self.now = Now {
            timer_ms,
            wall_ms: self.now.wall_ms + timer_ms - self.now.timer_ms,
        };
    }

    /// Whether the request is answered.
    pub(crate) fn answered(&self, ticket: Ticket) -> bool {
        self.replies.contains_key(&ticket)
    }

    /// The answer, which must be there.
    pub(crate) fn take<R: TryFrom<GroupResponse>>(&mut self, ticket: Ticket) -> R {
        let response = self.replies.remove(&ticket).expect("not answered");
        response
            .try_into()
            .unwrap_or_else(|_| panic!("an answer of another kind"))
    }

    pub(crate) fn random(&mut self) -> [u8; 16] {
        self.next_random += 1;
        u128::from(self.next_random)
            .wrapping_mul(0x0101_0101_0101_0101_0101_0101_0101_0101)
            .to_be_bytes()
    }

    /// JoinGroup in version 3, where a new member joins at once.
    pub(crate) fn join(&mut self, member_id: &str) -> Ticket {
        self.join_as(3, join_request(member_id))
    }

    pub(crate) fn join_as(&mut self, version: i16, request: JoinGroupRequest) -> Ticket {
        let random = self.random();
        self.send(version, GroupRequest::Join(request, random))
    }

    pub(crate) fn sync(
        &mut self,
        member_id: &str,
        generation: i32,
        assignments: &[(&str, &str)],
    ) -> Ticket {
        self.send(
            3,
            GroupRequest::Sync(sync_request(member_id, generation, assignments)),
        )
    }

    pub(crate) fn heartbeat(&mut self, member_id: &str, generation: i32) -> ErrorCode {
        let request = HeartbeatRequest {
            group_id: GROUP.into(),
            member_id: member_id.into(),
            generation_id: generation,
            ..HeartbeatRequest::default()
        };
        let ticket = self.send(3, GroupRequest::Heartbeat(request));
        self.take::<HeartbeatResponse>(ticket).error_code
    }

    pub(crate) fn leave(&mut self, member_id: &str) -> ErrorCode {
        let response = self.leave_all(&[(member_id, None)]);
        if response.error_code.is_error() {
            response.error_code
        } else {
            response.members[0].error_code
        }
    }

    pub(crate) fn leave_all(&mut self, members: &[(&str, Option<&str>)]) -> LeaveGroupResponse {
        let members = members
            .iter()
            .map(|(member_id, instance_id)| MemberIdentity {
                member_id: (*member_id).into(),
                group_instance_id: instance_id.map(ByteString::from),
                ..MemberIdentity::default()
            });
        let request = LeaveGroupRequest {
            group_id: GROUP.into(),
            members: members.collect(),
            ..LeaveGroupRequest::default()
        };
        let ticket = self.send(3, GroupRequest::Leave(request));
        self.take(ticket)
    }

    pub(crate) fn commit(&mut self, member_id: &str, generation: i32, offset: i64) -> ErrorCode {
        let ticket = self.commit_request(
            8,
            commit_request(member_id, generation, &[("topic", 0, offset)]),
        );
        self.commit_error(ticket)
    }

    pub(crate) fn commit_request(&mut self, version: i16, request: OffsetCommitRequest) -> Ticket {
        self.send(
            version,
            GroupRequest::Commit(Arc::new(request), TopicErrors::default()),
        )
    }

    pub(crate) fn commit_error(&mut self, ticket: Ticket) -> ErrorCode {
        self.take::<OffsetCommitResponse>(ticket).topics[0].partitions[0].error_code
    }

    /// All offsets of the group.
    pub(crate) fn fetch_all(&mut self) -> Vec<(String, i32, i64)> {
        let request = OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            topics: None,
            ..Default::default()
        };
        let ticket = self.send(8, fetch_request(request));
        let response: OffsetFetchResponseGroup = self.take(ticket);
        let topics = response.topics.iter();
        let mut all: Vec<_> = topics
            .flat_map(|t| {
                t.partitions
                    .iter()
                    .map(|p| (t.name.to_string(), p.partition_index, p.committed_offset))
            })
            .collect();
        all.sort();
        all
    }

    /// The group's state, `None` if there is no such group.
    pub(crate) fn state(&mut self) -> Option<String> {
        let ticket = self.send(6, GroupRequest::Describe(GROUP.into()));
        let group =
            self.take::<kop_codec::messages::describe_groups_response::DescribedGroup>(ticket);
        (group.error_code == ErrorCode::NONE).then(|| group.group_state.to_string())
    }

    pub(crate) fn count(&self, state: GroupState) -> usize {
        let index = GroupState::ALL.iter().position(|s| *s == state).unwrap();
        self.shard.groups_by_state()[index]
    }

    /// A group of `count` dynamic members in a generation; the first of the answers is the leader's.
    pub(crate) fn joined(&mut self, count: usize) -> Vec<JoinGroupResponse> {
        let tickets: Vec<_> = (0..count).map(|_| self.join("")).collect();
        self.advance_until(tickets[0]);
        let mut responses: Vec<JoinGroupResponse> = tickets
            .into_iter()
            .map(|ticket| self.take(ticket))
            .collect();
        responses.sort_by_key(|response| response.leader != response.member_id);
        responses
    }

    /// The same, with assignments that are the members' own ids.
    pub(crate) fn stable(&mut self, count: usize) -> Vec<JoinGroupResponse> {
        let responses = self.joined(count);
        self.sync_all(&responses);
        responses
    }

    /// Lets all members of a generation sync, the leader last.
    pub(crate) fn sync_all(&mut self, responses: &[JoinGroupResponse]) -> Vec<SyncGroupResponse> {
        let ids: Vec<String> = responses.iter().map(|r| r.member_id.to_string()).collect();
        let assignments: Vec<(&str, &str)> = ids.iter().map(|id| (&**id, &**id)).collect();
        let generation = responses[0].generation_id;
        let leader = responses
            .iter()
            .find(|r| r.leader == r.member_id)
            .unwrap()
            .member_id
            .clone();
        let mut tickets: Vec<_> = ids
            .iter()
            .filter(|id| **id != *leader)
            .map(|id| self.sync(id, generation, &[]))
            .collect();
        tickets.push(self.sync(&leader, generation, &assignments));
        tickets
            .into_iter()
            .map(|ticket| self.take(ticket))
            .collect()
    }
}

pub(crate) fn fetch_request(group: OffsetFetchRequestGroup) -> GroupRequest {
    GroupRequest::Fetch {
        group,
        topic_errors: TopicErrors::default(),
        require_stable: false,
    }
}

pub(crate) fn join_request(member_id: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group_id: GROUP.into(),
        session_timeout_ms: SESSION_MS,
        rebalance_timeout_ms: REBALANCE_MS,
        member_id: member_id.into(),
        protocol_type: "consumer".into(),
        protocols: protocols(&["range"]),
        ..JoinGroupRequest::default()
    }
}

/// Protocols whose metadata is a subscription to `topic`.
pub(crate) fn protocols(names: &[&str]) -> Vec<JoinGroupRequestProtocol> {
    let protocol = |name: &&str| JoinGroupRequestProtocol {
        name: (*name).into(),
        metadata: subscription(&["topic"]),
        ..JoinGroupRequestProtocol::default()
    };
    names.iter().map(protocol).collect()
}

pub(crate) fn subscription(topics: &[&str]) -> Bytes {
    let subscription = ConsumerProtocolSubscription {
        topics: topics
            .iter()
            .map(|topic| ByteString::from(*topic))
            .collect(),
        ..ConsumerProtocolSubscription::default()
    };
    let mut bytes = BytesMut::new();
    bytes.put_i16(1);
    bytes.extend_from_slice(&subscription.to_bytes(1).unwrap());
    bytes.freeze()
}

pub(crate) fn sync_request(
    member_id: &str,
    generation: i32,
    assignments: &[(&str, &str)],
) -> SyncGroupRequest {
    let assignments =
        assignments
            .iter()
            .map(|(member_id, assignment)| SyncGroupRequestAssignment {
                member_id: (*member_id).into(),
                assignment: Bytes::copy_from_slice(assignment.as_bytes()),
                ..SyncGroupRequestAssignment::default()
            });
    SyncGroupRequest {
        group_id: GROUP.into(),
        generation_id: generation,
        member_id: member_id.into(),
        assignments: assignments.collect(),
        ..SyncGroupRequest::default()
    }
}

pub(crate) fn commit_request(
    member_id: &str,
    generation: i32,
    offsets: &[(&str, i32, i64)],
) -> OffsetCommitRequest {
    let topics = offsets
        .iter()
        .map(|(topic, partition, offset)| OffsetCommitRequestTopic {
            name: (*topic).into(),
            partitions: vec![OffsetCommitRequestPartition {
                partition_index: *partition,
                committed_offset: *offset,
                ..OffsetCommitRequestPartition::default()
            }],
            ..OffsetCommitRequestTopic::default()
        });
    OffsetCommitRequest {
        group_id: GROUP.into(),
        generation_id_or_member_epoch: generation,
        member_id: member_id.into(),
        topics: topics.collect(),
        ..OffsetCommitRequest::default()
    }
}
