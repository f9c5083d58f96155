//! DescribeGroups: state and members of groups.

use kop_codec::messages::{DescribeGroupsRequest, DescribeGroupsResponse};

use super::group_context::group_context;
use crate::{AuthorizedOperations, Context, ErrorTally, Handler};

/// Answers DescribeGroups.
#[derive(Debug, Default)]
pub struct DescribeGroups;

impl Handler for DescribeGroups {
    type Request = DescribeGroupsRequest;

    async fn handle(&self, cx: Context, request: DescribeGroupsRequest) -> DescribeGroupsResponse {
        let with_operations = request.include_authorized_operations;
        let mut response = cx
            .broker
            .groups()
            .describe_groups(&group_context(&cx), request)
            .await;
        if with_operations {
            for group in response
                .groups
                .iter_mut()
                .filter(|group| !group.error_code.is_error())
            {
                group.authorized_operations = AuthorizedOperations::GROUP.0;
            }
        }
        response
    }

    fn errors(response: &DescribeGroupsResponse, tally: &mut ErrorTally) {
        response
            .groups
            .iter()
            .for_each(|group| tally.add(group.error_code));
    }
}
