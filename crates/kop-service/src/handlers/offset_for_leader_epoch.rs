//! OffsetForLeaderEpoch: where leader epochs end (KIP-101, KIP-320).

use kop_codec::messages::offset_for_leader_epoch_request::OffsetForLeaderPartition;
use kop_codec::messages::offset_for_leader_epoch_response::{
    EpochEndOffset, OffsetForLeaderTopicResult,
};
use kop_codec::messages::{OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};
use kop_codec::{ByteString, ErrorCode};
use kop_log::EpochEnd;

use super::partition::check_epoch;
use crate::{Broker, Context, ErrorTally, Handler, errors};

/// Answers OffsetForLeaderEpoch.
#[derive(Debug, Default)]
pub struct OffsetForLeaderEpoch;

impl Handler for OffsetForLeaderEpoch {
    type Request = OffsetForLeaderEpochRequest;

    async fn handle(
        &self,
        cx: Context,
        request: OffsetForLeaderEpochRequest,
    ) -> OffsetForLeaderEpochResponse {
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in request.topics {
            let mut partitions = Vec::with_capacity(topic.partitions.len());
            for partition in &topic.partitions {
                partitions.push(answer(&cx.broker, &topic.topic, partition).await);
            }
            topics.push(OffsetForLeaderTopicResult {
                partitions,
                topic: topic.topic,
                ..OffsetForLeaderTopicResult::default()
            });
        }
        OffsetForLeaderEpochResponse {
            topics,
            ..OffsetForLeaderEpochResponse::default()
        }
    }

    fn errors(response: &OffsetForLeaderEpochResponse, tally: &mut ErrorTally) {
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

async fn answer(
    broker: &Broker,
    topic: &ByteString,
    request: &OffsetForLeaderPartition,
) -> EpochEndOffset {
    let (error_code, end) = match find(broker, topic, request).await {
        Ok(end) => (ErrorCode::NONE, end),
        Err(code) => (code, EpochEnd::UNKNOWN),
    };
    EpochEndOffset {
        error_code,
        partition: request.partition,
        leader_epoch: end.epoch,
        end_offset: end.end_offset,
        ..EpochEndOffset::default()
    }
}

async fn find(
    broker: &Broker,
    topic: &ByteString,
    request: &OffsetForLeaderPartition,
) -> Result<EpochEnd, ErrorCode> {
    let log = broker
        .open_log(topic, request.partition)
        .await
        .map_err(|error| errors::log_error(&error))?;
    check_epoch(request.current_leader_epoch, log.offsets().leader_epoch)?;
    log.epoch_end(request.leader_epoch)
        .map_err(|error| errors::log_error(&error))
}
