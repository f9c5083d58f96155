//! OffsetDelete: forget offsets of a group (KIP-496).

use kop_codec::messages::{OffsetDeleteRequest, OffsetDeleteResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers OffsetDelete.
#[derive(Debug, Default)]
pub struct OffsetDelete;

impl Handler for OffsetDelete {
    type Request = OffsetDeleteRequest;

    async fn handle(&self, cx: Context, request: OffsetDeleteRequest) -> OffsetDeleteResponse {
        cx.broker
            .groups()
            .offset_delete(&group_context(&cx), request)
            .await
    }

    fn errors(response: &OffsetDeleteResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}
