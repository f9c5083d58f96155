//! Heartbeats, sessions, and leaving.

use kop_codec::ErrorCode;
use kop_codec::messages::{JoinGroupResponse, SyncGroupResponse};

use crate::support::*;

#[test]
fn heartbeats_of_strangers_and_of_the_past_are_refused() {
    let mut bench = Bench::new();
    assert_eq!(bench.heartbeat("m", 1), ErrorCode::UNKNOWN_MEMBER_ID);
    let leader = bench.stable(1).remove(0).member_id;
    assert_eq!(bench.heartbeat("m", 1), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(bench.heartbeat(&leader, 0), ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(bench.heartbeat(&leader, 2), ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::NONE);
}

#[test]
fn heartbeats_keep_a_session_and_silence_ends_it() {
    let mut bench = Bench::new();
    let leader = bench.stable(1).remove(0).member_id;
    for _ in 0..10 {
        bench.advance(i64::from(SESSION_MS) - 1);
        assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::NONE);
    }
    bench.advance(i64::from(SESSION_MS));
    assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(bench.state().as_deref(), Some("Empty"));
}

#[test]
fn a_commit_keeps_a_session() {
    let mut bench = Bench::new();
    let leader = bench.stable(1).remove(0).member_id;
    for _ in 0..3 {
        bench.advance(i64::from(SESSION_MS) - 1);
        assert_eq!(bench.commit(&leader, 1, 5), ErrorCode::NONE);
    }
    bench.advance(i64::from(SESSION_MS) - 1);
    assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::NONE);
}

#[test]
fn while_completing_heartbeats_count() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    for _ in 0..2 {
        bench.advance(8_000);
        for response in &responses {
            assert_eq!(bench.heartbeat(&response.member_id, 1), ErrorCode::NONE);
        }
    }
}

#[test]
fn who_waits_for_its_assignment_does_not_expire() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let waiting = bench.sync(&responses[1].member_id, 1, &[]);
    for _ in 0..2 {
        bench.advance(9_000);
        bench.heartbeat(&responses[0].member_id, 1);
    }
    assert!(!bench.answered(waiting));
    let lead = bench.sync(&responses[0].member_id, 1, &[]);
    assert_eq!(
        bench.take::<SyncGroupResponse>(lead).error_code,
        ErrorCode::NONE
    );
    assert_eq!(
        bench.take::<SyncGroupResponse>(waiting).error_code,
        ErrorCode::NONE
    );
    // Its session runs again from here.
    bench.advance(9_000);
    assert_eq!(bench.heartbeat(&responses[1].member_id, 1), ErrorCode::NONE);
    bench.heartbeat(&responses[0].member_id, 1);
    bench.advance(i64::from(SESSION_MS));
    assert_eq!(
        bench.heartbeat(&responses[1].member_id, 1),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn a_lost_member_makes_the_others_rebalance() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    bench.advance(6_000);
    assert_eq!(bench.heartbeat(&responses[0].member_id, 1), ErrorCode::NONE);
    bench.advance(6_000);
    assert_eq!(
        bench.heartbeat(&responses[0].member_id, 1),
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    let ticket = bench.join(&responses[0].member_id);
    let response: JoinGroupResponse = bench.take(ticket);
    assert_eq!((response.generation_id, response.members.len()), (2, 1));
}

#[test]
fn leaving_needs_a_member() {
    let mut bench = Bench::new();
    assert_eq!(bench.leave("m"), ErrorCode::UNKNOWN_MEMBER_ID);
    let leader = bench.stable(1).remove(0).member_id;
    assert_eq!(bench.leave("m"), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(bench.leave(&leader), ErrorCode::NONE);
    assert_eq!(bench.state().as_deref(), Some("Empty"));
    assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(bench.leave(&leader), ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn the_others_rebalance_when_a_member_leaves() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    assert_eq!(bench.leave(&responses[0].member_id), ErrorCode::NONE);
    let ticket = bench.join(&responses[1].member_id);
    let response: JoinGroupResponse = bench.take(ticket);
    assert_eq!(
        (response.generation_id, &response.leader),
        (2, &responses[1].member_id)
    );
}

#[test]
fn several_leave_at_once_with_a_result_each() {
    let mut bench = Bench::new();
    let responses = bench.stable(3);
    let (a, b) = (
        responses[0].member_id.to_string(),
        responses[1].member_id.to_string(),
    );
    let response = bench.leave_all(&[
        (&a, None),
        ("nobody", None),
        (&b, None),
        ("", Some("instance")),
    ]);
    assert_eq!(response.error_code, ErrorCode::NONE);
    let errors: Vec<_> = response
        .members
        .iter()
        .map(|member| member.error_code)
        .collect();
    let unknown = ErrorCode::UNKNOWN_MEMBER_ID;
    assert_eq!(errors, [ErrorCode::NONE, unknown, ErrorCode::NONE, unknown]);
    let ticket = bench.join(&responses[2].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(ticket).members.len(), 1);
}

#[test]
fn the_last_that_a_rebalance_waits_for_leaves() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let waiting = bench.join(&responses[0].member_id);
    assert!(!bench.answered(waiting));
    bench.leave(&responses[1].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(waiting).generation_id, 2);
}

#[test]
fn who_waits_and_leaves_is_answered() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let joining = bench.join(&responses[0].member_id);
    bench.leave(&responses[0].member_id);
    assert_eq!(
        bench.take::<JoinGroupResponse>(joining).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID
    );

    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let syncing = bench.sync(&responses[1].member_id, 1, &[]);
    bench.leave(&responses[1].member_id);
    assert_eq!(
        bench.take::<SyncGroupResponse>(syncing).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn a_member_id_that_was_handed_out_can_leave_without_a_rebalance() {
    let mut bench = Bench::new();
    bench.stable(1);
    let ticket = bench.join_as(4, join_request(""));
    let pending = bench.take::<JoinGroupResponse>(ticket).member_id;
    assert_eq!(bench.leave(&pending), ErrorCode::NONE);
    assert_eq!(bench.state().as_deref(), Some("Stable"));
    assert_eq!(bench.leave(&pending), ErrorCode::UNKNOWN_MEMBER_ID);
}
