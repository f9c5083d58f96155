//! OffsetCommit.

use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use kop_codec::messages::{OffsetCommitRequest, OffsetCommitResponse};
use kop_codec::{ByteString, ErrorCode, Uuid};

use super::{CommittedOffset, Offsets};
use crate::classic::detached;
use crate::outbox::{Cx, Then, WriteAs};
use crate::request::{Ticket, TopicErrors};
use crate::transaction::Producer;

/// An OffsetCommit request that its sender is entitled to.
#[derive(Debug)]
pub(crate) struct CommitCall<'a> {
    pub(crate) request: &'a OffsetCommitRequest,
    pub(crate) topic_errors: &'a TopicErrors,
    pub(crate) ticket: Ticket,
    /// Whose transaction it is part of.
    pub(crate) producer: Option<Producer>,
}

impl Offsets {
    /// Writes the offsets that can be committed and refuses the others. Answers when the write has ended.
    pub(crate) fn commit(&mut self, cx: &mut Cx<'_>, group: &ByteString, call: &CommitCall<'_>) {
        let request = call.request;
        let mut records = Vec::new();
        let mut offsets = Vec::new();
        let mut topics = Vec::with_capacity(request.topics.len());
        for (index, topic) in request.topics.iter().enumerate() {
            let mut partitions = Vec::with_capacity(topic.partitions.len());
            for partition in &topic.partitions {
                let refused = call
                    .topic_errors
                    .of_partition(index, partition.partition_index);
                let error = match refused {
                    ErrorCode::NONE => check_metadata(cx, partition),
                    error => error,
                };
                partitions.push(partition_result(partition, error));
                if error.is_error() {
                    continue;
                }
                let offset = CommittedOffset {
                    topic_id: topic.topic_id,
                    ..new_offset(cx, request, partition, self.next_order())
                };
                let key = (topic.name.clone(), partition.partition_index);
                records.push(match call.producer {
                    Some(producer) if cx.config.compacted_by_keys_alone => {
                        offset.to_pending_record(group, &key, producer.id)
                    }
                    _ => offset.to_record(group, &key),
                });
                let plain = call.producer.is_none();
                self.begin_write(&topic.name, partition.partition_index, plain);
                if !plain {
                    self.pending.begin(&topic.name, partition.partition_index);
                    self.pending.set_apart(cx.config.compacted_by_keys_alone);
                }
                offsets.push((key, offset));
            }
            topics.push(topic_result(topic, partitions));
        }
        let response = OffsetCommitResponse {
            topics,
            ..OffsetCommitResponse::default()
        };
        if records.is_empty() {
            cx.out.reply(call.ticket, response);
        } else {
            let then = Then::Committed {
                group: group.clone(),
                ticket: call.ticket,
                in_transaction: call.producer.map(|producer| producer.id),
                offsets,
                response,
            };
            let write_as = call.producer.map_or(WriteAs::Plain, WriteAs::InTransaction);
            cx.out.write_as(write_as, records, then);
        }
    }
}

/// The answer where a whole commit is refused; topics and partitions with an error of their own keep it.
pub(crate) fn fail_commit(call: &CommitCall<'_>, error: ErrorCode) -> OffsetCommitResponse {
    let topics = call
        .request
        .topics
        .iter()
        .enumerate()
        .map(|(index, topic)| {
            let partitions = topic.partitions.iter().map(|partition| {
                let own = call
                    .topic_errors
                    .of_partition(index, partition.partition_index);
                partition_result(partition, if own.is_error() { own } else { error })
            });
            topic_result(topic, partitions.collect())
        });
    OffsetCommitResponse {
        topics: topics.collect(),
        ..OffsetCommitResponse::default()
    }
}

/// Kafka counts the metadata in UTF-16 units.
fn check_metadata(cx: &Cx<'_>, partition: &OffsetCommitRequestPartition) -> ErrorCode {
    let limit = cx.config.offset_metadata_max_bytes;
    let too_large = |text: &ByteString| text.len() > limit && text.encode_utf16().count() > limit;
    if partition.committed_metadata.as_ref().is_some_and(too_large) {
        return ErrorCode::OFFSET_METADATA_TOO_LARGE;
    }
    ErrorCode::NONE
}

fn new_offset(
    cx: &Cx<'_>,
    request: &OffsetCommitRequest,
    partition: &OffsetCommitRequestPartition,
    order: u64,
) -> CommittedOffset {
    // Version 1 brings a timestamp, versions 2 to 4 a retention; all others leave both at -1.
    let given_ms = partition.commit_timestamp;
    let commit_ms = if given_ms < 0 {
        cx.now.wall_ms
    } else {
        given_ms
    };
    let retention_ms = request.retention_time_ms;
    let expire_ms = if retention_ms < 0 {
        -1
    } else {
        cx.now.wall_ms.saturating_add(retention_ms)
    };
    CommittedOffset {
        offset: partition.committed_offset,
        topic_id: Uuid::ZERO,
        leader_epoch: partition.committed_leader_epoch,
        metadata: partition
            .committed_metadata
            .as_ref()
            .map(detached)
            .unwrap_or_default(),
        commit_ms,
        expire_ms,
        order,
    }
}

fn partition_result(
    partition: &OffsetCommitRequestPartition,
    error_code: ErrorCode,
) -> OffsetCommitResponsePartition {
    let partition_index = partition.partition_index;
    OffsetCommitResponsePartition {
        partition_index,
        error_code,
        ..OffsetCommitResponsePartition::default()
    }
}

fn topic_result(
    topic: &OffsetCommitRequestTopic,
    partitions: Vec<OffsetCommitResponsePartition>,
) -> OffsetCommitResponseTopic {
    OffsetCommitResponseTopic {
        name: topic.name.clone(),
        topic_id: topic.topic_id,
        partitions,
        ..OffsetCommitResponseTopic::default()
    }
}
