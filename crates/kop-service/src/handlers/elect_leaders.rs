//! ElectLeaders: with one broker, which leads everything, no election is ever needed.

use kop_codec::messages::elect_leaders_request::TopicPartitions;
use kop_codec::messages::elect_leaders_response::{PartitionResult, ReplicaElectionResult};
use kop_codec::messages::{ElectLeadersRequest, ElectLeadersResponse};
use kop_codec::{ByteString, ErrorCode};

use crate::{Broker, Context, ErrorTally, Handler, errors};

/// Answers ElectLeaders.
#[derive(Debug, Default)]
pub struct ElectLeaders;

impl Handler for ElectLeaders {
    type Request = ElectLeadersRequest;

    async fn handle(&self, cx: Context, request: ElectLeadersRequest) -> ElectLeadersResponse {
        // 0 elects the preferred replica, 1 any replica.
        if !(0..=1).contains(&request.election_type) {
            return ElectLeadersResponse {
                error_code: ErrorCode::INVALID_REQUEST,
                ..ElectLeadersResponse::default()
            };
        }
        // Of all partitions, Kafka names only those for which there was something to do.
        let topics = request.topic_partitions.unwrap_or_default();
        let results = topics.iter().map(|topic| of_topic(&cx.broker, topic));
        ElectLeadersResponse {
            replica_election_results: results.collect(),
            ..ElectLeadersResponse::default()
        }
    }

    fn errors(response: &ElectLeadersResponse, tally: &mut ErrorTally) {
        tally.add(response.error_code);
        let partitions = response
            .replica_election_results
            .iter()
            .flat_map(|topic| &topic.partition_result);
        partitions.for_each(|partition| tally.add(partition.error_code));
    }
}

fn of_topic(broker: &Broker, topic: &TopicPartitions) -> ReplicaElectionResult {
    let partitions = topic.partitions.iter().map(|&partition_id| {
        let (error_code, message) = match broker.check_partition(&topic.topic, partition_id) {
            Ok(()) => {
                let message = ByteString::from_static(
                    "this broker leads the partition and is its only replica",
                );
                (ErrorCode::ELECTION_NOT_NEEDED, message)
            }
            Err(error) => (errors::log_error(&error), errors::message(&error)),
        };
        PartitionResult {
            partition_id,
            error_code,
            error_message: Some(message),
            ..PartitionResult::default()
        }
    });
    let (topic, partition_result) = (topic.topic.clone(), partitions.collect());
    ReplicaElectionResult {
        topic,
        partition_result,
        ..ReplicaElectionResult::default()
    }
}
