//! DeleteTopics, by name or by id.

use kop_codec::messages::delete_topics_request::DeleteTopicState;
use kop_codec::messages::delete_topics_response::DeletableTopicResult;
use kop_codec::messages::{DeleteTopicsRequest, DeleteTopicsResponse};
use kop_codec::{ByteString, ErrorCode, Uuid};

use crate::occurrences::{Occurrence, Occurrences};
use crate::refusal::Refusal;
use crate::settings::keys;
use crate::{Broker, Context, ErrorTally, Handler};

/// Answers DeleteTopics.
#[derive(Debug, Default)]
pub struct DeleteTopics;

impl Handler for DeleteTopics {
    type Request = DeleteTopicsRequest;

    async fn handle(&self, cx: Context, request: DeleteTopicsRequest) -> DeleteTopicsResponse {
        let by_name = |name| DeleteTopicState {
            name: Some(name),
            ..DeleteTopicState::default()
        };
        let mut wanted = request.topics;
        wanted.extend(request.topic_names.into_iter().map(by_name));
        let key = |topic: &DeleteTopicState| (topic.name.clone(), topic.topic_id);
        let mut keys = Occurrences::count(wanted.iter().map(key));
        let mut responses = Vec::with_capacity(wanted.len());
        for topic in wanted {
            let outcome = match keys.next(&key(&topic)) {
                Occurrence::Only => delete(&cx.broker, &topic, cx.version).await,
                Occurrence::FirstOfMany => {
                    Err(Refusal::invalid_request("the topic is named twice"))
                }
                Occurrence::Again => continue,
            };
            responses.push(answer(topic, outcome));
        }
        DeleteTopicsResponse {
            responses,
            ..DeleteTopicsResponse::default()
        }
    }

    fn errors(response: &DeleteTopicsResponse, tally: &mut ErrorTally) {
        response
            .responses
            .iter()
            .for_each(|topic| tally.add(topic.error_code));
    }
}

/// Deletes a topic and returns its name and id.
async fn delete(
    broker: &Broker,
    topic: &DeleteTopicState,
    version: i16,
) -> Result<(ByteString, Uuid), Refusal> {
    if !broker.settings().get(keys::DELETE_TOPIC_ENABLE) {
        // The code came with version 3.
        let code = if version < 3 {
            ErrorCode::INVALID_REQUEST
        } else {
            ErrorCode::TOPIC_DELETION_DISABLED
        };
        return Err(Refusal::new(
            code,
            "topics cannot be deleted: delete.topic.enable=false",
        ));
    }
    let info = match &topic.name {
        Some(_) if !topic.topic_id.is_zero() => {
            return Err(Refusal::invalid_request(
                "give the name or the id, not both",
            ));
        }
        None if topic.topic_id.is_zero() => {
            return Err(Refusal::invalid_request("neither name nor id is given"));
        }
        Some(name) => broker.find_topic(name).await?,
        None => broker
            .catalog()
            .topic_by_id(topic.topic_id)
            .ok_or_else(|| {
                Refusal::new(
                    ErrorCode::UNKNOWN_TOPIC_ID,
                    format!("there is no topic with id {}", topic.topic_id),
                )
            })?,
    };
    if info.internal {
        return Err(Refusal::invalid_request(format!(
            "topic {} belongs to the server",
            info.name
        )));
    }
    broker.catalog().delete_topic(&info.name).await?;
    broker.topic_deleted(&info.name).await;
    Ok((info.name.clone(), info.id))
}

fn answer(
    topic: DeleteTopicState,
    outcome: Result<(ByteString, Uuid), Refusal>,
) -> DeletableTopicResult {
    let found = outcome.as_ref().ok().cloned();
    let (error_code, error_message) = Refusal::answer(outcome.map(drop));
    let (name, topic_id) = match (topic.name, found) {
        // Clients look for the topic under the name that they asked for.
        (Some(asked), Some((_, id))) => (Some(asked), id),
        (None, Some((name, id))) => (Some(name), id),
        (asked, None) => (asked, topic.topic_id),
    };
    DeletableTopicResult {
        name,
        topic_id,
        error_code,
        error_message,
        ..DeletableTopicResult::default()
    }
}
