//! Commits, joins and writes that are refused with Kafka's own error and change nothing.

use std::time::Duration;

use kop_codec::ErrorCode;
use kop_codec::messages::JoinGroupRequest;
use kop_records::{BatchBuilder, Compression};
use kop_tests::requests::{join, offset_commit};
use kop_tests::server::Setup;

use super::consumer_groups::{Member, describe};
use super::groups::{join_new, state, sync};
use super::transactions::txn_offset_commit;
use super::{Case, batch, case, now, own, unique};

const PATIENCE: Duration = Duration::from_secs(10);

/// Longer than `offset.metadata.max.bytes`.
fn oversized() -> String {
    "m".repeat(4097)
}

impl Case {
    /// Commits offset 7 of two partitions by nobody in particular, and returns what each of them is told.
    fn commit_two(&mut self, group: &str, topics: [(&str, &str); 2]) -> Vec<ErrorCode> {
        let partitions = topics.map(|(topic, metadata)| (topic, 0, metadata));
        let request = offset_commit(group, (-1, ""), 7, partitions);
        let mut errors = Vec::new();
        let answered = kop_tests::wait_until(PATIENCE, || {
            let response = self.wire.call(8, &request).expect("OffsetCommit");
            let topics = response.topics.iter();
            errors = topics.map(|topic| topic.partitions[0].error_code).collect();
            // Apache Kafka is still reading the group.
            let again = [
                ErrorCode::NOT_COORDINATOR,
                ErrorCode::COORDINATOR_LOAD_IN_PROGRESS,
            ];
            !errors.iter().any(|error| again.contains(error))
        });
        assert!(answered, "the group is never read: {errors:?}");
        errors
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
    let mut long = txn_offset_commit(&id, producer, nobody, (&topic, 7));
    long.topics[0].partitions[0].committed_metadata = Some(oversized().into());
    let long = case.txn_offset_commit(5, &long);
    assert_eq!(long, ErrorCode::OFFSET_METADATA_TOO_LARGE);
    let stranger = (producer.0 + 1_000_000, producer.1);
    let unknown = case.commit_offset(5, &id, stranger, nobody, (&topic, 7));
    assert_eq!(unknown, ErrorCode::INVALID_PRODUCER_ID_MAPPING);
    // Nothing is pending, and nothing comes of the end.
    let _ = case.end(5, &id, producer, true);
    assert_eq!(case.offset(&group, &topic, true), (-1, ErrorCode::NONE));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn zombies_of_a_group_commit_nothing_with_a_transaction() {
    let Some(mut case) = case("zombies_of_a_group_commit_nothing_with_a_transaction") else {
        return;
    };
    let (topic, id, group) = (case.topic(&[]), unique("id"), unique("group"));
    case.find(0, &group);
    let mut wire = case.connect();
    let request = JoinGroupRequest {
        group_instance_id: Some("one".into()),
        ..join(&group, "")
    };
    let first = wire.call(9, &request).expect("JoinGroup");
    assert_eq!(sync(&mut wire, &group, &first), ErrorCode::NONE);
    // The instance is started again.
    let second = wire.call(9, &request).expect("JoinGroup");
    assert_eq!(second.error_code, ErrorCode::NONE);
    let (generation, member) = (second.generation_id, &*second.member_id);
    let producer = case.new_producer(&id);
    for (who, instance, error) in [
        (
            (generation - 1, member),
            None,
            ErrorCode::ILLEGAL_GENERATION,
        ),
        (
            (generation + 1, member),
            None,
            ErrorCode::ILLEGAL_GENERATION,
        ),
        ((generation, "nobody"), None, ErrorCode::UNKNOWN_MEMBER_ID),
        (
            (generation, &*first.member_id),
            None,
            ErrorCode::UNKNOWN_MEMBER_ID,
        ),
        (
            (generation, &*first.member_id),
            Some("one"),
            ErrorCode::FENCED_INSTANCE_ID,
        ),
    ] {
        let who = (group.as_str(), who.0, who.1);
        let mut request = txn_offset_commit(&id, producer, who, (&topic, 7));
        request.group_instance_id = instance.map(Into::into);
        assert_eq!(case.txn_offset_commit(5, &request), error, "{who:?}");
    }
    let _ = case.end(5, &id, producer, true);
    assert_eq!(case.offset(&group, &topic, true), (-1, ErrorCode::NONE));
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn members_of_an_old_epoch_commit_nothing_with_a_transaction() {
    let Some(mut case) = case("members_of_an_old_epoch_commit_nothing_with_a_transaction") else {
        return;
    };
    let (topic, id, group) = (case.topic(&[]), unique("id"), unique("group"));
    case.find(0, &group);
    let mut member = Member::new(&case, &group, "one", &topic);
    assert_eq!(member.beat(), ErrorCode::NONE);
    let producer = case.new_producer(&id);
    for (epoch, name, error) in [
        (member.epoch - 1, "one", ErrorCode::ILLEGAL_GENERATION),
        (member.epoch + 1, "one", ErrorCode::ILLEGAL_GENERATION),
        (member.epoch, "nobody", ErrorCode::UNKNOWN_MEMBER_ID),
    ] {
        let who = (group.as_str(), epoch, name);
        let refused = case.commit_offset(5, &id, producer, who, (&topic, 7));
        assert_eq!(refused, error, "{who:?}");
    }
    let _ = case.end(5, &id, producer, true);
    assert_eq!(case.offset(&group, &topic, true), (-1, ErrorCode::NONE));
    assert_eq!(describe(&mut case, &group).members.len(), 1);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn transactional_writes_that_cannot_be_of_a_transaction() {
    let Some(mut case) = case("transactional_writes_that_cannot_be_of_a_transaction") else {
        return;
    };
    let (topic, id) = (case.topic(&[]), unique("id"));
    let producer = case.new_producer(&id);
    let record = |sequence| {
        let builder = BatchBuilder::new(Compression::None)
            .producer(producer.0, producer.1, sequence)
            .transactional(true);
        batch(builder, &[(now(), "value")])
    };
    // Without the id of a transaction.
    let nobody = case.produce(&topic, record(0));
    assert_eq!(
        nobody.error_code,
        ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED
    );
    assert!(case.producers(&topic).is_empty());
    // With a gap in its sequence numbers.
    assert_eq!(case.write(12, &id, &topic, producer, 0), ErrorCode::NONE);
    let gap = case.write(12, &id, &topic, producer, 2);
    assert_eq!(gap, ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
    let known = case.producers(&topic).remove(0);
    assert_eq!(
        (known.last_sequence, known.current_txn_start_offset),
        (0, 0)
    );
    // Not even half of it is there: one record and the marker.
    case.end(5, &id, producer, true).expect("committed");
    case.stable_end_becomes(&topic, 2);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn a_consumer_group_takes_no_more_members_than_it_may() {
    let settings = vec!["group.consumer.max.size=1".to_owned()];
    let setup = Setup {
        settings,
        ..Setup::default()
    };
    let Some(mut case) = own("a_consumer_group_takes_no_more_members_than_it_may", setup) else {
        return;
    };
    let (topic, group) = (case.topic(&[]), unique("group"));
    case.find(0, &group);
    let mut one = Member::new(&case, &group, "one", &topic);
    let mut two = Member::new(&case, &group, "two", &topic);
    assert_eq!(one.beat(), ErrorCode::NONE);
    assert_eq!(two.beat(), ErrorCode::GROUP_MAX_SIZE_REACHED);
    let group = describe(&mut case, &group);
    assert_eq!((group.members.len(), group.group_epoch), (1, one.epoch));
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
    let (_, found, members) = state(&mut case, &group);
    assert_eq!((&*found, members), ("CompletingRebalance", 2));
}
