//! LeaveGroup: members go, one or several (KIP-345).

use kop_codec::messages::{LeaveGroupRequest, LeaveGroupResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers LeaveGroup.
#[derive(Debug, Default)]
pub struct LeaveGroup;

impl Handler for LeaveGroup {
    type Request = LeaveGroupRequest;

    async fn handle(&self, cx: Context, request: LeaveGroupRequest) -> LeaveGroupResponse {
        cx.broker
            .groups()
            .leave_group(&group_context(&cx), request)
            .await
    }

    fn errors(response: &LeaveGroupResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        response
            .members
            .iter()
            .for_each(|member| tally.add(member.error_code));
    }
}
