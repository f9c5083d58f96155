//! OffsetCommit: store how far a group has read.

use kop_codec::messages::{OffsetCommitRequest, OffsetCommitResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers OffsetCommit.
#[derive(Debug, Default)]
pub struct OffsetCommit;

impl Handler for OffsetCommit {
    type Request = OffsetCommitRequest;

    async fn handle(&self, cx: Context, request: OffsetCommitRequest) -> OffsetCommitResponse {
        cx.broker
            .groups()
            .offset_commit(&group_context(&cx), request)
            .await
    }

    fn errors(response: &OffsetCommitResponse, tally: &mut ErrorTally) {
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}
