//! The task that keeps a state machine: it reads its partition, hands it requests, appends what it writes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kop_codec::ErrorCode;
use kop_log::{LogError, PartitionLog, Told};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use super::WallClock;
use super::append::{Append, WriteError, append_all};
use super::load::load;
use super::machine::{Machine, Output};
use super::shards::Phase;
use crate::request::Ticket;
use crate::time::{NEVER, Now};

/// Requests taken in one turn: their writes share a batch.
const REQUESTS_PER_TURN: usize = 256;
/// Appends under way at most. Past it requests wait in the queue.
const APPENDS: usize = 32;

/// What a task is asked to do.
pub(super) enum Command<M: Machine> {
    Request {
        request: M::Request,
        reply: oneshot::Sender<M::Response>,
    },
    Event(M::Event),
    Close,
}

/// The owner of a state machine.
pub(super) struct Task<M: Machine> {
    machine: M,
    log: Arc<dyn PartitionLog>,
    wall_clock: Arc<WallClock>,
    /// How long a write may take before it is answered with an error.
    write_timeout_ms: i32,
    started: Instant,
    /// Who waits for an answer.
    open: HashMap<Ticket, oneshot::Sender<M::Response>>,
    next_ticket: u64,
    /// Appends under way, in the order of the log. Only the first is waited for, so ends are told in that order.
    appends: VecDeque<Append<M::After>>,
    /// No more commands are taken; it ends with the last append.
    closing: bool,
    /// What happens to all partitions at once, where the storage is away.
    told: Arc<Told>,
}

impl<M: Machine> Task<M> {
    pub(super) fn new(
        machine: M,
        log: Arc<dyn PartitionLog>,
        wall_clock: Arc<WallClock>,
        write_timeout_ms: i32,
        told: Arc<Told>,
    ) -> Self {
        Self {
            machine,
            log,
            wall_clock,
            write_timeout_ms,
            started: Instant::now(),
            open: HashMap::new(),
            next_ticket: 0,
            appends: VecDeque::new(),
            closing: false,
            told,
        }
    }

    /// Reads the partition, then serves it until it is closed, nobody can ask any more, or the log is gone.
    pub(super) async fn run(
        mut self,
        mut queue: mpsc::Receiver<Command<M>>,
        phase: watch::Sender<Phase>,
    ) {
        let partition = self.log.partition();
        match load(&self.log, &mut self.machine).await {
            Ok(()) => {
                let now = self.now();
                let took_ms = u64::try_from(now.timer_ms).unwrap_or(0);
                self.machine.loaded(now, took_ms);
                self.settle();
                phase.send_replace(Phase::Ready);
                self.serve(&mut queue).await;
            }
            Err(error) => {
                if let Some(not_logged_before) = self.told.tell("read") {
                    tracing::error!(%error, partition, not_logged_before, "{} cannot be read; the next request tries again", M::WHAT);
                }
            }
        }
        // Closed before the phase says so: whoever sees the end finds no way to this task.
        queue.close();
        self.machine.ended();
        phase.send_replace(Phase::Ended);
    }

    async fn serve(&mut self, queue: &mut mpsc::Receiver<Command<M>>) {
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
            if self.machine.wake_at() <= now.timer_ms {
                self.machine.tick(now);
            }
            self.settle();
        }
    }

    /// Takes a command and those behind it.
    fn take_all(&mut self, first: Option<Command<M>>, queue: &mut mpsc::Receiver<Command<M>>) {
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

    fn take(&mut self, now: Now, command: Command<M>) {
        match command {
            Command::Request { request, reply } => {
                let ticket = Ticket(self.next_ticket);
                self.next_ticket += 1;
                self.open.insert(ticket, reply);
                self.machine.handle(now, ticket, request);
            }
            Command::Event(event) => self.machine.event(now, event),
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
            && let Some(not_logged_before) = self.told.tell("stored")
        {
            tracing::warn!(%error, partition = self.log.partition(), not_logged_before, "{} cannot be stored; clients will try again", M::WHAT);
        }
        if result.as_ref().is_err_and(WriteError::leaves_doubt) {
            if let Some(not_logged_before) = self.told.tell("read again") {
                tracing::warn!(
                    partition = self.log.partition(),
                    not_logged_before,
                    "{} are read again, to see what was stored",
                    M::WHAT
                );
            }
            self.closing = true;
        }
        let result = result.map_err(|error| error.for_clients::<M>());
        for write in append.writes {
            self.machine.written(now, write, result);
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
            if let Some(not_logged_before) = self.told.tell("takes too long") {
                tracing::warn!(
                    partition = self.log.partition(),
                    not_logged_before,
                    "storing {} takes too long; clients will try again",
                    M::WHAT
                );
            }
            for write in &append.writes {
                self.machine
                    .timed_out(now, write, ErrorCode::COORDINATOR_NOT_AVAILABLE);
            }
        }
    }

    /// Sends what the state machine gave out: writes to the log, answers to who waits.
    fn settle(&mut self) {
        let now = self.now();
        let Output { replies, writes } = self.machine.drain();
        if !writes.is_empty() {
            let deadline = now.after(self.write_timeout_ms);
            self.appends
                .extend(append_all(&*self.log, now.wall_ms, deadline, writes));
        }
        for (ticket, response) in replies {
            if let Some(reply) = self.open.remove(&ticket) {
                // Whoever asked may have gone away.
                let _ = reply.send(response);
            }
        }
    }

    fn wake_at(&self) -> Instant {
        let append = self
            .appends
            .iter()
            .find(|append| !append.timed_out)
            .map_or(NEVER, |append| append.deadline);
        let at = append.min(self.machine.wake_at());
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
