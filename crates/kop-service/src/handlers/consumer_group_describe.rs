//! ConsumerGroupDescribe: state, members and assignments of groups of the consumer protocol.

use kop_codec::messages::{ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse};

use super::group_context::group_context;
use crate::{AuthorizedOperations, Context, ErrorTally, Handler};

/// Answers ConsumerGroupDescribe.
#[derive(Debug, Default)]
pub struct ConsumerGroupDescribe;

impl Handler for ConsumerGroupDescribe {
    type Request = ConsumerGroupDescribeRequest;

    async fn handle(
        &self,
        cx: Context,
        request: ConsumerGroupDescribeRequest,
    ) -> ConsumerGroupDescribeResponse {
        let with_operations = request.include_authorized_operations;
        let groups = cx.broker.groups();
        let mut response = groups
            .consumer_group_describe(&group_context(&cx), request)
            .await;
        let described = response.groups.iter_mut();
        for group in described.filter(|group| with_operations && !group.error_code.is_error()) {
            group.authorized_operations = AuthorizedOperations::GROUP.0;
        }
        response
    }

    fn errors(response: &ConsumerGroupDescribeResponse, tally: &mut ErrorTally) {
        response
            .groups
            .iter()
            .for_each(|group| tally.add(group.error_code));
    }
}
