//! What a log's driver and those who ask it have in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kop_log::{LogError, LogOffsets, WaiterList};
use kop_pulsar_client::{Error, Reader, ReaderOptions, Start};
use parking_lot::Mutex;

use super::context::{LogContext, LogPartition};
use super::decode::Located;
use super::state::State;

/// What subscriptions are called in Pulsar's statistics.
const SUBSCRIPTION: &str = "kop";

/// A log without its driver.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) context: Arc<LogContext>,
    pub(super) partition: LogPartition,
    pub(super) state: Mutex<State>,
    pub(super) waiters: WaiterList,
    /// Tells logs apart, those of a topic that was deleted and created again too.
    pub(super) number: u64,
}

impl Shared {
    pub(super) fn new(context: Arc<LogContext>, partition: LogPartition) -> Arc<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let state = State::new(Arc::clone(&context.cache));
        Arc::new(Self {
            context,
            partition,
            state: Mutex::new(state),
            waiters: WaiterList::default(),
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// The offsets, if the log can be used.
    pub(super) fn offsets(&self) -> Result<LogOffsets, LogError> {
        let mut state = self.state.lock();
        state.used = true;
        state.check()?;
        Ok(state.offsets())
    }

    /// Where the first entry is that can be read.
    pub(super) fn first(&self) -> Start {
        let first = self.state.lock().first;
        first.map_or(Start::Earliest, Start::At)
    }

    /// The name under which this process writes to the partition.
    pub(super) fn producer_name(&self) -> &str {
        &self.context.settings.producer_name
    }

    /// A reader of the partition that may have so many bytes waiting.
    pub(super) async fn reader(
        &self,
        start: Start,
        read_compacted: bool,
        budget_bytes: usize,
    ) -> Result<Reader, LogError> {
        let options = ReaderOptions {
            start,
            read_compacted,
            budget_bytes,
            subscription: SUBSCRIPTION.to_owned(),
        };
        let client = &self.context.client;
        let opening = client.reader(&self.partition.pulsar_topic, options);
        self.opened(opening.await).await
    }

    /// A producer or reader, or why there is none.
    pub(super) async fn opened<T>(&self, opened: Result<T, Error>) -> Result<T, LogError> {
        if let Err(Error::ServiceNotReady(_)) = &opened {
            self.free_if_terminated().await;
        }
        opened.map_err(|error| self.error(error))
    }

    /// Has the topic loaded anew, if somebody has terminated it: where writes were on their way then, brokers can keep it
    /// "temporarily unavailable" for ever, also to those who want to read.
    async fn free_if_terminated(&self) {
        let admin = self.context.client.admin();
        let topic = &self.partition.pulsar_topic;
        let stats = admin.internal_stats(topic).await;
        if !stats.is_ok_and(|stats| stats.is_terminated()) {
            return;
        }
        let what = "a terminated topic that is not ready is unloaded";
        if let Some(not_logged_before) = self.context.told.tell(what) {
            tracing::info!(topic, not_logged_before, "{what}");
        }
        if let Err(error) = admin.unload(topic).await {
            let what = "a terminated topic that is not ready cannot be unloaded";
            if let Some(not_logged_before) = self.context.told.tell(what) {
                tracing::warn!(topic, %error, not_logged_before, "{what}");
            }
        }
    }

    /// Remembers where an entry is.
    pub(super) fn note(&self, entry: &Located<'_>) {
        self.state.lock().index.note(entry.base_offset, entry.at);
    }

    /// What a failure of the client is to a log.
    pub(super) fn error(&self, error: Error) -> LogError {
        match error {
            denied if denied.is_denied() => LogError::Unauthorized {
                reason: format!("{}: {denied}", self.partition.pulsar_topic),
            },
            Error::TopicNotFound(_) => LogError::UnknownPartition {
                topic: self.partition.topic.name.clone(),
                partition: self.partition.partition,
            },
            Error::TopicTerminated(_) => LogError::Terminated {
                reason: format!(
                    "somebody has terminated {}. Write to another topic, or delete this one and make it anew",
                    self.partition.pulsar_topic
                ),
            },
            // Entries of Kafka's clients have none.
            Error::Broker { code, message } if code == "IncompatibleSchema" => {
                LogError::WritesRefused {
                    reason: format!(
                        "{} has a schema, and Pulsar refuses producers without one. Set schemaValidationEnforced=false for its namespace ({message})",
                        self.partition.pulsar_topic
                    ),
                }
            }
            Error::TooLarge { size, limit } => crate::fault::too_large(size, limit),
            Error::Malformed { what, reason } => LogError::Malformed { what, reason },
            other => LogError::Unavailable {
                reason: format!("{}: {other}", self.partition.pulsar_topic),
            },
        }
    }
}
