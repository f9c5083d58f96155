//! DescribeTopicPartitions: topics and their partitions page by page (KIP-966).

use std::collections::BTreeSet;

use kop_codec::messages::describe_topic_partitions_request as request;
use kop_codec::messages::describe_topic_partitions_response::{
    Cursor, DescribeTopicPartitionsResponsePartition, DescribeTopicPartitionsResponseTopic,
};
use kop_codec::messages::{DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse};
use kop_codec::{ByteString, ErrorCode, Int32s};
use kop_log::TopicInfo;

use super::metadata::Led;
use crate::settings::keys;
use crate::{AuthorizedOperations, Broker, Context, ErrorTally, Handler, errors};

/// Answers DescribeTopicPartitions.
#[derive(Debug, Default)]
pub struct DescribeTopicPartitions;

impl Handler for DescribeTopicPartitions {
    type Request = DescribeTopicPartitionsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: DescribeTopicPartitionsRequest,
    ) -> DescribeTopicPartitionsResponse {
        let (after, first) = match &request.cursor {
            Some(cursor) if !is_in(cursor, &request.topics) => return refused(&request),
            Some(cursor) => (cursor.topic_name.clone(), cursor.partition_index),
            None => (ByteString::default(), 0),
        };
        let broker = &cx.broker;
        let names: BTreeSet<ByteString> = if request.topics.is_empty() {
            broker
                .catalog()
                .topics()
                .iter()
                .map(|topic| topic.name.clone())
                .collect()
        } else {
            request.topics.into_iter().map(|topic| topic.name).collect()
        };
        let most = broker
            .settings()
            .get(keys::MAX_REQUEST_PARTITION_SIZE_LIMIT);
        let mut page = Page {
            left: request.response_partition_limit.min(most).max(1),
            ..Page::default()
        };
        for name in names.into_iter().filter(|name| *name >= after) {
            let first = if name == after { first } else { 0 };
            if !page.add(broker, name, first).await {
                break;
            }
        }
        let Page {
            topics,
            next_cursor,
            ..
        } = page;
        DescribeTopicPartitionsResponse {
            topics,
            next_cursor,
            ..DescribeTopicPartitionsResponse::default()
        }
    }

    fn errors(response: &DescribeTopicPartitionsResponse, tally: &mut ErrorTally) {
        response
            .topics
            .iter()
            .for_each(|topic| tally.add(topic.error_code));
    }
}

/// Whether a cursor can be at this place: in a topic that is asked for.
fn is_in(cursor: &request::Cursor, topics: &[request::TopicRequest]) -> bool {
    let named = || topics.iter().any(|topic| topic.name == cursor.topic_name);
    cursor.partition_index >= 0 && (topics.is_empty() || named())
}

fn refused(request: &DescribeTopicPartitionsRequest) -> DescribeTopicPartitionsResponse {
    let topics = request
        .topics
        .iter()
        .map(|topic| failed(topic.name.clone(), ErrorCode::INVALID_REQUEST));
    DescribeTopicPartitionsResponse {
        topics: topics.collect(),
        ..DescribeTopicPartitionsResponse::default()
    }
}

fn failed(name: ByteString, error_code: ErrorCode) -> DescribeTopicPartitionsResponseTopic {
    DescribeTopicPartitionsResponseTopic {
        error_code,
        name: Some(name),
        ..Default::default()
    }
}

/// One answer while it is being filled.
#[derive(Default)]
struct Page {
    topics: Vec<DescribeTopicPartitionsResponseTopic>,
    next_cursor: Option<Cursor>,
    /// Partitions that still fit.
    left: i32,
}

impl Page {
    /// Adds a topic from partition `first` on; `false` once the page is full.
    async fn add(&mut self, broker: &Broker, name: ByteString, first: i32) -> bool {
        if self.left == 0 {
            self.end_at(name, 0);
            return false;
        }
        let known = broker.catalog().check_name(&name);
        let topic = match known {
            Ok(()) => broker.find_topic(&name).await,
            Err(error) => Err(error),
        };
        let topic = match topic {
            Ok(topic) => topic,
            Err(error) => {
                self.topics.push(DescribeTopicPartitionsResponseTopic {
                    topic_authorized_operations: AuthorizedOperations::TOPIC.0,
                    ..failed(name, errors::log_error(&error))
                });
                return true;
            }
        };
        let end = first.saturating_add(self.left).min(topic.partitions);
        self.topics
            .push(found(broker, &topic, name.clone(), first, end));
        self.left -= (end - first).max(0);
        if end < topic.partitions {
            self.end_at(name, end);
            return false;
        }
        true
    }

    fn end_at(&mut self, topic_name: ByteString, partition_index: i32) {
        self.next_cursor = Some(Cursor {
            topic_name,
            partition_index,
            ..Cursor::default()
        });
    }
}

fn found(
    broker: &Broker,
    topic: &TopicInfo,
    name: ByteString,
    first: i32,
    end: i32,
) -> DescribeTopicPartitionsResponseTopic {
    let node = || Int32s::from_slice(&[broker.node_id()]);
    let partitions = (first..end).map(|partition_index| {
        let led = Led::of(broker, topic, partition_index);
        DescribeTopicPartitionsResponsePartition {
            error_code: led.error_code,
            partition_index,
            leader_id: led.leader_id,
            leader_epoch: led.leader_epoch,
            replica_nodes: node(),
            isr_nodes: node(),
            eligible_leader_replicas: Some(Int32s::new()),
            last_known_elr: Some(Int32s::new()),
            ..Default::default()
        }
    });
    DescribeTopicPartitionsResponseTopic {
        name: Some(name),
        topic_id: topic.id,
        is_internal: topic.internal,
        partitions: partitions.collect(),
        topic_authorized_operations: AuthorizedOperations::TOPIC.0,
        ..Default::default()
    }
}
