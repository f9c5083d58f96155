//! Requests coming in: frames cut out of what a socket receives, with no memory held while nothing comes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use kop_codec::frame::{FrameDecoder, FrameError, Progress};
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::budget::{Budget, Charge, Stage};

/// Enough for most requests that carry no records.
const SMALL: usize = 4 * 1024;
/// The largest first step.
const LARGE: usize = 64 * 1024;
/// Most bytes by which the buffer grows at once.
const LARGEST_STEP: usize = 4 * 1024 * 1024;
/// A request may take a second longer for each so many bytes, so that slow lines can send large ones.
const SLOWEST_BYTES_PER_SECOND: usize = 32 * 1024;

/// The receiving half of a connection.
#[derive(Debug)]
pub(super) struct Inbound {
    decoder: FrameDecoder,
    buffer: BytesMut,
    charge: Charge,
    budget: Arc<Budget>,
    /// Length of the last request, after which the first step for the next one is chosen.
    last: usize,
    /// When a request that is there in part began to arrive, and how much of it is missing.
    partial: Option<(Instant, usize)>,
    /// It is the server that makes the peer wait, for memory.
    starved: bool,
    bytes: u64,
}

/// A request without its length prefix, and the memory that it takes.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) bytes: Bytes,
    pub(super) charge: Charge,
}

/// Why there is no further request.
#[derive(Debug)]
pub(super) enum Ended {
    /// The peer closed its side, between two requests or within one.
    Closed { within_request: bool },
    /// The socket failed.
    Failed(io::Error),
    /// The length prefix makes no sense.
    Malformed(FrameError),
}

impl Inbound {
    pub(super) fn new(max_frame: usize, budget: &Arc<Budget>) -> Self {
        Self {
            decoder: FrameDecoder::new(max_frame),
            buffer: BytesMut::new(),
            charge: budget.charge(),
            budget: Arc::clone(budget),
            last: 0,
            partial: None,
            starved: false,
            bytes: 0,
        }
    }

    /// The next request, or `None` where one has begun to arrive: there is a [`deadline`](Self::deadline) from then on.
    /// May be dropped and called again without losing anything.
    pub(super) async fn next(&mut self, socket: &TcpStream) -> Result<Option<Frame>, Ended> {
        loop {
            let known = self.partial.is_some();
            if let Some(frame) = self.buffered()? {
                return Ok(Some(frame));
            }
            if self.partial.is_some() && !known {
                return Ok(None);
            }
            self.fill(socket).await?;
        }
    }

    /// The next request, where it is there in full.
    pub(super) fn buffered(&mut self) -> Result<Option<Frame>, Ended> {
        match self
            .decoder
            .decode(&mut self.buffer)
            .map_err(Ended::Malformed)?
        {
            Progress::Frame(bytes) => {
                self.partial = None;
                self.last = bytes.len();
                let charge = self.charge.split(bytes.len());
                if self.buffer.is_empty() {
                    self.let_go();
                }
                Ok(Some(Frame { bytes, charge }))
            }
            Progress::Incomplete(missing) => {
                if !self.buffer.is_empty() {
                    let since = self.partial.map_or_else(Instant::now, |(since, _)| since);
                    self.partial = Some((since, missing));
                }
                Ok(None)
            }
        }
    }

    /// When a request that is there in part must be complete.
    pub(super) fn deadline(&self, patience: Duration) -> Option<Instant> {
        let (since, missing) = self.partial.filter(|_| !self.starved)?;
        let whole = self.buffer.len().saturating_add(missing);
        let allowance = Duration::from_secs((whole / SLOWEST_BYTES_PER_SECOND) as u64);
        since.checked_add(patience)?.checked_add(allowance)
    }

    /// Begins the time for the rest of a request anew: the server did not read.
    pub(super) fn excuse(&mut self) {
        if let Some((since, _)) = &mut self.partial {
            *since = Instant::now();
        }
    }

    /// Bytes received since the last call.
    pub(super) fn take_received(&mut self) -> u64 {
        std::mem::take(&mut self.bytes)
    }

    async fn fill(&mut self, socket: &TcpStream) -> Result<(), Ended> {
        loop {
            socket.readable().await.map_err(Ended::Failed)?;
            self.make_room().await;
            match self.read_some(socket) {
                Ok(0) => {
                    return Err(Ended::Closed {
                        within_request: !self.buffer.is_empty(),
                    });
                }
                Ok(received) => {
                    self.bytes += received as u64;
                    return Ok(());
                }
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock && self.buffer.is_empty() =>
                {
                    self.let_go();
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(Ended::Failed(error)),
            }
        }
    }

    /// Reads what is there. What leaves room has taken all of it: the kernel says when there is more, and need not be asked.
    fn read_some(&mut self, socket: &TcpStream) -> io::Result<usize> {
        let room = self.buffer.chunk_mut().len();
        let would_block = || io::Error::from(io::ErrorKind::WouldBlock);
        let mut outcome = Err(would_block());
        // Forgets that the socket is readable, unless it was found to be so again meanwhile.
        let _ = socket.try_io(Interest::READABLE, || {
            outcome = socket.try_read_buf(&mut self.buffer);
            match outcome {
                Ok(received) if (1..room).contains(&received) => Err(would_block()),
                _ => Ok(()),
            }
        });
        outcome
    }

    /// Room for the next step. The announced length alone gets a peer nothing: the buffer is never larger than four
    /// times what has arrived, twice the last request, or 64 KiB. A large request after another is thus received where it
    /// stays: growing step by step would copy a third of it, into memory that is new to the process.
    async fn make_room(&mut self) {
        let (held, missing) = (
            self.buffer.len(),
            self.partial.map_or(SMALL, |(_, missing)| missing),
        );
        if self.buffer.capacity() - held >= missing.min(SMALL) {
            return;
        }
        let (step, stage) = match held {
            // The length of a large one is enough, all that comes with it is copied.
            0 if self.last > LARGE => (SMALL, Stage::Start),
            0 => (self.last.max(SMALL), Stage::Start),
            _ => {
                let proven = (held * 3).max(self.last.saturating_mul(2));
                let most = proven.clamp(LARGE, LARGEST_STEP);
                (missing.max(SMALL).min(most), Stage::Middle)
            }
        };
        if !self.charge.try_grow(step) {
            self.starved = true;
            self.charge.grow(step, stage).await;
            self.starved = false;
            self.excuse();
        }
        self.buffer.reserve(step);
    }

    fn let_go(&mut self) {
        self.buffer = BytesMut::new();
        self.charge = self.budget.charge();
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;

    const LENGTH: usize = 1 << 20;

    async fn next(inbound: &mut Inbound, socket: &TcpStream) -> Frame {
        loop {
            if let Some(frame) = inbound.next(socket).await.unwrap() {
                return frame;
            }
        }
    }

    #[tokio::test]
    async fn only_a_large_request_after_another_gets_its_memory_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).await.unwrap();
        let (socket, _) = listener.accept().await.unwrap();
        let budget = Budget::new(64 << 20);
        let mut inbound = Inbound::new(2 * LENGTH, &budget);
        let mut request = u32::try_from(LENGTH).unwrap().to_be_bytes().to_vec();
        request.resize(4 + LENGTH, 1);
        for (proven, most) in [(false, 2 * LARGE), (true, 2 * LENGTH)] {
            client.write_all(&request[..SMALL]).await.unwrap();
            assert!(inbound.next(&socket).await.unwrap().is_none());
            inbound.make_room().await;
            let room = inbound.buffer.capacity();
            assert!(room <= most, "{room}");
            assert_eq!(room >= request.len(), proven, "{room}");
            let (sent, frame) = tokio::join!(
                client.write_all(&request[SMALL..]),
                next(&mut inbound, &socket)
            );
            sent.unwrap();
            assert_eq!(frame.bytes, request[4..]);
            assert!(frame.charge.bytes() >= LENGTH);
        }
        assert_eq!(budget.used(), 0);
    }
}
