//! Metadata: the brokers, and the topics with their partitions and leaders.

use std::collections::HashSet;
use std::sync::Arc;

use kop_codec::messages::metadata_request::MetadataRequestTopic;
use kop_codec::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use kop_codec::messages::{MetadataRequest, MetadataResponse};
use kop_codec::{ByteString, ErrorCode, Int32s};
use kop_log::{AutoCreation, LogError, MAX_NEW_PARTITIONS, NewTopic, TopicInfo, is_internal_topic};

use crate::settings::keys;
use crate::{AuthorizedOperations, Broker, Context, ErrorTally, Handler, errors};

/// Answers Metadata, and creates topics that it is asked for (`auto.create.topics.enable`).
#[derive(Debug, Default)]
pub struct Metadata;

impl Handler for Metadata {
    type Request = MetadataRequest;

    async fn handle(&self, cx: Context, request: MetadataRequest) -> MetadataResponse {
        let broker = &*cx.broker;
        let topics = match &request.topics {
            None => all_topics(broker),
            Some(topics) if topics.is_empty() && cx.version == 0 => all_topics(broker),
            Some(topics) => {
                let create = cx.version < 4 || request.allow_auto_topic_creation;
                some_topics(&cx, topics, create).await
            }
        };
        let mut response = MetadataResponse {
            brokers: vec![this_broker(&cx)],
            cluster_id: Some(broker.cluster_id().clone()),
            controller_id: broker.node_id(),
            topics,
            ..MetadataResponse::default()
        };
        if request.include_cluster_authorized_operations {
            response.cluster_authorized_operations = AuthorizedOperations::CLUSTER.0;
        }
        if request.include_topic_authorized_operations {
            for topic in response
                .topics
                .iter_mut()
                .filter(|topic| !topic.error_code.is_error())
            {
                topic.topic_authorized_operations = AuthorizedOperations::TOPIC.0;
            }
        }
        response
    }

    fn errors(response: &MetadataResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        response
            .topics
            .iter()
            .for_each(|topic| tally.add(topic.error_code));
    }
}

fn this_broker(cx: &Context) -> MetadataResponseBroker {
    let listener = &cx.connection.listener;
    MetadataResponseBroker {
        node_id: cx.broker.node_id(),
        host: listener.host.clone(),
        port: i32::from(listener.port),
        ..MetadataResponseBroker::default()
    }
}

fn all_topics(broker: &Broker) -> Vec<MetadataResponseTopic> {
    broker
        .catalog()
        .topics()
        .iter()
        .map(|topic| found(broker, topic, topic.name.clone()))
        .collect()
}

async fn some_topics(
    cx: &Context,
    topics: &[MetadataRequestTopic],
    create: bool,
) -> Vec<MetadataResponseTopic> {
    // Ids came with version 12; the definitions have them in 10 and 11, where Kafka refuses them.
    let misplaced =
        |topic: &MetadataRequestTopic| topic.name.is_none() || !topic.topic_id.is_zero();
    if cx.version < 12 && topics.iter().any(misplaced) {
        return topics
            .iter()
            .map(|topic| failed(topic, cx.version, ErrorCode::INVALID_REQUEST))
            .collect();
    }
    let create = create && !too_many(&cx.broker, topics);
    let mut answers = Vec::with_capacity(topics.len());
    // Asking for one topic again and again must not make the answer larger than the request.
    let mut seen = HashSet::with_capacity(topics.len());
    for topic in topics
        .iter()
        .filter(|topic| seen.insert((&topic.name, topic.topic_id)))
    {
        // An id goes before a name, as in Kafka.
        let result = match &topic.name {
            Some(name) if topic.topic_id.is_zero() => {
                find_or_create(&cx.broker, name, create).await
            }
            _ => {
                let known = cx.broker.catalog().topic_by_id(topic.topic_id);
                known.ok_or(ErrorCode::UNKNOWN_TOPIC_ID)
            }
        };
        answers.push(match result {
            Ok(info) => {
                // Clients look for the topic under the name that they asked for.
                let asked = topic.name.as_ref().filter(|_| topic.topic_id.is_zero());
                found(&cx.broker, &info, asked.unwrap_or(&info.name).clone())
            }
            Err(code) => failed(topic, cx.version, code),
        });
    }
    answers
}

/// Kafka asks its controller for all new topics of a request at once, which refuses as many as CreateTopics may not name
/// either; the client is told that they are unknown.
fn too_many(broker: &Broker, topics: &[MetadataRequestTopic]) -> bool {
    let each = i64::from(broker.settings().get(keys::NUM_PARTITIONS));
    let names = topics.iter().filter_map(|topic| topic.name.as_ref());
    let new = names.filter(|name| broker.catalog().topic(name).is_none());
    // At most as many as a frame has.
    each.saturating_mul(new.count() as i64) > i64::from(MAX_NEW_PARTITIONS)
}

async fn find_or_create(
    broker: &Broker,
    name: &ByteString,
    create: bool,
) -> Result<Arc<TopicInfo>, ErrorCode> {
    let unknown = match broker.find_topic(name).await {
        Err(LogError::UnknownTopic(_)) => broker.catalog().check_name(name),
        Ok(topic) => return Ok(topic),
        Err(error) => Err(error),
    };
    unknown.map_err(|error| errors::log_error(&error))?;
    // Internal topics are made by those who need them. Other names may begin with "__": those of Debezium do.
    if !create || is_internal_topic(&broker.canonical_name(name)) {
        return Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
    let settings = broker.settings();
    let server = AutoCreation {
        allowed: settings.get(keys::AUTO_CREATE_TOPICS_ENABLE),
        partitions: settings.get(keys::NUM_PARTITIONS),
    };
    let rule = broker.catalog().auto_creation(name, server).await;
    let rule = rule.map_err(|error| errors::log_error(&error))?;
    if !rule.allowed {
        return Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
    let topic = NewTopic {
        name: name.clone(),
        partitions: rule.partitions,
        overrides: Default::default(),
    };
    match broker.catalog().create_topic(topic).await {
        Ok(topic) => Ok(topic),
        // Somebody else was faster, or it failed.
        Err(error) => broker
            .catalog()
            .topic(name)
            .ok_or_else(|| errors::log_error(&error)),
    }
}

fn found(broker: &Broker, topic: &TopicInfo, name: ByteString) -> MetadataResponseTopic {
    let partitions = (0..topic.partitions).map(|partition| {
        let led = Led::of(broker, topic, partition);
        MetadataResponsePartition {
            error_code: led.error_code,
            partition_index: partition,
            leader_id: led.leader_id,
            leader_epoch: led.leader_epoch,
            replica_nodes: Int32s::from_slice(&[broker.node_id()]),
            isr_nodes: Int32s::from_slice(&[broker.node_id()]),
            ..MetadataResponsePartition::default()
        }
    });
    MetadataResponseTopic {
        name: Some(name),
        topic_id: topic.id,
        is_internal: topic.internal,
        partitions: partitions.collect(),
        ..MetadataResponseTopic::default()
    }
}

/// Who leads a partition, as clients are told.
pub(crate) struct Led {
    pub(crate) error_code: ErrorCode,
    /// -1 where that is not known.
    pub(crate) leader_id: i32,
    /// -1 where there is none that is known: the partition is not open, or something is the matter with it.
    pub(crate) leader_epoch: i32,
}

impl Led {
    pub(crate) fn of(broker: &Broker, topic: &TopicInfo, partition: i32) -> Self {
        let (error_code, leader_epoch) = match broker.log(&topic.name, partition) {
            Ok(log) => (ErrorCode::NONE, log.offsets().leader_epoch),
            Err(LogError::NotOpen) => (ErrorCode::NONE, -1),
            Err(LogError::NotLeader) => {
                return Self {
                    error_code: ErrorCode::LEADER_NOT_AVAILABLE,
                    leader_id: -1,
                    leader_epoch: -1,
                };
            }
            Err(error) => (errors::log_error(&error), -1),
        };
        Self {
            error_code,
            leader_id: broker.node_id(),
            leader_epoch,
        }
    }
}

fn failed(
    topic: &MetadataRequestTopic,
    version: i16,
    error_code: ErrorCode,
) -> MetadataResponseTopic {
    // Nobody knows the name of an unknown id; before version 12 it cannot be null.
    let name = match &topic.name {
        Some(name) if topic.topic_id.is_zero() => Some(name.clone()),
        _ => (version < 12).then(ByteString::default),
    };
    MetadataResponseTopic {
        error_code,
        name,
        topic_id: topic.topic_id,
        ..MetadataResponseTopic::default()
    }
}
