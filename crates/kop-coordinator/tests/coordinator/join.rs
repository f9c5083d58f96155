//! JoinGroup in each state, protocol choice, the initial delay.

use kop_codec::messages::{JoinGroupRequest, JoinGroupResponse, SyncGroupResponse};
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{GroupConfig, GroupState};

use crate::support::*;

fn error_of(bench: &mut Bench, version: i16, request: JoinGroupRequest) -> ErrorCode {
    let ticket = bench.join_as(version, request);
    bench.take::<JoinGroupResponse>(ticket).error_code
}

#[test]
fn bad_requests_are_refused_and_leave_nothing_behind() {
    let mut bench = Bench::new();
    let empty = JoinGroupRequest {
        group_id: ByteString::new(),
        ..join_request("")
    };
    assert_eq!(error_of(&mut bench, 3, empty), ErrorCode::INVALID_GROUP_ID);
    for session_timeout_ms in [5_999, 1_800_001, -1] {
        let request = JoinGroupRequest {
            session_timeout_ms,
            ..join_request("")
        };
        assert_eq!(
            error_of(&mut bench, 3, request),
            ErrorCode::INVALID_SESSION_TIMEOUT
        );
    }
    assert_eq!(
        error_of(&mut bench, 3, join_request("unknown")),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    let typeless = JoinGroupRequest {
        protocol_type: ByteString::new(),
        ..join_request("")
    };
    assert_eq!(
        error_of(&mut bench, 3, typeless),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL
    );
    let no_protocols = JoinGroupRequest {
        protocols: Vec::new(),
        ..join_request("")
    };
    assert_eq!(
        error_of(&mut bench, 3, no_protocols),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL
    );
    assert_eq!(bench.shard.groups_by_state(), [0; 7]);
}

#[test]
fn a_member_id_is_handed_out_first() {
    let mut bench = Bench::new();
    let ticket = bench.join_as(4, join_request(""));
    let response: JoinGroupResponse = bench.take(ticket);
    assert_eq!(response.error_code, ErrorCode::MEMBER_ID_REQUIRED);
    assert_eq!(
        &*response.member_id,
        "client-01010101-0101-4101-8101-010101010101"
    );
    assert_eq!(bench.state().as_deref(), Some("Empty"));

    let ticket = bench.join_as(4, join_request(&response.member_id));
    assert!(!bench.answered(ticket));
    bench.advance(3_000);
    let joined: JoinGroupResponse = bench.take(ticket);
    assert_eq!(
        (joined.error_code, joined.generation_id),
        (ErrorCode::NONE, 1)
    );
    assert_eq!(joined.member_id, response.member_id);
    assert_eq!(joined.leader, response.member_id);
    assert_eq!(joined.members.len(), 1);
    assert_eq!(joined.protocol_name.as_deref(), Some("range"));
    assert_eq!(joined.protocol_type.as_deref(), Some("consumer"));
}

#[test]
fn a_member_id_that_is_not_used_expires() {
    let mut bench = Bench::new();
    let ticket = bench.join_as(4, join_request(""));
    let member_id = bench.take::<JoinGroupResponse>(ticket).member_id;
    bench.advance(i64::from(SESSION_MS));
    assert_eq!(
        error_of(&mut bench, 4, join_request(&member_id)),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
    assert_eq!(
        bench.shard.groups_by_state(),
        [0; 7],
        "nothing is left of the group"
    );
}

#[test]
fn a_rebalance_waits_for_a_member_id_that_was_handed_out() {
    let mut bench = Bench::new();
    let first = bench.stable(1).remove(0);
    let ticket = bench.join_as(4, join_request(""));
    let second = bench.take::<JoinGroupResponse>(ticket).member_id;
    let leader = bench.join(&first.member_id);
    assert!(!bench.answered(leader), "the second may still come");
    let second = bench.join_as(4, join_request(&second));
    assert_eq!(bench.take::<JoinGroupResponse>(leader).members.len(), 2);
    assert_eq!(bench.take::<JoinGroupResponse>(second).generation_id, 2);
}

#[test]
fn the_initial_delay_extends_while_members_come() {
    let mut bench = Bench::new();
    let mut tickets = vec![bench.join("")];
    for _ in 0..4 {
        bench.advance(2_000);
        tickets.push(bench.join(""));
        assert!(!bench.answered(tickets[0]));
    }
    // Nobody comes any more: two delays later at the latest it is over.
    bench.advance(6_000);
    let generations: Vec<_> = tickets
        .iter()
        .map(|t| bench.take::<JoinGroupResponse>(*t).generation_id)
        .collect();
    assert_eq!(generations, [1; 5]);
}

#[test]
fn the_initial_delay_ends_with_the_rebalance_timeout() {
    let mut bench = Bench::new();
    let request = || JoinGroupRequest {
        rebalance_timeout_ms: 7_000,
        ..join_request("")
    };
    let first = bench.join_as(3, request());
    for _ in 0..6 {
        bench.advance(1_000);
        bench.join_as(3, request());
    }
    assert!(!bench.answered(first));
    bench.advance(1_000);
    assert!(bench.answered(first), "members keep coming, but time is up");
}

#[test]
fn without_initial_delay_the_first_member_is_alone() {
    let mut bench = Bench::with(GroupConfig {
        initial_rebalance_delay_ms: 0,
        ..GroupConfig::default()
    });
    let ticket = bench.join("");
    bench.advance(0);
    assert_eq!(bench.take::<JoinGroupResponse>(ticket).members.len(), 1);
}

#[test]
fn protocols_must_fit_the_group() {
    let mut bench = Bench::new();
    bench.stable(1);
    let other = JoinGroupRequest {
        protocols: protocols(&["sticky"]),
        ..join_request("")
    };
    assert_eq!(
        error_of(&mut bench, 3, other),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL
    );
    let connect = JoinGroupRequest {
        protocol_type: "connect".into(),
        ..join_request("")
    };
    assert_eq!(
        error_of(&mut bench, 3, connect),
        ErrorCode::INCONSISTENT_GROUP_PROTOCOL
    );
    assert_eq!(bench.state().as_deref(), Some("Stable"));
}

#[test]
fn the_protocol_with_most_votes_that_all_support_wins() {
    let mut bench = Bench::new();
    let with = |names: &[&str]| JoinGroupRequest {
        protocols: protocols(names),
        ..join_request("")
    };
    let tickets = [
        bench.join_as(3, with(&["solo", "range", "sticky"])),
        bench.join_as(3, with(&["sticky", "range"])),
        bench.join_as(3, with(&["sticky", "sticky", "range"])),
    ];
    bench.advance(i64::from(REBALANCE_MS));
    for ticket in tickets {
        // "solo" is not common; then one votes for range, two for sticky.
        assert_eq!(
            bench
                .take::<JoinGroupResponse>(ticket)
                .protocol_name
                .as_deref(),
            Some("sticky")
        );
    }
}

#[test]
fn only_the_leader_learns_of_all_members() {
    let mut bench = Bench::new();
    let responses = bench.joined(3);
    assert_eq!(responses[0].members.len(), 3);
    assert!(
        responses[0]
            .members
            .iter()
            .all(|member| member.metadata == subscription(&["topic"]))
    );
    assert!(
        responses[1..]
            .iter()
            .all(|response| response.members.is_empty())
    );
    assert!(
        responses
            .iter()
            .all(|response| response.leader == responses[0].member_id)
    );
}

#[test]
fn joining_again_while_completing_gives_the_same_answer() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let leader = bench.join(&responses[0].member_id);
    let follower = bench.join(&responses[1].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(leader), responses[0]);
    assert_eq!(bench.take::<JoinGroupResponse>(follower), responses[1]);
    assert_eq!(bench.count(GroupState::CompletingRebalance), 1);
}

#[test]
fn new_metadata_while_completing_begins_anew() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let waiting = bench.sync(&responses[1].member_id, 1, &[]);
    let request = JoinGroupRequest {
        protocols: protocols(&["range", "sticky"]),
        ..join_request(&responses[0].member_id)
    };
    let changed = bench.join_as(3, request);
    assert_eq!(
        bench.take::<SyncGroupResponse>(waiting).error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    let other = bench.join(&responses[1].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(changed).generation_id, 2);
    assert_eq!(bench.take::<JoinGroupResponse>(other).generation_id, 2);
}

#[test]
fn in_a_stable_group_the_leader_rebalances_and_a_follower_does_not() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let follower = bench.join(&responses[1].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(follower), responses[1]);
    assert_eq!(bench.state().as_deref(), Some("Stable"));
    bench.join(&responses[0].member_id);
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
}

#[test]
fn a_follower_with_new_metadata_rebalances() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let mut request = join_request(&responses[1].member_id);
    request.protocols[0].metadata = subscription(&["topic", "another"]);
    bench.join_as(3, request);
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
}

#[test]
fn who_does_not_join_in_time_is_gone() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let leader = bench.join(&responses[0].member_id);
    for _ in 0..5 {
        // It is alive, but does not join.
        bench.advance(5_000);
        assert_eq!(
            bench.heartbeat(&responses[1].member_id, 1),
            ErrorCode::REBALANCE_IN_PROGRESS
        );
        assert!(!bench.answered(leader));
    }
    bench.advance(5_000);
    let response: JoinGroupResponse = bench.take(leader);
    assert_eq!((response.generation_id, response.members.len()), (2, 1));
    assert_eq!(
        bench.heartbeat(&responses[1].member_id, 1),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn a_leader_that_does_not_come_back_is_replaced() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let newcomer = bench.join("");
    let follower = bench.join(&responses[1].member_id);
    bench.advance(i64::from(REBALANCE_MS));
    let newcomer: JoinGroupResponse = bench.take(newcomer);
    let follower: JoinGroupResponse = bench.take(follower);
    assert_eq!(newcomer.leader, follower.leader);
    assert_ne!(newcomer.leader, responses[0].member_id);
    assert_eq!(newcomer.members.len() + follower.members.len(), 2);
}

#[test]
fn a_full_group_takes_nobody_else() {
    let mut bench = Bench::with(GroupConfig {
        max_size: 2,
        ..GroupConfig::default()
    });
    let first = bench.join("");
    let second = bench.join("");
    assert_eq!(
        error_of(&mut bench, 3, join_request("")),
        ErrorCode::GROUP_MAX_SIZE_REACHED
    );
    bench.advance_until(first);
    let responses = [
        bench.take::<JoinGroupResponse>(first),
        bench.take::<JoinGroupResponse>(second),
    ];
    assert_eq!(
        error_of(&mut bench, 3, join_request("")),
        ErrorCode::GROUP_MAX_SIZE_REACHED
    );
    // Its own members may come again.
    let leader = responses
        .iter()
        .find(|r| r.leader == r.member_id)
        .unwrap()
        .member_id
        .clone();
    assert_eq!(
        error_of(&mut bench, 3, join_request(&leader)),
        ErrorCode::NONE
    );
}

#[test]
fn a_new_member_that_is_never_heard_of_again_does_not_hold_the_group_up_for_ever() {
    let mut bench = Bench::new();
    let request = || JoinGroupRequest {
        rebalance_timeout_ms: i32::MAX,
        session_timeout_ms: 600_000,
        ..join_request("")
    };
    let ticket = bench.join_as(3, request());
    bench.advance(3_000);
    let leader: JoinGroupResponse = bench.take(ticket);
    let sync = bench.sync(&leader.member_id, 1, &[]);
    bench.take::<SyncGroupResponse>(sync);
    let newcomer = bench.join_as(3, request());
    bench.advance(300_000);
    let response: JoinGroupResponse = bench.take(newcomer);
    assert_eq!(response.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
}

#[test]
fn version_0_has_the_session_timeout_for_the_rebalance() {
    let mut bench = Bench::new();
    let responses = bench.stable(1);
    let request = JoinGroupRequest {
        rebalance_timeout_ms: -1,
        ..join_request(&responses[0].member_id)
    };
    let leader = bench.join_as(0, request);
    assert_eq!(bench.take::<JoinGroupResponse>(leader).generation_id, 2);
    let sync = bench.sync(&responses[0].member_id, 2, &[]);
    bench.take::<SyncGroupResponse>(sync);
    bench.join_as(
        0,
        JoinGroupRequest {
            rebalance_timeout_ms: -1,
            ..join_request("")
        },
    );
    bench.advance(i64::from(SESSION_MS) - 1);
    assert_eq!(bench.state().as_deref(), Some("PreparingRebalance"));
    bench.advance(1);
    assert_eq!(bench.state().as_deref(), Some("CompletingRebalance"));
}

#[test]
fn asking_twice_answers_the_first_too() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    let stale = bench.join(&responses[0].member_id);
    let again = bench.join(&responses[0].member_id);
    assert_eq!(
        bench.take::<JoinGroupResponse>(stale).error_code,
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    bench.join(&responses[1].member_id);
    assert_eq!(bench.take::<JoinGroupResponse>(again).generation_id, 2);
}
