//! The task that holds the lock and writes values in the order of the puts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use kop_log::{LogError, Told};
use kop_pulsar_client::{
    AccessMode, Backoff, Client, Error, MessageId, OutgoingEntry, Producer, ProducerOptions,
    Reader, ReaderOptions, Receipt, Start,
};
use parking_lot::RwLock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};

use super::record::Record;
use super::{StoreError, StoreOptions, Values};
use crate::fault::fault;
use crate::{Lease, now_ms};

/// The first pause between two attempts to take the lock back, and the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// An entry that is there arrives within this time.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What is asked of the task.
#[derive(Debug)]
pub(super) enum Put {
    Value {
        key: String,
        value: Option<Bytes>,
        done: oneshot::Sender<Result<(), LogError>>,
    },
    Close(oneshot::Sender<()>),
}

/// Messages since the last compaction.
#[derive(Debug, Default)]
pub(super) struct Written(AtomicU64);

impl Written {
    pub(super) fn take_if_more_than(&self, limit: u64) -> bool {
        let more = self.0.load(Ordering::Relaxed) > limit;
        if more {
            self.0.store(0, Ordering::Relaxed);
        }
        more
    }

    fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// A value on its way.
#[derive(Debug)]
struct Pending {
    record: Record,
    done: oneshot::Sender<Result<(), LogError>>,
    receipt: Option<Receipt>,
}

/// Why taking the lock again failed.
enum Retake {
    Later(StoreError),
    Lost(String),
}

/// The holder of the lock.
#[derive(Debug)]
pub(super) struct Writer {
    client: Client,
    options: StoreOptions,
    lease: Arc<Lease>,
    values: Arc<RwLock<Values>>,
    written: Arc<Written>,
    /// None while the lock is in doubt.
    producer: Option<Producer>,
    /// The last entry that is known to be there.
    last: MessageId,
    pending: VecDeque<Pending>,
    sequence_id: u64,
    saw_index: bool,
}

impl Writer {
    /// Takes the lock and reads all values.
    pub(super) async fn open(
        client: Client,
        options: StoreOptions,
        lease: Arc<Lease>,
        values: Arc<RwLock<Values>>,
        written: Arc<Written>,
    ) -> Result<Self, StoreError> {
        let producer = take(&client, &options).await?;
        let last = sign(&producer, &options, 0).await?;
        let mut reader = reader(&client, &options, Start::Earliest, true).await?;
        let saw_index = loop {
            let entry = next(&mut reader).await?;
            written.add(entry.records.len());
            apply(&values, entry.records);
            if entry.id >= last {
                break entry.has_index;
            }
        };
        lease.set(true);
        Ok(Self {
            client,
            options,
            lease,
            values,
            written,
            producer: Some(producer),
            last,
            pending: VecDeque::new(),
            sequence_id: 1,
            saw_index,
        })
    }

    /// Whether the newest entry came with the index that brokers count.
    pub(super) fn saw_index(&self) -> bool {
        self.saw_index
    }

    /// Bytes of the largest message that the brokers take.
    pub(super) fn max_message_bytes(&self) -> u64 {
        let size = self.producer.as_ref().map(Producer::max_message_size);
        size.map_or(u64::MAX, |size| size as u64)
    }

    /// Writes until the store is closed or dropped, or another server has the lock.
    pub(super) async fn run(
        mut self,
        mut queue: mpsc::UnboundedReceiver<Put>,
        lost: watch::Sender<Option<String>>,
    ) {
        let mut closing = None;
        loop {
            if closing.is_some() && self.pending.is_empty() {
                break;
            }
            let failed = tokio::select! {
                biased;
                result = front(&mut self.pending), if !self.pending.is_empty() => match result {
                    Ok(id) => { self.stored(id); None }
                    Err(error) => Some(error),
                },
                error = closed(self.producer.as_ref()) => Some(error),
                put = queue.recv(), if closing.is_none() => {
                    match put {
                        Some(Put::Value { key, value, done }) => self.send(Record::Value { key, value }, done),
                        Some(Put::Close(done)) => closing = Some(Some(done)),
                        None => closing = Some(None),
                    }
                    None
                }
            };
            if let Some(error) = failed
                && let Err(owner) = self.take_again(&error).await
            {
                self.lease.lose();
                lost.send_replace(Some(owner));
                return;
            }
        }
        self.lease.set(false);
        if let Some(producer) = self.producer {
            let _ = producer.close().await;
        }
        if let Some(Some(done)) = closing {
            let _ = done.send(());
        }
    }

    fn send(&mut self, record: Record, done: oneshot::Sender<Result<(), LogError>>) {
        match self.entry(&record) {
            Ok(entry) => {
                let receipt = self.producer.as_ref().map(|producer| producer.send(entry));
                self.pending.push_back(Pending {
                    record,
                    done,
                    receipt,
                });
            }
            Err(reason) => {
                let what = "value for the metadata topic";
                let _ = done.send(Err(LogError::Malformed { what, reason }));
            }
        }
    }

    fn entry(&mut self, record: &Record) -> Result<OutgoingEntry, String> {
        let entry = outgoing(record, self.sequence_id)?;
        self.sequence_id += 1;
        Ok(entry)
    }

    /// The first value on its way is in the topic.
    fn stored(&mut self, id: MessageId) {
        self.last = id;
        if let Some(pending) = self.pending.pop_front() {
            self.written.add(1);
            apply(&self.values, vec![pending.record]);
            let _ = pending.done.send(Ok(()));
        }
    }

    /// Takes the lock again after a lost connection, finds out what was written, and writes the rest. Fails with the
    /// owner if another server had the lock in between.
    async fn take_again(&mut self, error: &Error) -> Result<(), String> {
        // One that can never be written does not hold up the others.
        if matches!(error, Error::TooLarge { .. }) {
            if let Some(pending) = self.pending.pop_front() {
                let _ = pending.done.send(Err(fault("storing a value", error)));
            }
            return Ok(());
        }
        self.lease.doubt(error.to_string());
        // Closed before the next one is made: it would keep that one out.
        self.producer = None;
        tracing::warn!(%error, topic = %self.options.topic, "the lock of the metadata namespace is in doubt; taking it again");
        let mut pauses = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        let told = Told::default();
        loop {
            match self.try_take_again().await {
                Ok(()) => break,
                Err(Retake::Lost(owner)) => return Err(owner),
                Err(Retake::Later(error)) => {
                    let what = "the lock of the metadata namespace cannot be taken; trying again";
                    if let Some(not_logged_before) = told.tell(what) {
                        tracing::warn!(%error, not_logged_before, "{what}");
                    }
                    self.lease.doubt(error.to_string());
                    sleep(pauses.pause()).await;
                }
            }
        }
        self.lease.set(true);
        tracing::info!(topic = %self.options.topic, "the lock of the metadata namespace is held again");
        Ok(())
    }

    async fn try_take_again(&mut self) -> Result<(), Retake> {
        let later = Retake::Later;
        let producer = match take_now(&self.client, &self.options).await {
            Err(StoreError::Locked {
                owner: Some(owner), ..
            }) if owner != self.options.owner => return Err(Retake::Lost(owner)),
            taken => taken.map_err(later)?,
        };
        let sequence_id = self.sequence_id;
        self.sequence_id += 1;
        let end = sign(&producer, &self.options, sequence_id)
            .await
            .map_err(later)?;
        let start = Start::At(self.last);
        let mut reader = reader(&self.client, &self.options, start, false)
            .await
            .map_err(later)?;
        loop {
            let Entry { id, records, .. } = next(&mut reader).await.map_err(later)?;
            if id > self.last {
                for record in records {
                    match record {
                        Record::Owner(owner) if owner != self.options.owner => {
                            return Err(Retake::Lost(owner));
                        }
                        // Only we write: what is there is what we sent, in its order.
                        Record::Value { .. } => self.stored(id),
                        Record::Owner(_) => {}
                    }
                }
                self.last = id;
            }
            if id >= end {
                break;
            }
        }
        for at in 0..self.pending.len() {
            let record = self.pending[at].record.clone();
            let entry = self
                .entry(&record)
                .map_err(|e| later(StoreError::Entry(e)))?;
            self.pending[at].receipt = Some(producer.send(entry));
        }
        self.producer = Some(producer);
        Ok(())
    }
}

/// The result of the first value on its way. May be dropped and called again.
async fn front(pending: &mut VecDeque<Pending>) -> Result<MessageId, Error> {
    match pending.front_mut().and_then(|first| first.receipt.as_mut()) {
        Some(receipt) => receipt.await,
        None => std::future::pending().await,
    }
}

async fn closed(producer: Option<&Producer>) -> Error {
    match producer {
        Some(producer) => producer.closed().await,
        None => std::future::pending().await,
    }
}

fn outgoing(record: &Record, sequence_id: u64) -> Result<OutgoingEntry, String> {
    let entry = record.encode(now_ms(), sequence_id)?;
    Ok(OutgoingEntry {
        parts: entry.parts,
        num_messages: entry.num_messages,
        sequence_id: entry.sequence_id,
        ..OutgoingEntry::default()
    })
}

async fn take(client: &Client, options: &StoreOptions) -> Result<Producer, StoreError> {
    match take_now(client, options).await {
        Err(StoreError::Locked { owner, topic }) if options.wait => {
            tracing::info!(?owner, %topic, "another server works on this metadata namespace; waiting for it to go");
            producer(client, options, AccessMode::WaitForExclusive).await
        }
        taken => taken,
    }
}

/// Takes the lock, or says who has it.
async fn take_now(client: &Client, options: &StoreOptions) -> Result<Producer, StoreError> {
    match producer(client, options, AccessMode::Exclusive).await {
        Err(StoreError::Client {
            source: Error::ProducerBusy(_) | Error::ProducerFenced(_),
            ..
        }) => Err(StoreError::Locked {
            topic: options.topic.clone(),
            owner: owner(client, options).await,
        }),
        taken => taken,
    }
}

async fn producer(
    client: &Client,
    options: &StoreOptions,
    access_mode: AccessMode,
) -> Result<Producer, StoreError> {
    let make = || {
        let producer = ProducerOptions {
            access_mode,
            ..ProducerOptions::default()
        };
        client.producer(&options.topic, producer)
    };
    let made = match make().await {
        // Brokers may create no topic for those who ask for one (allowAutoTopicCreation=false).
        Err(Error::TopicNotFound(_)) => {
            create(client, &options.topic).await?;
            make().await
        }
        made => made,
    };
    made.map_err(client_error("taking the lock of the metadata namespace"))
}

async fn create(client: &Client, topic: &str) -> Result<(), StoreError> {
    match client.admin().create_topic(topic, &BTreeMap::new()).await {
        // Another server was faster.
        Err(error) if error.is_conflict() => Ok(()),
        created => created.map_err(client_error("creating the metadata topic")),
    }
}

/// Who has the lock, as far as its topic tells.
async fn owner(client: &Client, options: &StoreOptions) -> Option<String> {
    let mut found = None;
    if let Ok(mut reader) = reader(client, options, Start::Earliest, true).await
        && let Ok(Some(last)) = reader.last_message_id().await
    {
        while let Ok(Entry { id, records, .. }) = next(&mut reader).await {
            for record in records {
                if let Record::Owner(owner) = record {
                    found = Some(owner);
                }
            }
            if id >= last {
                break;
            }
        }
    }
    found
}

/// Writes that the lock is taken, and returns where that is.
async fn sign(
    producer: &Producer,
    options: &StoreOptions,
    sequence_id: u64,
) -> Result<MessageId, StoreError> {
    let record = Record::Owner(options.owner.clone());
    let entry = outgoing(&record, sequence_id).map_err(StoreError::Entry)?;
    let stored = timeout(READ_TIMEOUT, producer.send(entry)).await;
    let timed_out = Error::Timeout {
        doing: "writing to the metadata topic",
        after: READ_TIMEOUT,
    };
    stored
        .unwrap_or(Err(timed_out))
        .map_err(client_error("writing to the metadata topic"))
}

async fn reader(
    client: &Client,
    options: &StoreOptions,
    start: Start,
    read_compacted: bool,
) -> Result<Reader, StoreError> {
    let reader = ReaderOptions {
        start,
        read_compacted,
        subscription: "kop-metadata".to_owned(),
        ..ReaderOptions::default()
    };
    let made = client.reader(&options.topic, reader).await;
    made.map_err(client_error("reading the metadata topic"))
}

/// An entry of the topic.
struct Entry {
    id: MessageId,
    records: Vec<Record>,
    has_index: bool,
}

async fn next(reader: &mut Reader) -> Result<Entry, StoreError> {
    let timed_out = Error::Timeout {
        doing: "reading the metadata topic",
        after: READ_TIMEOUT,
    };
    let entry = timeout(READ_TIMEOUT, reader.next()).await;
    let entry = entry
        .unwrap_or(Err(timed_out))
        .map_err(client_error("reading the metadata topic"))?;
    let records = Record::decode_all(&entry.entry);
    let at = |reason| StoreError::Entry(format!("{}: {reason}", entry.id));
    Ok(Entry {
        id: entry.id,
        records: records.map_err(at)?,
        has_index: entry.index.is_some(),
    })
}

fn apply(values: &RwLock<Values>, records: Vec<Record>) {
    let mut values = values.write();
    for record in records {
        match record {
            Record::Value {
                key,
                value: Some(value),
            } => values.insert(key, value),
            Record::Value { key, value: None } => values.remove(&key),
            Record::Owner(_) => None,
        };
    }
}

fn client_error(doing: &'static str) -> impl Fn(Error) -> StoreError {
    move |source| StoreError::Client { doing, source }
}
