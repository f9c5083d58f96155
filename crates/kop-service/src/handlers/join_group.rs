//! JoinGroup: take part in a group's next generation.

use kop_codec::messages::{JoinGroupRequest, JoinGroupResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers JoinGroup.
#[derive(Debug, Default)]
pub struct JoinGroup;

impl Handler for JoinGroup {
    type Request = JoinGroupRequest;

    async fn handle(&self, cx: Context, request: JoinGroupRequest) -> JoinGroupResponse {
        cx.broker
            .groups()
            .join_group(&group_context(&cx), request)
            .await
    }

    fn errors(response: &JoinGroupResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
