//! Opening, losing and closing what a log needs of the cluster.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kop_log::LogError;
use kop_pulsar_client::{AccessMode, Backoff, Producer, ProducerOptions, Reader, Start};
use tokio::time::{Instant, timeout, timeout_at};

use super::resync::Resync;
use super::{Driver, Event};
use crate::log::open::{Opened, open_tail};
use crate::log::sequence::Sequencer;
use crate::log::state::Status;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Failures in a row after which a log no longer says that it is open.
const TOLERATED_FAILURES: u32 = 4;
/// Batches of producers after which their state is stored again.
const SAVE_AFTER: usize = 2000;
/// How long closing may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);

/// When the next attempt may be made.
#[derive(Debug)]
pub(super) struct Attempts {
    pauses: Backoff,
    /// Failures in a row.
    failures: u32,
    until: Option<Instant>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            pauses: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE),
            failures: 0,
            until: None,
        }
    }
}

impl Attempts {
    pub(super) fn is_over(&self) -> bool {
        self.until.is_none_or(|until| until <= Instant::now())
    }

    /// When it will be over, if it is not.
    pub(super) fn over_at(&self) -> Option<Instant> {
        self.until.filter(|until| *until > Instant::now())
    }

    pub(super) fn has_failed(&self) -> bool {
        self.failures > 0
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.until.is_some()
    }

    pub(super) fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
        self.until = Some(Instant::now() + self.pauses.pause());
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

impl Driver {
    pub(super) fn opened(&mut self, opened: Result<Opened, LogError>) -> Result<(), LogError> {
        let opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.warn("the partition cannot be opened", &error);
                self.attempts.failed();
                // Those who ask again find it closed, and begin anew.
                self.fail_all(&error);
                return Ok(());
            }
        };
        self.works_again();
        self.attempts.succeeded();
        let key = self.shared.partition.producers_key();
        self.has_snapshot = self.shared.context.store.get(&key).is_some();
        self.sequencer = Some(Sequencer::new(opened.last, opened.bounds.log_end));
        self.tail = Some(opened.tail);
        self.watch.begin();
        self.start = opened.start;
        self.unseen = opened.unseen;
        {
            let mut state = self.shared.state.lock();
            if !state.is_deleted() {
                state.begin(opened.bounds, opened.producers);
            }
        }
        self.last_used = Instant::now();
        // First who waits for a change, then those who opened it: they may wait for the next one at once.
        self.shared.waiters.wake_all();
        self.tell_openers(&Ok(()));
        Ok(())
    }

    pub(super) fn reopen_tail(&mut self) {
        let last = self.sequencer.as_ref().and_then(Sequencer::last);
        let start = last.map_or(self.start, Start::At);
        self.opening_tail = Some(Box::pin(open_tail(Arc::clone(&self.shared), start)));
    }

    pub(super) fn tail_opened(&mut self, tail: Result<Reader, LogError>) -> Result<(), LogError> {
        match tail {
            Ok(tail) => {
                self.works_again();
                self.attempts.succeeded();
                self.tail = Some(tail);
                self.watch.begin();
                self.held = None;
                self.set_status(Status::Open);
                self.tell_openers(&Ok(()));
                Ok(())
            }
            // It may come back without what it held: everything is looked at anew.
            Err(error @ LogError::UnknownPartition { .. }) => Err(error),
            Err(error) => {
                self.attempt_failed(&error);
                Ok(())
            }
        }
    }

    pub(super) fn tail_lost(&mut self, error: &dyn std::error::Error) {
        self.inform("the tail is opened again", error);
        self.tail = None;
    }

    pub(super) fn open_producer(&mut self) {
        let client = self.shared.context.client.clone();
        let shared = Arc::clone(&self.shared);
        self.opening_producer = Some(Box::pin(async move {
            let options = ProducerOptions {
                name: Some(shared.producer_name().to_owned()),
                access_mode: AccessMode::Shared,
                properties: Vec::new(),
            };
            let limit = shared.context.settings.operation_timeout;
            let opening = async {
                let topic = &shared.partition.pulsar_topic;
                shared.opened(client.producer(topic, options).await).await
            };
            timeout(limit, opening).await.unwrap_or_else(|_| {
                Err(LogError::Unavailable {
                    reason: format!("no producer within {limit:?}"),
                })
            })
        }));
    }

    pub(super) fn producer_opened(
        &mut self,
        producer: Result<Producer, LogError>,
    ) -> Result<(), LogError> {
        match producer {
            Ok(producer) => {
                self.works_again();
                self.producer_writes = false;
                let next = producer
                    .last_sequence_id()
                    .map_or(0, |last| last.saturating_add(1));
                self.next_sequence = self.next_sequence.max(next);
                self.producer = Some(producer);
                self.refusal = None;
                Ok(())
            }
            Err(error @ LogError::UnknownPartition { .. }) => Err(error),
            Err(
                error @ (LogError::Terminated { .. }
                | LogError::WritesRefused { .. }
                | LogError::Unauthorized { .. }
                | LogError::Malformed { .. }),
            ) => self.producer_refused(error),
            Err(error) => {
                self.refusal = None;
                self.attempt_failed(&error);
                Ok(())
            }
        }
    }

    /// Nothing can be written before somebody changes something: nobody waits for that.
    fn producer_refused(&mut self, error: LogError) -> Result<(), LogError> {
        if self.refusal.is_none() {
            let topic = &self.shared.partition.pulsar_topic;
            // Once for each: nobody else says it of this one.
            tracing::warn!(topic, %error, "writes are refused");
        }
        self.attempts.failed();
        self.refuse_backlog(&error);
        let refusal = self.refusal.insert(error);
        // No fence can tell what became of those whose receipts were lost: the log is read to its end.
        match &self.sequencer {
            Some(sequencer) if sequencer.is_in_doubt() => Err(LogError::Unavailable {
                reason: format!("the outcome of a write is not known, and now {refusal}"),
            }),
            _ => Ok(()),
        }
    }

    /// What was inferred cannot be right, or the topic was made anew: nothing that is known is trusted any longer.
    pub(super) fn start_over(&mut self, error: &LogError) {
        self.warn("the partition is looked at anew", error);
        self.fail_all(error);
        self.let_go();
        self.attempts.failed();
    }

    /// Lets go of everything; the next use opens the log again.
    pub(super) fn let_go(&mut self) {
        self.sequencer = None;
        self.opening = None;
        self.tail = None;
        self.opening_tail = None;
        self.looking_for_tail = None;
        self.rest.end();
        self.held = None;
        self.producer = None;
        self.opening_producer = None;
        self.receipts.clear();
        self.resync = Resync::None;
        self.waiting_since = None;
        self.asking = None;
        self.ask_after = None;
        self.unseen = None;
        self.outdated = false;
        self.decoder = Default::default();
        self.set_status(Status::Closed);
        self.shared.context.readers.prune(Some(self.shared.number));
    }

    /// Lets go of everything, once its producers are stored.
    pub(super) fn go_idle(&mut self) {
        if self.saving.is_some() {
            return;
        }
        if self.shared.state.lock().producers.unsaved() > 0 {
            return self.save();
        }
        self.let_go();
        let mut state = self.shared.state.lock();
        let log_end = state.log_end;
        state.cache.restart(log_end);
    }

    /// Waits for what is on its way, and stores what has to be remembered.
    pub(super) async fn close(&mut self) -> Result<(), LogError> {
        self.closing = true;
        if self.rest.is_on() {
            self.rest.end();
            self.reopen_tail();
        }
        let limit = Instant::now() + CLOSE_LIMIT;
        while self.in_flight() > 0 && Instant::now() < limit {
            let proceeds = match self.event().await {
                Event::Receipt(sequence, receipt) => self.received(sequence, receipt),
                Event::Entry(Ok(raw)) => self.entries(raw),
                Event::Looked((at, found)) => self.asked(at, found),
                Event::Tick => {
                    self.ticked();
                    Ok(())
                }
                Event::Tail(tail) => self.tail_opened(tail),
                Event::Entry(Err(error)) => {
                    self.tail_lost(&error);
                    break;
                }
                _ => Ok(()),
            };
            if proceeds.is_err() {
                break;
            }
        }
        // Where the store does not answer either, what was stored last and the log itself tell as much.
        let outcome = timeout_at(limit, self.save_now())
            .await
            .unwrap_or_else(|_| {
                Err(LogError::Unavailable {
                    reason: format!("nothing was stored within {CLOSE_LIMIT:?}"),
                })
            });
        self.fail_all(&LogError::Unavailable {
            reason: "the server is shutting down".to_owned(),
        });
        self.let_go();
        outcome
    }

    /// The state of the producers, to be stored.
    fn snapshot(&self) -> Option<(String, Bytes)> {
        let next_offset = self.sequencer.as_ref()?.next_offset();
        let bytes = self.shared.state.lock().producers.snapshot(next_offset);
        Some((self.shared.partition.producers_key(), bytes.into()))
    }

    /// Begins to store the state of the producers.
    pub(super) fn save(&mut self) {
        if let Some((key, bytes)) = self.snapshot() {
            self.saving = Some(self.shared.context.store.put(&key, Some(bytes)));
        }
    }

    pub(super) fn save_if_due(&mut self) {
        if self.saving.is_none() && self.shared.state.lock().producers.unsaved() >= SAVE_AFTER {
            self.save();
        }
    }

    async fn save_now(&mut self) -> Result<(), LogError> {
        if self.shared.state.lock().producers.unsaved() == 0 {
            return Ok(());
        }
        match self.snapshot() {
            Some((key, bytes)) => self.shared.context.store.put(&key, Some(bytes)).await,
            None => Ok(()),
        }
    }

    pub(super) fn saved(&mut self, outcome: Result<(), LogError>) {
        match outcome {
            Ok(()) => self.has_snapshot = true,
            Err(error) => self.attempt_failed(&error),
        }
    }

    fn attempt_failed(&mut self, error: &LogError) {
        self.attempts.failed();
        if self.attempts.failures == TOLERATED_FAILURES {
            self.warn("the partition cannot be reached", error);
        }
        // While the tail is followed there is something to read, whatever becomes of writes.
        if self.attempts.failures >= TOLERATED_FAILURES && !self.follows_tail() {
            self.set_status(Status::Failed(error.clone()));
            self.tell_openers(&Err(error.clone()));
        }
    }

    fn set_status(&self, status: Status) {
        {
            let mut state = self.shared.state.lock();
            if state.is_deleted() {
                return;
            }
            state.status = status;
        }
        self.shared.waiters.wake_all();
    }
}
