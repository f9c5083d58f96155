//! DeleteRecords: moves the log start offset of partitions up.

use kop_codec::ErrorCode;
use kop_codec::messages::delete_records_request::DeleteRecordsPartition;
use kop_codec::messages::delete_records_response::{
    DeleteRecordsPartitionResult, DeleteRecordsTopicResult,
};
use kop_codec::messages::{DeleteRecordsRequest, DeleteRecordsResponse};
use kop_log::LogError;

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
    let outcome = delete_before(broker, topic, partition).await;
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

/// The new log start offset.
async fn delete_before(
    broker: &Broker,
    topic: &str,
    partition: &DeleteRecordsPartition,
) -> Result<i64, ErrorCode> {
    let failed = |error: LogError| errors::log_error(&error);
    // Its name may be spelled in several ways.
    if broker.find_topic(topic).await.map_err(failed)?.internal {
        return Err(ErrorCode::INVALID_TOPIC_EXCEPTION);
    }
    let log = broker.open_log(topic, partition.partition_index).await;
    let log = log.map_err(failed)?;
    // -1 stands for the high watermark; there is no other offset below 0.
    if partition.offset < -1 {
        return Err(ErrorCode::OFFSET_OUT_OF_RANGE);
    }
    log.delete_records(partition.offset).await.map_err(failed)
}
