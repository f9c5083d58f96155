//! Groups of the consumer protocol (KIP-848).

use std::sync::Arc;

use kop_codec::messages::ConsumerGroupHeartbeatRequest;
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{ConsumerConfig, GroupConfig, GroupRequest, TopicErrors};

use crate::consumer_support::{Member, settle};
use crate::support::*;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.topics.set("a", 6);
    bench.topics.set("b", 3);
    bench
}

fn pair(bench: &mut Bench) -> [Member; 2] {
    let mut members = [Member::new("m1", &["a"]), Member::new("m2", &["a"])];
    settle(bench, &mut members);
    members
}

#[test]
fn one_member_gets_everything_and_is_told_once() {
    let mut bench = bench();
    let mut member = Member::new("m1", &["a", "b"]);
    assert_eq!(member.beat(&mut bench), ErrorCode::NONE);
    assert_eq!((member.epoch, member.owned.len()), (2, 9));
    let quiet = bench.consumer_heartbeat(member.short());
    assert_eq!((quiet.member_epoch, quiet.assignment), (2, None));
    assert_eq!(quiet.heartbeat_interval_ms, 5_000);
    let group = bench.describe_consumer();
    assert_eq!(group.group_state, "Stable");
    assert_eq!((group.group_epoch, group.assignment_epoch), (2, 2));
    assert_eq!(group.assignor_name, "uniform");
    assert_eq!(
        group.members[0].assignment,
        group.members[0].target_assignment
    );
}

#[test]
fn nobody_gets_a_partition_before_the_owner_gave_it_up() {
    let mut bench = bench();
    let mut first = Member::new("m1", &["a"]);
    first.beat(&mut bench);
    let mut second = Member::new("m2", &["a"]);
    second.beat(&mut bench);
    assert_eq!(second.owned.len(), 0, "all are still the first one's");
    // The first one is told to give three up, and stays at its epoch until it says that it did.
    let told = bench.consumer_heartbeat(first.short());
    assert_eq!(told.member_epoch, 2);
    assert_eq!(bench.state_name(), "Reconciling");
    second.beat(&mut bench);
    assert_eq!(second.owned.len(), 0);
    first.take(&told);
    assert_eq!(first.owned.len(), 3);
    first.beat(&mut bench);
    assert_eq!(first.epoch, 3);
    second.beat(&mut bench);
    assert_eq!(second.owned.len(), 3);
    assert!(first.owned.is_disjoint(&second.owned));
    assert_eq!(bench.state_name(), "Stable");
}

#[test]
fn who_does_not_give_up_in_time_is_out() {
    let mut bench = bench();
    let mut first = Member::new("m1", &["a"]);
    first.beat(&mut bench);
    let mut second = Member::new("m2", &["a"]);
    second.beat(&mut bench);
    bench.consumer_heartbeat(first.short());
    // It is alive, but goes on owning what it should not.
    for _ in 0..7 {
        bench.advance(i64::from(REBALANCE_MS) / 6);
        bench.consumer_heartbeat(first.short());
        second.beat(&mut bench);
    }
    assert_eq!(
        bench.consumer_heartbeat(first.short()).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    second.beat(&mut bench);
    assert_eq!(second.owned.len(), 6);
}

#[test]
fn silence_ends_a_session_and_others_take_over() {
    let mut bench = bench();
    let [_, mut second] = pair(&mut bench);
    for _ in 0..10 {
        bench.advance(5_000);
        second.beat(&mut bench);
    }
    assert_eq!(second.owned.len(), 6);
    assert_eq!(bench.describe_consumer().members.len(), 1);
    bench.advance(50_000);
    assert_eq!(bench.state_name(), "Empty");
}

#[test]
fn leaving_frees_partitions_at_once() {
    let mut bench = bench();
    let [mut first, mut second] = pair(&mut bench);
    assert_eq!(first.leave(&mut bench, -1), ErrorCode::NONE);
    second.beat(&mut bench);
    assert_eq!(second.owned.len(), 6);
    assert_eq!(
        bench.consumer_heartbeat(first.short()).error_code,
        ErrorCode::INVALID_REQUEST,
        "joining needs all that a member has to say"
    );
}

#[test]
fn wrong_epochs_are_fenced_but_lost_answers_are_not() {
    let mut bench = bench();
    let [first, _] = pair(&mut bench);
    let fenced = |bench: &mut Bench, epoch| {
        let request = ConsumerGroupHeartbeatRequest {
            member_epoch: epoch,
            ..first.short()
        };
        bench.consumer_heartbeat(request).error_code
    };
    assert_eq!(
        fenced(&mut bench, first.epoch + 1),
        ErrorCode::FENCED_MEMBER_EPOCH
    );
    // Without what it owns, the epoch before could be that of a zombie.
    assert_eq!(
        fenced(&mut bench, first.epoch - 1),
        ErrorCode::FENCED_MEMBER_EPOCH
    );
    let lost = ConsumerGroupHeartbeatRequest {
        member_epoch: first.epoch - 1,
        ..first.full()
    };
    let response = bench.consumer_heartbeat(lost);
    assert_eq!(response.error_code, ErrorCode::NONE);
    assert_eq!(response.member_epoch, first.epoch);
}

#[test]
fn bad_requests_change_nothing() {
    let mut bench = bench();
    let good = Member::new("m1", &["a"]);
    let mut error = |change: &dyn Fn(&mut ConsumerGroupHeartbeatRequest)| {
        let mut request = good.full();
        change(&mut request);
        bench.consumer_heartbeat(request).error_code
    };
    assert_eq!(
        error(&|r| r.group_id = ByteString::new()),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        error(&|r| r.member_id = ByteString::new()),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        error(&|r| r.instance_id = Some("".into())),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        error(&|r| r.rack_id = Some("".into())),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        error(&|r| r.rebalance_timeout_ms = -1),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        error(&|r| r.topic_partitions = None),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        error(&|r| r.subscribed_topic_names = None),
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(error(&|r| r.member_epoch = -3), ErrorCode::INVALID_REQUEST);
    assert_eq!(error(&|r| r.member_epoch = -2), ErrorCode::INVALID_REQUEST);
    assert_eq!(
        error(&|r| r.member_epoch = 1),
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    assert_eq!(
        error(&|r| r.member_epoch = -1),
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    assert_eq!(
        error(&|r| r.server_assignor = Some("sticky".into())),
        ErrorCode::UNSUPPORTED_ASSIGNOR
    );
    assert_eq!(
        error(&|r| r.subscribed_topic_regex = Some("(".into())),
        ErrorCode::INVALID_REGULAR_EXPRESSION
    );
    assert!(bench.log.is_empty());
    assert_eq!(
        bench.describe_consumer().error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
}

#[test]
fn a_full_group_takes_nobody_else() {
    let consumer = ConsumerConfig {
        max_size: 1,
        ..at_once()
    };
    let mut bench = Bench::with(GroupConfig {
        consumer,
        ..GroupConfig::default()
    });
    bench.topics.set("a", 2);
    assert_eq!(Member::new("m1", &["a"]).beat(&mut bench), ErrorCode::NONE);
    let mut second = Member::new("m2", &["a"]);
    assert_eq!(second.beat(&mut bench), ErrorCode::GROUP_MAX_SIZE_REACHED);
    assert_eq!(bench.describe_consumer().members.len(), 1);
}

#[test]
fn topics_that_come_and_grow_are_assigned() {
    let mut bench = bench();
    let mut member = Member::new("m1", &["a", "later"]);
    member.beat(&mut bench);
    assert_eq!(member.owned.len(), 6);
    bench.topics.set("later", 2);
    bench.topics.set("a", 7);
    bench.advance(1_000);
    member.beat(&mut bench);
    assert_eq!((member.epoch, member.owned.len()), (3, 9));
    bench.topics.remove("later");
    bench.advance(1_000);
    for _ in 0..3 {
        member.beat(&mut bench);
    }
    assert_eq!(member.owned.len(), 7);
}

#[test]
fn regular_expressions_find_topics_now_and_later() {
    let mut bench = bench();
    bench.topics.set("log-1", 1);
    let mut member = Member::new("m1", &[]);
    member.regex = Some("log-[0-9]+");
    member.beat(&mut bench);
    assert_eq!(member.owned.len(), 1);
    bench.topics.set("log-2", 2);
    bench.topics.set("a-log-3", 5);
    bench.advance(10_000);
    member.beat(&mut bench);
    assert_eq!(member.owned.len(), 3, "a whole name has to match");
    bench.restart();
    member.beat(&mut bench);
    assert_eq!((member.epoch, member.owned.len()), (3, 3));
    assert_eq!(
        bench.describe_consumer().members[0]
            .subscribed_topic_regex
            .as_deref(),
        Some("log-[0-9]+")
    );
}

#[test]
fn a_static_member_that_comes_back_moves_nothing() {
    let mut bench = bench();
    let mut members = [Member::new("m1", &["a"]), Member::new("m2", &["a"])];
    members[0].instance = Some("i1".to_owned());
    settle(&mut bench, &mut members);
    let [mut first, mut second] = members;
    let had = first.owned.clone();
    let mut rival = first.clone();
    rival.id = "m9".to_owned();
    rival.epoch = 0;
    rival.owned.clear();
    assert_eq!(
        rival.clone().beat(&mut bench),
        ErrorCode::UNRELEASED_INSTANCE_ID
    );
    assert_eq!(first.leave(&mut bench, -2), ErrorCode::NONE);
    second.beat(&mut bench);
    assert_eq!(second.owned.len(), 3, "what it had waits for it");
    assert_eq!(rival.beat(&mut bench), ErrorCode::NONE);
    assert_eq!(rival.owned, had);
    assert_eq!(bench.state_name(), "Stable");
    // It may commit what it was given with its epoch before it has heard of that.
    let (_, partition) = had.first().copied().unwrap();
    for (member, error) in [
        ("m9", ErrorCode::NONE),
        ("m2", ErrorCode::STALE_MEMBER_EPOCH),
    ] {
        let request = commit_request(member, 0, &[("a", partition, 5)]);
        let ticket = bench.commit_request(9, request);
        assert_eq!(bench.commit_error(ticket), error);
    }
    first.epoch = 3;
    assert_eq!(
        bench.consumer_heartbeat(first.short()).error_code,
        ErrorCode::FENCED_INSTANCE_ID
    );
}

#[test]
fn a_static_member_that_has_not_heard_of_its_joining_joins_again() {
    let mut bench = bench();
    let mut members = [Member::new("m1", &["a"]), Member::new("m2", &["a"])];
    members[0].instance = Some("i1".to_owned());
    settle(&mut bench, &mut members);
    let had = members[0].owned.clone();
    for _ in 0..2 {
        members[0].epoch = 0;
        members[0].owned.clear();
        settle(&mut bench, &mut members);
        assert_eq!(members[0].owned, had);
    }
    let group = bench.describe_consumer();
    assert_eq!(group.members.len(), 2);
    bench.restart();
    assert_eq!(bench.describe_consumer(), group);
}

#[test]
fn everything_is_there_after_a_restart() {
    let mut bench = bench();
    let [mut first, mut second] = pair(&mut bench);
    let before = bench.describe_consumer();
    bench.restart();
    assert_eq!(bench.describe_consumer(), before);
    first.beat(&mut bench);
    second.beat(&mut bench);
    assert_eq!(bench.describe_consumer(), before);
    first.leave(&mut bench, -1);
    second.leave(&mut bench, -1);
    bench.restart();
    assert_eq!(bench.state_name(), "Empty");
    let ticket = bench.send(2, GroupRequest::Delete(GROUP.into()));
    assert_eq!(bench.take::<ErrorCode>(ticket), ErrorCode::NONE);
    bench.restart();
    assert_eq!(
        bench.describe_consumer().error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
}

#[test]
fn what_could_not_be_stored_is_stored_with_the_next_change() {
    let mut bench = bench();
    bench.auto = false;
    let member = Member::new("m1", &["a"]);
    let ticket = bench.send_heartbeat(member.full());
    assert!(!bench.answered(ticket), "not before it is durable");
    bench.end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    bench.auto = true;
    let mut member = member;
    let response = bench.take(ticket);
    assert_eq!(member.take(&response), ErrorCode::COORDINATOR_NOT_AVAILABLE);
    settle(&mut bench, std::slice::from_mut(&mut member));
    let before = bench.describe_consumer();
    bench.restart();
    assert_eq!(bench.describe_consumer(), before);
}

#[test]
fn only_members_at_their_epoch_commit_and_fetch() {
    let mut bench = bench();
    let [first, _] = pair(&mut bench);
    let commit = |bench: &mut Bench, version, member: &str, epoch| {
        let request = commit_request(member, epoch, &[("a", 0, 5)]);
        let ticket = bench.commit_request(version, request);
        bench.commit_error(ticket)
    };
    assert_eq!(commit(&mut bench, 9, "m1", first.epoch), ErrorCode::NONE);
    assert_eq!(
        commit(&mut bench, 8, "m1", first.epoch),
        ErrorCode::UNSUPPORTED_VERSION
    );
    assert_eq!(
        commit(&mut bench, 9, "m1", 99),
        ErrorCode::STALE_MEMBER_EPOCH
    );
    assert_eq!(commit(&mut bench, 9, "m9", 1), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(commit(&mut bench, 9, "", -1), ErrorCode::UNKNOWN_MEMBER_ID);
    let fetch = |bench: &mut Bench, member: Option<&str>, epoch| {
        let group = OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            member_id: member.map(ByteString::from),
            member_epoch: epoch,
            topics: None,
            ..OffsetFetchRequestGroup::default()
        };
        let request = GroupRequest::Fetch {
            group,
            topic_errors: TopicErrors::default(),
            require_stable: false,
        };
        let ticket = bench.send(9, request);
        bench.take::<OffsetFetchResponseGroup>(ticket).error_code
    };
    assert_eq!(fetch(&mut bench, None, -1), ErrorCode::NONE);
    assert_eq!(fetch(&mut bench, Some("m1"), first.epoch), ErrorCode::NONE);
    assert_eq!(
        fetch(&mut bench, Some("m1"), 77),
        ErrorCode::STALE_MEMBER_EPOCH
    );
    assert_eq!(
        fetch(&mut bench, Some("m9"), 1),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn a_member_may_commit_what_it_had_before_an_epoch_it_has_not_heard_of() {
    let mut bench = bench();
    let mut first = Member::new("m1", &["a"]);
    first.beat(&mut bench);
    bench.topics.set("b", 3);
    first.topics.push("b");
    let news = bench.consumer_heartbeat(first.full());
    assert_eq!(news.member_epoch, 3);
    let commit = |bench: &mut Bench, topic: &'static str| {
        let request = commit_request("m1", 2, &[(topic, 0, 5)]);
        let ticket = bench.commit_request(9, request);
        bench.commit_error(ticket)
    };
    assert_eq!(commit(&mut bench, "a"), ErrorCode::NONE);
    assert_eq!(commit(&mut bench, "b"), ErrorCode::STALE_MEMBER_EPOCH);
}

#[test]
fn groups_are_listed_by_type_and_described_by_their_own_api() {
    let mut bench = bench();
    pair(&mut bench);
    let list = |bench: &mut Bench, types: &[&str], states: &[&str]| {
        let names = |names: &[&str]| names.iter().map(|&name| name.into()).collect();
        let request = GroupRequest::List {
            states: names(states),
            types: names(types),
        };
        let ticket = bench.send(5, request);
        bench.take::<Vec<ListedGroup>>(ticket)
    };
    let all = list(&mut bench, &[], &[]);
    assert_eq!(
        (&*all[0].group_type, &*all[0].protocol_type),
        ("consumer", "consumer")
    );
    assert_eq!(list(&mut bench, &["consumer"], &["stable"]).len(), 1);
    assert_eq!(list(&mut bench, &["classic"], &[]).len(), 0);
    assert_eq!(list(&mut bench, &[], &["Empty"]).len(), 0);
    let ticket = bench.send(6, GroupRequest::Describe(GROUP.into()));
    let classic: kop_codec::messages::describe_groups_response::DescribedGroup = bench.take(ticket);
    assert_eq!(classic.error_code, ErrorCode::GROUP_ID_NOT_FOUND);
    let ticket = bench.send(2, GroupRequest::Delete(GROUP.into()));
    assert_eq!(bench.take::<ErrorCode>(ticket), ErrorCode::NON_EMPTY_GROUP);
}

#[test]
fn the_most_wanted_assignor_assigns() {
    let mut bench = bench();
    bench.topics.set("c", 3);
    let mut members = [
        Member::new("m1", &["b", "c"]),
        Member::new("m2", &["b", "c"]),
    ];
    members
        .iter_mut()
        .for_each(|member| member.assignor = Some("range"));
    settle(&mut bench, &mut members);
    assert_eq!(bench.describe_consumer().assignor_name, "range");
    assert_eq!((members[0].owned.len(), members[1].owned.len()), (4, 2));
}

#[test]
fn offsets_of_an_abandoned_group_expire() {
    let mut bench = bench();
    let [mut first, mut second] = pair(&mut bench);
    let request = commit_request("m1", first.epoch, &[("a", 0, 5)]);
    let ticket = bench.send(
        9,
        GroupRequest::Commit(Arc::new(request), TopicErrors::default()),
    );
    assert_eq!(bench.commit_error(ticket), ErrorCode::NONE);
    first.leave(&mut bench, -1);
    second.leave(&mut bench, -1);
    bench.advance(8 * DAY_MS);
    assert_eq!(
        bench.describe_consumer().error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    bench.restart();
    assert_eq!(
        bench.describe_consumer().error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
}
