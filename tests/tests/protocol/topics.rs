//! Topics: creating, growing, deleting, describing, and every way to ask for it wrongly.

use std::time::Duration;

use kop_codec::messages::create_partitions_request::{
    CreatePartitionsAssignment, CreatePartitionsTopic,
};
use kop_codec::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use kop_codec::messages::delete_topics_request::DeleteTopicState;
use kop_codec::messages::metadata_request::MetadataRequestTopic;
use kop_codec::messages::metadata_response::MetadataResponseTopic;
use kop_codec::messages::{
    CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest, MetadataRequest,
};
use kop_codec::{ErrorCode, Uuid};

use super::{Case, case, unique};

fn creatable(name: &str) -> CreatableTopic {
    CreatableTopic {
        name: name.into(),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    }
}

fn create(case: &mut Case, topic: CreatableTopic, validate_only: bool) -> ErrorCode {
    let request = CreateTopicsRequest {
        topics: vec![topic],
        timeout_ms: 10_000,
        validate_only,
        ..Default::default()
    };
    let mut answer = case.wire.call(7, &request).expect("CreateTopics");
    let topic = answer.topics.remove(0);
    let failed = topic.error_code != ErrorCode::NONE;
    assert_eq!(topic.error_message.is_some(), failed, "{topic:?}");
    let configs = topic.configs.expect("a list, for a fault too");
    assert_eq!(configs.is_empty(), failed);
    topic.error_code
}

pub(super) fn describe(case: &mut Case, name: &str) -> MetadataResponseTopic {
    let topic = MetadataRequestTopic {
        name: Some(name.into()),
        ..Default::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![topic]),
        ..without_creation()
    };
    case.wire
        .call(12, &request)
        .expect("Metadata")
        .topics
        .remove(0)
}

fn without_creation() -> MetadataRequest {
    MetadataRequest {
        allow_auto_topic_creation: false,
        ..Default::default()
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn create_topics_answers_each_fault_with_its_error() {
    let Some(mut case) = case("CreateTopics") else {
        return;
    };
    let case = &mut case;
    for name in [
        "",
        ".",
        "..",
        "white space",
        "slash/es",
        "ü",
        &"x".repeat(250),
    ] {
        assert_eq!(
            create(case, creatable(name), false),
            ErrorCode::INVALID_TOPIC_EXCEPTION,
            "{name:?}"
        );
    }
    let name = unique("topic");
    assert_eq!(create(case, creatable(&name), true), ErrorCode::NONE);
    assert_eq!(
        describe(case, &name).error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
        "validate_only creates nothing"
    );
    assert_eq!(create(case, creatable(&name), false), ErrorCode::NONE);
    assert_eq!(
        create(case, creatable(&name), false),
        ErrorCode::TOPIC_ALREADY_EXISTS
    );
    let partitions = CreatableTopic {
        num_partitions: 0,
        ..creatable(&unique("topic"))
    };
    assert_eq!(
        create(case, partitions, false),
        ErrorCode::INVALID_PARTITIONS
    );
    let replication = CreatableTopic {
        replication_factor: 5,
        ..creatable(&unique("topic"))
    };
    assert_eq!(
        create(case, replication, false),
        ErrorCode::INVALID_REPLICATION_FACTOR
    );
    for (key, value) in [
        ("no.such.key", "1"),
        ("retention.ms", "soon"),
        ("cleanup.policy", "burn"),
    ] {
        let config = CreatableTopicConfig {
            name: key.into(),
            value: Some(value.into()),
            ..Default::default()
        };
        let topic = CreatableTopic {
            configs: vec![config],
            ..creatable(&unique("topic"))
        };
        assert_eq!(
            create(case, topic, false),
            ErrorCode::INVALID_CONFIG,
            "{key}={value}"
        );
    }
    let nobody = CreatableReplicaAssignment {
        broker_ids: [77].into_iter().collect(),
        ..Default::default()
    };
    let topic = CreatableTopic {
        num_partitions: -1,
        replication_factor: -1,
        assignments: vec![nobody],
        ..creatable(&unique("topic"))
    };
    assert_eq!(
        create(case, topic, false),
        ErrorCode::INVALID_REPLICA_ASSIGNMENT
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn default_partitions_are_those_of_the_server() {
    let Some(mut case) = case("default partitions") else {
        return;
    };
    let name = unique("topic");
    let topic = CreatableTopic {
        num_partitions: -1,
        replication_factor: -1,
        ..creatable(&name)
    };
    assert_eq!(create(&mut case, topic, false), ErrorCode::NONE);
    let described = describe(&mut case, &name);
    assert_eq!(
        (described.error_code, described.partitions.len()),
        (ErrorCode::NONE, 2)
    );
    assert_ne!(described.topic_id, Uuid::default());
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn create_partitions_only_ever_adds() {
    let Some(mut case) = case("CreatePartitions") else {
        return;
    };
    let name = case.topic(&[]);
    let mut grow = |name: &str, count, assignments| {
        let topic = CreatePartitionsTopic {
            name: name.into(),
            count,
            assignments,
            ..Default::default()
        };
        let request = CreatePartitionsRequest {
            topics: vec![topic],
            timeout_ms: 10_000,
            ..Default::default()
        };
        case.wire
            .call(3, &request)
            .expect("CreatePartitions")
            .results[0]
            .error_code
    };
    assert_eq!(
        grow(&unique("missing"), 3, None),
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    for count in [1, 0, -1] {
        assert_eq!(
            grow(&name, count, None),
            ErrorCode::INVALID_PARTITIONS,
            "{count} partitions"
        );
    }
    let nobody = CreatePartitionsAssignment {
        broker_ids: [77].into_iter().collect(),
        ..Default::default()
    };
    assert_eq!(
        grow(&name, 2, Some(vec![nobody])),
        ErrorCode::INVALID_REPLICA_ASSIGNMENT
    );
    assert_eq!(grow(&name, 3, None), ErrorCode::NONE);
    let mut partitions = 0;
    kop_tests::wait_until(Duration::from_secs(10), || {
        partitions = describe(&mut case, &name).partitions.len();
        partitions == 3
    });
    assert_eq!(partitions, 3);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn topics_are_deleted_by_name_and_by_id() {
    let Some(mut case) = case("DeleteTopics") else {
        return;
    };
    let (by_name, by_id) = (case.topic(&[]), case.topic(&[]));
    let id = describe(&mut case, &by_id).topic_id;
    let missing = unique("missing");
    let state = |name: Option<&str>, topic_id| DeleteTopicState {
        name: name.map(Into::into),
        topic_id,
        ..Default::default()
    };
    let topics = vec![
        state(Some(&by_name), Uuid::default()),
        state(None, id),
        state(Some(&missing), Uuid::default()),
        state(None, Uuid::from_bytes([7; 16])),
    ];
    let request = DeleteTopicsRequest {
        topics,
        timeout_ms: 10_000,
        ..Default::default()
    };
    let mut found = Vec::new();
    for result in case.wire.call(6, &request).expect("DeleteTopics").responses {
        found.push((result.name.map(|name| name.to_string()), result.error_code));
    }
    for expected in [
        (Some(by_name.clone()), ErrorCode::NONE),
        (Some(by_id.clone()), ErrorCode::NONE),
        (Some(missing), ErrorCode::UNKNOWN_TOPIC_OR_PARTITION),
        (None, ErrorCode::UNKNOWN_TOPIC_ID),
    ] {
        assert!(found.contains(&expected), "{expected:?} in {found:?}");
    }
    for name in [by_name, by_id] {
        assert_eq!(
            describe(&mut case, &name).error_code,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        );
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn metadata_tells_missing_invalid_and_unknown_ids_apart() {
    let Some(mut case) = case("Metadata") else {
        return;
    };
    let missing = describe(&mut case, &unique("missing"));
    assert_eq!(missing.error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(
        describe(&mut case, "not a name").error_code,
        ErrorCode::INVALID_TOPIC_EXCEPTION
    );
    let topic = MetadataRequestTopic {
        topic_id: Uuid::from_bytes([9; 16]),
        ..Default::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![topic]),
        ..without_creation()
    };
    let response = case.wire.call(12, &request).expect("Metadata");
    assert_eq!(response.topics[0].error_code, ErrorCode::UNKNOWN_TOPIC_ID);
    assert_eq!(response.brokers.len(), 1);
    assert_eq!(response.controller_id, response.brokers[0].node_id);
    let address = format!("{}:{}", response.brokers[0].host, response.brokers[0].port);
    assert_eq!(
        address,
        case.target.bootstrap(),
        "the address that the client came by"
    );
    let name = case.topic(&[]);
    let all = case
        .wire
        .call(
            12,
            &MetadataRequest {
                topics: None,
                ..without_creation()
            },
        )
        .expect("Metadata");
    assert!(
        all.topics
            .iter()
            .any(|topic| topic.name.as_deref() == Some(&name)),
        "null means all topics"
    );
    let none = case.wire.call(
        12,
        &MetadataRequest {
            topics: Some(Vec::new()),
            ..without_creation()
        },
    );
    assert!(
        none.expect("Metadata").topics.is_empty(),
        "an empty list means none"
    );
}
