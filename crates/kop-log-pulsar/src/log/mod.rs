//! One partition of a Pulsar topic as a [`PartitionLog`].

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::ready;
use kop_codec::Uuid;
use kop_log::producer::ActiveProducer;
use kop_log::{
    AppendRequest, Appended, BoxFuture, EpochEnd, LogError, LogOffsets, OffsetSpec, PartitionLog,
    ReadRequest, ReadResult, TimestampedOffset, TopicConfig, Waiter,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

mod behind;
mod cache;
mod context;
mod decode;
mod driver;
mod find;
mod heavy;
mod index;
mod lost;
mod open;
mod producers;
mod read;
mod readers;
mod scan;
mod sequence;
mod shared;
mod start;
mod state;

pub use context::{LogContext, LogNumbers, LogPartition, LogSettings, Undecodable};

use context::count;
use decode::LEADER_EPOCH;
use driver::{Append, Command, Driver};
use shared::Shared;
use state::Status;

/// The log of a partition that is a Pulsar topic.
///
/// It follows its topic while it is in use: a producer if there were writes, and a reader of the tail. Left alone it
/// lets go of both and becomes small; [`open`](Self::open) brings it back, and so does every operation that waits.
#[derive(Debug)]
pub struct PulsarLog {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedSender<Command>,
}

impl PulsarLog {
    /// A log that is not open yet. Must be called within a runtime, which runs the log's task.
    pub fn new(context: Arc<LogContext>, partition: LogPartition) -> Arc<Self> {
        let shared = Shared::new(context, partition);
        let (commands, received) = mpsc::unbounded_channel();
        tokio::spawn(Driver::new(Arc::clone(&shared), received).run());
        Arc::new(Self { shared, commands })
    }

    /// Whether the offsets are those of the topic, up to a moment ago.
    pub fn is_open(&self) -> bool {
        matches!(self.shared.state.lock().status, Status::Open)
    }

    /// Opens the log, if it is not open.
    ///
    /// # Errors
    /// [`LogError::UnknownPartition`] where Pulsar has no such topic, [`LogError::Unavailable`],
    /// [`LogError::Unauthorized`], [`LogError::Malformed`] for entries without an index and for damaged state,
    /// [`LogError::Deleted`].
    pub fn open(&self) -> BoxFuture<'static, Result<(), LogError>> {
        if self.is_open() {
            return ready(Ok(())).boxed();
        }
        self.ask("open", Command::Open)
    }

    /// The topic was deleted: everybody who waits is told.
    pub fn delete(&self) {
        self.shared.state.lock().delete();
        self.shared.context.readers.prune(Some(self.shared.number));
        self.shared.waiters.wake_all();
        // Its task looks at the state after every command.
        let (reply, _) = oneshot::channel();
        let _ = self.commands.send(Command::Open(reply));
    }

    /// Does what is due at `now_ms`, in milliseconds since 1970: forgets idle producers, and applies the topic's
    /// retention to what Pulsar has not deleted yet.
    pub async fn maintain(&self, now_ms: i64) {
        self.shared.context.readers.prune(None);
        if !self.is_open() {
            return;
        }
        let config = self.config();
        let due = {
            let mut state = self.shared.state.lock();
            state
                .producers
                .expire(now_ms, config.producer_id_expiration_ms);
            state.retained_from(&config, now_ms)
        };
        if let Some(offset) = due
            && let Err(error) = self.delete_records(offset).await
        {
            let topic = &self.shared.partition.pulsar_topic;
            tracing::warn!(topic, %error, "retention could not be applied");
        }
    }

    /// Waits for what is on its way, stores what has to be remembered, and ends. Nothing may be asked of it afterwards.
    ///
    /// # Errors
    /// [`LogError::Unavailable`] where the state could not be stored.
    pub fn close(&self) -> BoxFuture<'static, Result<(), LogError>> {
        self.ask("close", Command::Close)
    }

    fn ask(
        &self,
        verb: &'static str,
        command: impl FnOnce(oneshot::Sender<Result<(), LogError>>) -> Command,
    ) -> BoxFuture<'static, Result<(), LogError>> {
        let (reply, answer) = oneshot::channel();
        let sent = self.commands.send(command(reply));
        let limit = self.shared.context.settings.operation_timeout;
        let ended = self.ended();
        async move {
            if sent.is_err() {
                return Err(ended);
            }
            match timeout(limit, answer).await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => Err(ended),
                Err(_) => Err(LogError::Unavailable {
                    reason: format!("the partition did not {verb} within {limit:?}"),
                }),
            }
        }
        .boxed()
    }

    /// Why there is no task any more.
    fn ended(&self) -> LogError {
        if self.shared.state.lock().is_deleted() {
            return LogError::Deleted;
        }
        LogError::Unavailable {
            reason: "the log is closed".to_owned(),
        }
    }

    /// Runs something on the log once it is open.
    fn opened<T: Send + 'static>(
        &self,
        doing: impl Future<Output = Result<T, LogError>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        if self.is_open() {
            return doing.boxed();
        }
        let opening = self.open();
        async move {
            opening.await?;
            doing.await
        }
        .boxed()
    }
}

impl PartitionLog for PulsarLog {
    fn topic(&self) -> &str {
        &self.shared.partition.topic.name
    }

    fn topic_id(&self) -> Uuid {
        self.shared.partition.topic.id
    }

    fn partition(&self) -> i32 {
        self.shared.partition.partition
    }

    fn config(&self) -> Arc<TopicConfig> {
        self.shared.partition.topic.config()
    }

    fn offsets(&self) -> LogOffsets {
        let mut state = self.shared.state.lock();
        state.used = true;
        state.offsets()
    }

    fn append(&self, request: AppendRequest) -> BoxFuture<'static, Result<Appended, LogError>> {
        let (size, limit) = (request.records.bytes, self.config().segment_bytes);
        if size > limit {
            return ready(Err(LogError::TooLarge { size, limit })).boxed();
        }
        if request.records.batches.is_empty() {
            return self.opened(nothing_appended(Arc::clone(&self.shared)));
        }
        let (reply, answer) = oneshot::channel();
        let append = Append {
            request,
            deadline: Instant::now() + self.shared.context.settings.operation_timeout,
            reply,
            refusal: None,
        };
        let sent = self.commands.send(Command::Append(append));
        let ended = self.ended();
        async move {
            if sent.is_err() {
                return Err(ended);
            }
            answer.await.unwrap_or(Err(ended))
        }
        .boxed()
    }

    fn read(&self, request: ReadRequest) -> BoxFuture<'static, Result<ReadResult, LogError>> {
        let shared = Arc::clone(&self.shared);
        if self.is_open()
            && let Some(result) = read::read_cached(&shared, request)
        {
            count(&shared.context.counters.cache_hits);
            return ready(result).boxed();
        }
        self.opened(async move {
            match read::read_cached(&shared, request) {
                Some(result) => {
                    count(&shared.context.counters.cache_hits);
                    result
                }
                None => {
                    count(&shared.context.counters.cache_misses);
                    read::read_through(shared, request).await
                }
            }
        })
    }

    fn find(
        &self,
        spec: OffsetSpec,
    ) -> BoxFuture<'static, Result<Option<TimestampedOffset>, LogError>> {
        self.opened(find::find(Arc::clone(&self.shared), spec))
    }

    fn epoch_end(&self, epoch: i32) -> Result<EpochEnd, LogError> {
        let offsets = self.shared.offsets()?;
        if epoch != LEADER_EPOCH {
            return Ok(EpochEnd::UNKNOWN);
        }
        Ok(EpochEnd {
            epoch,
            end_offset: offsets.log_end,
        })
    }

    fn read_soon(&self, offset: i64) {
        if self.is_open() {
            read::read_soon(&self.shared, offset);
        }
    }

    fn delete_records(&self, offset: i64) -> BoxFuture<'static, Result<i64, LogError>> {
        self.opened(delete_records(Arc::clone(&self.shared), offset))
    }

    fn wake_on_change(&self, seen: LogOffsets, waiter: &Arc<Waiter>) {
        let mut state = self.shared.state.lock();
        state.used = true;
        if state.is_deleted() || state.offsets() != seen {
            waiter.wake();
        } else {
            // Under the lock, so that no change comes between the look and the entry into the list.
            self.shared.waiters.add(waiter);
        }
    }

    fn producers(&self) -> BoxFuture<'static, Result<Vec<ActiveProducer>, LogError>> {
        let shared = Arc::clone(&self.shared);
        self.opened(async move {
            let state = shared.state.lock();
            if state.is_deleted() {
                return Err(LogError::Deleted);
            }
            Ok(state.producers.active())
        })
    }

    fn flush(&self) -> BoxFuture<'static, Result<(), LogError>> {
        // An entry is durable when its receipt comes.
        let deleted = self.shared.state.lock().is_deleted();
        ready(if deleted {
            Err(LogError::Deleted)
        } else {
            Ok(())
        })
        .boxed()
    }

    fn size_bytes(&self) -> u64 {
        self.shared.state.lock().size
    }
}

async fn nothing_appended(shared: Arc<Shared>) -> Result<Appended, LogError> {
    let offsets = shared.state.lock().offsets();
    Ok(Appended {
        base_offset: offsets.log_end,
        last_offset: offsets.log_end - 1,
        log_append_time_ms: -1,
        log_start_offset: offsets.log_start,
        duplicate: false,
    })
}

/// Pulsar deletes whole ledgers only, so the log start is kept beside it.
async fn delete_records(shared: Arc<Shared>, offset: i64) -> Result<i64, LogError> {
    let (storing, target) = {
        let state = shared.state.lock();
        state.check()?;
        let LogOffsets {
            log_start,
            high_watermark,
            ..
        } = state.offsets();
        let target = if offset == -1 { high_watermark } else { offset };
        if !(0..=high_watermark).contains(&target) {
            return Err(LogError::OffsetOutOfRange {
                requested: offset,
                start: log_start,
                end: high_watermark,
            });
        }
        if target <= log_start {
            return Ok(log_start);
        }
        let key = shared.partition.start_key();
        let bytes = target.to_be_bytes().to_vec().into();
        // Under the lock: puts take effect in the order of the calls.
        (shared.context.store.put(&key, Some(bytes)), target)
    };
    let limit = shared.context.settings.operation_timeout;
    // A task of its own: what has been stored holds, also where nobody waits for it any more.
    let stored = tokio::spawn(async move {
        storing.await?;
        let log_start = {
            let mut state = shared.state.lock();
            state.start_at(target);
            state.log_start
        };
        shared.waiters.wake_all();
        Ok(log_start)
    });
    match timeout(limit, stored).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(LogError::Unavailable {
            reason: "the server is shutting down".to_owned(),
        }),
        Err(_) => Err(LogError::Unavailable {
            reason: format!("the log start was not stored within {limit:?}; it may be later"),
        }),
    }
}
