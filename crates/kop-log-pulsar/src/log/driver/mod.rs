//! What keeps a log up to date: one task per partition that sends writes, takes receipts, and follows the tail.
//!
//! ```text
//!            a command            opened
//!   closed ───────────▶ opening ─────────▶ open ──idle──▶ closed
//!                          ▲ back-off       │ reader or producer lost: opened again, with back-off
//!                          └──── desync ────┘
//! ```
//!
//! Everything that changes a log goes through its task, so that nothing needs a lock but the [`State`] that others look
//! at. Writes wait in the backlog until the producer is there; then they are checked, encoded and sent in the order in
//! which they were asked for.
//!
//! [`State`]: super::state::State

use std::collections::VecDeque;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use kop_log::{AppendRequest, Appended, BoxFuture, LogError};
use kop_pulsar_client::{EntryInfo, Error, MessageId, Producer, RawEntry, Reader, Receipt, Start};
use kop_records::ValidatedRecords;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Sleep, sleep};

use super::decode::Decoder;
use super::open::{Opened, open};
use super::producers::WriteBatches;
use super::sequence::Sequencer;
use super::shared::Shared;
use super::state::Status;

mod connect;
mod excuse;
mod receive;
mod report;
mod rest;
mod resync;
mod send;
mod watch;

use connect::Attempts;
use report::{Present, Report};
use rest::Rest;
use resync::Resync;
use watch::Watch;

/// How often a log that has something to wait for looks at the clock.
const BUSY_TICK: Duration = Duration::from_millis(100);
/// How often any other does.
const IDLE_TICK: Duration = Duration::from_secs(2);

/// What a log is asked to do.
#[derive(Debug)]
pub(super) enum Command {
    Append(Append),
    Open(oneshot::Sender<Result<(), LogError>>),
    /// Store what is to be remembered, and let go of everything.
    Close(oneshot::Sender<Result<(), LogError>>),
}

/// A write that is asked for.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) request: AppendRequest,
    pub(super) deadline: Instant,
    pub(super) reply: Reply,
    /// Why the broker has refused it, if it has once.
    pub(super) refusal: Option<Box<LogError>>,
}

pub(super) type Reply = oneshot::Sender<Result<Appended, LogError>>;

/// A write that was sent.
#[derive(Debug)]
enum Write {
    /// An entry that says nothing, to learn what became of those before it.
    Fence,
    Records(Box<RecordsWrite>),
}

#[derive(Debug)]
struct RecordsWrite {
    append: Append,
    /// As they were sent: with the append time, if the topic wants it.
    records: ValidatedRecords,
    batches: WriteBatches,
    log_append_time_ms: i64,
    /// Those who asked for the same write again.
    followers: Vec<Reply>,
}

/// The task of a log.
pub(super) struct Driver {
    shared: Arc<Shared>,
    commands: mpsc::UnboundedReceiver<Command>,
    backlog: VecDeque<Append>,
    openers: Vec<oneshot::Sender<Result<(), LogError>>>,
    /// `None` until the log was opened.
    sequencer: Option<Sequencer<Write>>,
    opening: Option<BoxFuture<'static, Result<Opened, LogError>>>,
    tail: Option<Reader>,
    /// Where it begins as long as no entry is known.
    start: Start,
    opening_tail: Option<BoxFuture<'static, Result<Reader, LogError>>>,
    watch: Watch,
    /// Gives the name of its subscription, if it is missing.
    looking_for_tail: Option<BoxFuture<'static, Option<String>>>,
    /// Whether there is no reader of the tail on purpose.
    rest: Rest,
    decoder: Decoder,
    /// An entry of the tail that has to wait for a receipt.
    held: Option<RawEntry>,
    producer: Option<Producer>,
    /// It has got something written.
    producer_writes: bool,
    opening_producer: Option<BoxFuture<'static, Result<Producer, LogError>>>,
    /// Why the last attempt to get a producer was refused, and would be again.
    refusal: Option<LogError>,
    receipts: VecDeque<(u64, Receipt)>,
    next_sequence: u64,
    resync: Resync,
    /// The store has a state of the producers.
    has_snapshot: bool,
    saving: Option<BoxFuture<'static, Result<(), LogError>>>,
    attempts: Attempts,
    /// Since when the first write waits for the tail.
    waiting_since: Option<(MessageId, Instant)>,
    /// A position that is looked at.
    asking: Option<BoxFuture<'static, Asked>>,
    /// No index is asked for before.
    ask_after: Option<Instant>,
    /// The last entry that was hidden when the log was opened, if producers may have written there.
    unseen: Option<MessageId>,
    /// What was unseen can be read now: the log is opened anew once nothing is on its way.
    outdated: bool,
    last_used: Instant,
    /// When a write was last refused through no fault of its producer.
    refused_at: Option<Instant>,
    /// Nothing more is taken on.
    closing: bool,
    tick: Pin<Box<Sleep>>,
    report: Report,
}

/// A position, and what lies there or why that is not known; null where its ledger is gone.
type Asked = (MessageId, Result<Option<EntryInfo>, LogError>);

/// What happened.
enum Event {
    Command(Option<Command>),
    Opened(Result<Opened, LogError>),
    Tail(Result<Reader, LogError>),
    Producer(Result<Producer, LogError>),
    Saved(Result<(), LogError>),
    Receipt(u64, Result<MessageId, Error>),
    Entry(Result<RawEntry, Error>),
    Looked(Asked),
    LookedForTail(Option<String>),
    Rested,
    Tick,
}

impl Driver {
    pub(super) fn new(shared: Arc<Shared>, commands: mpsc::UnboundedReceiver<Command>) -> Self {
        Self {
            report: Report::new(Arc::clone(&shared.context)),
            shared,
            commands,
            backlog: VecDeque::new(),
            openers: Vec::new(),
            sequencer: None,
            opening: None,
            tail: None,
            start: Start::Earliest,
            opening_tail: None,
            watch: Watch::default(),
            looking_for_tail: None,
            rest: Rest::default(),
            decoder: Decoder::default(),
            held: None,
            producer: None,
            producer_writes: false,
            opening_producer: None,
            refusal: None,
            receipts: VecDeque::new(),
            next_sequence: 0,
            resync: Resync::None,
            has_snapshot: false,
            saving: None,
            attempts: Attempts::default(),
            waiting_since: None,
            asking: None,
            ask_after: None,
            unseen: None,
            outdated: false,
            last_used: Instant::now(),
            refused_at: None,
            closing: false,
            tick: Box::pin(sleep(IDLE_TICK)),
        }
    }

    /// Runs until the log is closed, or nobody has it any more.
    pub(super) async fn run(mut self) {
        loop {
            let proceeds = match self.event().await {
                Event::Command(Some(Command::Close(reply))) => {
                    answer(reply, self.close().await);
                    return;
                }
                Event::Command(Some(command)) => {
                    self.command(command);
                    Ok(())
                }
                Event::Command(None) => {
                    if let Err(error) = self.close().await {
                        self.warn("its producers could not be stored", &error);
                    }
                    return;
                }
                Event::Opened(opened) => self.opened(opened),
                Event::Tail(tail) => self.tail_opened(tail),
                Event::Producer(producer) => self.producer_opened(producer),
                Event::Saved(outcome) => {
                    self.saved(outcome);
                    Ok(())
                }
                Event::Receipt(sequence, receipt) => self.received(sequence, receipt),
                Event::Entry(Ok(raw)) => self.entries(raw),
                Event::Entry(Err(error)) => {
                    self.tail_lost(&error);
                    Ok(())
                }
                Event::Looked((at, found)) => self.asked(at, found),
                Event::LookedForTail(missing) => {
                    self.tail_looked_for(missing.as_deref());
                    Ok(())
                }
                Event::Rested => {
                    self.rest.end();
                    Ok(())
                }
                Event::Tick => {
                    self.ticked();
                    Ok(())
                }
            };
            if let Err(desync) = proceeds {
                self.start_over(&desync);
            }
            self.advance();
            self.look_in_time();
            self.report.tell(self.present());
        }
    }

    fn present(&self) -> Present {
        let sequencer = self.sequencer.as_ref();
        Present {
            open: sequencer.is_some(),
            tail: self.follows_tail(),
            in_flight: self.in_flight(),
            unproved: sequencer.map_or(0, Sequencer::unproved_len),
        }
    }

    /// Writes that are on their way.
    fn in_flight(&self) -> usize {
        self.sequencer.as_ref().map_or(0, Sequencer::in_flight_len)
    }

    /// What others write is seen, at the latest when the rest ends.
    fn follows_tail(&self) -> bool {
        self.tail.is_some() || self.rest.is_on()
    }

    /// What can be done now is begun.
    fn advance(&mut self) {
        if self.shared.state.lock().is_deleted() {
            self.fail_all(&LogError::Deleted);
            self.let_go();
            return;
        }
        if self.outdated && self.in_flight() == 0 {
            self.let_go();
        }
        let wanted = !self.openers.is_empty() || !self.backlog.is_empty();
        if self.sequencer.is_none() {
            if wanted && self.opening.is_none() && self.attempts.is_over() {
                self.opening = Some(Box::pin(open(Arc::clone(&self.shared))));
            }
            return;
        }
        self.end_rest();
        if !self.follows_tail() && self.opening_tail.is_none() && self.attempts.is_over() {
            self.reopen_tail();
        }
        self.send_backlog();
        self.save_if_due();
    }

    async fn event(&mut self) -> Event {
        let tail = self.tail.as_mut().filter(|_| self.held.is_none());
        tokio::select! {
            biased;
            (sequence, receipt) = next_receipt(&mut self.receipts) => Event::Receipt(sequence, receipt),
            entry = next_entry(tail) => Event::Entry(entry),
            command = self.commands.recv(), if !self.closing => Event::Command(command),
            opened = finish(&mut self.opening) => Event::Opened(opened),
            tail = finish(&mut self.opening_tail) => Event::Tail(tail),
            producer = finish(&mut self.opening_producer) => Event::Producer(producer),
            saved = finish(&mut self.saving) => Event::Saved(saved),
            asked = finish(&mut self.asking) => Event::Looked(asked),
            missing = finish(&mut self.looking_for_tail) => Event::LookedForTail(missing),
            () = self.rest.over() => Event::Rested,
            () = &mut self.tick => Event::Tick,
        }
    }

    fn command(&mut self, command: Command) {
        self.last_used = Instant::now();
        match command {
            Command::Append(append) => self.backlog.push_back(append),
            Command::Open(reply) => {
                let open = matches!(self.shared.state.lock().status, Status::Open);
                if open {
                    answer(reply, Ok(()));
                } else {
                    self.openers.push(reply);
                }
            }
            Command::Close(_) => {}
        }
    }

    /// Looks at the clock.
    fn ticked(&mut self) {
        self.expire();
        self.watch_tail();
        self.fence_again();
        self.ask_for_index();
        if let Some(at) = self.unseen {
            self.ask(at);
        }
        let used = {
            let mut state = self.shared.state.lock();
            state.cache.trim();
            std::mem::take(&mut state.used)
        };
        if used || self.is_busy() {
            self.last_used = Instant::now();
        }
        let idle_after = self.shared.context.settings.idle_after;
        if self.sequencer.is_some() && self.last_used.elapsed() > idle_after {
            self.go_idle();
        }
        let next = if self.is_busy() { BUSY_TICK } else { IDLE_TICK };
        self.tick.as_mut().reset(Instant::now() + next);
    }

    /// The next attempt does not wait for the clock of a log that has nothing to do.
    fn look_in_time(&mut self) {
        if let Some(at) = self.attempts.over_at()
            && self.tick.deadline() > at
        {
            self.tick.as_mut().reset(at);
        }
    }

    /// Something is on its way or waited for.
    fn is_busy(&self) -> bool {
        self.in_flight() > 0
            || !self.backlog.is_empty()
            || !self.openers.is_empty()
            || !self.resync.is_none()
            || self.unseen.is_some()
            || self.attempts.is_waiting()
    }

    /// Writes that were to be made by now have failed, as far as those who asked for them are concerned.
    fn expire(&mut self) {
        let now = Instant::now();
        let late = LogError::Unavailable {
            reason: format!(
                "{} did not take the records in time",
                self.shared.partition.pulsar_topic
            ),
        };
        let mut any = false;
        while self
            .backlog
            .front()
            .is_some_and(|append| append.deadline <= now)
        {
            if let Some(append) = self.backlog.pop_front() {
                answer(append.reply, Err(late.clone()));
                any = true;
            }
        }
        for write in self.sequencer.iter_mut().flat_map(Sequencer::in_flight_mut) {
            any |= write.expire(now, &late);
        }
        if any {
            self.note_refusal();
        }
    }

    fn fail_all(&mut self, error: &LogError) {
        for append in self.backlog.drain(..) {
            answer(append.reply, Err(error.clone()));
        }
        self.tell_openers(&Err(error.clone()));
        let in_flight = self
            .sequencer
            .iter_mut()
            .flat_map(Sequencer::take_in_flight);
        for write in in_flight {
            write.fail(error);
        }
        self.note_refusal();
    }

    fn tell_openers(&mut self, outcome: &Result<(), LogError>) {
        if self
            .openers
            .iter()
            .any(|opener| outcome.is_err() || opener.is_closed())
        {
            self.note_refusal();
        }
        for opener in self.openers.drain(..) {
            answer(opener, outcome.clone());
        }
    }

    fn warn(&self, what: &'static str, error: &dyn std::error::Error) {
        if let Some(not_logged_before) = self.shared.context.told.tell(what) {
            let topic = &self.shared.partition.pulsar_topic;
            tracing::warn!(topic, %error, not_logged_before, "{what}");
        }
    }

    fn inform(&self, what: &'static str, error: &dyn std::error::Error) {
        if let Some(not_logged_before) = self.shared.context.told.tell(what) {
            let topic = &self.shared.partition.pulsar_topic;
            tracing::info!(topic, %error, not_logged_before, "{what}");
        }
    }
}

impl Write {
    /// Bytes of its batches.
    fn bytes(&self) -> usize {
        match self {
            Self::Fence => 0,
            Self::Records(write) => write.records.bytes,
        }
    }

    /// Nobody waits for it any longer.
    fn is_late(&self, now: Instant) -> bool {
        match self {
            Self::Fence => false,
            Self::Records(write) => write.append.deadline <= now,
        }
    }

    /// Tells those who wait that it is late; whether it is.
    fn expire(&mut self, now: Instant, late: &LogError) -> bool {
        if !self.is_late(now) {
            return false;
        }
        let Self::Records(write) = self else {
            return false;
        };
        // The write stays, since what follows depends on what becomes of it: only those who wait are told.
        for reply in write.take_replies() {
            answer(reply, Err(late.clone()));
        }
        true
    }

    fn fail(self, error: &LogError) {
        if let Self::Records(mut write) = self {
            for reply in write.take_replies() {
                answer(reply, Err(error.clone()));
            }
        }
    }
}

impl RecordsWrite {
    fn take_replies(&mut self) -> Vec<Reply> {
        let (nobody, _) = oneshot::channel();
        let mut replies = vec![std::mem::replace(&mut self.append.reply, nobody)];
        replies.append(&mut self.followers);
        replies
    }
}

/// Answers whoever asked, if that one still waits.
fn answer<T>(reply: oneshot::Sender<T>, outcome: T) {
    let _ = reply.send(outcome);
}

/// The next receipt. Cancel safe.
async fn next_receipt(receipts: &mut VecDeque<(u64, Receipt)>) -> (u64, Result<MessageId, Error>) {
    let Some((sequence, receipt)) = receipts.front_mut() else {
        return pending().await;
    };
    let outcome = (&mut *receipt).await;
    let sequence = *sequence;
    receipts.pop_front();
    (sequence, outcome)
}

async fn next_entry(tail: Option<&mut Reader>) -> Result<RawEntry, Error> {
    match tail {
        Some(tail) => tail.next().await,
        None => pending().await,
    }
}

/// The outcome of something that was begun. Cancel safe.
async fn finish<T>(doing: &mut Option<BoxFuture<'static, T>>) -> T {
    let Some(future) = doing else {
        return pending().await;
    };
    let outcome = future.await;
    *doing = None;
    outcome
}
