//! TxnOffsetCommit: offsets that take effect with a transaction (KIP-447, KIP-890).

use kop_codec::messages::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers TxnOffsetCommit.
#[derive(Debug, Default)]
pub struct TxnOffsetCommit;

impl Handler for TxnOffsetCommit {
    type Request = TxnOffsetCommitRequest;

    async fn handle(
        &self,
        cx: Context,
        request: TxnOffsetCommitRequest,
    ) -> TxnOffsetCommitResponse {
        cx.broker
            .transactions()
            .txn_offset_commit(&group_context(&cx), request)
            .await
    }

    fn errors(response: &TxnOffsetCommitResponse, tally: &mut ErrorTally) {
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}
