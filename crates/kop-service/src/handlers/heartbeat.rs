//! Heartbeat: stay in a group.

use kop_codec::messages::{HeartbeatRequest, HeartbeatResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers Heartbeat.
#[derive(Debug, Default)]
pub struct Heartbeat;

impl Handler for Heartbeat {
    type Request = HeartbeatRequest;

    async fn handle(&self, cx: Context, request: HeartbeatRequest) -> HeartbeatResponse {
        cx.broker
            .groups()
            .heartbeat(&group_context(&cx), request)
            .await
    }

    fn errors(response: &HeartbeatResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
