//! The task that keeps the groups of one partition.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kop_codec::ErrorCode;
use kop_log::{LogCatalog, LogError, PartitionLog};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::WallClock;
use super::append::{Append, WriteError, append_all};
use super::load::load;
use super::shards::Phase;
use crate::config::GroupConfig;
use crate::metrics::GroupMetrics;
use crate::outbox::Outbox;
use crate::request::{GroupContext, GroupRequest, GroupResponse, Ticket};
use crate::shard::GroupShard;
use crate::time::{NEVER, Now};

/// Requests taken in one turn: their writes share a batch.
const REQUESTS_PER_TURN: usize = 256;
/// Appends under way at most. Past it requests wait in the queue.
const APPENDS: usize = 32;

/// What a task is asked to do.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all are requests")]
pub(super) enum Command {
    Request {
        context: GroupContext,
        request: GroupRequest,
        reply: oneshot::Sender<GroupResponse>,
    },
    TopicDeleted(String),
    Close,
}

/// The owner of a partition's groups.
pub(super) struct Task {
    shard: GroupShard,
    log: Arc<dyn PartitionLog>,
    catalog: Arc<dyn LogCatalog>,
    config: Arc<GroupConfig>,
    wall_clock: Arc<WallClock>,
    metrics: Arc<GroupMetrics>,
    started: Instant,
    out: Outbox,
    /// Who waits for an answer.
    open: HashMap<Ticket, oneshot::Sender<GroupResponse>>,
    next_ticket: u64,
    /// Appends under way, in the order of the log. Only the first is waited for, so ends are told in that order.
    appends: VecDeque<Append>,
    by_state: [usize; 5],
    closing: bool,
}

impl Task {
    pub(super) fn new(
        log: Arc<dyn PartitionLog>,
        catalog: Arc<dyn LogCatalog>,
        config: Arc<GroupConfig>,
        wall_clock: Arc<WallClock>,
        metrics: Arc<GroupMetrics>,
    ) -> Self {
        Self {
            shard: GroupShard::new(Arc::clone(&config)),
            log,
            catalog,
            config,
            wall_clock,
            metrics,
            started: Instant::now(),
            out: Outbox::default(),
            open: HashMap::new(),
            next_ticket: 0,
            appends: VecDeque::new(),
            by_state: [0; 5],
            closing: false,
        }
    }

    /// Reads the partition, then serves it until it is closed, nobody can ask any more, or the log is gone.
    pub(super) async fn run(
        mut self,
        mut queue: mpsc::Receiver<Command>,
        phase: watch::Sender<Phase>,
    ) {
        let partition = self.log.partition();
        match load(&self.log, &*self.catalog, &mut self.shard).await {
            Ok(()) => {
                let now = self.now();
                self.shard.loaded(now, &mut self.out);
                self.metrics
                    .loaded(u64::try_from(now.timer_ms).unwrap_or(0));
                self.settle();
                phase.send_replace(Phase::Ready);
                self.serve(&mut queue).await;
            }
            Err(error) => {
                tracing::error!(%error, partition, "groups cannot be read; the next request tries again");
            }
        }
        // Closed before the phase says so: whoever sees the end finds no way to this task.
        queue.close();
        self.metrics.moved(&self.by_state, &[0; 5]);
        phase.send_replace(Phase::Ended);
    }

    async fn serve(&mut self, queue: &mut mpsc::Receiver<Command>) {
        while !(self.closing && self.appends.is_empty()) {
            let wake_at = self.wake_at();
            tokio::select! {
                biased;
                result = Append::front_done(&mut self.appends), if !self.appends.is_empty() => {
                    if !self.finish(result) {
                        return;
                    }
                }
                () = sleep_until(wake_at) => {}
                command = queue.recv(), if !self.closing && self.appends.len() < APPENDS => {
                    self.take_all(command, queue);
                }
            }
            let now = self.now();
            self.time_out_appends(now);
            if self.shard.wake_at() <= now.timer_ms {
                self.shard.tick(now, &mut self.out);
            }
            self.settle();
        }
    }

    /// Takes a command and those behind it.
    fn take_all(&mut self, first: Option<Command>, queue: &mut mpsc::Receiver<Command>) {
        let Some(first) = first else {
            self.closing = true;
            return;
        };
        let now = self.now();
        self.take(now, first);
        for _ in 1..REQUESTS_PER_TURN {
            match queue.try_recv() {
                Ok(command) => self.take(now, command),
                Err(_) => break,
            }
        }
    }

    fn take(&mut self, now: Now, command: Command) {
        match command {
            Command::Request {
                context,
                request,
                reply,
            } => {
                let ticket = Ticket(self.next_ticket);
                self.next_ticket += 1;
                self.open.insert(ticket, reply);
                self.shard
                    .handle(now, ticket, &context, request, &mut self.out);
            }
            Command::TopicDeleted(topic) => self.shard.topic_deleted(now, &topic, &mut self.out),
            Command::Close => self.closing = true,
        }
    }

    /// The first append has ended. `false` if the log is gone.
    fn finish(&mut self, result: Result<(), WriteError>) -> bool {
        let Some(append) = self.appends.pop_front() else {
            return true;
        };
        let now = self.now();
        let gone = matches!(result, Err(WriteError::Log(LogError::Deleted)));
        if let Err(error) = &result
            && !append.timed_out
        {
            tracing::warn!(%error, partition = self.log.partition(), "groups cannot be stored; clients will try again");
        }
        let result = result.map_err(|error| error.for_clients());
        for write in append.writes {
            self.shard.written(now, write, result, &mut self.out);
        }
        self.settle();
        !gone
    }

    fn time_out_appends(&mut self, now: Now) {
        for append in self.appends.iter_mut().filter(|append| !append.timed_out) {
            if append.deadline > now.timer_ms {
                break; // Later ones have later deadlines.
            }
            append.timed_out = true;
            tracing::warn!(
                partition = self.log.partition(),
                "storing groups takes too long; clients will try again"
            );
            for write in &append.writes {
                self.shard.timed_out(
                    now,
                    write,
                    ErrorCode::COORDINATOR_NOT_AVAILABLE,
                    &mut self.out,
                );
            }
        }
    }

    /// Sends what the state machine gave out: writes to the log, answers to who waits, counts to the metrics.
    fn settle(&mut self) {
        let now = self.now();
        if !self.out.writes.is_empty() {
            let writes = std::mem::take(&mut self.out.writes);
            let deadline = now.after(self.config.offsets_commit_timeout_ms);
            self.appends
                .extend(append_all(&*self.log, now.wall_ms, deadline, writes));
        }
        for (ticket, response) in self.out.replies.drain(..) {
            if let Some(reply) = self.open.remove(&ticket) {
                // Whoever asked may have gone away.
                let _ = reply.send(response);
            }
        }
        self.metrics.add(std::mem::take(&mut self.out.tally));
        let by_state = self.shard.groups_by_state();
        self.metrics.moved(&self.by_state, &by_state);
        self.by_state = by_state;
    }

    fn wake_at(&self) -> Instant {
        let append = self
            .appends
            .iter()
            .find(|append| !append.timed_out)
            .map_or(NEVER, |append| append.deadline);
        let at = append.min(self.shard.wake_at());
        // A day is often enough to look whether there is something to do.
        let delay = at.saturating_sub(self.now().timer_ms).clamp(0, 86_400_000);
        Instant::now() + Duration::from_millis(delay.unsigned_abs())
    }

    fn now(&self) -> Now {
        let timer_ms = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(NEVER);
        Now {
            timer_ms,
            wall_ms: (self.wall_clock)(),
        }
    }
}
