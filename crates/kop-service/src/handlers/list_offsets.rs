//! ListOffsets: offsets by time, and the special ones.

use kop_codec::messages::list_offsets_request::ListOffsetsPartition;
use kop_codec::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use kop_codec::messages::{ListOffsetsRequest, ListOffsetsResponse};
use kop_codec::{ByteString, ErrorCode};
use kop_log::{Isolation, LogError, OffsetSpec, PartitionLog, TimestampedOffset};

use super::partition::{check_epoch, isolation};
use crate::occurrences::{Occurrence, Occurrences};
use crate::{Context, ErrorTally, Handler, errors};

const LATEST: i64 = -1;
const EARLIEST: i64 = -2;
const MAX_TIMESTAMP: i64 = -3;
const EARLIEST_LOCAL: i64 = -4;
const LATEST_TIERED: i64 = -5;
const EARLIEST_PENDING_UPLOAD: i64 = -6;

/// Answers ListOffsets.
#[derive(Debug, Default)]
pub struct ListOffsets;

impl Handler for ListOffsets {
    type Request = ListOffsetsRequest;

    async fn handle(&self, cx: Context, request: ListOffsetsRequest) -> ListOffsetsResponse {
        let isolation = isolation(request.isolation_level);
        let all = request.topics.iter().flat_map(|topic| {
            let partitions = topic.partitions.iter();
            partitions.map(|partition| (&topic.name, partition.partition_index))
        });
        let mut occurrences = Occurrences::count(all);
        let mut topics = Vec::with_capacity(request.topics.len());
        for topic in &request.topics {
            let mut partitions = Vec::with_capacity(topic.partitions.len());
            for partition in &topic.partitions {
                let named = (&topic.name, partition.partition_index);
                let result = match (occurrences.next(&named), isolation) {
                    (Occurrence::Again, _) => continue,
                    (Occurrence::Only, Some(isolation)) => {
                        answer(&cx, &topic.name, partition, isolation).await
                    }
                    _ => Err(ErrorCode::INVALID_REQUEST),
                };
                partitions.push(result.unwrap_or_else(|error_code| failed(partition, error_code)));
            }
            topics.push(ListOffsetsTopicResponse {
                name: topic.name.clone(),
                partitions,
                ..ListOffsetsTopicResponse::default()
            });
        }
        ListOffsetsResponse {
            topics,
            ..ListOffsetsResponse::default()
        }
    }

    fn errors(response: &ListOffsetsResponse, tally: &mut ErrorTally) {
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

fn failed(partition: &ListOffsetsPartition, error_code: ErrorCode) -> ListOffsetsPartitionResponse {
    let partition_index = partition.partition_index;
    ListOffsetsPartitionResponse {
        partition_index,
        error_code,
        ..ListOffsetsPartitionResponse::default()
    }
}

async fn answer(
    cx: &Context,
    topic: &ByteString,
    partition: &ListOffsetsPartition,
    isolation: Isolation,
) -> Result<ListOffsetsPartitionResponse, ErrorCode> {
    // What the version does not have is said before anybody looks for the partition.
    let spec = match cx.version {
        0 => None,
        version => spec(version, partition.timestamp, isolation)?,
    };
    let log = cx
        .broker
        .open_log(topic, partition.partition_index)
        .await
        .map_err(|error| errors::log_error(&error))?;
    check_epoch(partition.current_leader_epoch, log.offsets().leader_epoch)?;
    let mut answer = failed(partition, ErrorCode::NONE);
    let fault = |error: LogError| errors::log_error(&error);
    if cx.version == 0 {
        let most = usize::try_from(partition.max_num_offsets).unwrap_or_default();
        answer.old_style_offsets = offsets_before(&*log, partition.timestamp, most)
            .await
            .map_err(fault)?;
        return Ok(answer);
    }
    let Some(spec) = spec else {
        return Ok(answer);
    };
    if let Some(found) = find(&*log, spec, isolation).await.map_err(fault)? {
        answer.offset = found.offset;
        answer.timestamp = found.timestamp_ms;
        if cx.version >= 4 {
            answer.leader_epoch = found.leader_epoch;
        }
    }
    Ok(answer)
}

/// `None` for what only a log with tiered storage has: the answer is then "no such offset".
fn spec(
    version: i16,
    timestamp: i64,
    isolation: Isolation,
) -> Result<Option<OffsetSpec>, ErrorCode> {
    let since = |needed, spec| {
        if version >= needed {
            Ok(spec)
        } else {
            Err(ErrorCode::UNSUPPORTED_VERSION)
        }
    };
    match timestamp {
        LATEST => Ok(Some(OffsetSpec::Latest(isolation))),
        EARLIEST => Ok(Some(OffsetSpec::Earliest)),
        MAX_TIMESTAMP => since(7, Some(OffsetSpec::MaxTimestamp)),
        EARLIEST_LOCAL => since(8, Some(OffsetSpec::Earliest)),
        LATEST_TIERED => since(9, None),
        EARLIEST_PENDING_UPLOAD => since(11, None),
        // What the negative ones mean that newer clients may have is not known here.
        ..0 => Err(ErrorCode::UNSUPPORTED_VERSION),
        timestamp => Ok(Some(OffsetSpec::AtOrAfter(timestamp))),
    }
}

/// A record that the isolation hides is not found.
async fn find(
    log: &dyn PartitionLog,
    spec: OffsetSpec,
    isolation: Isolation,
) -> Result<Option<TimestampedOffset>, LogError> {
    let found = log.find(spec).await?;
    let by_time = matches!(spec, OffsetSpec::AtOrAfter(_) | OffsetSpec::MaxTimestamp);
    let offsets = log.offsets();
    let end = match isolation {
        Isolation::ReadUncommitted => offsets.high_watermark,
        Isolation::ReadCommitted => offsets.last_stable,
    };
    Ok(found.filter(|found| !by_time || found.offset < end))
}

/// Version 0: up to `most` offsets at or before a time, latest first. Kafka gives the starts of its segments; here they
/// are the offset that the time leads to and the start of the log, which is what clients use the answer for.
async fn offsets_before(
    log: &dyn PartitionLog,
    timestamp: i64,
    most: usize,
) -> Result<Vec<i64>, LogError> {
    let offsets = log.offsets();
    let mut found = match timestamp {
        EARLIEST => vec![offsets.log_start],
        LATEST => vec![offsets.high_watermark, offsets.log_start],
        time => {
            let first = log.find(OffsetSpec::AtOrAfter(time)).await?;
            vec![
                first.map_or(offsets.high_watermark, |found| found.offset),
                offsets.log_start,
            ]
        }
    };
    found.dedup();
    found.truncate(most);
    Ok(found)
}
