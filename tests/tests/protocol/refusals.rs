//! Commits and joins that are refused with Kafka's own error and change nothing.

use kop_codec::ErrorCode;
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use kop_codec::messages::{JoinGroupRequest, OffsetCommitRequest, TxnOffsetCommitRequest};
use kop_tests::server::Setup;

use super::groups::{join, join_new, state};
use super::{Case, case, own, unique};

/// Longer than `offset.metadata.max.bytes`.
fn oversized() -> String {
    "m".repeat(4097)
}

impl Case {
    /// Commits offset 7 of two partitions by nobody in particular, and returns what each of them is told.
    fn commit_two(&mut self, group: &str, topics: [(&str, &str); 2]) -> Vec<ErrorCode> {
        let topics = topics.map(|(topic, metadata)| OffsetCommitRequestTopic {
            name: topic.into(),
            partitions: vec![OffsetCommitRequestPartition {
                committed_offset: 7,
                committed_leader_epoch: -1,
                committed_metadata: Some(metadata.into()),
                ..Default::default()
            }],
            ..Default::default()
        });
        let request = OffsetCommitRequest {
            group_id: group.into(),
            generation_id_or_member_epoch: -1,
            topics: topics.into(),
            ..Default::default()
        };
        loop {
            let response = self.wire.call(8, &request).expect("OffsetCommit");
            let topics = response.topics.iter();
            let errors: Vec<_> = topics.map(|topic| topic.partitions[0].error_code).collect();
            // Apache Kafka is still reading the group.
            let again = [
                ErrorCode::NOT_COORDINATOR,
                ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
            ];
            if !errors.iter().any(|error| again.contains(error)) {
                return errors;
            }
            kop_tests::pause(std::time::Duration::from_millis(20));
        }
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn commits_for_what_is_not_there_or_too_long() {
    let Some(mut case) = case("commits_for_what_is_not_there_or_too_long") else {
        return;
    };
    let (topic, missing, group) = (case.topic(&[]), unique("missing"), unique("group"));
    case.find(0, &group);
    let unknown = ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    let long = ErrorCode::OFFSET_METADATA_TOO_LARGE;
    let nothing = (-1, ErrorCode::NONE);
    let errors = case.commit_two(&group, [(&topic, &oversized()), (&missing, "")]);
    let mut sorted = errors.clone();
    sorted.sort();
    assert_eq!(sorted, [unknown, long]);
    for topic in [&topic, &missing] {
        assert_eq!(case.offset(&group, topic, true), nothing, "{topic}");
    }
    let errors = case.commit_two(&group, [(&topic, ""), (&missing, "")]);
    assert!(
        errors.contains(&ErrorCode::NONE) && errors.contains(&unknown),
        "{errors:?}"
    );
    assert_eq!(case.offset(&group, &topic, true), (7, ErrorCode::NONE));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn transactional_commits_for_what_is_not_there_or_too_long() {
    let Some(mut case) = case("transactional_commits_for_what_is_not_there_or_too_long") else {
        return;
    };
    let (topic, missing) = (case.topic(&[]), unique("missing"));
    let (id, group) = (unique("id"), unique("group"));
    case.find(0, &group);
    let producer = case.new_producer(&id);
    let nobody = (group.as_str(), -1, "");
    let refused = case.commit_offset(5, &id, producer, nobody, (&missing, 7));
    assert_eq!(refused, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let long = case.commit_with_metadata(&id, producer, &group, &topic, &oversized());
    assert_eq!(long, ErrorCode::OFFSET_METADATA_TOO_LARGE);
    let stranger = (producer.0 + 1_000_000, producer.1);
    let unknown = case.commit_offset(5, &id, stranger, nobody, (&topic, 7));
    assert_eq!(unknown, ErrorCode::INVALID_PRODUCER_ID_MAPPING);
    // Nothing is pending, and nothing comes of the end.
    let _ = case.end(5, &id, producer, true);
    assert_eq!(case.offset(&group, &topic, true), (-1, ErrorCode::NONE));
}

impl Case {
    fn commit_with_metadata(
        &mut self,
        id: &str,
        by: (i64, i16),
        group: &str,
        topic: &str,
        metadata: &str,
    ) -> ErrorCode {
        let partition = TxnOffsetCommitRequestPartition {
            committed_offset: 7,
            committed_metadata: Some(metadata.into()),
            ..Default::default()
        };
        let request = TxnOffsetCommitRequest {
            transactional_id: id.into(),
            group_id: group.into(),
            producer_id: by.0,
            producer_epoch: by.1,
            generation_id_or_member_epoch: -1,
            topics: vec![TxnOffsetCommitRequestTopic {
                name: topic.into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = self.wire.call(5, &request).expect("TxnOffsetCommit");
        response.topics[0].partitions[0].error_code
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_group_takes_no_more_members_than_it_may() {
    let settings = vec!["group.max.size=2".to_owned()];
    let setup = Setup {
        settings,
        ..Setup::default()
    };
    let Some(mut case) = own("a_group_takes_no_more_members_than_it_may", setup) else {
        return;
    };
    let group = unique("group");
    case.find(0, &group);
    // Each waits for the others on a connection of its own. While members join, only those that have come are counted.
    let (mut first, mut second) = (case.connect(), case.connect());
    let leader = join_new(&mut first, join(&group, ""));
    assert_eq!(leader.error_code, ErrorCode::NONE);
    let given = second.call(9, &join(&group, "")).expect("JoinGroup");
    assert_eq!(given.error_code, ErrorCode::MEMBER_ID_REQUIRED);
    second
        .send(9, &join(&group, &given.member_id))
        .expect("JoinGroup");
    // Before that the first would not have to come again.
    let joining = kop_tests::wait_until(std::time::Duration::from_secs(10), || {
        state(&mut case, &group).1 == "PreparingRebalance"
    });
    assert!(joining);
    let again = join(&group, &leader.member_id);
    let both = first.call(9, &again).expect("JoinGroup");
    let follower = second.receive::<JoinGroupRequest>(9).expect("JoinGroup");
    assert_eq!(
        (both.error_code, follower.error_code),
        (ErrorCode::NONE, ErrorCode::NONE)
    );
    assert_eq!(both.members.len() + follower.members.len(), 2);
    let full = case.wire.call(9, &join(&group, "")).expect("JoinGroup");
    assert_eq!(full.error_code, ErrorCode::GROUP_MAX_SIZE_REACHED);
}
