//! The server's own small values, on a topic of the metadata namespace, which is the lock of that namespace too.
//!
//! The topic has one producer, which shuts all others out, so that whoever has it is the one server that may write. Values
//! are messages by key in Pulsar's format: compaction keeps the last of each, and a start reads what it left.
//!
//! Who takes the lock writes a message that says so. It marks the end of what a start has to read, and shows a server
//! that lost its connection whether somebody else held the lock in between. Such a server must stop: what it has in
//! memory is no longer true.

mod record;
mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use kop_log::{BoxFuture, Leader, Leadership, LogError, MetadataStore, with_prefix};
use kop_pulsar_client::Client;
use parking_lot::RwLock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use self::writer::{Put, Writer};
use crate::Lease;

/// The name of the topic within the metadata namespace.
pub(crate) const TOPIC: &str = "__kop_metadata";

/// How long closing may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// How to take the lock.
#[derive(Clone, Debug)]
pub(crate) struct StoreOptions {
    /// The full name of the topic.
    pub(crate) topic: String,
    /// Who takes it, for the operator of another server that wants it.
    pub(crate) owner: String,
    /// Wait for another server to go, in place of failing.
    pub(crate) wait: bool,
}

/// Why the store cannot be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// Another server works on the namespace.
    #[error("{} works on this metadata namespace: it holds the lock {topic}", owner.as_deref().unwrap_or("another server"))]
    Locked {
        topic: String,
        owner: Option<String>,
    },
    /// The client failed.
    #[error("{doing}: {source}")]
    Client {
        doing: &'static str,
        source: kop_pulsar_client::Error,
    },
    /// An entry of the topic cannot be read or made.
    #[error("entry of the metadata topic: {0}")]
    Entry(String),
}

/// The values, and the way to the task that writes them.
#[derive(Debug)]
pub(crate) struct TopicStore {
    values: Arc<RwLock<Values>>,
    puts: mpsc::UnboundedSender<Put>,
    lost: watch::Receiver<Option<String>>,
    written: Arc<writer::Written>,
    lease: Arc<Lease>,
    max_message_bytes: u64,
    saw_index: bool,
}

type Values = BTreeMap<String, Bytes>;

impl TopicStore {
    /// Takes the lock and reads all values.
    pub(crate) async fn open(
        client: Client,
        options: StoreOptions,
        lease: Arc<Lease>,
    ) -> Result<Self, StoreError> {
        let values = Arc::new(RwLock::default());
        let written = Arc::new(writer::Written::default());
        let (lost_sender, lost) = watch::channel(None);
        let writer = Writer::open(
            client,
            options,
            Arc::clone(&lease),
            Arc::clone(&values),
            Arc::clone(&written),
        )
        .await?;
        let max_message_bytes = writer.max_message_bytes();
        let saw_index = writer.saw_index();
        let (puts, queue) = mpsc::unbounded_channel();
        tokio::spawn(writer.run(queue, lost_sender));
        Ok(Self {
            values,
            puts,
            lost,
            written,
            lease,
            max_message_bytes,
            saw_index,
        })
    }

    /// Resolves when another server has taken the lock, with who it is. Never, once the store is closed.
    pub(crate) fn lost(&self) -> impl Future<Output = String> + use<> {
        let mut lost = self.lost.clone();
        async move {
            let owner = lost.wait_for(Option::is_some).await.ok();
            match owner.and_then(|owner| owner.clone()) {
                Some(owner) => owner,
                None => std::future::pending().await,
            }
        }
    }

    /// Bytes of the largest message that the brokers take.
    pub(crate) fn max_message_bytes(&self) -> u64 {
        self.max_message_bytes
    }

    /// Whether the newest entry came with the index that brokers count.
    pub(crate) fn saw_index(&self) -> bool {
        self.saw_index
    }

    /// Whether the topic has grown so far beyond its values that it should be compacted. Says so once.
    pub(crate) fn wants_compaction(&self) -> bool {
        let live = self.values.read().len() as u64;
        self.written
            .take_if_more_than(live.saturating_mul(4).max(1_000))
    }

    /// Gives the lock back once everything has been written. Where the lock is in doubt that is not waited for: whoever
    /// has it then finds what was written.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.puts.send(Put::Close(done)).is_ok() && timeout(CLOSE_LIMIT, closed).await.is_err() {
            tracing::warn!("the lock of the metadata namespace could not be given back");
        }
    }
}

impl MetadataStore for TopicStore {
    fn get(&self, key: &str) -> Option<Bytes> {
        self.values.read().get(key).cloned()
    }

    fn scan(&self, prefix: &str) -> Vec<(String, Bytes)> {
        let values = self.values.read();
        with_prefix(&values, prefix)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    fn put(&self, key: &str, value: Option<Bytes>) -> BoxFuture<'static, Result<(), LogError>> {
        let (done, written) = oneshot::channel();
        let key = key.to_owned();
        let lease = Arc::clone(&self.lease);
        let gone = move || match lease.leader(TOPIC, 0) {
            Leader::Elsewhere => LogError::NotLeader,
            Leader::ThisServer => LogError::Unavailable {
                reason: "the metadata topic is closed".to_owned(),
            },
        };
        if self.puts.send(Put::Value { key, value, done }).is_err() {
            return futures_util::future::ready(Err(gone())).boxed();
        }
        async move { written.await.unwrap_or_else(|_| Err(gone())) }.boxed()
    }
}
