//! The administrative APIs, against a log in memory.

mod support;

use kop_codec::messages::alter_configs_request::{self, AlterConfigsRequest};
use kop_codec::messages::alter_partition_reassignments_request::{
    ReassignablePartition, ReassignableTopic,
};
use kop_codec::messages::create_partitions_request::CreatePartitionsTopic;
use kop_codec::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use kop_codec::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use kop_codec::messages::delete_topics_request::DeleteTopicState;
use kop_codec::messages::describe_configs_request::DescribeConfigsResource;
use kop_codec::messages::describe_configs_response::DescribeConfigsResourceResult;
use kop_codec::messages::elect_leaders_request::TopicPartitions;
use kop_codec::messages::incremental_alter_configs_request::{
    self, IncrementalAlterConfigsRequest,
};
use kop_codec::messages::*;
use kop_codec::{ErrorCode, Int32s, Message, Uuid};
use support::Client;

const TOPIC: i8 = 2;
const BROKER: i8 = 4;

fn topic(name: &str, num_partitions: i32) -> CreatableTopic {
    CreatableTopic {
        name: name.to_owned().into(),
        num_partitions,
        replication_factor: -1,
        ..Default::default()
    }
}

fn config(name: &str, value: Option<&str>) -> CreatableTopicConfig {
    let value = value.map(|value| value.to_owned().into());
    CreatableTopicConfig {
        name: name.to_owned().into(),
        value,
        ..Default::default()
    }
}

fn assigned(partition_index: i32, brokers: &[i32]) -> CreatableReplicaAssignment {
    CreatableReplicaAssignment {
        partition_index,
        broker_ids: Int32s::from_slice(brokers),
        ..Default::default()
    }
}

async fn create(client: &Client, topics: Vec<CreatableTopic>) -> Vec<ErrorCode> {
    let request = CreateTopicsRequest {
        topics,
        ..Default::default()
    };
    client
        .send(7, &request)
        .await
        .topics
        .iter()
        .map(|topic| topic.error_code)
        .collect()
}

async fn created(client: &Client, name: &str, partitions: i32) {
    assert_eq!(
        create(client, vec![topic(name, partitions)]).await,
        [ErrorCode::NONE]
    );
}

async fn described(
    client: &Client,
    resource_type: i8,
    name: &str,
) -> Vec<DescribeConfigsResourceResult> {
    let resource = DescribeConfigsResource {
        resource_type,
        resource_name: name.to_owned().into(),
        configuration_keys: None,
        ..Default::default()
    };
    let request = DescribeConfigsRequest {
        resources: vec![resource],
        include_synonyms: true,
        ..Default::default()
    };
    let mut response = client.send(4, &request).await;
    assert_eq!(response.results[0].error_code, ErrorCode::NONE);
    response.results.remove(0).configs
}

async fn value(client: &Client, resource_type: i8, name: &str, key: &str) -> (String, i8) {
    let configs = described(client, resource_type, name).await;
    let config = configs
        .iter()
        .find(|config| config.name == key)
        .expect("the key is listed");
    (
        config.value.as_deref().unwrap_or("null").to_owned(),
        config.config_source,
    )
}

async fn change(
    client: &Client,
    resource_type: i8,
    name: &str,
    key: &str,
    operation: i8,
    value: &str,
) -> ErrorCode {
    let config = incremental_alter_configs_request::AlterableConfig {
        name: key.to_owned().into(),
        config_operation: operation,
        value: Some(value.to_owned().into()),
        ..Default::default()
    };
    let resource = incremental_alter_configs_request::AlterConfigsResource {
        resource_type,
        resource_name: name.to_owned().into(),
        configs: vec![config],
        ..Default::default()
    };
    let request = IncrementalAlterConfigsRequest {
        resources: vec![resource],
        ..Default::default()
    };
    client.send(1, &request).await.responses[0].error_code
}

#[tokio::test]
async fn topics_are_created_at_every_version() {
    let client = Client::new();
    for version in CreateTopicsRequest::MIN_VERSION..=CreateTopicsRequest::MAX_VERSION {
        let name = format!("topic-{version}");
        let topics = vec![CreatableTopic {
            replication_factor: 1,
            ..topic(&name, 3)
        }];
        let response = client
            .send(
                version,
                &CreateTopicsRequest {
                    topics,
                    ..Default::default()
                },
            )
            .await;
        assert_eq!(response.topics[0].error_code, ErrorCode::NONE);
        let info = client
            .broker()
            .catalog()
            .topic(&name)
            .expect("it was created");
        assert_eq!(info.partitions, 3);
        if version >= 5 {
            assert_eq!(response.topics[0].num_partitions, 3);
            assert!(
                response.topics[0]
                    .configs
                    .as_ref()
                    .expect("they are listed")
                    .len()
                    > 10
            );
        }
        if version >= 7 {
            assert_eq!(response.topics[0].topic_id, info.id);
        }
    }
}

#[tokio::test]
async fn topics_that_cannot_be_are_refused() {
    let client = Client::new();
    created(&client, "there", 1).await;
    let with = |replication_factor, num_partitions, assignments| CreatableTopic {
        replication_factor,
        num_partitions,
        assignments,
        ..topic("new", 1)
    };
    let configured = |key, value| CreatableTopic {
        configs: vec![config(key, value)],
        ..topic("new", 1)
    };
    let cases = [
        (topic("there", 1), ErrorCode::TOPIC_ALREADY_EXISTS),
        (topic("a b", 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("", 1), ErrorCode::INVALID_TOPIC_EXCEPTION),
        (topic("new", 0), ErrorCode::INVALID_PARTITIONS),
        (topic("new", -2), ErrorCode::INVALID_PARTITIONS),
        (topic("new", i32::MAX), ErrorCode::POLICY_VIOLATION),
        (with(2, 1, vec![]), ErrorCode::INVALID_REPLICATION_FACTOR),
        (with(0, 1, vec![]), ErrorCode::INVALID_REPLICATION_FACTOR),
        (
            with(-1, 1, vec![assigned(0, &[1])]),
            ErrorCode::INVALID_REQUEST,
        ),
        (
            with(1, -1, vec![assigned(0, &[1])]),
            ErrorCode::INVALID_REQUEST,
        ),
        (
            with(-1, -1, vec![assigned(1, &[1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            with(-1, -1, vec![assigned(0, &[1]), assigned(0, &[1])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            with(-1, -1, vec![assigned(0, &[2])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            with(-1, -1, vec![assigned(0, &[])]),
            ErrorCode::INVALID_REPLICA_ASSIGNMENT,
        ),
        (
            configured("retention.ms", Some("soon")),
            ErrorCode::INVALID_CONFIG,
        ),
        (configured("retention.ms", None), ErrorCode::INVALID_CONFIG),
        (
            configured("retention.mss", Some("1")),
            ErrorCode::INVALID_CONFIG,
        ),
        (
            configured("cleanup.policy", Some("compact")),
            ErrorCode::INVALID_CONFIG,
        ),
    ];
    for (topic, code) in cases {
        assert_eq!(
            create(&client, vec![topic.clone()]).await,
            [code],
            "{topic:?}"
        );
    }
    assert!(client.broker().catalog().topic("new").is_none());
    assert_eq!(
        create(&client, vec![topic("twice", 1), topic("twice", 1)]).await,
        [ErrorCode::INVALID_REQUEST]
    );
    let assignments = vec![assigned(1, &[1]), assigned(0, &[1])];
    assert_eq!(
        create(&client, vec![with(-1, -1, assignments)]).await,
        [ErrorCode::NONE]
    );
    assert_eq!(
        client
            .broker()
            .catalog()
            .topic("new")
            .expect("it was created")
            .partitions,
        2
    );
}

#[tokio::test]
async fn validating_creates_nothing() {
    let client = Client::new();
    let request = |name, validate_only| CreateTopicsRequest {
        topics: vec![topic(name, 1)],
        validate_only,
        ..Default::default()
    };
    assert_eq!(
        client.send(7, &request("a", true)).await.topics[0].error_code,
        ErrorCode::NONE
    );
    assert!(client.broker().catalog().topic("a").is_none());
    client.send(7, &request("a", false)).await;
    assert_eq!(
        client.send(7, &request("a", true)).await.topics[0].error_code,
        ErrorCode::TOPIC_ALREADY_EXISTS
    );
}

#[tokio::test]
async fn topics_are_deleted_by_name_and_by_id() {
    let client = Client::new();
    for version in 0..=5 {
        created(&client, "gone", 1).await;
        let request = DeleteTopicsRequest {
            topic_names: vec!["gone".into(), "never".into()],
            ..Default::default()
        };
        let codes: Vec<_> = client
            .send(version, &request)
            .await
            .responses
            .iter()
            .map(|topic| topic.error_code)
            .collect();
        assert_eq!(
            codes,
            [ErrorCode::NONE, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION]
        );
    }
    created(&client, "gone", 1).await;
    let topic_id = client
        .broker()
        .catalog()
        .topic("gone")
        .expect("it was created")
        .id;
    let by_id = |topic_id| DeleteTopicState {
        name: None,
        topic_id,
        ..Default::default()
    };
    let topics = vec![
        by_id(topic_id),
        by_id(Uuid::from_bytes([9; 16])),
        by_id(Uuid::ZERO),
    ];
    let response = client
        .send(
            6,
            &DeleteTopicsRequest {
                topics,
                ..Default::default()
            },
        )
        .await;
    let codes: Vec<_> = response
        .responses
        .iter()
        .map(|topic| topic.error_code)
        .collect();
    assert_eq!(
        codes,
        [
            ErrorCode::NONE,
            ErrorCode::UNKNOWN_TOPIC_ID,
            ErrorCode::INVALID_REQUEST
        ]
    );
    assert_eq!(response.responses[0].name.as_deref(), Some("gone"));
}

#[tokio::test]
async fn deletion_can_be_switched_off() {
    let client = Client::with(&[("delete.topic.enable", "false")]);
    created(&client, "kept", 1).await;
    let request = DeleteTopicsRequest {
        topic_names: vec!["kept".into()],
        ..Default::default()
    };
    assert_eq!(
        client.send(5, &request).await.responses[0].error_code,
        ErrorCode::TOPIC_DELETION_DISABLED
    );
    assert_eq!(
        client.send(2, &request).await.responses[0].error_code,
        ErrorCode::INVALID_REQUEST
    );
    assert!(client.broker().catalog().topic("kept").is_some());
}

#[tokio::test]
async fn partitions_only_grow() {
    let client = Client::new();
    created(&client, "t", 2).await;
    let grow = async |name: &str, count, validate_only| {
        let topics = vec![CreatePartitionsTopic {
            name: name.to_owned().into(),
            count,
            assignments: None,
            ..Default::default()
        }];
        let request = CreatePartitionsRequest {
            topics,
            validate_only,
            ..Default::default()
        };
        client.send(3, &request).await.results[0].error_code
    };
    assert_eq!(
        grow("missing", 2, false).await,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    for count in [-1, 0, 1, 2] {
        assert_eq!(grow("t", count, false).await, ErrorCode::INVALID_PARTITIONS);
    }
    assert_eq!(grow("t", 5, true).await, ErrorCode::NONE);
    assert_eq!(
        client
            .broker()
            .catalog()
            .topic("t")
            .expect("it was created")
            .partitions,
        2
    );
    assert_eq!(grow("t", 5, false).await, ErrorCode::NONE);
    assert_eq!(
        client
            .broker()
            .catalog()
            .topic("t")
            .expect("it was created")
            .partitions,
        5
    );
    assert!(client.broker().catalog().partition("t", 4).is_ok());
}

#[tokio::test]
async fn settings_of_topics_have_values_and_sources() {
    let client = Client::with(&[("log.retention.hours", "2")]);
    let configs = vec![config("max.message.bytes", Some("2000"))];
    assert_eq!(
        create(
            &client,
            vec![CreatableTopic {
                configs,
                ..topic("t", 1)
            }]
        )
        .await,
        [ErrorCode::NONE]
    );
    assert_eq!(
        value(&client, TOPIC, "t", "max.message.bytes").await,
        ("2000".to_owned(), 1)
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("7200000".to_owned(), 4)
    );
    assert_eq!(
        value(&client, TOPIC, "t", "segment.bytes").await,
        ("1073741824".to_owned(), 5)
    );
    assert_eq!(
        value(&client, TOPIC, "t", "cleanup.policy").await,
        ("delete".to_owned(), 5)
    );
}

#[tokio::test]
async fn settings_change_one_by_one_or_all_at_once() {
    let client = Client::new();
    created(&client, "t", 1).await;
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 0, "1000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        change(&client, TOPIC, "t", "max.message.bytes", 0, "5000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("1000".to_owned(), 1)
    );
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 1, "").await,
        ErrorCode::NONE
    );
    assert_eq!(value(&client, TOPIC, "t", "retention.ms").await.1, 5);
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 2, "1").await,
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 9, "1").await,
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        change(&client, TOPIC, "t", "cleanup.policy", 2, "delete").await,
        ErrorCode::NONE
    );
    assert_eq!(
        change(&client, TOPIC, "t", "cleanup.policy", 2, "compact").await,
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(
        change(&client, TOPIC, "gone", "retention.ms", 0, "1").await,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    assert_eq!(
        change(&client, 16, "t", "retention.ms", 0, "1").await,
        ErrorCode::INVALID_REQUEST
    );

    let config = alter_configs_request::AlterableConfig {
        name: "retention.bytes".into(),
        value: Some("77".into()),
        ..Default::default()
    };
    let resource = alter_configs_request::AlterConfigsResource {
        resource_type: TOPIC,
        resource_name: "t".into(),
        configs: vec![config],
        ..Default::default()
    };
    let request = AlterConfigsRequest {
        resources: vec![resource],
        ..Default::default()
    };
    assert_eq!(
        client.send(2, &request).await.responses[0].error_code,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.bytes").await,
        ("77".to_owned(), 1)
    );
    assert_eq!(value(&client, TOPIC, "t", "max.message.bytes").await.1, 5);
}

#[tokio::test]
async fn settings_of_the_broker_reach_its_topics() {
    let client = Client::new();
    created(&client, "t", 1).await;
    assert_eq!(
        change(&client, BROKER, "", "log.retention.ms", 0, "60000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("60000".to_owned(), 3)
    );
    assert_eq!(
        change(&client, BROKER, "1", "log.retention.ms", 0, "70000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("70000".to_owned(), 2)
    );
    assert_eq!(described(&client, BROKER, "").await.len(), 1);
    assert_eq!(
        change(&client, BROKER, "1", "log.retention.ms", 1, "").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("60000".to_owned(), 3)
    );
    assert_eq!(
        change(&client, BROKER, "1", "listeners", 0, "x").await,
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        change(&client, BROKER, "1", "no.such.key", 0, "x").await,
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(
        change(&client, BROKER, "7", "log.retention.ms", 0, "1").await,
        ErrorCode::INVALID_REQUEST
    );
}

#[tokio::test]
async fn records_of_unknown_places_are_not_deleted() {
    let client = Client::new();
    created(&client, "t", 1).await;
    let delete = async |name: &str, partition_index, offset| {
        let partitions = vec![DeleteRecordsPartition {
            partition_index,
            offset,
            ..Default::default()
        }];
        let topics = vec![DeleteRecordsTopic {
            name: name.to_owned().into(),
            partitions,
            ..Default::default()
        }];
        let response = client
            .send(
                2,
                &DeleteRecordsRequest {
                    topics,
                    ..Default::default()
                },
            )
            .await;
        let partition = &response.topics[0].partitions[0];
        (partition.error_code, partition.low_watermark)
    };
    assert_eq!(delete("t", 0, -1).await, (ErrorCode::NONE, 0));
    assert_eq!(
        delete("t", 0, 1).await,
        (ErrorCode::OFFSET_OUT_OF_RANGE, -1)
    );
    assert_eq!(
        delete("t", 0, -2).await,
        (ErrorCode::OFFSET_OUT_OF_RANGE, -1)
    );
    assert_eq!(
        delete("t", 1, 0).await,
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1)
    );
    assert_eq!(
        delete("u", 0, 0).await,
        (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, -1)
    );
}

#[tokio::test]
async fn one_broker_needs_no_elections_and_no_moves() {
    let client = Client::new();
    created(&client, "t", 1).await;
    let topics = vec![TopicPartitions {
        topic: "t".into(),
        partitions: Int32s::from_slice(&[0, 1]),
        ..Default::default()
    }];
    let request = ElectLeadersRequest {
        topic_partitions: Some(topics),
        ..Default::default()
    };
    let response = client.send(2, &request).await;
    let partitions = &response.replica_election_results[0].partition_result;
    let codes: Vec<_> = partitions
        .iter()
        .map(|partition| partition.error_code)
        .collect();
    assert_eq!(
        codes,
        [
            ErrorCode::ELECTION_NOT_NEEDED,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        ]
    );

    let cases = [
        (Some(&[1][..]), ErrorCode::NONE),
        (Some(&[1, 2]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (Some(&[1, 1]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (Some(&[]), ErrorCode::INVALID_REPLICA_ASSIGNMENT),
        (None, ErrorCode::NO_REASSIGNMENT_IN_PROGRESS),
    ];
    for (replicas, code) in cases {
        let replicas = replicas.map(Int32s::from_slice);
        let partitions = vec![ReassignablePartition {
            partition_index: 0,
            replicas,
            ..Default::default()
        }];
        let topics = vec![ReassignableTopic {
            name: "t".into(),
            partitions,
            ..Default::default()
        }];
        let request = AlterPartitionReassignmentsRequest {
            topics,
            ..Default::default()
        };
        assert_eq!(
            client.send(0, &request).await.responses[0].partitions[0].error_code,
            code
        );
    }
    let listed = client
        .send(
            0,
            &ListPartitionReassignmentsRequest {
                topics: None,
                ..Default::default()
            },
        )
        .await;
    assert!(listed.topics.is_empty());
}

#[tokio::test]
async fn the_cluster_is_one_broker() {
    let client = Client::new();
    let request = DescribeClusterRequest {
        include_cluster_authorized_operations: true,
        ..Default::default()
    };
    let response = client.send(2, &request).await;
    assert_eq!(response.cluster_id, *client.broker().cluster_id());
    assert_eq!(
        (&*response.brokers[0].host, response.brokers[0].port),
        ("kop.example", 9092)
    );
    assert_eq!(response.cluster_authorized_operations, 8096);
    let controllers = DescribeClusterRequest {
        endpoint_type: 2,
        ..Default::default()
    };
    assert_eq!(
        client.send(2, &controllers).await.error_code,
        ErrorCode::MISMATCHED_ENDPOINT_TYPE
    );
}

#[tokio::test]
async fn log_dirs_hold_the_topics() {
    let client = Client::new();
    created(&client, "t", 2).await;
    for version in 0..=5 {
        let response = client
            .send(
                version,
                &DescribeLogDirsRequest {
                    topics: None,
                    ..Default::default()
                },
            )
            .await;
        let topics: usize = response.results.iter().map(|dir| dir.topics.len()).sum();
        assert_eq!(topics, 1);
        assert_eq!(response.results[0].topics[0].partitions.len(), 2);
    }
}
