//! The administrative APIs, against a log in memory.

#[path = "../support/mod.rs"]
mod support;

mod cluster;
mod settings;
mod topics;

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
const GROUP: i8 = 32;

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
