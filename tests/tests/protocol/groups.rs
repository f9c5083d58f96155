//! Groups and committed offsets: who may do what, and what the others are told.

use kop_codec::messages::leave_group_request::MemberIdentity;
use kop_codec::messages::offset_fetch_request::OffsetFetchRequestGroup;
use kop_codec::messages::sync_group_request::SyncGroupRequestAssignment;
use kop_codec::messages::{
    DeleteGroupsRequest, DescribeGroupsRequest, HeartbeatRequest, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, ListGroupsRequest, OffsetFetchRequest, SyncGroupRequest,
};
use kop_codec::{Bytes, ErrorCode};
use kop_tests::requests::{join, offset_commit};
use kop_tests::wire::Wire;

use super::{Case, case, unique};

/// Joins as a new member: gets a member id first, as clients since 2.2 do, then joins with it.
pub(super) fn join_new(wire: &mut Wire, request: JoinGroupRequest) -> JoinGroupResponse {
    let first = wire.call(9, &request).expect("JoinGroup");
    assert_eq!(first.error_code, ErrorCode::MEMBER_ID_REQUIRED);
    assert!(!first.member_id.is_empty());
    wire.call(
        9,
        &JoinGroupRequest {
            member_id: first.member_id,
            ..request
        },
    )
    .expect("JoinGroup")
}

pub(super) fn sync(wire: &mut Wire, group: &str, joined: &JoinGroupResponse) -> ErrorCode {
    let assignments = joined
        .members
        .iter()
        .map(|member| SyncGroupRequestAssignment {
            member_id: member.member_id.clone(),
            assignment: Bytes::from_static(b"a"),
            ..Default::default()
        })
        .collect();
    let request = SyncGroupRequest {
        group_id: group.into(),
        generation_id: joined.generation_id,
        member_id: joined.member_id.clone(),
        protocol_type: Some("consumer".into()),
        protocol_name: Some("range".into()),
        assignments,
        ..Default::default()
    };
    wire.call(5, &request).expect("SyncGroup").error_code
}

fn heartbeat(wire: &mut Wire, group: &str, generation_id: i32, member: &str) -> ErrorCode {
    let (group_id, member_id) = (group.into(), member.into());
    let request = HeartbeatRequest {
        group_id,
        generation_id,
        member_id,
        ..Default::default()
    };
    wire.call(4, &request).expect("Heartbeat").error_code
}

fn commit(
    wire: &mut Wire,
    group: &str,
    member: (i32, &str),
    topic: &str,
    metadata: &str,
) -> ErrorCode {
    let request = offset_commit(group, member, 42, [(topic, 0, metadata)]);
    wire.call(8, &request).expect("OffsetCommit").topics[0].partitions[0].error_code
}

/// A question for all committed offsets of a group, by a member of the consumer protocol or by nobody (`None`).
pub(super) fn fetch_all(group: &str, member: Option<&str>) -> OffsetFetchRequest {
    let group = OffsetFetchRequestGroup {
        group_id: group.into(),
        member_id: member.map(Into::into),
        member_epoch: -1,
        topics: None,
        ..Default::default()
    };
    OffsetFetchRequest {
        groups: vec![group],
        ..Default::default()
    }
}

/// The committed offsets of a group, of every partition that has one.
pub(crate) fn committed(wire: &mut Wire, group: &str) -> Vec<(i64, String)> {
    let request = fetch_all(group, None);
    let mut response = wire.call(8, &request).expect("OffsetFetch");
    let partitions = response
        .groups
        .remove(0)
        .topics
        .into_iter()
        .flat_map(|topic| topic.partitions);
    partitions
        .map(|p| {
            (
                p.committed_offset,
                p.metadata.unwrap_or_default().to_string(),
            )
        })
        .collect()
}

pub(super) fn state(case: &mut Case, group: &str) -> (ErrorCode, String, usize) {
    let request = DescribeGroupsRequest {
        groups: vec![group.into()],
        ..Default::default()
    };
    let found = case
        .wire
        .call(5, &request)
        .expect("DescribeGroups")
        .groups
        .remove(0);
    (
        found.error_code,
        found.group_state.to_string(),
        found.members.len(),
    )
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn joining_wrongly() {
    let Some(mut case) = case("JoinGroup errors") else {
        return;
    };
    let group = unique("group");
    let mut refused =
        |request: JoinGroupRequest| case.wire.call(9, &request).expect("JoinGroup").error_code;
    assert_eq!(refused(join("", "")), ErrorCode::INVALID_GROUP_ID);
    assert_eq!(
        refused(join(&group, "nobody")),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    for session_timeout_ms in [1, i32::MAX] {
        let request = JoinGroupRequest {
            session_timeout_ms,
            ..join(&group, "")
        };
        assert_eq!(
            refused(request),
            ErrorCode::INVALID_SESSION_TIMEOUT,
            "{session_timeout_ms} ms"
        );
    }
    let request = JoinGroupRequest {
        protocols: Vec::new(),
        ..join(&group, "")
    };
    assert_eq!(
        refused(request),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        "no protocols"
    );
    let mut wire = case.connect();
    let joined = join_new(&mut wire, join(&group, ""));
    assert_eq!(joined.error_code, ErrorCode::NONE);
    assert_eq!(sync(&mut wire, &group, &joined), ErrorCode::NONE);
    let other = JoinGroupRequest {
        protocol_type: "connect".into(),
        ..join(&group, "")
    };
    let answer = case.wire.call(9, &other).expect("JoinGroup");
    assert_eq!(
        answer.error_code,
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
        "another protocol type"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn members_are_told_what_they_are() {
    let Some(mut case) = case("group members") else {
        return;
    };
    let (group, topic) = (unique("group"), case.topic(&[]));
    let mut wire = case.connect();
    let joined = join_new(&mut wire, join(&group, ""));
    assert_eq!(joined.error_code, ErrorCode::NONE);
    assert_eq!(
        (joined.members.len(), &joined.leader),
        (1, &joined.member_id)
    );
    assert_eq!(sync(&mut wire, &group, &joined), ErrorCode::NONE);
    let (generation, member) = (joined.generation_id, &*joined.member_id);
    assert_eq!(
        state(&mut case, &group),
        (ErrorCode::NONE, "Stable".to_owned(), 1)
    );
    assert_eq!(
        heartbeat(&mut wire, &group, generation, member),
        ErrorCode::NONE
    );
    assert_eq!(
        heartbeat(&mut wire, &group, generation + 1, member),
        ErrorCode::ILLEGAL_GENERATION
    );
    assert_eq!(
        heartbeat(&mut wire, &group, generation, "nobody"),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    assert_eq!(
        commit(&mut wire, &group, (generation, member), &topic, "mine"),
        ErrorCode::NONE
    );
    let stale = commit(&mut wire, &group, (generation - 1, member), &topic, "old");
    assert_eq!(stale, ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(
        commit(&mut wire, &group, (generation, "nobody"), &topic, ""),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    assert_eq!(
        commit(&mut wire, &group, (-1, ""), &topic, "outside"),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    let long = commit(
        &mut wire,
        &group,
        (generation, member),
        &topic,
        &"x".repeat(5000),
    );
    assert_eq!(long, ErrorCode::OFFSET_METADATA_TOO_LARGE);
    assert_eq!(committed(&mut wire, &group), [(42, "mine".to_owned())]);
    assert_eq!(delete(&mut case, &group), ErrorCode::NON_EMPTY_GROUP);
    let identity = MemberIdentity {
        member_id: joined.member_id.clone(),
        ..Default::default()
    };
    let nobody = MemberIdentity {
        member_id: "nobody".into(),
        ..Default::default()
    };
    let leave = LeaveGroupRequest {
        group_id: group.as_str().into(),
        members: vec![identity, nobody],
        ..Default::default()
    };
    let left = wire.call(5, &leave).expect("LeaveGroup").members;
    assert_eq!(
        (left[0].error_code, left[1].error_code),
        (ErrorCode::NONE, ErrorCode::UNKNOWN_MEMBER_ID)
    );
    assert_eq!(
        state(&mut case, &group),
        (ErrorCode::NONE, "Empty".to_owned(), 0)
    );
    assert_eq!(delete(&mut case, &group), ErrorCode::NONE);
    assert_eq!(delete(&mut case, &group), ErrorCode::GROUP_ID_NOT_FOUND);
    assert_eq!(committed(&mut wire, &group), []);
}

fn delete(case: &mut Case, group: &str) -> ErrorCode {
    let request = DeleteGroupsRequest {
        groups_names: vec![group.into()],
        ..Default::default()
    };
    case.wire.call(2, &request).expect("DeleteGroups").results[0].error_code
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_second_member_makes_the_first_join_again() {
    let Some(case) = case("rebalance") else {
        return;
    };
    let group = unique("group");
    let (mut one, mut two) = (case.connect(), case.connect());
    let first = join_new(&mut one, join(&group, ""));
    assert_eq!(sync(&mut one, &group, &first), ErrorCode::NONE);
    let request = two.call(9, &join(&group, "")).expect("JoinGroup");
    two.send(9, &join(&group, &request.member_id))
        .expect("send");
    let told = kop_tests::wait_until(std::time::Duration::from_secs(5), || {
        heartbeat(&mut one, &group, first.generation_id, &first.member_id)
            == ErrorCode::REBALANCE_IN_PROGRESS
    });
    assert!(told, "a heartbeat says that there is a rebalance");
    let again = one
        .call(9, &join(&group, &first.member_id))
        .expect("JoinGroup");
    let second = two.receive::<JoinGroupRequest>(9).expect("JoinGroup");
    assert_eq!(again.generation_id, first.generation_id + 1);
    assert_eq!(second.generation_id, again.generation_id);
    assert_eq!(
        (again.members.len(), second.members.len()),
        (2, 0),
        "only the leader sees the members"
    );
    assert_eq!(again.leader, first.member_id, "the leader stays");
    assert_eq!(sync(&mut one, &group, &again), ErrorCode::NONE);
    assert_eq!(sync(&mut two, &group, &second), ErrorCode::NONE);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_static_member_keeps_its_place_and_fences_its_predecessor() {
    let Some(mut case) = case("static members") else {
        return;
    };
    let group = unique("group");
    let mut wire = case.connect();
    let request = JoinGroupRequest {
        group_instance_id: Some("one".into()),
        ..join(&group, "")
    };
    let first = wire.call(9, &request).expect("JoinGroup");
    assert_eq!(
        first.error_code,
        ErrorCode::NONE,
        "a static member needs no second request"
    );
    assert_eq!(sync(&mut wire, &group, &first), ErrorCode::NONE);
    // It comes back, as after a restart of the process, without its member id.
    let mut later = case.connect();
    let second = later.call(9, &request).expect("JoinGroup");
    assert_eq!(
        (second.error_code, second.generation_id),
        (ErrorCode::NONE, first.generation_id),
        "no rebalance"
    );
    assert_ne!(second.member_id, first.member_id);
    let old = HeartbeatRequest {
        group_id: group.as_str().into(),
        generation_id: first.generation_id,
        member_id: first.member_id.clone(),
        group_instance_id: Some("one".into()),
        ..Default::default()
    };
    assert_eq!(
        case.wire.call(4, &old).expect("Heartbeat").error_code,
        ErrorCode::FENCED_INSTANCE_ID
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn groups_without_members() {
    let Some(mut case) = case("simple groups") else {
        return;
    };
    let (group, topic) = (unique("group"), case.topic(&[]));
    assert_eq!(committed(&mut case.wire, &group), []);
    assert_eq!(
        commit(&mut case.wire, &group, (-1, ""), &topic, "simple"),
        ErrorCode::NONE
    );
    assert_eq!(
        commit(&mut case.wire, &group, (5, "someone"), &topic, ""),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    case.target.restart().expect("restart");
    case.wire = case.connect();
    let mut found = Vec::new();
    kop_tests::wait_until(std::time::Duration::from_secs(20), || {
        found = committed(&mut case.wire, &group);
        !found.is_empty()
    });
    assert_eq!(found, [(42, "simple".to_owned())], "after a restart");
    let listed = case
        .wire
        .call(4, &ListGroupsRequest::default())
        .expect("ListGroups")
        .groups;
    let of_group = listed
        .iter()
        .find(|listed| listed.group_id == group.as_str())
        .expect("it is listed");
    assert_eq!(&*of_group.group_state, "Empty");
    let stable = ListGroupsRequest {
        states_filter: vec!["Stable".into()],
        ..Default::default()
    };
    let listed = case.wire.call(4, &stable).expect("ListGroups").groups;
    assert!(
        listed
            .iter()
            .all(|listed| listed.group_id != group.as_str()),
        "the filter leaves it out"
    );
    let missing = state(&mut case, &unique("missing"));
    assert_eq!((missing.1.as_str(), missing.2), ("Dead", 0));
}
