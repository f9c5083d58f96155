//! Partitions, epochs and groups that are not what a request takes them for, and Kafka's answer to each.

use kop_codec::ErrorCode;
use kop_codec::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use kop_codec::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use kop_codec::messages::offset_for_leader_epoch_request::{
    OffsetForLeaderPartition, OffsetForLeaderTopic,
};
use kop_codec::messages::{
    ListGroupsRequest, ListOffsetsRequest, OffsetDeleteRequest, OffsetForLeaderEpochRequest,
};
use kop_tests::requests::{join, offset_commit};

use super::offsets::{fetch, fetch_request};
use super::transactions::txn_offset_commit;
use super::{Case, case, unique};

impl Case {
    /// Asks for offsets of partition 0: by time, and with the epoch of the leader.
    fn ask(&mut self, version: i16, topic: &str, asked: &[(i64, i32)]) -> Vec<ErrorCode> {
        let partitions =
            asked
                .iter()
                .map(|&(timestamp, current_leader_epoch)| ListOffsetsPartition {
                    timestamp,
                    current_leader_epoch,
                    ..Default::default()
                });
        let request = ListOffsetsRequest {
            replica_id: -1,
            topics: vec![ListOffsetsTopic {
                name: topic.into(),
                partitions: partitions.collect(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = self.wire.call(version, &request).expect("ListOffsets");
        let partitions = response.topics[0].partitions.iter();
        partitions.map(|partition| partition.error_code).collect()
    }

    /// Commits offset 7 of these partitions, and returns what each of them is told.
    fn commit_all(&mut self, group: &str, topic: &str, partitions: &[i32]) -> Vec<ErrorCode> {
        let all = partitions.iter().map(|partition| (topic, *partition, ""));
        let request = offset_commit(group, (-1, ""), 7, all);
        let response = self.wire.call(9, &request).expect("OffsetCommit");
        let answered = &response.topics[0].partitions;
        let of = |index: &i32| {
            let mut found = answered.iter();
            found.find(|partition| partition.partition_index == *index)
        };
        let errors = partitions.iter().map(|index| of(index).expect("an answer"));
        errors.map(|partition| partition.error_code).collect()
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn only_minus_one_is_no_leader_epoch() {
    let Some(mut case) = case("only_minus_one_is_no_leader_epoch") else {
        return;
    };
    let topic = case.topic(&[]);
    for (epoch, error) in [
        (-1, ErrorCode::NONE),
        (0, ErrorCode::NONE),
        (-2, ErrorCode::FENCED_LEADER_EPOCH),
        (i32::MIN, ErrorCode::FENCED_LEADER_EPOCH),
        (1, ErrorCode::UNKNOWN_LEADER_EPOCH),
    ] {
        assert_eq!(case.ask(7, &topic, &[(-1, epoch)]), [error], "{epoch}");
        let mut request = fetch_request(&topic, 0);
        request.topics[0].partitions[0].current_leader_epoch = epoch;
        // A fetch takes every negative one for none.
        let fetched = if epoch < 0 { ErrorCode::NONE } else { error };
        assert_eq!(fetch(&mut case, &request).error_code, fetched, "{epoch}");
        let request = OffsetForLeaderEpochRequest {
            replica_id: -1,
            topics: vec![OffsetForLeaderTopic {
                topic: topic.as_str().into(),
                partitions: vec![OffsetForLeaderPartition {
                    current_leader_epoch: epoch,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = case.wire.call(4, &request).expect("an answer");
        assert_eq!(
            response.topics[0].partitions[0].error_code, error,
            "{epoch}"
        );
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn offsets_asked_for_twice_or_too_early() {
    let Some(mut case) = case("offsets_asked_for_twice_or_too_early") else {
        return;
    };
    let topic = case.topic(&[]);
    let twice = case.ask(7, &topic, &[(-1, -1), (-2, -1)]);
    assert_eq!(twice, [ErrorCode::INVALID_REQUEST]);
    // What the version does not have is found before the partition and its epoch are looked at.
    let missing = unique("missing");
    for (version, topic, asked) in [
        (6, &topic, (-3, 9)),
        (11, &topic, (-9, 9)),
        (6, &missing, (-3, -1)),
    ] {
        let error = case.ask(version, topic, &[asked]);
        assert_eq!(
            error,
            [ErrorCode::UNSUPPORTED_VERSION],
            "{version} {asked:?}"
        );
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn offsets_of_partitions_that_a_topic_does_not_have() {
    let Some(mut case) = case("offsets_of_partitions_that_a_topic_does_not_have") else {
        return;
    };
    let (topic, group, id) = (case.topic(&[]), unique("group"), unique("id"));
    case.find(0, &group);
    // Apache Kafka may still be reading the group.
    let taken = kop_tests::wait_until(std::time::Duration::from_secs(10), || {
        case.commit_all(&group, &topic, &[0]) == [ErrorCode::NONE]
    });
    assert!(taken, "no offset is committed");
    let (none, unknown) = (ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let errors = case.commit_all(&group, &topic, &[1, 0, -1]);
    assert_eq!(errors, [unknown, none, unknown]);
    let producer = case.new_producer(&id);
    let mut request = txn_offset_commit(&id, producer, (&group, -1, ""), (&topic, 7));
    request.topics[0].partitions[0].partition_index = 1;
    assert_eq!(case.txn_offset_commit(5, &request), unknown);
    let partitions = [1, 0, -1].map(|partition_index| OffsetDeleteRequestPartition {
        partition_index,
        ..Default::default()
    });
    let request = OffsetDeleteRequest {
        group_id: group.as_str().into(),
        topics: vec![OffsetDeleteRequestTopic {
            name: topic.as_str().into(),
            partitions: partitions.into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let response = case.wire.call(0, &request).expect("OffsetDelete");
    let answered = response.topics[0].partitions.iter();
    let mut errors: Vec<_> = answered
        .map(|partition| (partition.partition_index, partition.error_code))
        .collect();
    errors.sort();
    assert_eq!(errors, [(-1, unknown), (0, none), (1, unknown)]);
    assert_eq!(case.offset(&group, &topic, false), (-1, none));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn internal_topics_are_no_part_of_a_transaction() {
    let Some(mut case) = case("internal_topics_are_no_part_of_a_transaction") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    case.find(0, "group");
    let producer = case.new_producer(&id);
    let errors = case.add(3, &id, producer, &["__consumer_offsets", &topic]);
    let refused = ErrorCode::TOPIC_AUTHORIZATION_FAILED;
    assert_eq!(errors, [refused, ErrorCode::OPERATION_NOT_ATTEMPTED]);
    assert_eq!(case.add(3, &id, producer, &[&topic]), [ErrorCode::NONE]);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn groups_have_a_type_and_a_refused_member_no_protocol() {
    let Some(mut case) = case("groups_have_a_type_and_a_refused_member_no_protocol") else {
        return;
    };
    let (topic, group) = (case.topic(&[]), unique("group"));
    case.find(0, &group);
    while case.commit_all(&group, &topic, &[0]) != [ErrorCode::NONE] {
        kop_tests::pause(std::time::Duration::from_millis(20));
    }
    let listed = case.wire.call(5, &ListGroupsRequest::default());
    let listed = listed.expect("ListGroups").groups;
    let found = listed.iter().find(|listed| *listed.group_id == *group);
    assert_eq!(found.map(|group| &*group.group_type), Some("classic"));
    for (version, name) in [(6, Some("")), (7, None), (9, None)] {
        let refused = case.wire.call(version, &join(&group, "nobody"));
        let refused = refused.expect("JoinGroup");
        assert_eq!(refused.error_code, ErrorCode::UNKNOWN_MEMBER_ID);
        assert_eq!(refused.protocol_name.as_deref(), name, "version {version}");
    }
}
