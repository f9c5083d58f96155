//! Offsets in transactions, as the transaction coordinator hands them to the groups.

use kop_codec::ErrorCode;
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::txn_offset_commit_request::TxnOffsetCommitRequestTopic;
use kop_codec::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use kop_codec::messages::{
    OffsetCommitRequest, OffsetCommitResponse, TxnOffsetCommitRequest, TxnOffsetCommitResponse,
};

use super::groups::GroupCall;
use super::{GroupCoordinator, Marker, OFFSETS_TOPIC};
use crate::request::{GroupContext, GroupRequest, GroupResponse};
use crate::transaction::Producer;

/// From this version on TxnOffsetCommit names topics by their ids.
const TOPIC_IDS_SINCE: i16 = 6;

impl GroupCoordinator {
    /// TxnOffsetCommit by a producer whose transaction has been verified.
    pub(super) async fn txn_offset_commit(
        &self,
        context: &GroupContext,
        producer: Producer,
        request: TxnOffsetCommitRequest,
    ) -> TxnOffsetCommitResponse {
        let by_id = context.api_version >= TOPIC_IDS_SINCE;
        let commit = self.commit(context, by_id, plain(request), Some(producer));
        in_transaction(commit.await)
    }

    /// Writes the marker of a transaction to a partition of the offsets topic, and lets it take effect. Resolves when it
    /// is known whether it was written.
    pub(super) async fn end_transaction(
        &self,
        partition: i32,
        marker: Marker,
    ) -> Result<(), ErrorCode> {
        let topic = self.inner.catalog.topic(OFFSETS_TOPIC);
        if !topic.is_some_and(|topic| (0..topic.partitions).contains(&partition)) {
            return Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        }
        let call = GroupCall {
            context: GroupContext::default(),
            request: GroupRequest::EndTransaction(marker.producer, marker.record()),
        };
        match self.inner.shards.get(partition)?.call(call).await? {
            GroupResponse::Outcome(ErrorCode::NONE) => Ok(()),
            GroupResponse::Outcome(error) => Err(error),
            // Cannot be: the state machine answers each request by its own type.
            _ => Err(ErrorCode::UNKNOWN_SERVER_ERROR),
        }
    }
}

/// The request in terms of OffsetCommit.
fn plain(request: TxnOffsetCommitRequest) -> OffsetCommitRequest {
    let topic = |topic: TxnOffsetCommitRequestTopic| {
        let partitions =
            topic
                .partitions
                .into_iter()
                .map(|partition| OffsetCommitRequestPartition {
                    partition_index: partition.partition_index,
                    committed_offset: partition.committed_offset,
                    committed_leader_epoch: partition.committed_leader_epoch,
                    committed_metadata: partition.committed_metadata,
                    ..OffsetCommitRequestPartition::default()
                });
        OffsetCommitRequestTopic {
            name: topic.name,
            topic_id: topic.topic_id,
            partitions: partitions.collect(),
            ..OffsetCommitRequestTopic::default()
        }
    };
    OffsetCommitRequest {
        group_id: request.group_id,
        generation_id_or_member_epoch: request.generation_id_or_member_epoch,
        member_id: request.member_id,
        group_instance_id: request.group_instance_id,
        topics: request.topics.into_iter().map(topic).collect(),
        ..OffsetCommitRequest::default()
    }
}

/// The response in terms of TxnOffsetCommit.
fn in_transaction(response: OffsetCommitResponse) -> TxnOffsetCommitResponse {
    let topics = response.topics.into_iter().map(|topic| {
        let partitions =
            topic
                .partitions
                .into_iter()
                .map(|partition| TxnOffsetCommitResponsePartition {
                    partition_index: partition.partition_index,
                    error_code: partition.error_code,
                    ..TxnOffsetCommitResponsePartition::default()
                });
        TxnOffsetCommitResponseTopic {
            name: topic.name,
            topic_id: topic.topic_id,
            partitions: partitions.collect(),
            ..TxnOffsetCommitResponseTopic::default()
        }
    });
    TxnOffsetCommitResponse {
        topics: topics.collect(),
        ..TxnOffsetCommitResponse::default()
    }
}
