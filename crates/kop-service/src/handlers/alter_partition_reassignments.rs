//! AlterPartitionReassignments: with one broker, every partition is where it can be (KIP-455).

use kop_codec::ErrorCode;
use kop_codec::messages::alter_partition_reassignments_request::ReassignablePartition;
use kop_codec::messages::alter_partition_reassignments_response::{
    ReassignablePartitionResponse, ReassignableTopicResponse,
};
use kop_codec::messages::{
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse,
};

use super::create_topics::check_replicas;
use crate::refusal::Refusal;
use crate::{Broker, Context, ErrorTally, Handler};

/// Answers AlterPartitionReassignments.
#[derive(Debug, Default)]
pub struct AlterPartitionReassignments;

impl Handler for AlterPartitionReassignments {
    type Request = AlterPartitionReassignmentsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: AlterPartitionReassignmentsRequest,
    ) -> AlterPartitionReassignmentsResponse {
        let responses = request.topics.iter().map(|topic| {
            let partitions = topic.partitions.iter().map(|partition| {
                let (error_code, error_message) =
                    Refusal::answer(alter(&cx.broker, &topic.name, partition));
                let partition_index = partition.partition_index;
                ReassignablePartitionResponse {
                    partition_index,
                    error_code,
                    error_message,
                    ..Default::default()
                }
            });
            let (name, partitions) = (topic.name.clone(), partitions.collect());
            ReassignableTopicResponse {
                name,
                partitions,
                ..ReassignableTopicResponse::default()
            }
        });
        AlterPartitionReassignmentsResponse {
            error_message: None,
            responses: responses.collect(),
            allow_replication_factor_change: request.allow_replication_factor_change,
            ..AlterPartitionReassignmentsResponse::default()
        }
    }

    fn errors(response: &AlterPartitionReassignmentsResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        let partitions = response
            .responses
            .iter()
            .flat_map(|topic| &topic.partitions);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

fn alter(broker: &Broker, topic: &str, partition: &ReassignablePartition) -> Result<(), Refusal> {
    broker.check_partition(topic, partition.partition_index)?;
    match &partition.replicas {
        Some(replicas) => check_replicas(broker, replicas),
        None => {
            let message = "no reassignment of the partition is in progress";
            Err(Refusal::new(
                ErrorCode::NO_REASSIGNMENT_IN_PROGRESS,
                message,
            ))
        }
    }
}
