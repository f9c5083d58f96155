//! CreateTopics: checks each topic by itself, then creates it.

use std::collections::{BTreeMap, BTreeSet};

use kop_codec::messages::create_topics_request::{CreatableReplicaAssignment, CreatableTopic};
use kop_codec::messages::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use kop_codec::messages::{CreateTopicsRequest, CreateTopicsResponse};
use kop_codec::{ByteString, ErrorCode, Int32s, Uuid};
use kop_log::{MAX_NEW_PARTITIONS, NewTopic, TopicConfig};

use crate::occurrences::{Occurrence, Occurrences};
use crate::refusal::Refusal;
use crate::settings::keys;
use crate::{Broker, Context, ErrorTally, Handler, config_entries};

/// Answers CreateTopics.
#[derive(Debug, Default)]
pub struct CreateTopics;

impl Handler for CreateTopics {
    type Request = CreateTopicsRequest;

    async fn handle(&self, cx: Context, request: CreateTopicsRequest) -> CreateTopicsResponse {
        if let Err(refusal) = check_total(&cx.broker, &request.topics) {
            let names = request.topics.into_iter().map(|topic| topic.name);
            return CreateTopicsResponse {
                topics: names.map(|name| refused(name, refusal.clone())).collect(),
                ..CreateTopicsResponse::default()
            };
        }
        let mut names = Occurrences::count(request.topics.iter().map(|topic| topic.name.clone()));
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in request.topics {
            match names.next(&topic.name) {
                Occurrence::Only => {
                    topics.push(create(&cx.broker, topic, request.validate_only).await);
                }
                Occurrence::FirstOfMany => {
                    topics.push(refused(
                        topic.name,
                        Refusal::invalid_request("Duplicate topic name."),
                    ));
                }
                Occurrence::Again => {}
            }
        }
        CreateTopicsResponse {
            topics,
            ..CreateTopicsResponse::default()
        }
    }

    fn errors(response: &CreateTopicsResponse, tally: &mut ErrorTally) {
        response
            .topics
            .iter()
            .for_each(|topic| tally.add(topic.error_code));
    }
}

/// Kafka's limit for a request as a whole.
fn check_total(broker: &Broker, topics: &[CreatableTopic]) -> Result<(), Refusal> {
    let partitions = |topic: &CreatableTopic| match (topic.assignments.len(), topic.num_partitions)
    {
        (0, -1) => i64::from(broker.settings().get(keys::NUM_PARTITIONS)),
        (0, partitions) => i64::from(partitions.max(0)),
        (assigned, _) => assigned as i64,
    };
    let total = topics.iter().map(partitions).fold(0, i64::saturating_add);
    if total > i64::from(MAX_NEW_PARTITIONS) {
        let message = "Excessively large number of partitions per request.".to_owned();
        return Err(Refusal::new(ErrorCode::POLICY_VIOLATION, message));
    }
    Ok(())
}

async fn create(
    broker: &Broker,
    topic: CreatableTopic,
    validate_only: bool,
) -> CreatableTopicResult {
    let name = topic.name.clone();
    let new = match check(broker, topic) {
        Ok(new) => new,
        Err(refusal) => return refused(name, refusal),
    };
    if validate_only {
        return accepted(broker, &new, Uuid::ZERO);
    }
    match broker.catalog().create_topic(new.clone()).await {
        Ok(info) => accepted(broker, &new, info.id),
        Err(error) => refused(name, error.into()),
    }
}

fn check(broker: &Broker, topic: CreatableTopic) -> Result<NewTopic, Refusal> {
    let partitions = match topic.assignments.as_slice() {
        [] => check_counts(broker, &topic)?,
        assignments => check_assignments(broker, &topic, assignments)?,
    };
    let mut overrides = BTreeMap::new();
    for config in topic.configs {
        let Some(value) = config.value else {
            let message = format!(
                "Null value not supported for topic configs: {}",
                config.name
            );
            return Err(Refusal::new(ErrorCode::INVALID_CONFIG, message));
        };
        overrides.insert(config.name.to_string(), value.to_string());
    }
    let new = NewTopic {
        name: topic.name,
        partitions,
        overrides,
    };
    broker.catalog().check_name(&new.name)?;
    new.check_partitions()?;
    let canonical = NewTopic {
        name: broker.canonical_name(&new.name),
        ..new.clone()
    };
    let topics = broker.catalog().topics();
    canonical.check_collision(topics.iter().map(|topic| &*topic.name))?;
    TopicConfig::resolve(&broker.settings().topic_defaults(), &new.overrides)?;
    Ok(new)
}

fn check_counts(broker: &Broker, topic: &CreatableTopic) -> Result<i32, Refusal> {
    match topic.replication_factor {
        -1 | 1 => {}
        factor if factor < 1 => {
            let message =
                "Replication factor must be larger than 0, or -1 to use the default value.";
            return Err(Refusal::new(ErrorCode::INVALID_REPLICATION_FACTOR, message));
        }
        factor => {
            let message = format!(
                "replication factor {factor} is more than the number of brokers, which is 1"
            );
            return Err(Refusal::new(ErrorCode::INVALID_REPLICATION_FACTOR, message));
        }
    }
    match topic.num_partitions {
        -1 => Ok(broker.settings().get(keys::NUM_PARTITIONS)),
        count if count < 1 => {
            let message =
                format!("{count} partitions: a topic has at least 1; -1 asks for the default");
            Err(Refusal::new(ErrorCode::INVALID_PARTITIONS, message))
        }
        count => Ok(count),
    }
}

fn check_assignments(
    broker: &Broker,
    topic: &CreatableTopic,
    assignments: &[CreatableReplicaAssignment],
) -> Result<i32, Refusal> {
    if topic.replication_factor != -1 || topic.num_partitions != -1 {
        let message = "with a manual assignment, the number of partitions and the replication factor must be -1";
        return Err(Refusal::invalid_request(message));
    }
    let mut indexes = BTreeSet::new();
    for assignment in assignments {
        check_replicas(broker, &assignment.broker_ids)?;
        if !indexes.insert(assignment.partition_index) {
            let message = format!("partition {} is assigned twice", assignment.partition_index);
            return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message));
        }
    }
    let count = i32::try_from(assignments.len()).unwrap_or(i32::MAX);
    if indexes.first() != Some(&0) || indexes.last() != Some(&(count - 1)) {
        let message = "the partitions of an assignment must be numbered from 0 without a gap";
        return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message));
    }
    Ok(count)
}

/// Checks the replicas of one partition: this broker, once, since there is no other.
pub(super) fn check_replicas(broker: &Broker, replicas: &Int32s) -> Result<(), Refusal> {
    let message = match replicas.as_slice() {
        [] => "the list of replicas is empty".to_owned(),
        replicas => match replicas.iter().find(|id| **id != broker.node_id()) {
            Some(other) => format!("there is no broker {other}"),
            None if replicas.len() > 1 => format!("broker {} is named twice", broker.node_id()),
            None => return Ok(()),
        },
    };
    Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message))
}

fn accepted(broker: &Broker, topic: &NewTopic, topic_id: Uuid) -> CreatableTopicResult {
    let entries = config_entries::of_topic(broker, &topic.overrides);
    let configs = entries.into_iter().map(|entry| CreatableTopicConfigs {
        name: ByteString::from_static(entry.name),
        value: entry.value,
        read_only: entry.read_only,
        config_source: entry.source,
        ..CreatableTopicConfigs::default()
    });
    CreatableTopicResult {
        name: topic.name.clone(),
        topic_id,
        num_partitions: topic.partitions,
        replication_factor: 1,
        error_message: None,
        configs: Some(configs.collect()),
        ..CreatableTopicResult::default()
    }
}

fn refused(name: ByteString, refusal: Refusal) -> CreatableTopicResult {
    CreatableTopicResult {
        name,
        error_code: refusal.code,
        error_message: Some(refusal.message),
        configs: Some(Vec::new()),
        ..CreatableTopicResult::default()
    }
}
