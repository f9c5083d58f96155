//! Commit, fetch and delete offsets: who may, what is stored, when it is seen.

use std::sync::Arc;

use kop_codec::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kop_codec::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use kop_codec::messages::offset_fetch_response::OffsetFetchResponseGroup;
use kop_codec::messages::{OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse};
use kop_codec::{ByteString, ErrorCode};
use kop_coordinator::{GroupConfig, GroupRecord, GroupRequest, TopicErrors};

use crate::support::*;

fn delete(bench: &mut Bench, topics: &[(&str, i32)]) -> OffsetDeleteResponse {
    let topics = topics
        .iter()
        .map(|(name, partition_index)| OffsetDeleteRequestTopic {
            name: (*name).into(),
            partitions: vec![OffsetDeleteRequestPartition {
                partition_index: *partition_index,
                ..Default::default()
            }],
            ..Default::default()
        });
    let request = OffsetDeleteRequest {
        group_id: GROUP.into(),
        topics: topics.collect(),
        ..OffsetDeleteRequest::default()
    };
    let ticket = bench.send(
        0,
        GroupRequest::DeleteOffsets(request, TopicErrors::default()),
    );
    bench.take(ticket)
}

#[test]
fn a_simple_consumer_commits_without_joining() {
    let mut bench = Bench::new();
    assert_eq!(bench.fetch_all(), []);
    assert_eq!(bench.commit("", -1, 42), ErrorCode::NONE);
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 42)]);
    assert_eq!(bench.state().as_deref(), Some("Empty"));
    assert_eq!(
        bench.commit("", -1, 41),
        ErrorCode::NONE,
        "going back on purpose is allowed"
    );
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 41)]);
}

#[test]
fn a_generation_needs_a_group() {
    let mut bench = Bench::new();
    let ticket = bench.commit_request(8, commit_request("m", 3, &[("topic", 0, 1)]));
    assert_eq!(bench.commit_error(ticket), ErrorCode::ILLEGAL_GENERATION);
    let ticket = bench.commit_request(9, commit_request("m", 3, &[("topic", 0, 1)]));
    assert_eq!(bench.commit_error(ticket), ErrorCode::GROUP_ID_NOT_FOUND);
    assert_eq!(bench.state(), None);
}

#[test]
fn members_commit_in_their_generation_only() {
    let mut bench = Bench::new();
    let responses = bench.joined(2);
    let (leader, follower) = (&responses[0].member_id, &responses[1].member_id);
    assert_eq!(
        bench.commit(leader, 1, 1),
        ErrorCode::REBALANCE_IN_PROGRESS,
        "while completing"
    );
    bench.sync_all(&responses);
    assert_eq!(bench.commit(leader, 1, 1), ErrorCode::NONE);
    assert_eq!(bench.commit(leader, 0, 1), ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(bench.commit(leader, 2, 1), ErrorCode::ILLEGAL_GENERATION);
    assert_eq!(bench.commit("stranger", 1, 1), ErrorCode::UNKNOWN_MEMBER_ID);
    assert_eq!(
        bench.commit("", -1, 1),
        ErrorCode::UNKNOWN_MEMBER_ID,
        "from outside, while there are members"
    );
    bench.join(leader);
    assert_eq!(
        bench.commit(follower, 1, 7),
        ErrorCode::NONE,
        "while preparing, to keep what was done"
    );
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 7)]);
}

#[test]
fn the_empty_group_id_may_commit() {
    let mut bench = Bench::new();
    let mut request = commit_request("", -1, &[("topic", 0, 1)]);
    request.group_id = ByteString::new();
    let ticket = bench.commit_request(8, request);
    assert_eq!(bench.commit_error(ticket), ErrorCode::NONE);
}

#[test]
fn metadata_has_a_limit_and_null_is_empty() {
    let mut bench = Bench::with(GroupConfig {
        offset_metadata_max_bytes: 4,
        ..GroupConfig::default()
    });
    let mut request = commit_request(
        "",
        -1,
        &[
            ("fits", 0, 1),
            ("umlauts", 0, 2),
            ("large", 0, 3),
            ("null", 0, 4),
        ],
    );
    for (topic, metadata) in
        request
            .topics
            .iter_mut()
            .zip([Some("abcd"), Some("üüüü"), Some("abcde"), None])
    {
        topic.partitions[0].committed_metadata = metadata.map(ByteString::from);
    }
    let ticket = bench.commit_request(8, request);
    let response: OffsetCommitResponse = bench.take(ticket);
    let errors: Vec<_> = response
        .topics
        .iter()
        .map(|topic| topic.partitions[0].error_code)
        .collect();
    let none = ErrorCode::NONE;
    assert_eq!(
        errors,
        [none, none, ErrorCode::OFFSET_METADATA_TOO_LARGE, none]
    );
    let names: Vec<_> = bench
        .fetch_all()
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(names, ["fits", "null", "umlauts"]);
}

#[test]
fn offsets_are_seen_when_they_are_durable() {
    let mut bench = Bench::new();
    bench.auto = false;
    let ticket = bench.commit_request(8, commit_request("", -1, &[("topic", 0, 5)]));
    assert!(!bench.answered(ticket));
    assert_eq!(bench.fetch_all(), []);
    bench.end_writes(Ok(()));
    assert_eq!(bench.commit_error(ticket), ErrorCode::NONE);
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 5)]);
}

#[test]
fn offsets_that_cannot_be_stored_are_not_committed() {
    let mut bench = Bench::new();
    bench.commit("", -1, 4);
    bench.auto = false;
    let ticket = bench.commit_request(8, commit_request("", -1, &[("topic", 0, 5)]));
    bench.end_writes(Err(ErrorCode::COORDINATOR_NOT_AVAILABLE));
    assert_eq!(
        bench.commit_error(ticket),
        ErrorCode::COORDINATOR_NOT_AVAILABLE
    );
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 4)]);
}

#[test]
fn a_slow_write_is_answered_and_counts_once_it_is_durable() {
    let mut bench = Bench::new();
    bench.auto = false;
    let ticket = bench.commit_request(8, commit_request("", -1, &[("topic", 0, 5)]));
    let mut out = kop_coordinator::Outbox::default();
    bench.shard.timed_out(
        bench.now,
        &bench.writes[0].then,
        ErrorCode::COORDINATOR_NOT_AVAILABLE,
        &mut out,
    );
    assert_eq!(out.replies.len(), 1);
    assert_eq!(out.replies[0].0, ticket);
    assert_eq!(bench.fetch_all(), []);
    bench.end_writes(Ok(()));
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 5)]);
}

#[test]
fn everything_that_was_committed_comes_back() {
    let mut bench = Bench::new();
    let mut request = commit_request("", -1, &[("topic", 3, 9)]);
    request.topics[0].partitions[0].committed_leader_epoch = 6;
    request.topics[0].partitions[0].committed_metadata = Some("note".into());
    bench.commit_request(8, request);
    for _ in 0..2 {
        let topics = vec![OffsetFetchRequestTopics {
            name: "topic".into(),
            partition_indexes: [3, 4].into_iter().collect(),
            ..Default::default()
        }];
        let request = OffsetFetchRequestGroup {
            group_id: GROUP.into(),
            topics: Some(topics),
            ..Default::default()
        };
        let ticket = bench.send(8, fetch_request(request));
        let response: OffsetFetchResponseGroup = bench.take(ticket);
        let [known, unknown] = &response.topics[0].partitions[..] else {
            panic!("two were asked for")
        };
        assert_eq!(
            (known.committed_offset, known.committed_leader_epoch),
            (9, 6)
        );
        assert_eq!(known.metadata.as_deref(), Some("note"));
        assert_eq!(
            (unknown.committed_offset, unknown.committed_leader_epoch),
            (-1, -1)
        );
        assert_eq!(
            (unknown.metadata.as_deref(), unknown.error_code),
            (Some(""), ErrorCode::NONE)
        );
        bench.restart();
    }
}

#[test]
fn topics_with_an_error_are_left_out() {
    let mut bench = Bench::new();
    let request = Arc::new(commit_request(
        "",
        -1,
        &[("a", 0, 1), ("gone", 0, 2), ("b", 0, 3)],
    ));
    let mut errors = TopicErrors::default();
    errors.add(0, Ok(1), [0]);
    errors.add(1, Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION), [0]);
    errors.add(2, Ok(1), [0]);
    let ticket = bench.send(8, GroupRequest::Commit(request, errors));
    let response: OffsetCommitResponse = bench.take(ticket);
    let answered: Vec<_> = response
        .topics
        .iter()
        .map(|t| (&*t.name, t.partitions[0].error_code))
        .collect();
    let (none, unknown) = (ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(answered, [("a", none), ("gone", unknown), ("b", none)]);
    assert_eq!(bench.fetch_all().len(), 2);
}

#[test]
fn offsets_of_an_empty_group_are_deleted() {
    let mut bench = Bench::new();
    assert_eq!(
        delete(&mut bench, &[("topic", 0)]).error_code,
        ErrorCode::GROUP_ID_NOT_FOUND
    );
    bench.commit_request(
        8,
        commit_request("", -1, &[("topic", 0, 1), ("topic", 1, 2)]),
    );
    let response = delete(&mut bench, &[("topic", 0), ("topic", 9)]);
    assert_eq!(response.error_code, ErrorCode::NONE);
    assert!(
        response
            .topics
            .iter()
            .all(|topic| topic.partitions[0].error_code == ErrorCode::NONE)
    );
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 1, 2)]);
    bench.restart();
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 1, 2)]);
}

#[test]
fn offsets_of_topics_that_members_read_stay() {
    let mut bench = Bench::new();
    let leader = bench.stable(1).remove(0).member_id;
    bench.commit_request(
        8,
        commit_request(&leader, 1, &[("topic", 0, 1), ("former", 0, 2)]),
    );
    let response = delete(&mut bench, &[("topic", 0), ("former", 0)]);
    let errors: Vec<_> = response
        .topics
        .iter()
        .map(|topic| topic.partitions[0].error_code)
        .collect();
    assert_eq!(
        errors,
        [ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC, ErrorCode::NONE]
    );
    assert_eq!(bench.fetch_all(), [("topic".to_owned(), 0, 1)]);
}

#[test]
fn offsets_of_a_group_that_is_not_of_consumers_stay_while_it_has_members() {
    let mut bench = Bench::new();
    let mut request = join_request("");
    request.protocol_type = "connect".into();
    let ticket = bench.join_as(3, request);
    bench.advance_until(ticket);
    assert_eq!(
        delete(&mut bench, &[("topic", 0)]).error_code,
        ErrorCode::NON_EMPTY_GROUP
    );
}

#[test]
fn a_deletion_reaches_commits_that_are_being_written() {
    let mut bench = Bench::new();
    bench.auto = false;
    bench.commit_request(8, commit_request("", -1, &[("topic", 0, 5)]));
    let request = OffsetDeleteRequest {
        group_id: GROUP.into(),
        topics: vec![OffsetDeleteRequestTopic {
            name: "topic".into(),
            partitions: vec![OffsetDeleteRequestPartition::default()],
            ..Default::default()
        }],
        ..OffsetDeleteRequest::default()
    };
    bench.send(
        0,
        GroupRequest::DeleteOffsets(request, TopicErrors::default()),
    );
    bench.end_writes(Ok(()));
    assert_eq!(bench.fetch_all(), []);
    assert!(matches!(
        &bench.log[..],
        [
            GroupRecord::Offset { value: Some(_), .. },
            GroupRecord::Offset { value: None, .. }
        ]
    ));
    bench.restart();
    assert_eq!(bench.fetch_all(), []);
}

#[test]
fn offsets_go_with_their_topic() {
    let mut bench = Bench::new();
    bench.commit_request(
        8,
        commit_request("", -1, &[("topic", 0, 1), ("topic", 1, 2), ("kept", 0, 3)]),
    );
    let mut out = kop_coordinator::Outbox::default();
    bench.shard.topic_deleted(bench.now, "topic", &mut out);
    bench.writes.extend(out.writes);
    bench.end_writes(Ok(()));
    assert_eq!(bench.fetch_all(), [("kept".to_owned(), 0, 3)]);
    bench.restart();
    assert_eq!(bench.fetch_all(), [("kept".to_owned(), 0, 3)]);
}
