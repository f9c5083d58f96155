//! Groups that go from the classic to the consumer protocol and back, with their members (KIP-848).

use std::ops::Range;

use bytes::Bytes;
use kop_codec::messages::consumer_protocol_assignment::TopicPartition as AssignedTopic;
use kop_codec::messages::consumer_protocol_subscription::TopicPartition;
use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::{
    ConsumerProtocolAssignment, ConsumerProtocolSubscription, JoinGroupRequest, JoinGroupResponse,
    SyncGroupResponse,
};
use kop_codec::{ErrorCode, Message, Reader};
use kop_coordinator::{ConsumerConfig, GroupConfig, GroupRequest, MigrationPolicy};

use crate::consumer_support::Member;
use crate::support::*;

fn bench(migration: MigrationPolicy) -> Bench {
    let bench = Bench::with(GroupConfig {
        initial_rebalance_delay_ms: 0,
        consumer: ConsumerConfig {
            migration,
            ..at_once()
        },
        ..GroupConfig::default()
    });
    bench.topics.set("topic", 4);
    bench
}

pub(crate) fn encode<M: Message>(message: &M, version: i16) -> Bytes {
    let mut writer = kop_codec::Writer::with_capacity(64);
    writer.i16(version);
    message.encode(&mut writer, version).unwrap();
    writer.finish().unwrap().to_bytes().unwrap()
}

fn join(member_id: &str) -> JoinGroupRequest {
    owning(member_id, &[])
}

/// Joins, and says that it owns these partitions.
fn owning(member_id: &str, partitions: &[i32]) -> JoinGroupRequest {
    let owned = TopicPartition {
        topic: "topic".into(),
        partitions: partitions.iter().copied().collect(),
        ..TopicPartition::default()
    };
    let subscription = ConsumerProtocolSubscription {
        topics: vec!["topic".into()],
        owned_partitions: vec![owned],
        ..ConsumerProtocolSubscription::default()
    };
    JoinGroupRequest {
        group_id: GROUP.into(),
        member_id: member_id.into(),
        session_timeout_ms: SESSION_MS,
        rebalance_timeout_ms: REBALANCE_MS,
        protocol_type: "consumer".into(),
        protocols: vec![JoinGroupRequestProtocol {
            name: "range".into(),
            metadata: encode(&subscription, 1),
            ..JoinGroupRequestProtocol::default()
        }],
        ..JoinGroupRequest::default()
    }
}

/// A classic group of one member with all four partitions. Returns the member's id.
fn classic(bench: &mut Bench) -> (String, i32) {
    let ticket = bench.join_as(3, join(""));
    bench.advance(1);
    let joined: JoinGroupResponse = bench.take(ticket);
    let id = joined.member_id.to_string();
    assign_to(bench, &id, joined.generation_id, 0..4);
    (id, joined.generation_id)
}

/// The leader, which is alone, gives itself these partitions.
fn assign_to(bench: &mut Bench, id: &str, generation: i32, partitions: Range<i32>) {
    let mut request = sync_request(id, generation, &[(id, "")]);
    request.assignments[0].assignment = assignment(partitions);
    let ticket = bench.send(3, GroupRequest::Sync(request));
    let synced: SyncGroupResponse = bench.take(ticket);
    assert_eq!(synced.error_code, ErrorCode::NONE);
}

/// An assignment of these partitions of the topic.
pub(crate) fn assignment(partitions: impl IntoIterator<Item = i32>) -> Bytes {
    let topic = AssignedTopic {
        topic: "topic".into(),
        partitions: partitions.into_iter().collect(),
        ..AssignedTopic::default()
    };
    let assignment = ConsumerProtocolAssignment {
        assigned_partitions: vec![topic],
        ..ConsumerProtocolAssignment::default()
    };
    encode(&assignment, 1)
}

fn assigned(response: &SyncGroupResponse) -> usize {
    let body = response.assignment.slice(2..);
    let read = ConsumerProtocolAssignment::decode(&mut Reader::new(&body), 1).unwrap();
    let topics = read.assigned_partitions.iter();
    topics.map(|topic| topic.partitions.len()).sum()
}

/// A classic member in a consumer group: joins, asks for its assignment.
fn rejoin(bench: &mut Bench, id: &str) -> (i32, usize) {
    let ticket = bench.join_as(3, join(id));
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(joined.error_code, ErrorCode::NONE);
    assert_eq!(joined.protocol_name.as_deref(), Some("range"));
    let ticket = bench.sync(id, joined.generation_id, &[]);
    let synced: SyncGroupResponse = bench.take(ticket);
    assert_eq!(synced.error_code, ErrorCode::NONE);
    (joined.generation_id, assigned(&synced))
}

#[test]
fn a_group_goes_over_and_comes_back() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let (id, generation) = classic(&mut bench);
    assert_eq!(bench.commit(&id, generation, 7), ErrorCode::NONE);
    let mut new = Member::new("new", &["topic"]);
    assert_eq!(new.beat(&mut bench), ErrorCode::NONE);
    assert_eq!(new.owned.len(), 0);
    let group = bench.describe_consumer();
    let types: Vec<i8> = group
        .members
        .iter()
        .map(|member| member.member_type)
        .collect();
    assert_eq!(
        (group.group_epoch, types.iter().sum::<i8>()),
        (generation + 1, 1)
    );
    // The classic member learns that it has to join anew, and is assigned its half by the server.
    assert_eq!(
        bench.heartbeat(&id, generation),
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    let (epoch, count) = rejoin(&mut bench, &id);
    assert_eq!((epoch, count), (generation + 1, 2));
    assert_eq!(bench.heartbeat(&id, epoch), ErrorCode::NONE);
    new.beat(&mut bench);
    assert_eq!(new.owned.len(), 2);
    assert_eq!(bench.state_name(), "Stable");
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 7)]);
    assert_eq!(bench.commit(&id, epoch, 8), ErrorCode::NONE);
    // It has had this partition since then, and one of the other's not any more.
    assert_eq!(bench.commit(&id, generation, 8), ErrorCode::NONE);
    let others = new.owned.first().unwrap().1;
    let request = commit_request(&id, generation, &[("topic", others, 8)]);
    let ticket = bench.commit_request(8, request);
    assert_eq!(bench.commit_error(ticket), ErrorCode::ILLEGAL_GENERATION);
    bench.restart();
    assert_eq!(bench.state_name(), "Stable");
    // The last member of the new protocol goes: the classic one joins a classic group.
    assert_eq!(new.leave(&mut bench, -1), ErrorCode::NONE);
    assert_eq!(
        bench.describe_consumer().error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    // Until then it is at its generation, has what it had, and commits what it has read of it.
    assert_eq!(
        bench.heartbeat(&id, epoch),
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    assert_eq!(bench.commit(&id, epoch, 9), ErrorCode::NONE);
    let ticket = bench.join_as(3, join(&id));
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(
        (joined.error_code, &*joined.leader, joined.generation_id),
        (ErrorCode::NONE, &*id, epoch + 1)
    );
    bench.restart();
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 9)]);
    assert_eq!(
        bench.describe_consumer().error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
}

#[test]
fn a_classic_member_joins_a_consumer_group() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let mut new = Member::new("new", &["topic"]);
    new.beat(&mut bench);
    let ticket = bench.join_as(5, join(""));
    let asked: JoinGroupResponse = bench.take(ticket);
    assert_eq!(asked.error_code, ErrorCode::MEMBER_ID_REQUIRED);
    let id = asked.member_id.to_string();
    let (epoch, count) = rejoin(&mut bench, &id);
    assert_eq!(count, 0);
    for _ in 0..2 {
        new.beat(&mut bench);
    }
    // What the other one gave up is free now: it has to join once more to get it.
    assert_eq!(
        bench.heartbeat(&id, epoch),
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    assert_eq!(rejoin(&mut bench, &id).1, 2);
    let mut other = join("");
    other.protocol_type = "connect".into();
    let ticket = bench.join_as(3, other);
    let refused: JoinGroupResponse = bench.take(ticket);
    assert_eq!(refused.error_code, ErrorCode::INCONSISTENT_GROUP_PROTOCOL);
    assert_eq!(bench.leave(&id), ErrorCode::NONE);
    new.beat(&mut bench);
    assert_eq!(new.owned.len(), 4);
}

#[test]
fn a_cooperative_member_keeps_what_it_has_not_given_up_yet() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let (id, _) = classic(&mut bench);
    // It is told to give half of it up, and is still at that when the group goes over.
    let ticket = bench.join_as(3, owning(&id, &[0, 1, 2, 3]));
    bench.advance(1);
    let joined: JoinGroupResponse = bench.take(ticket);
    assign_to(&mut bench, &id, joined.generation_id, 0..2);
    let mut new = Member::new("new", &["topic"]);
    for _ in 0..3 {
        assert_eq!(new.beat(&mut bench), ErrorCode::NONE);
        assert_eq!(new.owned.len(), 0, "what another one owns");
    }
    assert_eq!(
        bench.heartbeat(&id, joined.generation_id),
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    let ticket = bench.join_as(3, owning(&id, &[0, 1]));
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(joined.error_code, ErrorCode::NONE);
    assert_eq!(new.beat(&mut bench), ErrorCode::NONE);
    assert_eq!(new.owned.len(), 2);
}

#[test]
fn a_member_that_was_removed_gives_up_what_it_had_before_it_joins() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    Member::new("new", &["topic"]).beat(&mut bench);
    let ticket = bench.join_as(9, owning("removed", &[0]));
    let refused: JoinGroupResponse = bench.take(ticket);
    assert_eq!(refused.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(bench.describe_consumer().members.len(), 1);
    let ticket = bench.join_as(9, join("removed"));
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(joined.error_code, ErrorCode::NONE);
}

/// A group of a member of the new protocol, which has a target, and of two classic ones, whose ids are returned.
fn mixed(bench: &mut Bench) -> [String; 2] {
    assert_eq!(Member::new("new", &["topic"]).beat(bench), ErrorCode::NONE);
    [(); 2].map(|()| {
        let ticket = bench.join_as(3, join(""));
        let joined: JoinGroupResponse = bench.take(ticket);
        joined.member_id.to_string()
    })
}

#[test]
fn members_that_leave_in_one_request_are_one_change() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let [one, two] = mixed(&mut bench);
    let epoch = bench.describe_consumer().group_epoch;
    let left = bench.leave_all(&[(&one, None), (&two, None), (&one, None), ("none", None)]);
    let errors: Vec<ErrorCode> = left.members.iter().map(|it| it.error_code).collect();
    let none = ErrorCode::NONE;
    assert_eq!(errors, [none, none, none, ErrorCode::UNKNOWN_MEMBER_ID]);
    let group = bench.describe_consumer();
    assert_eq!((group.members.len(), group.group_epoch), (1, epoch + 1));
    assert_eq!(bench.leave(&one), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(bench.describe_consumer().group_epoch, epoch + 1);
    bench.restart();
    assert_eq!(bench.describe_consumer(), group);
}

#[test]
fn a_group_goes_back_when_its_last_member_of_the_new_protocol_is_removed_by_leave_group() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let classic = mixed(&mut bench);
    assert_eq!(bench.leave("new"), ErrorCode::NONE);
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
    bench.restart();
    assert!(bench.state().is_some(), "it stays a classic group");
    for id in classic {
        assert_eq!(bench.leave(&id), ErrorCode::NONE);
    }
}

#[test]
fn a_static_member_alone_goes_back() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let mut new = Member::new("new", &["topic"]);
    new.instance = Some("i".to_owned());
    assert_eq!(new.beat(&mut bench), ErrorCode::NONE);
    // It is started anew with the classic protocol, without having left.
    let mut request = join("");
    request.group_instance_id = Some("i".into());
    let ticket = bench.join_as(9, request);
    bench.advance(1);
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(joined.error_code, ErrorCode::NONE);
    assert_eq!(
        (&joined.leader, joined.members.len()),
        (&joined.member_id, 1)
    );
}

#[test]
fn a_classic_member_that_does_not_come_back_is_out() {
    let mut bench = bench(MigrationPolicy::Bidirectional);
    let (id, generation) = classic(&mut bench);
    let mut new = Member::new("new", &["topic"]);
    new.beat(&mut bench);
    for _ in 0..8 {
        bench.heartbeat(&id, generation);
        new.beat(&mut bench);
        bench.advance(i64::from(REBALANCE_MS) / 6);
    }
    assert_eq!(
        bench.heartbeat(&id, generation),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    new.beat(&mut bench);
    assert_eq!(new.owned.len(), 4);
}

#[test]
fn the_policy_can_forbid_both() {
    let mut bench = bench(MigrationPolicy::Disabled);
    classic(&mut bench);
    let mut new = Member::new("new", &["topic"]);
    assert_eq!(new.beat(&mut bench), ErrorCode::GROUP_ID_NOT_FOUND);
    bench.advance(i64::from(SESSION_MS) + 1);
    // Nobody is left, so nobody is disturbed.
    assert_eq!(new.beat(&mut bench), ErrorCode::NONE);
    let ticket = bench.join_as(3, join(""));
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(joined.error_code, ErrorCode::NONE);
    new.leave(&mut bench, -1);
    assert_eq!(
        bench.describe_consumer().members.len(),
        1,
        "it stays a consumer group"
    );
}
