//! DeleteRecords: moves the log start offset of partitions up.

use kop_codec::ErrorCode;
use kop_codec::messages::delete_records_request::DeleteRecordsPartition;
use kop_codec::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use kop_codec::messages::{DeleteRecordsRequest, DeleteRecordsResponse};
use kop_log::is_internal_topic;

use crate::{Broker, Context, ErrorTally, Handler, errors};

/// Answers DeleteRecords.
#[derive(Debug, Default)]
pub struct DeleteRecords;

impl Handler for DeleteRecords {
    type Request = DeleteRecordsRequest;

    async fn handle(&self, cx: Context, request: DeleteRecordsRequest) -> DeleteRecordsResponse {
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in &request.topics {
            let mut partitions = Vec::with_capacity(topic.partitions.len());
            for partition in &topic.partitions {
                partitions.push(delete(&cx.broker, &topic.name, partition).await);
            }
            let name = topic.name.clone();
            topics.push(DeleteRecordsTopicResult {
                name,
                partitions,
                ..DeleteRecordsTopicResult::default()
            });
        }
        DeleteRecordsResponse {
            topics,
            ..DeleteRecordsResponse::default()
        }
    }

    fn errors(response: &DeleteRecordsResponse, tally: &mut ErrorTally) {
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

async fn delete(
    broker: &Broker,
    topic: &str,
    partition: &DeleteRecordsPartition,
) -> DeleteRecordsPartitionResult {
    let outcome = match broker.open_log(topic, partition.partition_index).await {
        Ok(_) if is_internal_topic(topic) => Err(ErrorCode::INVALID_TOPIC_EXCEPTION),
        // -1 stands for the high watermark; there is no other offset below 0.
        Ok(_) if partition.offset < -1 => Err(ErrorCode::OFFSET_OUT_OF_RANGE),
        Ok(log) => log
            .delete_records(partition.offset)
            .await
            .map_err(|error| errors::log_error(&error)),
        Err(error) => Err(errors::log_error(&error)),
    };
    let (low_watermark, error_code) = match outcome {
        Ok(log_start) => (log_start, ErrorCode::NONE),
        Err(code) => (-1, code),
    };
    let partition_index = partition.partition_index;
    DeleteRecordsPartitionResult {
        partition_index,
        low_watermark,
        error_code,
        ..Default::default()
    }
}
