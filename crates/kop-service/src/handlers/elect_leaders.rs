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
        let known = (0..=1).contains(&request.election_type);
        // Nobody minds the type of an election of nothing.
        let refused = !known
            && request
                .topic_partitions
                .as_ref()
                .is_none_or(|all| !all.is_empty());
        let replica_election_results = match request.topic_partitions {
            Some(topics) => topics
                .into_iter()
                .map(|topic| of_topic(&cx.broker, topic, known))
                .collect(),
            None if known => of_all(&cx.broker),
            None => Vec::new(),
        };
        let error_code = match refused {
            true => ErrorCode::INVALID_REQUEST,
            false => ErrorCode::NONE,
        };
        ElectLeadersResponse {
            error_code,
            replica_election_results,
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

/// Every topic; of its partitions only those for which there was something to do, which are none.
fn of_all(broker: &Broker) -> Vec<ReplicaElectionResult> {
    let topics = broker.catalog().topics();
    let results = topics.iter().map(|topic| ReplicaElectionResult {
        topic: topic.name.clone(),
        ..ReplicaElectionResult::default()
    });
    results.collect()
}

/// The partitions that were asked for; `known` says whether the type of the election is.
fn of_topic(broker: &Broker, topic: TopicPartitions, known: bool) -> ReplicaElectionResult {
    let partitions = topic.partitions.iter().map(|&partition_id| {
        let (error_code, message) = match broker.check_partition(&topic.topic, partition_id) {
            _ if !known => {
                let message = ByteString::from_static("there is no election of this type");
                (ErrorCode::INVALID_REQUEST, message)
            }
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
    let partition_result = partitions.collect();
    ReplicaElectionResult {
        topic: topic.topic,
        partition_result,
        ..ReplicaElectionResult::default()
    }
}
