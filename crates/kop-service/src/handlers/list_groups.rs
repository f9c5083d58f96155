//! ListGroups: all groups, by state and type (KIP-518, KIP-848).

use kop_codec::messages::{ListGroupsRequest, ListGroupsResponse};

use super::group_context::group_context;
use crate::{Context, ErrorTally, Handler};

/// Answers ListGroups.
#[derive(Debug, Default)]
pub struct ListGroups;

impl Handler for ListGroups {
    type Request = ListGroupsRequest;

    async fn handle(&self, cx: Context, request: ListGroupsRequest) -> ListGroupsResponse {
        cx.broker
            .groups()
            .list_groups(&group_context(&cx), request)
            .await
    }

    fn errors(response: &ListGroupsResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
