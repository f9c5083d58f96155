//! OffsetFetch: how far groups have read (KIP-709).

use kop_codec::messages::{OffsetFetchRequest, OffsetFetchResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers OffsetFetch.
#[derive(Debug, Default)]
pub struct OffsetFetch;

impl Handler for OffsetFetch {
    type Request = OffsetFetchRequest;

    async fn handle(&self, cx: Context, request: OffsetFetchRequest) -> OffsetFetchResponse {
        cx.broker
            .groups()
            .offset_fetch(&group_context(&cx), request)
            .await
    }

    fn errors(response: &OffsetFetchResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        let partitions = response.topics.iter().flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
        for group in &response.groups {
            tally.add(group.error_code);
            let partitions = group.topics.iter().flat_map(|topic| &topic.partitions);
            partitions.for_each(|partition| tally.add(partition.error_code));
        }
    }
}
