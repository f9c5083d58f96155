//! SyncGroup in each state, and what its write decides.

use kop_codec::messages::{JoinGroupResponse, SyncGroupRequest, SyncGroupResponse};
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{GroupRequest, GroupState};

use crate::support::*;

fn error_of(bench: &mut Bench, request: SyncGroupRequest) -> ErrorCode {
    let ticket = bench.send(5, GroupRequest::Sync(request));
    bench.take::<SyncGroupResponse>(ticket).error_code
}

#[test]
fn bad_requests_are_refused() {
    let mut bench = Bench::new();
    assert_eq!(
        error_of(&mut bench, sync_request("m", 1, &[])),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    let nameless = SyncGroupRequest {
        group_id: ByteString::new(),
        ..sync_request("m", 1, &[])
    };
    assert_eq!(error_of(&mut bench, nameless), ErrorCode::INVALID_GROUP_ID);
    let leader = bench.joined(1).remove(0).member_id;
    assert_eq!(
        error_of(&mut bench, sync_request("m", 1, &[])),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    assert_eq!(
        error_of(&mut bench, sync_request(&leader, 2, &[])),
        ErrorCode::ILLEGAL_GENERATION
    );
    let kind = SyncGroupRequest {
        protocol_type: Some("connect".into()),
        ..sync_request(&leader, 1, &[])
    };
    assert_eq!(
        error_of(&mut bench, kind),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL
    );
    let name = SyncGroupRequest {
        protocol_name: Some("sticky".into()),
        ..sync_request(&leader, 1, &[])
    };
    assert_eq!(
        error_of(&mut bench, name),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL
    );
}

#[test]
fn everybody_gets_what_the_leader_assigned() {
    let mut bench = Bench::new();
    let responses = bench.joined(3);
    let (leader, follower, late) = (
        &responses[0].member_id,
        &responses[1].member_id,
        &responses[2].member_id,
    );
    let waiting = bench.sync(follower, 1, &[]);
    assert!(!bench.answered(waiting));
    let lead = bench.sync(
        leader,
        1,
        &[(leader, "one"), (follower, "two"), ("stranger", "three")],
    );
    let response: SyncGroupResponse = bench.take(waiting);
    assert_eq!(&response.assignment[..], b"two");
    assert_eq!(response.protocol_name.as_deref(), Some("range"));
    assert_eq!(response.protocol_type.as_deref(), Some("consumer"));
    assert_eq!(
        &bench.take::<SyncGroupResponse>(lead).assignment[..],
        b"one"
    );
    assert_eq!(bench.state().as_deref(), Some("Stable"));
    // Who comes later gets it at once; nothing was assigned to it.
    let late = bench.sync(late, 1, &[]);
    assert!(bench.take::<SyncGroupResponse>(late).assignment.is_empty());
}

#[test]
fn assignments_are_told_when_they_are_durable() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    bench.auto = false;
    let leader = bench.sync(
        &responses[0].member_id,
        1,
        &[(&responses[0].member_id, "mine")],
    );
    assert!(!bench.answered(leader));
    assert_eq!(bench.count(GroupState::CompletingRebalance), 1);
    bench.end_writes(Ok(()));
    assert_eq!(
        &bench.take::<SyncGroupResponse>(leader).assignment[..],
        b"mine"
    );
    assert_eq!(bench.count(GroupState::Stable), 1);
}

#[test]
fn assignments_that_cannot_be_stored_are_an_error_and_a_new_rebalance() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    bench.auto = false;
    let follower = bench.sync(&responses[1].member_id, 1, &[]);
    let leader = bench.sync(&responses[0].member_id, 1, &[]);
    bench.end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    for ticket in [leader, follower] {
        assert_eq!(
            bench.take::<SyncGroupResponse>(ticket).error_code,
            ErrorCode::COORDINATOR_NOT_AVAILABLE
        );
    }
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
    bench.auto = true;
    let tickets = [
        bench.join(&responses[0].member_id),
        bench.join(&responses[1].member_id),
    ];
    let again = tickets.map(|ticket| bench.take::<JoinGroupResponse>(ticket));
    assert_eq!(again.each_ref().map(|r| r.generation_id), [2, 2]);
    bench.sync_all(&again);
    assert_eq!(bench.state().as_deref(), Some("Stable"));
}

#[test]
fn a_write_that_ends_too_late_changes_nothing() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    bench.auto = false;
    let leader = bench.sync(&responses[0].member_id, 1, &[]);
    // Before it is durable, somebody else comes.
    bench.join("");
    assert_eq!(
        bench.take::<SyncGroupResponse>(leader).error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    bench.end_writes(Ok(()));
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
}

#[test]
fn while_members_join_there_is_nothing_to_sync() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    bench.join("");
    let error = error_of(&mut bench, sync_request(&responses[0].member_id, 1, &[]));
    assert_eq!(error, ErrorCode::REBALANCE_IN_PROGRESS);
}

#[test]
fn who_does_not_sync_in_time_is_gone() {
    let mut bench = Bench::new();
    let responses = bench.joined(3);
    let waiting = bench.sync(&responses[1].member_id, 1, &[]);
    for _ in 0..5 {
        bench.advance(5_000);
        assert_eq!(bench.heartbeat(&responses[0].member_id, 1), ErrorCode::NONE);
        assert_eq!(bench.heartbeat(&responses[2].member_id, 1), ErrorCode::NONE);
    }
    assert!(!bench.answered(waiting));
    bench.advance(5_000);
    assert_eq!(
        bench.take::<SyncGroupResponse>(waiting).error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    let again = bench.join(&responses[1].member_id);
    let again: JoinGroupResponse = bench.take(again);
    assert_eq!((again.generation_id, again.members.len()), (2, 1));
    assert_eq!(again.leader, responses[1].member_id);
}

#[test]
fn a_leader_that_dies_before_it_assigns_frees_the_others() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let waiting = bench.sync(&responses[1].member_id, 1, &[]);
    bench.advance(i64::from(SESSION_MS));
    assert_eq!(
        bench.take::<SyncGroupResponse>(waiting).error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
}
