//! DescribeProducers: who writes to partitions, and since when their transactions are open (KIP-664).

use kop_codec::messages::describe_producers_response::{
    PartitionResponse, ProducerState, TopicResponse,
};
use kop_codec::messages::{DescribeProducersRequest, DescribeProducersResponse};
use kop_log::LogError;

use crate::{Broker, Context, ErrorTally, Handler, errors};

/// Answers DescribeProducers.
#[derive(Debug, Default)]
pub struct DescribeProducers;

impl Handler for DescribeProducers {
    type Request = DescribeProducersRequest;

    async fn handle(
        &self,
        cx: Context,
        request: DescribeProducersRequest,
    ) -> DescribeProducersResponse {
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in &request.topics {
            let mut partitions = Vec::with_capacity(topic.partition_indexes.len());
            for &partition_index in topic.partition_indexes.iter() {
                let described = describe(&cx.broker, &topic.name, partition_index).await;
                partitions.push(PartitionResponse {
                    partition_index,
                    ..described.unwrap_or_else(|error| failed(&error))
                });
            }
            topics.push(TopicResponse {
                name: topic.name.clone(),
                partitions,
                ..TopicResponse::default()
            });
        }
        DescribeProducersResponse {
            topics,
            ..DescribeProducersResponse::default()
        }
    }

    fn errors(response: &DescribeProducersResponse, tally: &mut ErrorTally) {
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

async fn describe(
    broker: &Broker,
    topic: &str,
    partition: i32,
) -> Result<PartitionResponse, LogError> {
    let producers = broker.open_log(topic, partition).await?.producers().await?;
    let states = producers.into_iter().map(|producer| ProducerState {
        producer_id: producer.producer_id,
        producer_epoch: i32::from(producer.epoch),
        last_sequence: producer.last_sequence,
        last_timestamp: producer.last_timestamp_ms,
        coordinator_epoch: producer.coordinator_epoch,
        current_txn_start_offset: producer.open_since.unwrap_or(-1),
        ..ProducerState::default()
    });
    Ok(PartitionResponse {
        active_producers: states.collect(),
        ..PartitionResponse::default()
    })
}

fn failed(error: &LogError) -> PartitionResponse {
    PartitionResponse {
        error_code: errors::log_error(error),
        error_message: Some(errors::message(error)),
        ..PartitionResponse::default()
    }
}
