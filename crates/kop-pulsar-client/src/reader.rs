//! Readers: entries in, permits out.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;

use crate::connection::Connection;
use crate::error::Error;
use crate::frame;
use crate::proto::base_command::Command;
use crate::proto::{
    CommandCloseConsumer, CommandGetLastMessageId, CommandMessage, CommandSubscribe, MessageIdData,
    command_subscribe::{InitialPosition, SubType},
};
use crate::types::{MessageId, RawEntry, ReaderOptions, Start};

mod permits;

use permits::Permits;

/// A reader of one topic, from an entry of your choice. Ends with its connection, or when the broker closes it because
/// the topic moves: then make another one after the last entry that it gave. Dropping it closes it at the broker.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    id: u64,
    subscription: String,
    shared: Arc<Shared>,
    operation_timeout: Duration,
}

/// What a reader shares with its connection.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Nothing before it was asked for.
    from: Option<MessageId>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    entries: VecDeque<RawEntry>,
    permits: Permits,
    waiting: Option<Waker>,
    ended: Option<Error>,
}

impl Reader {
    /// Makes a reader on a connection to the topic's broker.
    pub(crate) async fn open(
        connection: Connection,
        topic: &str,
        options: &ReaderOptions,
        operation_timeout: Duration,
    ) -> Result<Self, Error> {
        let id = connection.next_id();
        // A name that is in use would be refused.
        let subscription = format!("{}-{:016x}", options.subscription, rand::random::<u64>());
        let shared = Arc::new(Shared {
            from: match options.start {
                Start::At(id) => Some(id),
                Start::Earliest | Start::Latest => None,
            },
            state: Mutex::new(State {
                entries: VecDeque::new(),
                permits: Permits::new(options.budget_bytes),
                waiting: None,
                ended: None,
            }),
        });
        connection.add_reader(id, Arc::clone(&shared))?;
        // From here on dropping it closes it, also at a broker that answers too late.
        let reader = Self {
            connection,
            id,
            subscription,
            shared,
            operation_timeout,
        };
        let name = &reader.subscription;
        let request = |request_id| subscribe(topic, name, (id, request_id), options);
        let connection = &reader.connection;
        connection
            .request("making a reader", operation_timeout, request)
            .await?;
        let permits = reader.shared.state.lock().permits.refill();
        connection.grant(id, permits);
        Ok(reader)
    }

    /// The next entry, in the topic's order; waits for one to be written. Gives what has come before it gives the error
    /// that ended the reader. In a terminated topic it waits behind the last entry until somebody deletes the topic. Cancel
    /// safe.
    pub async fn next(&mut self) -> Result<RawEntry, Error> {
        let (entry, permits) = poll_fn(|context| self.shared.poll_next(context)).await?;
        self.connection.grant(self.id, permits);
        Ok(entry)
    }

    /// The next entry, if it is here already.
    pub fn try_next(&mut self) -> Option<RawEntry> {
        let (entry, permits) = self.shared.state.lock().take()?;
        self.connection.grant(self.id, permits);
        Some(entry)
    }

    /// Whether [`next`](Self::next) would give an entry at once.
    pub fn has_buffered(&self) -> bool {
        !self.shared.state.lock().entries.is_empty()
    }

    /// Whether more entries may come than those that are here.
    pub fn is_open(&self) -> bool {
        self.shared.state.lock().ended.is_none()
    }

    /// The position of the topic's last entry; None if it has none. Brokers with transactions may take a topic that they
    /// loaded a moment ago for empty until the next write.
    pub async fn last_message_id(&self) -> Result<Option<MessageId>, Error> {
        let consumer_id = self.id;
        let request = |request_id| {
            Command::GetLastMessageId(CommandGetLastMessageId {
                consumer_id,
                request_id,
            })
        };
        let asking =
            self.connection
                .request("asking for the last entry", self.operation_timeout, request);
        let Command::GetLastMessageIdResponse(answer) = asking.await? else {
            return Err(Error::malformed(
                "answer to the last entry",
                "another command",
            ));
        };
        let id = answer.last_message_id;
        // Minus one as an unsigned number.
        let none = id.entry_id == u64::MAX || id.ledger_id == u64::MAX;
        Ok((!none).then_some(MessageId {
            ledger: id.ledger_id,
            entry: id.entry_id,
        }))
    }

    /// The name of its subscription, which no other has. A broker that does not list it among the topic's
    /// ([`Admin::subscriptions`](crate::Admin::subscriptions)) gives it no more entries.
    pub fn subscription(&self) -> &str {
        &self.subscription
    }

    /// Where the broker is, as `host:port`.
    pub fn address(&self) -> &str {
        self.connection.address()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.connection.remove_reader(self.id) {
            self.connection
                .send(Command::CloseConsumer(CommandCloseConsumer {
                    consumer_id: self.id,
                    request_id: self.connection.next_id(),
                }));
        }
    }
}

impl Shared {
    /// An entry came. Returns permits to give to the broker.
    pub(crate) fn deliver(&self, message: &CommandMessage, payload: Bytes) -> Result<u32, Error> {
        let (metadata, entry) = frame::split_entry(payload)?;
        let id = MessageId {
            ledger: message.message_id.ledger_id,
            entry: message.message_id.entry_id,
        };
        let mut state = self.state.lock();
        state
            .permits
            .arrived(frame::messages_in(&entry), entry.len());
        // A start behind the end of the topic is taken for its end, so entries before it can come.
        if self.from.is_some_and(|from| id < from) {
            state.permits.taken(entry.len());
            return Ok(state.permits.refill());
        }
        state.entries.push_back(RawEntry {
            id,
            index: metadata.index,
            broker_timestamp_ms: metadata.broker_timestamp,
            entry,
            redelivery_count: message.redelivery_count.unwrap_or(0),
        });
        let permits = state.permits.refill();
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        Ok(permits)
    }

    /// No more entries will come.
    pub(crate) fn end(&self, error: Error) {
        let mut state = self.state.lock();
        state.ended.get_or_insert(error);
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn poll_next(&self, context: &mut Context<'_>) -> Poll<Result<(RawEntry, u32), Error>> {
        let mut state = self.state.lock();
        if let Some(next) = state.take() {
            return Poll::Ready(Ok(next));
        }
        if let Some(error) = &state.ended {
            return Poll::Ready(Err(error.clone()));
        }
        match &mut state.waiting {
            Some(waiting) => waiting.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl State {
    /// The first entry, and permits to give to the broker.
    fn take(&mut self) -> Option<(RawEntry, u32)> {
        let entry = self.entries.pop_front()?;
        self.permits.taken(entry.entry.len());
        Some((entry, self.permits.refill()))
    }
}

fn subscribe(
    topic: &str,
    subscription: &str,
    (consumer_id, request_id): (u64, u64),
    options: &ReaderOptions,
) -> Command {
    let (start, position) = match options.start {
        // Minus one, twice.
        Start::Earliest => ((u64::MAX, u64::MAX), InitialPosition::Earliest),
        Start::Latest => ((i64::MAX as u64, i64::MAX as u64), InitialPosition::Latest),
        Start::At(id) => ((id.ledger, id.entry), InitialPosition::Earliest),
    };
    Command::Subscribe(CommandSubscribe {
        topic: topic.to_owned(),
        subscription: subscription.to_owned(),
        sub_type: SubType::Exclusive as i32,
        consumer_id,
        request_id,
        consumer_name: None,
        durable: Some(false),
        start_message_id: Some(MessageIdData {
            ledger_id: start.0,
            entry_id: start.1,
        }),
        read_compacted: Some(options.read_compacted),
        initial_position: Some(position as i32),
        force_topic_creation: Some(false),
    })
}
