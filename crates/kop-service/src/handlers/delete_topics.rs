//! DeleteTopics, by name or by id.

use std::sync::Arc;

use kop_codec::messages::delete_topics_request::DeleteTopicState;
use kop_codec::messages::delete_topics_response::DeletableTopicResult;
use kop_codec::messages::{DeleteTopicsRequest, DeleteTopicsResponse};
use kop_codec::{ByteString, ErrorCode, Uuid};
use kop_log::TopicInfo;

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
        let mut found = Vec::with_capacity(wanted.len());
        for topic in &wanted {
            found.push(match check_enabled(&cx.broker, cx.version) {
                Ok(()) => find(&cx.broker, topic).await,
                Err(disabled) => Err(disabled),
            });
        }
        // A topic can be named by its id and by its name.
        let named = wanted
            .iter()
            .zip(&found)
            .filter_map(|(asked, found)| Named::of(asked, found));
        let mut occurrences = Occurrences::count(named);
        let mut responses = Vec::with_capacity(wanted.len());
        for (asked, found) in wanted.into_iter().zip(found) {
            let occurrence = Named::of(&asked, &found).map(|named| occurrences.next(&named));
            let twice = Refusal::invalid_request("the topic is named twice");
            let (topic, outcome) = match (occurrence, found) {
                (Some(Occurrence::Again), _) => continue,
                (Some(Occurrence::FirstOfMany), found) => (found.ok(), Err(twice)),
                (_, Err(refusal)) => (None, Err(refusal)),
                (_, Ok(topic)) => match delete(&cx.broker, &topic).await {
                    Ok(()) => (Some(topic), Ok(())),
                    refused => (None, refused),
                },
            };
            responses.push(answer(asked, topic, outcome));
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

/// What tells whether two parts of a request mean the same.
#[derive(Eq, Hash, PartialEq)]
enum Named {
    /// This topic.
    Topic(Uuid),
    /// None that there is, by this name or id.
    Nothing(Option<ByteString>, Uuid),
}

impl Named {
    /// `None` for a part that names no topic, or one doubly: each such part is answered by itself.
    fn of(asked: &DeleteTopicState, found: &Result<Arc<TopicInfo>, Refusal>) -> Option<Self> {
        if asked.name.is_some() != asked.topic_id.is_zero() {
            return None;
        }
        Some(match found {
            Ok(topic) => Self::Topic(topic.id),
            Err(_) => Self::Nothing(asked.name.clone(), asked.topic_id),
        })
    }
}

/// The topic that is asked for.
async fn find(broker: &Broker, asked: &DeleteTopicState) -> Result<Arc<TopicInfo>, Refusal> {
    match &asked.name {
        Some(_) if !asked.topic_id.is_zero() => Err(Refusal::invalid_request(
            "give the name or the id, not both",
        )),
        None if asked.topic_id.is_zero() => {
            Err(Refusal::invalid_request("neither name nor id is given"))
        }
        Some(name) => Ok(broker.find_topic(name).await?),
        None => broker.catalog().topic_by_id(asked.topic_id).ok_or_else(|| {
            Refusal::new(
                ErrorCode::UNKNOWN_TOPIC_ID,
                format!("there is no topic with id {}", asked.topic_id),
            )
        }),
    }
}

async fn delete(broker: &Broker, topic: &TopicInfo) -> Result<(), Refusal> {
    if topic.internal {
        return Err(Refusal::invalid_request(format!(
            "topic {} belongs to the server",
            topic.name
        )));
    }
    broker.catalog().delete_topic(&topic.name).await?;
    broker.topic_deleted(&topic.name).await;
    Ok(())
}

fn answer(
    asked: DeleteTopicState,
    topic: Option<Arc<TopicInfo>>,
    outcome: Result<(), Refusal>,
) -> DeletableTopicResult {
    let (error_code, error_message) = Refusal::answer(outcome);
    DeletableTopicResult {
        // Clients look for the topic under the name that they asked for.
        name: asked
            .name
            .or_else(|| topic.as_ref().map(|topic| topic.name.clone())),
        topic_id: topic.map_or(asked.topic_id, |topic| topic.id),
        error_code,
        error_message,
        ..DeletableTopicResult::default()
    }
}

/// Whether topics can be deleted at all.
fn check_enabled(broker: &Broker, version: i16) -> Result<(), Refusal> {
    if broker.settings().get(keys::DELETE_TOPIC_ENABLE) {
        return Ok(());
    }
    // The code came with version 3.
    let code = if version < 3 {
        ErrorCode::INVALID_REQUEST
    } else {
        ErrorCode::TOPIC_DELETION_DISABLED
    };
    Err(Refusal::new(
        code,
        "topics cannot be deleted: delete.topic.enable=false",
    ))
}
