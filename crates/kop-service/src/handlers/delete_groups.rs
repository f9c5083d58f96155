//! DeleteGroups: forget groups without members, and their offsets (KIP-229).

use kop_codec::messages::{DeleteGroupsRequest, DeleteGroupsResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers DeleteGroups.
#[derive(Debug, Default)]
pub struct DeleteGroups;

impl Handler for DeleteGroups {
    type Request = DeleteGroupsRequest;

    async fn handle(&self, cx: Context, request: DeleteGroupsRequest) -> DeleteGroupsResponse {
        cx.broker
            .groups()
            .delete_groups(&group_context(&cx), request)
            .await
    }

    fn errors(response: &DeleteGroupsResponse, tally: &mut ErrorTally) {
        response
            .results
            .iter()
            .for_each(|result| tally.add(result.error_code));
    }
}
