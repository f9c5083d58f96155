//! Hands frames to whom they belong.

use std::sync::Arc;

use super::{Pending, Shared, State};
use crate::error::Error;
use crate::frame::Frame;
use crate::proto::base_command::Command;
use crate::proto::{
    AuthData, CommandAuthChallenge, CommandAuthResponse, CommandPong, CommandTopicMigrated,
    ServerError, command_topic_migrated::ResourceType,
};
use crate::types::TopicChange;

/// The protocol version that we speak: brokers send broker entry metadata from 18 on.
pub(super) const PROTOCOL_VERSION: i32 = 19;

/// What we call ourselves.
pub(super) const CLIENT_VERSION: &str = concat!("kop-pulsar-client-", env!("CARGO_PKG_VERSION"));

impl Shared {
    /// Takes one frame. An error ends the connection. Commands that nobody here asked for are passed over, so that
    /// newer brokers may send more.
    pub(super) fn dispatch(self: &Arc<Self>, frame: Frame) -> Result<(), Error> {
        let Some(command) = frame.command else {
            return Ok(());
        };
        match command {
            Command::SendReceipt(receipt) => {
                if let Some(producer) = self.of_state(|state| &state.producers, receipt.producer_id)
                {
                    producer.receipt(&receipt);
                }
            }
            Command::SendError(error) => {
                if let Some(producer) = self.of_state(|state| &state.producers, error.producer_id) {
                    producer.refused(error);
                }
            }
            Command::Message(message) => {
                if let Some(reader) = self.of_state(|state| &state.readers, message.consumer_id) {
                    let permits = reader.deliver(&message, frame.payload)?;
                    self.grant(message.consumer_id, permits);
                }
            }
            Command::Ping(_) => self.send(Command::Pong(CommandPong {})),
            Command::CloseProducer(close) => {
                self.close_producer(close.producer_id, "the broker closed the producer");
            }
            Command::CloseConsumer(close) => {
                self.close_reader(close.consumer_id, "the broker closed the reader");
            }
            Command::TopicMigrated(migrated) => self.migrated(&migrated),
            Command::WatchTopicUpdate(update) => {
                let change = TopicChange {
                    added: update.new_topics,
                    removed: update.deleted_topics,
                };
                let mut state = self.state.lock();
                let watch = state.watches.get(&update.watcher_id);
                // A watch that nobody looks at ends, rather than grow.
                if watch.is_some_and(|watch| watch.try_send(change).is_err()) {
                    state.watches.remove(&update.watcher_id);
                }
            }
            Command::WatchTopicListClose(close) => {
                self.state.lock().watches.remove(&close.watcher_id);
            }
            Command::AuthChallenge(challenge) => self.answer_challenge(&challenge),
            other => self.answer(other),
        }
        Ok(())
    }

    fn of_state<T>(
        &self,
        map: impl FnOnce(&State) -> &std::collections::HashMap<u64, Arc<T>>,
        id: u64,
    ) -> Option<Arc<T>> {
        map(&self.state.lock()).get(&id).map(Arc::clone)
    }

    /// Gives a reader's permits to the broker.
    pub(super) fn grant(&self, consumer_id: u64, permits: u32) {
        if permits > 0 {
            self.send(Command::Flow(crate::proto::CommandFlow {
                consumer_id,
                message_permits: permits,
            }));
        }
    }

    fn close_producer(&self, id: u64, reason: &str) {
        let producer = self.state.lock().producers.remove(&id);
        if let Some(producer) = producer {
            producer.end(self.disconnected(reason));
        }
    }

    fn close_reader(&self, id: u64, reason: &str) {
        let reader = self.state.lock().readers.remove(&id);
        if let Some(reader) = reader {
            reader.end(self.disconnected(reason));
        }
    }

    /// The topic lives in another cluster now: a new lookup leads there.
    fn migrated(&self, migrated: &CommandTopicMigrated) {
        let reason = "the topic moved to another cluster";
        match migrated.resource_type() {
            ResourceType::Producer => self.close_producer(migrated.resource_id, reason),
            ResourceType::Consumer => self.close_reader(migrated.resource_id, reason),
        }
    }

    /// The broker wants to know again who we are, since what we showed has expired.
    fn answer_challenge(self: &Arc<Self>, challenge: &CommandAuthChallenge) {
        let shared = Arc::clone(self);
        let method = challenge
            .challenge
            .as_ref()
            .and_then(|data| data.auth_method_name.clone());
        tokio::spawn(async move {
            let used = shared.shown.lock().clone();
            match shared.authentication.renewed(&used).await {
                Ok(data) => {
                    *shared.shown.lock() = data.clone();
                    shared.send(auth_response(method, data));
                }
                Err(error) => shared.end_with(&error),
            }
        });
    }

    /// An answer goes to the request with its id, if that still waits.
    fn answer(&self, command: Command) {
        let Some(id) = request_id(&command) else {
            return;
        };
        let mut state = self.state.lock();
        let Some(Pending { answer, ready }) = state.requests.remove(&id) else {
            return;
        };
        if let (Command::ProducerSuccess(success), Some(ready)) = (&command, ready)
            && success.producer_ready == Some(false)
        {
            let pending = Pending {
                answer: ready,
                ready: None,
            };
            state.requests.insert(id, pending);
        }
        drop(state);
        let _ = answer.send(match command {
            Command::Error(error) => Err(Error::broker(error.error, error.message)),
            other => Ok(other),
        });
    }
}

/// The answer to a challenge.
pub(super) fn auth_response(method: Option<String>, data: bytes::Bytes) -> Command {
    Command::AuthResponse(CommandAuthResponse {
        client_version: Some(CLIENT_VERSION.to_owned()),
        response: Some(AuthData {
            auth_method_name: method,
            auth_data: Some(data),
        }),
        protocol_version: Some(PROTOCOL_VERSION),
    })
}

fn request_id(command: &Command) -> Option<u64> {
    Some(match command {
        Command::Success(answer) => answer.request_id,
        Command::Error(answer) => answer.request_id,
        Command::ProducerSuccess(answer) => answer.request_id,
        Command::PartitionMetadataResponse(answer) => answer.request_id,
        Command::LookupTopicResponse(answer) => answer.request_id,
        Command::GetLastMessageIdResponse(answer) => answer.request_id,
        Command::GetTopicsOfNamespaceResponse(answer) => answer.request_id,
        Command::WatchTopicListSuccess(answer) => answer.request_id,
        _ => return None,
    })
}

/// The error of an answer that names it in fields of its own.
pub(crate) fn refused(error: Option<i32>, message: Option<String>) -> Error {
    let code = error.unwrap_or(ServerError::UnknownError as i32);
    Error::broker(code, message.unwrap_or_default())
}
