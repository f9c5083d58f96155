//! SyncGroup: bring, or get, the assignment of a generation.

use kop_codec::messages::{SyncGroupRequest, SyncGroupResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers SyncGroup.
#[derive(Debug, Default)]
pub struct SyncGroup;

impl Handler for SyncGroup {
    type Request = SyncGroupRequest;

    async fn handle(&self, cx: Context, request: SyncGroupRequest) -> SyncGroupResponse {
        cx.broker
            .groups()
            .sync_group(&group_context(&cx), request)
            .await
    }

    fn errors(response: &SyncGroupResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
