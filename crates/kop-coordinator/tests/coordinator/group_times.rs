//! Consumer groups with times of their own, and assignments that stand for a while (KIP-1263).

use std::sync::Arc;

use kop_codec::ErrorCode;
use kop_coordinator::{ConsumerConfig, ConsumerTimes, GroupConfig, GroupTimes};

use crate::consumer_support::Member;
use crate::support::*;

fn bench(consumer: ConsumerConfig) -> Bench {
    let bench = Bench::with(GroupConfig {
        consumer,
        ..GroupConfig::default()
    });
    bench.topics.set("a", 4);
    bench
}

#[test]
fn an_assignment_stands_for_its_interval() {
    let mut bench = bench(assigned_every(1_000));
    let mut first = Member::new("m1", &["a"]);
    let mut second = Member::new("m2", &["a"]);
    assert_eq!(first.beat(&mut bench), ErrorCode::NONE);
    assert_eq!((first.epoch, first.owned.len()), (2, 4));
    bench.advance(999);
    assert_eq!(second.beat(&mut bench), ErrorCode::NONE);
    assert_eq!((second.epoch, second.owned.len()), (2, 0));
    let group = bench.describe_consumer();
    assert_eq!(group.group_state, "Assigning");
    assert_eq!((group.group_epoch, group.assignment_epoch), (3, 2));
    // Also after a restart, as the time is stored.
    bench.restart();
    first.beat(&mut bench);
    assert_eq!(first.owned.len(), 4);
    bench.advance(1);
    first.beat(&mut bench);
    first.beat(&mut bench);
    second.beat(&mut bench);
    assert_eq!((first.owned.len(), second.owned.len()), (2, 2));
    assert_eq!(bench.describe_consumer().group_state, "Stable");
}

#[test]
fn a_clock_that_is_set_back_keeps_nobody_waiting() {
    let mut bench = bench(assigned_every(1_000));
    Member::new("m1", &["a"]).beat(&mut bench);
    bench.now.wall_ms -= DAY_MS;
    let mut second = Member::new("m2", &["a"]);
    second.beat(&mut bench);
    let group = bench.describe_consumer();
    assert_eq!((group.group_epoch, group.assignment_epoch), (3, 3));
}

/// The groups whose names begin with "quick" have times of their own.
#[derive(Debug)]
struct Quick;

impl GroupTimes for Quick {
    fn of(&self, group: &str) -> ConsumerTimes {
        let common = ConsumerTimes::default();
        match group.starts_with("quick") {
            true => ConsumerTimes {
                session_timeout_ms: 7_000,
                heartbeat_interval_ms: 2_000,
                ..common
            },
            false => common,
        }
    }
}

#[test]
fn a_group_has_its_own_session_time_out_and_heartbeat_interval() {
    let mut bench = bench(ConsumerConfig {
        times: Arc::new(Quick),
        ..ConsumerConfig::default()
    });
    let join = |group: &str| {
        let mut request = Member::new("m1", &["a"]).full();
        request.group_id = group.into();
        request
    };
    let quick = bench.consumer_heartbeat(join("quick"));
    let common = bench.consumer_heartbeat(join("common"));
    assert_eq!(quick.heartbeat_interval_ms, 2_000);
    assert_eq!(common.heartbeat_interval_ms, 5_000);
    bench.advance(7_000);
    let alive = |bench: &mut Bench, group: &str| {
        let mut request = join(group);
        request.member_epoch = 2;
        bench.consumer_heartbeat(request).error_code
    };
    assert_eq!(alive(&mut bench, "quick"), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(alive(&mut bench, "common"), ErrorCode::NONE);
    bench.advance(45_000);
    assert_eq!(alive(&mut bench, "common"), ErrorCode::UNKNOWN_MEMBER_ID);
}
