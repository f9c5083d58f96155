//! The loop of a connection.
//!
//! ```text
//! socket ─▶ Inbound ─▶ waiting (one, until the gate opens) ─▶ running (in order) ─▶ Outbound ─▶ socket
//! ```
//!
//! It stops reading as long as the client has too many requests in flight, or too many bytes of requests and answers.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use kop_codec::{ByteString, Reader, header};
use kop_service::{Connection, Fault, RawRequest, Reply, StartGate};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tower::ServiceExt;
use tower::util::Oneshot;

use super::inbound::{Ended, Frame, Inbound};
use super::outbound::Outbound;
use super::reason::{Cause, Closed};
use crate::budget::{Budget, Charge};
use crate::share::Share;
use crate::stopping::Stopping;
use crate::traffic::Traffic;

/// What answers requests.
pub(crate) trait Service:
    tower::Service<RawRequest, Response = Reply, Error = Fault, Future: Send> + Clone + Send + 'static
{
}

impl<S> Service for S where
    S: tower::Service<RawRequest, Response = Reply, Error = Fault, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// What one connection may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_frame: usize,
    pub(crate) max_bytes: usize,
    pub(crate) max_requests: usize,
    /// `None` for never.
    pub(crate) idle: Option<Duration>,
    pub(crate) request: Duration,
    pub(crate) send: Duration,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) budget: Arc<Budget>,
    pub(crate) traffic: Arc<Traffic>,
    pub(crate) stopping: Stopping,
}

/// How long a connection that is about to be closed may take to finish what was asked before.
const FAREWELL: Duration = Duration::from_secs(5);
/// Memory that a peer may hold for as long as an idle one may be connected.
const LITTLE: usize = 64 * 1024;
/// How long a peer that holds more takes nothing of its answers, at most, while others wait for memory.
const NEEDED: Duration = Duration::from_secs(5);
/// How often it is looked whether they do.
const LOOK: Duration = Duration::from_secs(1);
/// The longest time that can be waited for.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// Serves a connection until it ends.
pub(crate) async fn serve<S: Service>(
    socket: TcpStream,
    connection: Arc<Connection>,
    share: Arc<Share>,
    service: S,
    shared: Arc<Shared>,
) -> Closed {
    let mut stopping = shared.stopping.clone();
    let mut stopping = pin!(stopping.requested());
    let mut link = Link::new(connection, share, service, shared);
    let cause = loop {
        link.start_what_may_start();
        if link.is_done() {
            break link.ending.take().map_or(Cause::ByPeer, |(cause, _)| cause);
        }
        let (may_read, ending) = (link.may_read(), link.ending.is_some());
        tokio::select! {
            // What is rare comes first, so that the rest cannot keep it away for ever; then all answers that are there, which
            // one system call sends.
            biased;
            () = &mut link.timer => {
                if let Some(late) = link.too_late() {
                    break late;
                }
            }
            () = &mut stopping, if !ending => {
                // The server itself bounds the time that this may take.
                link.ending = Some((Cause::Shutdown, Instant::now() + FOREVER));
            }
            Some(finished) = link.running.next(), if !link.running.is_empty() => {
                if let Err(fault) = link.finish(finished) {
                    break Cause::Fault(fault);
                }
            }
            sent = link.outbound.send(&socket), if !link.outbound.is_empty() => {
                link.sent();
                if let Err(error) = sent {
                    break Cause::Failed(error);
                }
            }
            frame = link.inbound.next(&socket), if may_read => link.received(frame),
            () = link.gate.opened(), if !link.gate.is_open() => {}
        }
        link.wake_in_time();
    };
    if matches!(cause, Cause::Fault(_)) {
        let _ = timeout(FAREWELL, link.outbound.send(&socket)).await;
        link.sent();
    }
    Closed {
        cause,
        client_id: link.client_id,
    }
}

/// A connection at work.
struct Link<S: Service> {
    service: S,
    inbound: Inbound,
    outbound: Outbound,
    gate: StartGate,
    /// Read, but not to be started before an earlier request allows it.
    waiting: Option<Frame>,
    running: FuturesOrdered<Running<S>>,
    /// Bytes of the requests that are running.
    running_bytes: usize,
    /// Requests that were started.
    started: u64,
    share: Arc<Share>,
    /// When the last request came or the last answer left.
    active: Instant,
    timer: Pin<Box<Sleep>>,
    /// Why nothing more is read, and until when the rest must be done.
    ending: Option<(Cause, Instant)>,
    client_id: Option<ByteString>,
    connection: Arc<Connection>,
    shared: Arc<Shared>,
}

pin_project_lite::pin_project! {
    /// A request that has been started.
    struct Running<S: Service> {
        #[pin]
        answer: Oneshot<S, RawRequest>,
        charge: Option<Charge>,
    }
}

/// A request that has ended.
struct Finished {
    reply: Result<Reply, Fault>,
    charge: Option<Charge>,
}

impl<S: Service> Future for Running<S> {
    type Output = Finished;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Finished> {
        let this = self.project();
        let reply = ready!(this.answer.poll(cx));
        Poll::Ready(Finished {
            reply,
            charge: this.charge.take(),
        })
    }
}

impl<S: Service> Link<S> {
    fn new(
        connection: Arc<Connection>,
        share: Arc<Share>,
        service: S,
        shared: Arc<Shared>,
    ) -> Self {
        let idle = shared.limits.idle.unwrap_or(FOREVER).min(FOREVER);
        Self {
            service,
            inbound: Inbound::new(shared.limits.max_frame, &shared.budget),
            outbound: Outbound::new(Arc::clone(&share)),
            gate: StartGate::new(),
            waiting: None,
            running: FuturesOrdered::new(),
            running_bytes: 0,
            started: 0,
            share,
            active: Instant::now(),
            timer: Box::pin(sleep_until(Instant::now() + idle)),
            ending: None,
            client_id: None,
            connection,
            shared,
        }
    }

    fn may_read(&mut self) -> bool {
        let limits = &self.shared.limits;
        let may_read = self.ending.is_none()
            && self.waiting.is_none()
            && self.running.len() + self.outbound.replies() < limits.max_requests
            && self.running_bytes + self.share.held() < limits.max_bytes;
        if !may_read {
            self.inbound.excuse();
        }
        may_read
    }

    /// Starts the next request as soon as those before it allow it.
    ///
    /// What a client sent before it went away is started too. A produce has then found its place in the log, and dropping
    /// it afterwards takes nothing back.
    fn start_what_may_start(&mut self) {
        if !self.gate.is_open() {
            return;
        }
        if self.waiting.is_none() && self.peer_is_gone() {
            self.waiting = self.inbound.buffered().ok().flatten();
        }
        let Some(Frame { bytes, charge }) = self.waiting.take() else {
            return;
        };
        self.running_bytes += charge.bytes();
        let start = self.gate.close();
        let request = RawRequest {
            frame: bytes,
            connection: Arc::clone(&self.connection),
            number: self.started,
            start,
        };
        self.started += 1;
        let answer = self.service.clone().oneshot(request);
        self.running.push_back(Running {
            answer,
            charge: Some(charge),
        });
    }

    /// Whether nothing is left to do before the connection can be closed.
    fn is_done(&self) -> bool {
        match &self.ending {
            None => false,
            Some(_) if self.peer_is_gone() => self.gate.is_open() && self.waiting.is_none(),
            Some(_) => self.is_idle(),
        }
    }

    fn peer_is_gone(&self) -> bool {
        matches!(
            self.ending,
            Some((Cause::ByPeer | Cause::WithinRequest | Cause::Failed(_), _))
        )
    }

    fn finish(&mut self, finished: Finished) -> Result<(), Fault> {
        self.running_bytes -= finished.charge.as_ref().map_or(0, Charge::bytes);
        self.active = Instant::now();
        if let Reply::Frame(frame) = finished.reply? {
            self.outbound.push(frame);
        }
        self.share.answered();
        Ok(())
    }

    fn received(&mut self, frame: Result<Option<Frame>, Ended>) {
        self.shared.traffic.received(self.inbound.take_received());
        self.active = Instant::now();
        match frame {
            Ok(None) => {}
            Ok(Some(frame)) => {
                if self.client_id.is_none() {
                    self.client_id = client_id(&frame);
                }
                self.waiting = Some(frame);
            }
            Err(ended) => self.ending = Some((ended.into(), self.active + FAREWELL)),
        }
    }

    fn sent(&mut self) {
        self.active = Instant::now();
        self.shared.traffic.sent(self.outbound.take_sent());
    }

    /// The deadline that has passed, if one has.
    fn too_late(&mut self) -> Option<Cause> {
        let now = Instant::now();
        let limits = &self.shared.limits;
        if self
            .ending
            .as_ref()
            .is_some_and(|(_, deadline)| *deadline <= now)
        {
            return self.ending.take().map(|(cause, _)| cause);
        }
        if self
            .inbound
            .deadline(limits.request)
            .is_some_and(|deadline| deadline <= now)
        {
            return Some(Cause::SlowRequest);
        }
        if let Some((since, patience)) = self.stall()
            && since + patience <= now
        {
            return Some(Cause::SlowReader(patience));
        }
        let idle = limits.idle.filter(|_| self.is_idle())?.min(FOREVER);
        (self.active + idle <= now).then_some(Cause::Idle(idle))
    }

    /// Sets the timer to the next deadline, if that comes before what it is set to.
    fn wake_in_time(&mut self) {
        let limits = &self.shared.limits;
        let since = if self.is_idle() {
            self.active
        } else {
            Instant::now()
        };
        let deadlines = [
            Some(since + limits.idle.unwrap_or(FOREVER).min(FOREVER)),
            self.inbound.deadline(limits.request),
            self.stall().map(|(since, patience)| since + patience),
            self.holds_much().then(|| Instant::now() + LOOK),
            self.ending.as_ref().map(|(_, deadline)| *deadline),
        ];
        let Some(next) = deadlines.into_iter().flatten().min() else {
            return;
        };
        if next < self.timer.deadline() || self.timer.is_elapsed() {
            self.timer.as_mut().reset(next);
        }
    }

    /// Since when the peer has taken nothing of its answers, and for how long it may: not long where these take memory
    /// of the server, shorter where others wait for that, but as long as an idle one where they are regions of files. A Java
    /// consumer takes nothing for minutes between two polls.
    fn stall(&self) -> Option<(Instant, Duration)> {
        let since = self.outbound.stalled_since()?;
        let limits = &self.shared.limits;
        let patience = match self.holds_much() {
            true if self.share.is_wanted() => limits.send.min(NEEDED),
            true => limits.send,
            false => limits.idle?,
        };
        Some((since, patience.min(FOREVER)))
    }

    fn holds_much(&self) -> bool {
        self.outbound.memory() > LITTLE
    }

    fn is_idle(&self) -> bool {
        self.running.is_empty() && self.outbound.is_empty() && self.waiting.is_none()
    }
}

impl From<Ended> for Cause {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Closed {
                within_request: false,
            } => Self::ByPeer,
            Ended::Closed {
                within_request: true,
            } => Self::WithinRequest,
            Ended::Failed(error) => Self::Failed(error),
            Ended::Malformed(error) => Self::Malformed(error),
        }
    }
}

/// What the client calls itself, copied so that it does not keep the whole request in memory.
fn client_id(frame: &Frame) -> Option<ByteString> {
    let header = header::decode_request_header(&mut Reader::new(&frame.bytes)).ok()?;
    let id: String = header.client_id?.chars().take(100).collect();
    Some(id.into())
}
