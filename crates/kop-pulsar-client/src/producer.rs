//! Producers: entries out, receipts in.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{oneshot, watch};

use crate::connection::{Connection, Outgoing};
use crate::error::Error;
use crate::proto::base_command::Command;
use crate::proto::{
    CommandCloseProducer, CommandProducer, CommandSend, CommandSendError, CommandSendReceipt,
    KeyValue, ProducerAccessMode,
};
use crate::types::{AccessMode, MessageId, OutgoingEntry, ProducerOptions};

/// The ledger in the receipt of a duplicate: −1 as an unsigned number.
const NO_LEDGER: u64 = u64::MAX;

/// A producer of one topic. Ends with its connection, or when the broker closes it because the topic moves: then make
/// another one. Dropping it closes it at the broker.
#[derive(Debug)]
pub struct Producer {
    connection: Connection,
    id: u64,
    shared: Arc<Shared>,
    operation_timeout: Duration,
    name: String,
    last_sequence_id: Option<u64>,
    topic_epoch: Option<u64>,
}

/// What a producer shares with its connection.
#[derive(Debug)]
pub(crate) struct Shared {
    address: String,
    pending: Mutex<Pending>,
    ended: watch::Sender<Option<Error>>,
}

#[derive(Debug, Default)]
struct Pending {
    /// Entries without a receipt, in the order of the wire.
    sent: VecDeque<Sent>,
    ended: Option<Error>,
}

#[derive(Debug)]
struct Sent {
    sequence_id: u64,
    receipt: oneshot::Sender<Result<MessageId, Error>>,
}

/// Where an entry was stored, when the broker says so. Resolves even if the producer is dropped; dropping it changes
/// nothing about the entry.
///
/// An error with [`Error::Disconnected`] and `written` means that nobody knows: the entry may be in the topic, or still
/// get there. Nothing is ever sent twice by this crate.
#[derive(Debug)]
pub struct Receipt {
    answer: oneshot::Receiver<Result<MessageId, Error>>,
    shared: Arc<Shared>,
}

impl Future for Receipt {
    type Output = Result<MessageId, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = std::task::ready!(Pin::new(&mut self.answer).poll(context));
        Poll::Ready(answer.unwrap_or_else(|_| {
            let reason = "the producer was closed";
            Err(self.shared.disconnected(reason).after_write())
        }))
    }
}

impl Producer {
    /// Makes a producer on a connection to the topic's broker.
    pub(crate) async fn open(
        connection: Connection,
        topic: &str,
        options: ProducerOptions,
        operation_timeout: Duration,
    ) -> Result<Self, Error> {
        let id = connection.next_id();
        let shared = Arc::new(Shared {
            address: connection.address().to_owned(),
            pending: Mutex::default(),
            ended: watch::Sender::new(None),
        });
        connection.add_producer(id, Arc::clone(&shared))?;
        // From here on dropping it closes it, also at a broker that answers too late.
        let mut producer = Self {
            connection,
            id,
            shared,
            operation_timeout,
            name: String::new(),
            last_sequence_id: None,
            topic_epoch: None,
        };
        let request = |request_id| request(topic, id, request_id, options);
        let connection = &producer.connection;
        let answer = connection.request_turn("making a producer", operation_timeout, request);
        let Command::ProducerSuccess(success) = answer.await? else {
            return Err(Error::malformed("answer to a producer", "another command"));
        };
        producer.name = success.producer_name;
        producer.last_sequence_id = success
            .last_sequence_id
            .and_then(|id| u64::try_from(id).ok());
        producer.topic_epoch = success.topic_epoch;
        Ok(producer)
    }

    /// Its name, which the broker makes up if none was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The last sequence id that the topic has of this name; None if there is none, or deduplication is off.
    pub fn last_sequence_id(&self) -> Option<u64> {
        self.last_sequence_id
    }

    /// The number of this producer among all that had the topic for themselves; None for one that shares it.
    pub fn topic_epoch(&self) -> Option<u64> {
        self.topic_epoch
    }

    /// The largest sum of an entry's parts that the broker takes, in bytes.
    pub fn max_message_size(&self) -> usize {
        self.connection.max_message_size()
    }

    /// Where the broker is, as `host:port`.
    pub fn address(&self) -> &str {
        self.connection.address()
    }

    /// Queues an entry. The order of these calls is the order on the wire and in the topic, and receipts come in it. Any
    /// number may be under way: whoever calls it bounds them.
    pub fn send(&self, entry: OutgoingEntry) -> Receipt {
        let (receipt, answer) = oneshot::channel();
        self.queue(entry, receipt);
        Receipt {
            answer,
            shared: Arc::clone(&self.shared),
        }
    }

    fn queue(&self, entry: OutgoingEntry, receipt: oneshot::Sender<Result<MessageId, Error>>) {
        let size = entry.parts.iter().map(|part| part.len()).sum();
        let limit = self.max_message_size();
        if size > limit {
            let _ = receipt.send(Err(Error::TooLarge { size, limit }));
            return;
        }
        let command = Command::Send(CommandSend {
            producer_id: self.id,
            sequence_id: entry.sequence_id,
            num_messages: Some(i32::try_from(entry.num_messages).unwrap_or(i32::MAX)),
            txnid_least_bits: entry.txn.map(|txn| txn.1),
            txnid_most_bits: entry.txn.map(|txn| txn.0),
            highest_sequence_id: entry.highest_sequence_id,
            is_chunk: None,
            marker: entry.marker.then_some(true),
        });
        // One lock around both, so that receipts are expected in the order of the wire.
        let mut pending = self.shared.pending.lock();
        if let Some(ended) = &pending.ended {
            let _ = receipt.send(Err(ended.clone()));
            return;
        }
        pending.sent.push_back(Sent {
            sequence_id: entry.sequence_id,
            receipt,
        });
        self.connection.send_entry(Outgoing {
            command,
            parts: entry.parts,
            size,
        });
    }

    /// Entries without a receipt.
    pub fn in_flight(&self) -> usize {
        self.shared.pending.lock().sent.len()
    }

    /// Waits until the producer has ended, and says why. Cancel safe.
    pub async fn closed(&self) -> Error {
        let mut ended = self.shared.ended.subscribe();
        let reason = ended.wait_for(Option::is_some).await.ok();
        reason
            .and_then(|reason| reason.clone())
            .unwrap_or_else(|| self.shared.disconnected("the producer was closed"))
    }

    /// Closes it and waits until the broker has done so; it does so too if the future is dropped. Receipts that were not
    /// waited for are lost.
    pub async fn close(self) -> Result<(), Error> {
        if !self.connection.remove_producer(self.id) {
            return Ok(());
        }
        self.shared
            .end(self.shared.disconnected("the producer was closed"));
        let producer_id = self.id;
        let close = |request_id| {
            Command::CloseProducer(CommandCloseProducer {
                producer_id,
                request_id,
            })
        };
        let closing = self
            .connection
            .request("closing a producer", self.operation_timeout, close);
        closing.await.map(drop)
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        if self.connection.remove_producer(self.id) {
            self.connection
                .send(Command::CloseProducer(CommandCloseProducer {
                    producer_id: self.id,
                    request_id: self.connection.next_id(),
                }));
            self.shared
                .end(self.shared.disconnected("the producer was closed"));
        }
    }
}

impl Shared {
    fn disconnected(&self, reason: &str) -> Error {
        Error::Disconnected {
            address: self.address.clone(),
            reason: reason.to_owned(),
            written: false,
        }
    }

    /// The broker has stored an entry.
    pub(crate) fn receipt(&self, receipt: &CommandSendReceipt) {
        let sequence_id = receipt.sequence_id;
        let Some(sent) = self.take(sequence_id) else {
            return;
        };
        let answer = match receipt.message_id {
            Some(id) if id.ledger_id != NO_LEDGER => Ok(MessageId {
                ledger: id.ledger_id,
                entry: id.entry_id,
            }),
            _ => Err(Error::Duplicate { sequence_id }),
        };
        let _ = sent.receipt.send(answer);
    }

    /// The broker has not stored an entry.
    pub(crate) fn refused(&self, error: CommandSendError) {
        if let Some(sent) = self.take(error.sequence_id) {
            let _ = sent
                .receipt
                .send(Err(Error::broker(error.error, error.message)));
        }
    }

    /// Answers come in the order of the wire, except that duplicates are answered at once.
    fn take(&self, sequence_id: u64) -> Option<Sent> {
        let mut pending = self.pending.lock();
        let at = pending
            .sent
            .iter()
            .position(|sent| sent.sequence_id == sequence_id)?;
        pending.sent.remove(at)
    }

    /// No more receipts will come.
    pub(crate) fn end(&self, error: Error) {
        let sent = {
            let mut pending = self.pending.lock();
            pending.ended.get_or_insert_with(|| error.clone());
            std::mem::take(&mut pending.sent)
        };
        for sent in sent {
            let _ = sent.receipt.send(Err(error.clone().after_write()));
        }
        self.ended.send_if_modified(|ended| {
            let first = ended.is_none();
            ended.get_or_insert(error);
            first
        });
    }
}

fn request(topic: &str, producer_id: u64, request_id: u64, options: ProducerOptions) -> Command {
    let access_mode = match options.access_mode {
        AccessMode::Shared => ProducerAccessMode::Shared,
        AccessMode::Exclusive => ProducerAccessMode::Exclusive,
        AccessMode::WaitForExclusive => ProducerAccessMode::WaitForExclusive,
        AccessMode::ExclusiveWithFencing => ProducerAccessMode::ExclusiveWithFencing,
    };
    let properties = options.properties.into_iter();
    Command::Producer(CommandProducer {
        topic: topic.to_owned(),
        producer_id,
        request_id,
        user_provided_producer_name: Some(options.name.is_some()),
        producer_name: options.name,
        metadata: properties
            .map(|(key, value)| KeyValue { key, value })
            .collect(),
        epoch: Some(0),
        producer_access_mode: Some(access_mode as i32),
        topic_epoch: None,
    })
}
