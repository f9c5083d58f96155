//! One connection to a broker: requests and their answers, and where frames for producers, readers and watches go.
//!
//! A read task takes frames in and hands them out, a write task writes what all others queue, a third looks whether the
//! peer still lives. The first fault of any of them ends the connection for everybody who uses it.

mod dispatch;
mod open;
mod tasks;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use smallvec::SmallVec;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::auth::Authentication;
use crate::error::Error;
use crate::numbers::Counters;
use crate::producer;
use crate::proto::base_command::Command;
use crate::reader;
use crate::types::TopicChange;

pub(crate) use dispatch::refused;
pub(crate) use open::{Opening, tcp};

/// A connection. Clones share it; it ends with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
    _end: Arc<EndOnDrop>,
}

#[derive(Debug)]
struct EndOnDrop(Arc<Shared>);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// What the tasks and all users of a connection share.
#[derive(Debug)]
pub(crate) struct Shared {
    address: String,
    max_message_size: usize,
    watches_topics: bool,
    authentication: Authentication,
    /// What has shown the broker who we are.
    shown: Mutex<Bytes>,
    counters: Arc<Counters>,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    state: Mutex<State>,
    tasks: Mutex<Vec<AbortHandle>>,
    /// Anything was read since the last look.
    alive: AtomicBool,
    /// Ids of requests, producers, readers and watches.
    next_id: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    ended: Option<Error>,
    requests: HashMap<u64, Pending>,
    producers: HashMap<u64, Arc<producer::Shared>>,
    readers: HashMap<u64, Arc<reader::Shared>>,
    watches: HashMap<u64, mpsc::Sender<TopicChange>>,
}

/// Who waits for an answer.
#[derive(Debug)]
struct Pending {
    answer: oneshot::Sender<Result<Command, Error>>,
    /// A producer that waits for its turn is answered twice: in line, and ready.
    ready: Option<oneshot::Sender<Result<Command, Error>>>,
}

/// A command to write, and the bytes that follow it.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) command: Command,
    pub(crate) parts: SmallVec<[Bytes; 3]>,
    /// Bytes of all parts.
    pub(crate) size: usize,
}

impl Connection {
    /// Where it leads, as `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.shared.address
    }

    /// The largest entry that the broker takes.
    pub(crate) fn max_message_size(&self) -> usize {
        self.shared.max_message_size
    }

    /// Whether the broker tells about new and deleted topics.
    pub(crate) fn watches_topics(&self) -> bool {
        self.shared.watches_topics
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_open(&self) -> bool {
        self.shared.state.lock().ended.is_none()
    }

    /// A new id for a producer, reader or watch.
    pub(crate) fn next_id(&self) -> u64 {
        self.shared.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// Queues a command that has no answer, or whose answer nobody waits for. Of no effect after the end.
    pub(crate) fn send(&self, command: Command) {
        self.shared.send(command);
    }

    /// Queues an entry. The caller learns of the end as a registered producer.
    pub(crate) fn send_entry(&self, outgoing: Outgoing) {
        // A closed channel means that the connection has ended, which its producers are told by `end`.
        let _ = self.shared.outgoing.send(outgoing);
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn request(
        &self,
        doing: &'static str,
        limit: Duration,
        command: impl FnOnce(u64) -> Command,
    ) -> Result<Command, Error> {
        let (answer, answered) = oneshot::channel();
        let pending = Pending {
            answer,
            ready: None,
        };
        let _forget = self.start_request(pending, command)?;
        self.wait(doing, limit, answered).await
    }

    /// Sends a request that is answered twice if it has to wait for its turn; `limit` is for the first answer.
    pub(crate) async fn request_turn(
        &self,
        doing: &'static str,
        limit: Duration,
        command: impl FnOnce(u64) -> Command,
    ) -> Result<Command, Error> {
        let (answer, answered) = oneshot::channel();
        let (ready, readied) = oneshot::channel();
        let pending = Pending {
            answer,
            ready: Some(ready),
        };
        let _forget = self.start_request(pending, command)?;
        match self.wait(doing, limit, answered).await? {
            Command::ProducerSuccess(success) if success.producer_ready == Some(false) => {
                readied.await.unwrap_or_else(|_| Err(self.end_reason()))
            }
            first => Ok(first),
        }
    }

    async fn wait(
        &self,
        doing: &'static str,
        limit: Duration,
        answer: oneshot::Receiver<Result<Command, Error>>,
    ) -> Result<Command, Error> {
        match tokio::time::timeout(limit, answer).await {
            Ok(answer) => answer.unwrap_or_else(|_| Err(self.end_reason())),
            Err(_) => Err(Error::Timeout {
                doing,
                after: limit,
            }),
        }
    }

    fn start_request(
        &self,
        pending: Pending,
        command: impl FnOnce(u64) -> Command,
    ) -> Result<ForgetRequest<'_>, Error> {
        let id = self.next_id();
        let mut state = self.shared.state.lock();
        if let Some(reason) = &state.ended {
            return Err(reason.clone());
        }
        state.requests.insert(id, pending);
        drop(state);
        self.shared.send(command(id));
        Ok(ForgetRequest {
            connection: self,
            id,
        })
    }

    /// Why it ended.
    pub(crate) fn end_reason(&self) -> Error {
        let ended = self.shared.state.lock().ended.clone();
        ended.unwrap_or_else(|| self.shared.disconnected("the request was dropped"))
    }

    /// Why something that lived on it ended, if not with it.
    pub(crate) fn end_reason_of(&self, what: &str) -> Error {
        let ended = self.shared.state.lock().ended.clone();
        ended.unwrap_or_else(|| {
            self.shared
                .disconnected(format!("the broker closed {what}"))
        })
    }

    /// Receipts for this producer go to `producer` from now on.
    pub(crate) fn add_producer(
        &self,
        id: u64,
        producer: Arc<producer::Shared>,
    ) -> Result<(), Error> {
        self.register(|state| {
            state.producers.insert(id, producer);
        })
    }

    /// Entries for this reader go to `reader` from now on.
    pub(crate) fn add_reader(&self, id: u64, reader: Arc<reader::Shared>) -> Result<(), Error> {
        self.register(|state| {
            state.readers.insert(id, reader);
        })
    }

    /// Changes of topics for this watch go to `watch` from now on.
    pub(crate) fn add_watch(&self, id: u64, watch: mpsc::Sender<TopicChange>) -> Result<(), Error> {
        self.register(|state| {
            state.watches.insert(id, watch);
        })
    }

    fn register(&self, add: impl FnOnce(&mut State)) -> Result<(), Error> {
        let mut state = self.shared.state.lock();
        match &state.ended {
            Some(reason) => Err(reason.clone()),
            None => {
                add(&mut state);
                Ok(())
            }
        }
    }

    /// Forgets a producer; true if it was still known.
    pub(crate) fn remove_producer(&self, id: u64) -> bool {
        self.shared.state.lock().producers.remove(&id).is_some()
    }

    /// Forgets a reader; true if it was still known.
    pub(crate) fn remove_reader(&self, id: u64) -> bool {
        self.shared.state.lock().readers.remove(&id).is_some()
    }

    /// Gives permits of a reader to the broker.
    pub(crate) fn grant(&self, id: u64, permits: u32) {
        self.shared.grant(id, permits);
    }

    /// Forgets a watch; true if it was still known.
    pub(crate) fn remove_watch(&self, id: u64) -> bool {
        self.shared.state.lock().watches.remove(&id).is_some()
    }
}

/// An answer that nobody waits for any more must not be kept room for.
struct ForgetRequest<'a> {
    connection: &'a Connection,
    id: u64,
}

impl Drop for ForgetRequest<'_> {
    fn drop(&mut self) {
        self.connection
            .shared
            .state
            .lock()
            .requests
            .remove(&self.id);
    }
}

impl Shared {
    fn send(&self, command: Command) {
        // A closed channel means that the connection has ended, which everybody is told by `end`.
        let _ = self.outgoing.send(Outgoing {
            command,
            parts: SmallVec::new(),
            size: 0,
        });
    }

    fn disconnected(&self, reason: impl Into<String>) -> Error {
        Error::Disconnected {
            address: self.address.clone(),
            reason: reason.into(),
            written: false,
        }
    }

    /// Nobody uses the connection any more.
    fn close(&self) {
        self.finish(&self.disconnected("it is no longer used"), false);
    }

    /// Ends the connection and tells everybody who uses it. Only the first call counts.
    fn end(&self, reason: impl Into<String>) {
        self.end_with(&self.disconnected(reason));
    }

    fn end_with(&self, error: &Error) {
        self.finish(error, true);
    }

    fn finish(&self, error: &Error, lost: bool) {
        let state = {
            let mut state = self.state.lock();
            if state.ended.is_some() {
                return;
            }
            let ended = State {
                ended: Some(error.clone()),
                ..State::default()
            };
            std::mem::replace(&mut *state, ended)
        };
        self.counters.ended(lost);
        for task in self.tasks.lock().drain(..) {
            task.abort();
        }
        for pending in state.requests.into_values() {
            let _ = pending.answer.send(Err(error.clone()));
            if let Some(ready) = pending.ready {
                let _ = ready.send(Err(error.clone()));
            }
        }
        for producer in state.producers.into_values() {
            producer.end(error.clone());
        }
        for reader in state.readers.into_values() {
            reader.end(error.clone());
        }
        // Watches end when their senders are dropped, with `state`.
    }
}
