//! What is found again after a restart.

use kop_codec::ErrorCode;
use kop_codec::messages::{JoinGroupResponse, SyncGroupResponse};
use kop_coordinator::{GroupConfig, GroupRecord, GroupState};

use crate::support::*;

#[test]
fn a_stable_group_goes_on() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    bench.commit(&responses[1].member_id, 1, 9);
    bench.restart();
    assert_eq!(bench.state().as_deref(), Some("Stable"));
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 9)]);
    for response in &responses {
        assert_eq!(bench.heartbeat(&response.member_id, 1), ErrorCode::NONE);
        let sync = bench.sync(&response.member_id, 1, &[]);
        assert_eq!(
            bench.take::<SyncGroupResponse>(sync).assignment,
            response.member_id.as_bytes()
        );
    }
    assert_eq!(
        bench.commit(&responses[0].member_id, 1, 10),
        ErrorCode::NONE
    );
    let again = bench.join(&responses[1].member_id);
    assert_eq!(
        bench.take::<JoinGroupResponse>(again).leader,
        responses[0].leader
    );
}

#[test]
fn sessions_run_from_the_restart() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    bench.advance(9_999);
    bench.restart();
    bench.advance(9_999);
    assert_eq!(bench.heartbeat(&responses[0].member_id, 1), ErrorCode::NONE);
    bench.advance(1);
    assert_eq!(
        bench.heartbeat(&responses[0].member_id, 1),
        ErrorCode::REBALANCE_IN_PROGRESS
    );
    assert_eq!(
        bench.heartbeat(&responses[1].member_id, 1),
        ErrorCode::UNKNOWN_MEMBER_ID
    );
}

#[test]
fn an_unfinished_rebalance_is_forgotten() {
    let mut bench = Bench::new();
    let responses = bench.stable(2);
    bench.join("");
    bench.restart();
    assert_eq!(bench.state().as_deref(), Some("Stable"));
    assert_eq!(bench.heartbeat(&responses[1].member_id, 1), ErrorCode::NONE);
}

#[test]
fn generations_go_on_after_the_group_was_empty() {
    let mut bench = Bench::new();
    let leader = bench.stable(1).remove(0).member_id;
    bench.leave(&leader);
    bench.restart();
    assert_eq!(bench.state().as_deref(), Some("Empty"));
    assert_eq!(bench.joined(1)[0].generation_id, 3);
}

#[test]
fn a_group_over_a_lowered_limit_has_to_join_anew() {
    let mut bench = Bench::new();
    let responses = bench.stable(3);
    bench.config = std::sync::Arc::new(GroupConfig {
        max_size: 2,
        ..GroupConfig::default()
    });
    bench.restart();
    assert_eq!(bench.count(GroupState::PreparingRebalance), 1);
    let tickets: Vec<_> = responses
        .iter()
        .map(|response| bench.join(&response.member_id))
        .collect();
    let errors: Vec<_> = tickets
        .into_iter()
        .map(|ticket| {
            bench.advance_until(ticket);
            bench.take::<JoinGroupResponse>(ticket).error_code
        })
        .collect();
    assert_eq!(
        errors,
        [
            ErrorCode::NONE,
            ErrorCode::NONE,
            ErrorCode::GROUP_MAX_SIZE_REACHED
        ]
    );
}

#[test]
fn tombstones_remove_what_came_before_only() {
    let mut bench = Bench::new();
    bench.commit("", -1, 1);
    bench.log.push(GroupRecord::Offset {
        group: GROUP.into(),
        topic: "topic".into(),
        partition: 0,
        value: None,
    });
    bench.log.push(GroupRecord::Group {
        group: GROUP.into(),
        value: None,
    });
    bench.restart();
    assert_eq!(bench.state(), None);
    assert_eq!(bench.shard.groups_by_state(), [0; 7]);
    bench.commit("", -1, 2);
    bench.restart();
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 2)]);
}

#[test]
fn offsets_outlive_the_record_of_their_group() {
    let mut bench = Bench::new();
    bench.commit("", -1, 1);
    bench.log.push(GroupRecord::Group {
        group: GROUP.into(),
        value: None,
    });
    bench.restart();
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 1)]);
}
