//! ListPartitionReassignments: with one broker, there is never one in progress (KIP-455).

use kop_codec::messages::{ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse};

use crate::{Context, ErrorTally, Handler};

/// Answers ListPartitionReassignments.
#[derive(Debug, Default)]
pub struct ListPartitionReassignments;

impl Handler for ListPartitionReassignments {
    type Request = ListPartitionReassignmentsRequest;

    async fn handle(
        &self,
        _: Context,
        _: ListPartitionReassignmentsRequest,
    ) -> ListPartitionReassignmentsResponse {
        ListPartitionReassignmentsResponse {
            error_message: None,
            ..ListPartitionReassignmentsResponse::default()
        }
    }

    fn errors(response: &ListPartitionReassignmentsResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
    }
}
