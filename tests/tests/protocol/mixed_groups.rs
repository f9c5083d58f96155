//! Members of both protocols in one consumer group: who leaves with whom, and who may commit what.

use std::time::Duration;

use kop_codec::messages::join_group_request::JoinGroupRequestProtocol;
use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::{
    ConsumerGroupHeartbeatRequest, ConsumerProtocolSubscription, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest,
};
use kop_codec::{ByteString, ErrorCode, Message};
use kop_tests::requests::{join, offset_commit};
use kop_tests::wire::Wire;

use super::consumer_groups::{Member, create, describe};
use super::groups::state;
use super::{Case, case, unique};

const PATIENCE: Duration = Duration::from_secs(20);

/// A classic member of a consumer group joins, as clients before 2.2 did: it is one at once.
fn join_classic(wire: &mut Wire, group: &str, member: &str, topic: &str) -> JoinGroupResponse {
    let subscription = ConsumerProtocolSubscription {
        topics: vec![topic.into()],
        ..Default::default()
    };
    let version = 1_i16;
    let body = subscription.to_bytes(version).expect("a subscription");
    let protocol = JoinGroupRequestProtocol {
        name: "range".into(),
        metadata: [&version.to_be_bytes()[..], &body].concat().into(),
        ..Default::default()
    };
    let request = JoinGroupRequest {
        session_timeout_ms: 30_000,
        rebalance_timeout_ms: 30_000,
        protocols: vec![protocol],
        ..join(group, member)
    };
    let joined = wire.call(3, &request).expect("JoinGroup");
    assert_eq!(joined.error_code, ErrorCode::NONE);
    joined
}

/// What each of these members, by id and instance id, is told that leaves; its own id comes back too.
fn leave(case: &mut Case, group: &str, members: &[(&str, Option<&str>)]) -> Vec<ErrorCode> {
    let identities = members.iter().map(|(member, instance)| MemberIdentity {
        member_id: (*member).into(),
        group_instance_id: instance.map(ByteString::from),
        ..Default::default()
    });
    let request = LeaveGroupRequest {
        group_id: group.into(),
        members: identities.collect(),
        ..Default::default()
    };
    let left = case.wire.call(5, &request).expect("LeaveGroup");
    assert_eq!(left.error_code, ErrorCode::NONE);
    let named = left.members.iter().map(|member| &*member.member_id);
    assert!(named.eq(members.iter().map(|(member, _)| *member)));
    left.members.iter().map(|left| left.error_code).collect()
}

/// A member of a consumer group commits an offset at an epoch.
fn commit_at(
    case: &mut Case,
    group: &str,
    member: (i32, &str),
    (topic, partition): (&str, i32),
) -> ErrorCode {
    let request = offset_commit(group, member, 7, [(topic, partition, "")]);
    let response = case.wire.call(9, &request).expect("OffsetCommit");
    response.topics[0].partitions[0].error_code
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn members_that_leave_in_one_request_are_one_change() {
    let Some(mut case) = case("members_that_leave_in_one_request_are_one_change") else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 4);
    let mut new = Member::new(&case, &group, "new", &topic);
    assert_eq!(new.beat(), ErrorCode::NONE);
    assert_eq!(new.epoch, 2, "of a group that nobody joined before");
    let mut other = Member::new(&case, &group, "static", &topic);
    let with_instance = other.error(|r| r.instance_id = Some("instance".into()));
    assert_eq!(with_instance, ErrorCode::NONE);
    let [one, two] = [(); 2].map(|()| {
        let joined = join_classic(&mut case.wire, &group, "", &topic);
        joined.member_id.to_string()
    });
    let epoch = describe(&mut case, &group).group_epoch;
    let leaving = [
        (one.as_str(), None),
        (&two, None),
        (&one, None),
        ("nobody", None),
        ("", Some("instance")),
        ("static", Some("instance")),
        ("nobody", Some("instance")),
    ];
    let (none, unknown) = (ErrorCode::NONE, ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(
        leave(&mut case, &group, &leaving),
        [
            none,
            none,
            none,
            unknown,
            none,
            none,
            ErrorCode::FENCED_INSTANCE_ID
        ]
    );
    let left = describe(&mut case, &group);
    assert_eq!((left.members.len(), left.group_epoch), (1, epoch + 1));
    assert_eq!(leave(&mut case, &group, &[(&one, None)]), [unknown]);
    assert_eq!(describe(&mut case, &group).group_epoch, epoch + 1);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_group_is_classic_again_when_its_last_new_member_is_removed() {
    let Some(mut case) = case("a_group_is_classic_again_when_its_last_new_member_is_removed")
    else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 4);
    let mut new = Member::new(&case, &group, "new", &topic);
    assert_eq!(new.beat(), ErrorCode::NONE);
    join_classic(&mut case.wire, &group, "", &topic);
    assert_eq!(describe(&mut case, &group).members.len(), 2);
    assert_eq!(
        leave(&mut case, &group, &[("new", None)]),
        [ErrorCode::NONE]
    );
    let (error, state, members) = state(&mut case, &group);
    assert_eq!(
        (error, &*state, members),
        (ErrorCode::NONE, "PreparingRebalance", 1)
    );
    assert_eq!(
        describe(&mut case, &group).error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
}

/// The epoch of a member, and the partitions that it has.
fn of_member(case: &mut Case, group: &str, id: &str) -> (i32, Vec<i32>) {
    let described = describe(case, group);
    let member = described.members.iter().find(|it| *it.member_id == *id);
    let member = member.expect("the member");
    let topics = member.assignment.topic_partitions.iter();
    let partitions = topics.flat_map(|topic| topic.partitions.iter().copied());
    (member.member_epoch, partitions.collect())
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn classic_members_commit_at_every_epoch_at_which_they_had_the_partition() {
    let Some(mut case) = case("classic_members_commit_at_every_epoch") else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 2);
    let mut new = Member::new(&case, &group, "new", &topic);
    assert_eq!(new.beat(), ErrorCode::NONE);
    let joined = join_classic(&mut case.wire, &group, "", &topic);
    let id = joined.member_id.to_string();
    let mut had = (0, Vec::new());
    let one_each = kop_tests::wait_until(PATIENCE, || {
        assert_eq!(new.beat(), ErrorCode::NONE);
        join_classic(&mut case.wire, &group, &id, &topic);
        had = of_member(&mut case, &group, &id);
        had.1.len() == 1 && of_member(&mut case, &group, "new").1.len() == 1
    });
    assert!(one_each, "{had:?}");
    let (epoch, own) = (had.0, had.1[0]);
    let mut commit = |epoch, partition| {
        let member = (epoch, id.as_str());
        commit_at(&mut case, &group, member, (&topic, partition))
    };
    let illegal = ErrorCode::ILLEGAL_GENERATION;
    assert_eq!(commit(epoch, own), ErrorCode::NONE);
    assert_eq!(commit(epoch, 1 - own), ErrorCode::NONE, "nobody looks");
    assert_eq!(commit(epoch + 1, own), illegal);
    assert_eq!(commit(1, own), illegal, "before it had it");
    // A third one raises the epoch, and finds nothing to take.
    let mut third = Member::new(&case, &group, "third", &topic);
    let later = kop_tests::wait_until(PATIENCE, || {
        let beats = (new.beat(), third.beat());
        assert_eq!(beats, (ErrorCode::NONE, ErrorCode::NONE));
        join_classic(&mut case.wire, &group, &id, &topic).generation_id > epoch
    });
    assert!(later);
    assert_eq!(of_member(&mut case, &group, &id).1, [own]);
    let mut commit = |epoch, partition| {
        let member = (epoch, id.as_str());
        commit_at(&mut case, &group, member, (&topic, partition))
    };
    assert_eq!(commit(epoch, own), ErrorCode::NONE);
    assert_eq!(commit(epoch, 1 - own), illegal);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn who_comes_back_has_had_its_partitions_from_the_beginning() {
    let Some(mut case) = case("who_comes_back_has_had_its_partitions_from_the_beginning") else {
        return;
    };
    let (topic, group) = (unique("topic"), unique("group"));
    create(&mut case, &topic, 1);
    let mut one = Member::new(&case, &group, "one", &topic);
    let with = |epoch: i32, id: &'static str| {
        move |request: &mut ConsumerGroupHeartbeatRequest| {
            request.instance_id = Some("instance".into());
            request.member_epoch = epoch;
            request.member_id = id.into();
        }
    };
    let mut epoch = 0;
    let given = kop_tests::wait_until(PATIENCE, || {
        assert_eq!(one.error(with(epoch, "one")), ErrorCode::NONE);
        let (at, partitions) = of_member(&mut case, &group, "one");
        epoch = at;
        partitions == [0]
    });
    assert!(given);
    let mut commit = |member| commit_at(&mut case, &group, member, (&topic, 0));
    let stale = ErrorCode::STALE_MEMBER_EPOCH;
    assert_eq!(commit((epoch, "one")), ErrorCode::NONE);
    assert_eq!(commit((0, "one")), stale);
    assert_eq!(one.error(with(-2, "one")), ErrorCode::NONE);
    assert_eq!(one.error(with(0, "two")), ErrorCode::NONE);
    assert_eq!(commit((epoch, "one")), ErrorCode::UNKNOWN_MEMBER_ID);
    for (epoch, error) in [(epoch, ErrorCode::NONE), (0, ErrorCode::NONE), (-1, stale)] {
        assert_eq!(commit((epoch, "two")), error, "{epoch}");
    }
}
