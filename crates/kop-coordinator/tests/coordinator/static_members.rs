//! Static members: coming back, fencing, removal by an administrator (KIP-345, KIP-814).

use kop_codec::ErrorCode;
use kop_codec::messages::{
    HeartbeatRequest, HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, SyncGroupResponse,
};
use kop_coordinator::{GroupRequest, Ticket};

use crate::support::*;

fn request(instance: &str, member_id: &str) -> JoinGroupRequest {
    JoinGroupRequest {
        group_instance_id: Some(instance.into()),
        ..join_request(member_id)
    }
}

fn join(bench: &mut Bench, version: i16, instance: &str, member_id: &str) -> Ticket {
    bench.join_as(version, request(instance, member_id))
}

/// A stable group of the static members "a" and "b"; the leader's answer first.
fn stable_pair(bench: &mut Bench) -> (String, Vec<JoinGroupResponse>) {
    let tickets = [join(bench, 5, "a", ""), join(bench, 5, "b", "")];
    bench.advance_until(tickets[0]);
    let mut responses: Vec<JoinGroupResponse> =
        tickets.into_iter().map(|t| bench.take(t)).collect();
    let leads_a = responses[0].leader == responses[0].member_id;
    responses.sort_by_key(|response| response.leader != response.member_id);
    bench.sync_all(&responses);
    ((if leads_a { "a" } else { "b" }).to_owned(), responses)
}

fn other(instance: &str) -> &'static str {
    if instance == "a" { "b" } else { "a" }
}

#[test]
fn a_static_member_joins_at_once_under_a_telling_id() {
    let mut bench = Bench::new();
    let ticket = join(&mut bench, 5, "a", "");
    bench.advance_until(ticket);
    let response: JoinGroupResponse = bench.take(ticket);
    assert_eq!(response.error_code, ErrorCode::NONE);
    assert!(
        response.member_id.starts_with("a-0101"),
        "{}",
        response.member_id
    );
    assert_eq!(response.members[0].group_instance_id.as_deref(), Some("a"));
}

#[test]
fn a_follower_that_comes_back_changes_nothing() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    let ticket = join(&mut bench, 5, other(&leader), "");
    let back: JoinGroupResponse = bench.take(ticket);
    assert_eq!((back.error_code, back.generation_id), (ErrorCode::NONE, 1));
    assert_ne!(back.member_id, responses[1].member_id);
    assert_eq!(back.leader, responses[0].member_id);
    assert!(!back.skip_assignment);
    let sync = bench.sync(&back.member_id, 1, &[]);
    let assignment = bench.take::<SyncGroupResponse>(sync).assignment;
    assert_eq!(
        assignment,
        responses[1].member_id.as_bytes(),
        "it has what its old self had"
    );
    assert_eq!(bench.state().as_deref(), Some("Stable"));
    assert_eq!(
        bench.heartbeat(&responses[1].member_id, 1),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    // The new id is stored, so it is known after a restart.
    bench.restart();
    assert_eq!(bench.heartbeat(&back.member_id, 1), ErrorCode::NONE);
}

#[test]
fn a_leader_that_comes_back_skips_its_assignment() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    let ticket = join(&mut bench, 9, &leader, "");
    let back: JoinGroupResponse = bench.take(ticket);
    assert!(back.skip_assignment);
    assert_eq!(back.leader, back.member_id);
    assert_eq!(back.members.len(), 2);
    // An old client is told of a leader that is not itself, so that it does not assign.
    let ticket = join(&mut bench, 8, &leader, "");
    let old: JoinGroupResponse = bench.take(ticket);
    assert!(!old.skip_assignment && old.members.is_empty());
    assert_eq!(old.leader, back.member_id);
    assert_ne!(old.leader, old.member_id);
    assert_eq!(bench.heartbeat(&responses[1].member_id, 1), ErrorCode::NONE);
    assert_eq!(bench.state().as_deref(), Some("Stable"));
}

#[test]
fn a_replacement_that_cannot_be_stored_is_taken_back() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    bench.auto = false;
    let ticket = join(&mut bench, 9, other(&leader), "");
    assert!(!bench.answered(ticket));
    bench.end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    let failed: JoinGroupResponse = bench.take(ticket);
    assert_eq!(failed.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
    assert_eq!(
        bench.heartbeat(&responses[1].member_id, 1),
        ErrorCode::NONE,
        "the old id counts"
    );
    bench.auto = true;
    let ticket = join(&mut bench, 9, other(&leader), "");
    assert_eq!(
        bench.take::<JoinGroupResponse>(ticket).error_code,
        ErrorCode::NONE
    );
}

#[test]
fn a_change_of_protocol_rebalances() {
    let mut bench = Bench::new();
    let ticket = bench.join_as(
        5,
        JoinGroupRequest {
            protocols: protocols(&["range", "sticky"]),
            ..request("a", "")
        },
    );
    bench.advance_until(ticket);
    let first: JoinGroupResponse = bench.take(ticket);
    bench.sync_all(&[first]);
    let ticket = bench.join_as(
        9,
        JoinGroupRequest {
            protocols: protocols(&["sticky", "range"]),
            ..request("a", "")
        },
    );
    let back: JoinGroupResponse = bench.take(ticket);
    assert_eq!(
        (back.generation_id, back.protocol_name.as_deref()),
        (2, Some("sticky"))
    );
}

#[test]
fn who_waits_under_the_old_id_is_fenced() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    let waiting = join(&mut bench, 5, &leader, &responses[0].member_id);
    assert!(!bench.answered(waiting));
    let back = join(&mut bench, 5, &leader, "");
    assert_eq!(
        bench.take::<JoinGroupResponse>(waiting).error_code,
        ErrorCode::FENCED_INSTANCE_ID
    );
    assert!(!bench.answered(back));
    let again = join(&mut bench, 5, &leader, &responses[0].member_id);
    assert_eq!(
        bench.take::<JoinGroupResponse>(again).error_code,
        ErrorCode::FENCED_INSTANCE_ID
    );
    join(&mut bench, 5, other(&leader), &responses[1].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(back).generation_id, 2);
}

#[test]
fn a_stale_id_is_fenced_everywhere() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    let ticket = join(&mut bench, 9, &leader, "");
    bench.take::<JoinGroupResponse>(ticket);
    let stale = &responses[0].member_id;
    let heartbeat = HeartbeatRequest {
        group_id: GROUP.into(),
        generation_id: 1,
        member_id: stale.clone(),
        group_instance_id: Some((&*leader).into()),
        ..HeartbeatRequest::default()
    };
    let ticket = bench.send(4, GroupRequest::Heartbeat(heartbeat));
    assert_eq!(
        bench.take::<HeartbeatResponse>(ticket).error_code,
        ErrorCode::FENCED_INSTANCE_ID
    );
    let mut sync = sync_request(stale, 1, &[]);
    sync.group_instance_id = Some((&*leader).into());
    let ticket = bench.send(5, GroupRequest::Sync(sync));
    assert_eq!(
        bench.take::<SyncGroupResponse>(ticket).error_code,
        ErrorCode::FENCED_INSTANCE_ID
    );
    let mut commit = commit_request(stale, 1, &[("topic", 0, 1)]);
    commit.group_instance_id = Some((&*leader).into());
    let ticket = bench.commit_request(8, commit);
    assert_eq!(bench.commit_error(ticket), ErrorCode::FENCED_INSTANCE_ID);
    let left = bench.leave_all(&[(stale, Some(&leader))]);
    assert_eq!(left.members[0].error_code, ErrorCode::FENCED_INSTANCE_ID);
    let join = join(&mut bench, 5, "unknown instance", stale);
    assert_eq!(
        bench.take::<JoinGroupResponse>(join).error_code,
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn coming_back_while_completing_rebalances() {
    let mut bench = Bench::new();
    let tickets = [join(&mut bench, 5, "a", ""), join(&mut bench, 5, "b", "")];
    bench.advance_until(tickets[0]);
    let b: JoinGroupResponse = bench.take(tickets[1]);
    let syncing = bench.sync(&b.member_id, 1, &[]);
    let back = join(&mut bench, 5, "a", "");
    let error = bench.take::<SyncGroupResponse>(syncing).error_code;
    assert_eq!(error, ErrorCode::REBALANCE_IN_PROGRESS);
    join(&mut bench, 5, "b", &b.member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(back).generation_id, 2);
}

#[test]
fn a_rebalance_keeps_static_members_that_do_not_join_until_their_session_ends() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    let mut ticket = join(&mut bench, 5, &leader, &responses[0].member_id);
    // "b" shows that it lives, but does not join.
    for _ in 0..6 {
        bench.advance(5_000);
        bench.heartbeat(&responses[1].member_id, 1);
    }
    let response: JoinGroupResponse = bench.take(ticket);
    assert_eq!(
        (response.generation_id, response.members.len()),
        (2, 2),
        "it is still a member"
    );
    ticket = bench.sync(&response.member_id, 2, &[]);
    assert_eq!(
        bench.take::<SyncGroupResponse>(ticket).error_code,
        ErrorCode::NONE
    );
}

#[test]
fn an_administrator_removes_by_instance() {
    let mut bench = Bench::new();
    let (leader, responses) = stable_pair(&mut bench);
    let left = bench.leave_all(&[("", Some(other(&leader)))]);
    assert_eq!(left.members[0].error_code, ErrorCode::NONE);
    assert_eq!(
        bench.heartbeat(&responses[1].member_id, 1),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
}
