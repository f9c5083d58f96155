//! ConsumerGroupHeartbeat: take part in a group whose members the server assigns (KIP-848).

use kop_codec::messages::{ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers ConsumerGroupHeartbeat.
#[derive(Debug, Default)]
pub struct ConsumerGroupHeartbeat;

impl Handler for ConsumerGroupHeartbeat {
    type Request = ConsumerGroupHeartbeatRequest;

    async fn handle(
        &self,
        cx: Context,
        request: ConsumerGroupHeartbeatRequest,
    ) -> ConsumerGroupHeartbeatResponse {
        let groups = cx.broker.groups();
        groups
            .consumer_group_heartbeat(&group_context(&cx), request)
            .await
    }

    fn errors(response: &ConsumerGroupHeartbeatResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
