//! Offsets as a part of a transaction: AddOffsetsToTxn and TxnOffsetCommit.

use kop_codec::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use kop_codec::messages::{
    AddOffsetsToTxnRequest, AddOffsetsToTxnResponse, TxnOffsetCommitRequest,
    TxnOffsetCommitResponse,
};
use kop_codec::{ByteString, ErrorCode};

use super::{Enlist, TransactionCoordinator};
use crate::driver::OFFSETS_TOPIC;
use crate::request::GroupContext;
use crate::transaction::{ClientVersion, Producer, TransactionRequest};

/// From this version on TxnOffsetCommit adds the group's partition to the transaction.
const COMMIT_ADDS_SINCE: i16 = 5;
/// From this version on TxnOffsetCommit knows TRANSACTION_ABORTABLE.
const COMMIT_ABORTABLE_SINCE: i16 = 4;

impl TransactionCoordinator {
    /// AddOffsetsToTxn: the group's partition of `__consumer_offsets` becomes part of the transaction.
    pub async fn add_offsets(
        &self,
        request: AddOffsetsToTxnRequest,
        api_version: i16,
    ) -> AddOffsetsToTxnResponse {
        let partition = self.inner.groups.partition_of(&request.group_id);
        let add = TransactionRequest::Add {
            transactional_id: request.transactional_id.clone(),
            producer: Producer {
                id: request.producer_id,
                epoch: request.producer_epoch,
            },
            partitions: vec![(ByteString::from_static(OFFSETS_TOPIC), partition)],
            client: ClientVersion::V1,
        };
        // The group may be new: the partition has to be there when its marker comes.
        let error_code = match self.inner.groups.ensure_offsets_topic().await {
            Ok(()) => self.outcome(&request.transactional_id, add).await,
            Err(error) => error,
        };
        AddOffsetsToTxnResponse {
            error_code: super::api::fenced_before(2, api_version, error_code),
            ..AddOffsetsToTxnResponse::default()
        }
    }

    /// TxnOffsetCommit: offsets that take effect if the transaction is committed.
    pub async fn txn_offset_commit(
        &self,
        context: &GroupContext,
        request: TxnOffsetCommitRequest,
    ) -> TxnOffsetCommitResponse {
        if request.group_id.is_empty() {
            return failed(&request, ErrorCode::INVALID_GROUP_ID);
        }
        if let Err(error) = self.inner.groups.ensure_offsets_topic().await {
            return failed(&request, error);
        }
        let producer = Producer {
            id: request.producer_id,
            epoch: request.producer_epoch,
        };
        let enlist = if context.api_version >= COMMIT_ADDS_SINCE {
            Enlist::Add
        } else {
            let abortable = context.api_version >= COMMIT_ABORTABLE_SINCE;
            Enlist::Verify { abortable }
        };
        let partition = self.inner.groups.partition_of(&request.group_id);
        let partitions = vec![(ByteString::from_static(OFFSETS_TOPIC), partition)];
        let enlisted = self.enlist(&request.transactional_id, producer, partitions, enlist);
        let (errors, _lease) = enlisted.await;
        match errors.first() {
            Some(&ErrorCode::NONE) => {
                self.inner
                    .groups
                    .txn_offset_commit(context, producer, request)
                    .await
            }
            // What producers take for a reason to try again, group clients do not know.
            Some(&ErrorCode::NOT_ENOUGH_REPLICAS) => {
                failed(&request, ErrorCode::COORDINATOR_NOT_AVAILABLE)
            }
            Some(&error) => failed(&request, error),
            None => failed(&request, ErrorCode::UNKNOWN_SERVER_ERROR),
        }
    }
}

fn failed(request: &TxnOffsetCommitRequest, error_code: ErrorCode) -> TxnOffsetCommitResponse {
    let topics = request.topics.iter().map(|topic| {
        let partitions =
            topic
                .partitions
                .iter()
                .map(|partition| TxnOffsetCommitResponsePartition {
                    partition_index: partition.partition_index,
                    error_code,
                    ..TxnOffsetCommitResponsePartition::default()
                });
        TxnOffsetCommitResponseTopic {
            name: topic.name.clone(),
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
