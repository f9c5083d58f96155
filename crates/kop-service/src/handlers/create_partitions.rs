//! CreatePartitions: gives a topic more partitions.

use kop_codec::ErrorCode;
use kop_codec::messages::create_partitions_request::CreatePartitionsTopic;
use kop_codec::messages::create_partitions_response::CreatePartitionsTopicResult;
use kop_codec::messages::{CreatePartitionsRequest, CreatePartitionsResponse};
use kop_log::TopicChange;

use super::create_topics::check_replicas;
use crate::occurrences::{Occurrence, Occurrences};
use crate::refusal::Refusal;
use crate::{Broker, Context, ErrorTally, Handler};

/// Answers CreatePartitions.
#[derive(Debug, Default)]
pub struct CreatePartitions;

impl Handler for CreatePartitions {
    type Request = CreatePartitionsRequest;

    async fn handle(
        &self,
        cx: Context,
        request: CreatePartitionsRequest,
    ) -> CreatePartitionsResponse {
        let mut names = Occurrences::count(request.topics.iter().map(|topic| topic.name.clone()));
        let mut results = Vec::with_capacity(request.topics.len());
        for topic in request.topics {
            let outcome = match names.next(&topic.name) {
                Occurrence::Only => create(&cx.broker, &topic, request.validate_only).await,
                Occurrence::FirstOfMany => Err(Refusal::invalid_request("Duplicate topic name.")),
                Occurrence::Again => continue,
            };
            let (error_code, error_message) = Refusal::answer(outcome);
            let result = CreatePartitionsTopicResult {
                name: topic.name,
                error_code,
                error_message,
                ..Default::default()
            };
            results.push(result);
        }
        CreatePartitionsResponse {
            results,
            ..CreatePartitionsResponse::default()
        }
    }

    fn errors(response: &CreatePartitionsResponse, tally: &mut ErrorTally) {
        response
            .results
            .iter()
            .for_each(|topic| tally.add(topic.error_code));
    }
}

async fn create(
    broker: &Broker,
    topic: &CreatePartitionsTopic,
    validate_only: bool,
) -> Result<(), Refusal> {
    let name = &topic.name;
    let info = broker.find_topic(name).await?;
    if topic.count <= info.partitions {
        let message = format!(
            "topic {name} has {} partitions: {} would not be more",
            info.partitions, topic.count
        );
        return Err(Refusal::new(ErrorCode::INVALID_PARTITIONS, message));
    }
    if let Some(assignments) = &topic.assignments {
        let added = topic.count - info.partitions;
        if usize::try_from(added) != Ok(assignments.len()) {
            let message = format!(
                "{added} partitions are to be added, but {} assigned",
                assignments.len()
            );
            return Err(Refusal::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, message));
        }
        assignments
            .iter()
            .try_for_each(|assignment| check_replicas(broker, &assignment.broker_ids))?;
    }
    let change = TopicChange::Partitions;
    broker.catalog().check_change(&info.name, change)?;
    if !validate_only {
        broker.catalog().add_partitions(name, topic.count).await?;
    }
    Ok(())
}
