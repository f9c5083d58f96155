//! Describe, list, delete, and what expires.

use kop_codec::messages::describe_groups_response::DescribedGroup;
use kop_codec::messages::list_groups_response::ListedGroup;
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{GroupConfig, GroupRecord, GroupRequest, GroupState};

use crate::support::*;

fn describe(bench: &mut Bench, version: i16) -> DescribedGroup {
    let ticket = bench.send(version, GroupRequest::Describe(GROUP.into()));
    bench.take(ticket)
}

fn list(bench: &mut Bench, states: &[&str], types: &[&str]) -> Vec<ListedGroup> {
    let names = |names: &[&str]| names.iter().map(|name| ByteString::from(*name)).collect();
    let ticket = bench.send(
        5,
        GroupRequest::List {
            states: names(states),
            types: names(types),
        },
    );
    bench.take(ticket)
}

fn delete(bench: &mut Bench) -> ErrorCode {
    let ticket = bench.send(2, GroupRequest::Delete(GROUP.into()));
    bench.take(ticket)
}

#[test]
fn an_unknown_group_is_dead_or_not_found() {
    let mut bench = Bench::new();
    let old = describe(&mut bench, 5);
    assert_eq!(
        (old.error_code, &*old.group_state),
        (ErrorCode::NONE, "Dead")
    );
    let new = describe(&mut bench, 6);
    assert_eq!(
        (new.error_code, &*new.group_state),
        (ErrorCode::GROUP_ID_NOT_FOUND, "Dead")
    );
    assert_eq!(new.error_message.as_deref(), Some("Group group not found."));
}

#[test]
fn a_stable_group_is_described_in_full() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let completing = describe(&mut bench, 5);
    assert_eq!(&*completing.group_state, "CompletingRebalance");
    assert_eq!(&*completing.protocol_data, "");
    assert!(
        completing
            .members
            .iter()
            .all(|member| member.member_metadata.is_empty())
    );
    bench.sync_all(&responses);
    let stable = describe(&mut bench, 5);
    assert_eq!(
        (
            &*stable.group_state,
            &*stable.protocol_type,
            &*stable.protocol_data
        ),
        ("Stable", "consumer", "range")
    );
    assert_eq!(stable.members.len(), 2);
    for member in &stable.members {
        assert_eq!(
            (&*member.client_id, &*member.client_host),
            ("client", "/127.0.0.1")
        );
        assert_eq!(member.member_assignment, member.member_id.as_bytes());
        assert_eq!(member.member_metadata, subscription(&["topic"]));
    }
}

#[test]
fn groups_are_listed_by_state_and_type() {
    let mut bench = Bench::new();
    assert_eq!(list(&mut bench, &[], &[]), []);
    bench.stable(1);
    let mut request = commit_request("", -1, &[("topic", 0, 1)]);
    request.group_id = "simple".into();
    bench.commit_request(8, request);
    let mut all: Vec<_> = list(&mut bench, &[], &[])
        .into_iter()
        .map(|g| {
            (
                g.group_id.to_string(),
                g.protocol_type.to_string(),
                g.group_state.to_string(),
                g.group_type,
            )
        })
        .collect();
    all.sort();
    let classic = ByteString::from("classic");
    let expected =
        [("group", "consumer", "Stable"), ("simple", "", "Empty")].map(|(id, kind, state)| {
            (
                id.to_owned(),
                kind.to_owned(),
                state.to_owned(),
                classic.clone(),
            )
        });
    assert_eq!(all, expected);
    let ids = |groups: Vec<ListedGroup>| {
        groups
            .into_iter()
            .map(|g| g.group_id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(list(&mut bench, &["stable"], &[])), ["group"]);
    assert_eq!(
        ids(list(&mut bench, &["Empty", "Dead"], &["classic"])),
        ["simple"]
    );
    assert_eq!(ids(list(&mut bench, &["PreparingRebalance"], &[])), [""; 0]);
    assert_eq!(ids(list(&mut bench, &[], &["consumer"])), [""; 0]);
}

#[test]
fn only_groups_without_members_are_deleted() {
    let mut bench = Bench::new();
    assert_eq!(delete(&mut bench), ErrorCode::GROUP_ID_NOT_FOUND);
    let leader = bench.joined(1).remove(0);
    assert_eq!(delete(&mut bench), ErrorCode::NON_EMPTY_GROUP);
    bench.sync_all(std::slice::from_ref(&leader));
    bench.commit(&leader.member_id, 1, 5);
    assert_eq!(delete(&mut bench), ErrorCode::NON_EMPTY_GROUP);
    bench.leave(&leader.member_id);
    assert_eq!(delete(&mut bench), ErrorCode::NONE);
    assert_eq!(bench.state(), None);
    assert_eq!(bench.fetch_all(), []);
    assert_eq!(bench.shard.groups_by_state(), [0; 7]);
    bench.restart();
    assert_eq!(bench.state(), None);
    assert_eq!(bench.fetch_all(), []);
}

#[test]
fn while_it_is_deleted_a_group_is_dead() {
    let mut bench = Bench::new();
    bench.commit("", -1, 5);
    bench.auto = false;
    let deletion = bench.send(2, GroupRequest::Delete(GROUP.into()));
    assert_eq!(bench.count(GroupState::Dead), 1);
    assert_eq!(
        bench.commit("", -1, 6),
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    let join = bench.join("");
    let refused: kop_codec::messages::JoinGroupResponse = bench.take(join);
    assert_eq!(refused.error_code, ErrorCode::COORDINATOR_NOT_AVAILABLE);
    let twice = bench.send(2, GroupRequest::Delete(GROUP.into()));
    assert_eq!(
        bench.take::<ErrorCode>(twice),
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    bench.end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    assert_eq!(
        bench.take::<ErrorCode>(deletion),
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    assert_eq!(bench.fetch_all().len(), 1, "nothing is lost");
    bench.auto = true;
    assert_eq!(bench.commit("", -1, 6), ErrorCode::NONE);
}

#[test]
fn a_large_group_is_deleted_in_pieces() {
    let mut bench = Bench::new();
    let offsets: Vec<_> = (0..2_500)
        .map(|partition| ("topic", partition, 1))
        .collect();
    bench.commit_request(8, commit_request("", -1, &offsets));
    assert_eq!(bench.shard.offset_count(), 2_500);
    bench.log.clear();
    assert_eq!(delete(&mut bench), ErrorCode::NONE);
    assert_eq!(bench.log.len(), 2_501);
    assert!(matches!(
        bench.log.last(),
        Some(GroupRecord::Group { value: None, .. })
    ));
    assert_eq!(bench.state(), None);
}

#[test]
fn offsets_of_a_simple_consumer_expire_after_their_commit() {
    let mut bench = Bench::new();
    bench.commit_request(8, commit_request("", -1, &[("old", 0, 1)]));
    bench.advance(4 * DAY_MS);
    bench.commit_request(8, commit_request("", -1, &[("new", 0, 2)]));
    bench.advance(3 * DAY_MS + 600_000);
    assert_eq!(bench.fetch_all(), [("new".to_owned(), 0, 2)]);
    bench.advance(4 * DAY_MS);
    assert_eq!(bench.fetch_all(), []);
    assert_eq!(bench.state(), None, "nothing is left of the group");
    bench.restart();
    assert_eq!(bench.state(), None);
}

#[test]
fn offsets_of_a_group_expire_after_its_last_member_left() {
    let mut bench = Bench::new();
    let leader = bench.stable(1).remove(0).member_id;
    bench.commit(&leader, 1, 5);
    // Long after the commit the member is still there.
    for _ in 0..(8 * DAY_MS / 9_000) {
        bench.advance(9_000);
        assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::NONE);
    }
    assert_eq!(bench.fetch_all().len(), 1);
    bench.leave(&leader);
    bench.advance(6 * DAY_MS);
    assert_eq!(bench.fetch_all().len(), 1);
    bench.restart();
    bench.advance(DAY_MS + 600_000);
    assert_eq!(bench.fetch_all(), []);
    assert_eq!(bench.state(), None);
}

#[test]
fn offsets_of_topics_that_a_group_no_longer_reads_expire_while_it_lives() {
    let mut bench = Bench::with(GroupConfig {
        offsets_retention_minutes: 1,
        ..GroupConfig::default()
    });
    let leader = bench.stable(1).remove(0).member_id;
    bench.commit_request(
        8,
        commit_request(&leader, 1, &[("topic", 0, 1), ("former", 0, 2)]),
    );
    for _ in 0..70 {
        bench.advance(9_000);
        assert_eq!(bench.heartbeat(&leader, 1), ErrorCode::NONE);
    }
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 1)]);
}

#[test]
fn a_retention_of_the_commit_counts_alone() {
    let mut bench = Bench::new();
    let mut short = commit_request("", -1, &[("short", 0, 1)]);
    short.retention_time_ms = 60_000;
    bench.commit_request(2, short);
    let mut long = commit_request("", -1, &[("long", 0, 2)]);
    long.retention_time_ms = 30 * DAY_MS;
    bench.commit_request(4, long);
    bench.restart();
    bench.advance(600_000);
    assert_eq!(bench.fetch_all(), [("long".to_owned(), 0, 2)]);
    bench.advance(20 * DAY_MS);
    assert_eq!(bench.fetch_all(), [("long".to_owned(), 0, 2)]);
    bench.advance(10 * DAY_MS);
    assert_eq!(bench.fetch_all(), []);
}

#[test]
fn a_timestamp_of_the_commit_counts() {
    let mut bench = Bench::new();
    let mut request = commit_request("", -1, &[("topic", 0, 1)]);
    request.topics[0].partitions[0].commit_timestamp = EPOCH_MS - 6 * DAY_MS;
    bench.commit_request(1, request);
    bench.advance(DAY_MS - 600_000);
    assert_eq!(bench.fetch_all().len(), 1);
    bench.advance(1_200_000);
    assert_eq!(bench.fetch_all(), []);
}

#[test]
fn an_empty_group_without_offsets_goes_at_the_next_look() {
    let mut bench = Bench::new();
    let leader = bench.stable(1).remove(0).member_id;
    bench.leave(&leader);
    assert_eq!(bench.state().as_deref(), Some("Empty"));
    bench.advance(600_000);
    assert_eq!(bench.state(), None);
    bench.restart();
    assert_eq!(bench.state(), None);
}

#[test]
fn what_is_being_committed_does_not_expire() {
    let mut bench = Bench::with(GroupConfig {
        offsets_retention_minutes: 1,
        ..GroupConfig::default()
    });
    bench.commit("", -1, 1);
    bench.advance(590_000);
    bench.auto = false;
    let ticket = bench.commit_request(8, commit_request("", -1, &[("topic", 0, 2)]));
    bench.advance(10_000);
    bench.end_writes(Ok(()));
    assert_eq!(bench.commit_error(ticket), ErrorCode::NONE);
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 2)]);
}
