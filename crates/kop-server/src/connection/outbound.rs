//! Answers going out: memory by vectored writes, regions of files by `sendfile`.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use kop_codec::{Encoded, FileRegion, RecordsPart};
use kop_service::AnswerMemory;
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::file::{self, Warming};
use crate::share::Share;

/// Slices that are handed to the kernel at once.
const SLICES: usize = 16;
/// Parts for which room is kept.
const FEW: usize = 8;
/// What a part costs beside its bytes, so that many small or many file parts count too.
const PART: usize = 64;

/// The sending half of a connection.
#[derive(Debug)]
pub(super) struct Outbound {
    parts: VecDeque<Part>,
    share: Arc<Share>,
    memory: usize,
    replies: usize,
    /// Set while the front region is being read from the disk.
    warming: Option<Warming>,
    /// When the socket last took something, or the queue last became filled.
    progress: Instant,
    bytes: u64,
}

#[derive(Debug)]
enum Part {
    Bytes(Bytes),
    File {
        region: FileRegion,
        sent: u32,
    },
    /// The end of an answer.
    End,
}

impl Outbound {
    pub(super) fn new(share: Arc<Share>) -> Self {
        Self {
            parts: VecDeque::new(),
            share,
            memory: 0,
            replies: 0,
            warming: None,
            progress: Instant::now(),
            bytes: 0,
        }
    }

    /// Puts an answer at the end of the queue.
    pub(super) fn push(&mut self, reply: Encoded) {
        if self.parts.is_empty() {
            self.progress = Instant::now();
        }
        let mut memory = 0;
        for part in reply.into_parts() {
            memory += PART;
            match part {
                RecordsPart::Bytes(bytes) => {
                    memory += bytes.len();
                    self.parts.push_back(Part::Bytes(bytes));
                }
                RecordsPart::File(region) => self.parts.push_back(Part::File { region, sent: 0 }),
            }
        }
        self.parts.push_back(Part::End);
        self.replies += 1;
        self.memory += memory;
        self.share.count(memory);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Answers that have not been sent in full.
    pub(super) fn replies(&self) -> usize {
        self.replies
    }

    /// Bytes of memory that wait to be sent.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Since when the socket has taken nothing; `None` while nothing waits.
    pub(super) fn stalled_since(&self) -> Option<Instant> {
        (!self.parts.is_empty()).then_some(self.progress)
    }

    /// Bytes sent since the last call.
    pub(super) fn take_sent(&mut self) -> u64 {
        std::mem::take(&mut self.bytes)
    }

    /// Sends until the queue is empty. May be dropped and called again without losing anything.
    pub(super) async fn send(&mut self, socket: &TcpStream) -> io::Result<()> {
        while let Some(front) = self.parts.front() {
            if let Part::File { region, sent } = front {
                if self.warming.is_none() && !file::is_warm(region, *sent) {
                    self.warming = Some(Warming::start(region, *sent));
                }
                if let Some(warming) = &mut self.warming {
                    warming.finish().await?;
                    self.warming = None;
                }
            }
            socket.writable().await?;
            match self.send_some(socket) {
                Ok(sent) => self.advance(sent),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        // An idle connection keeps little memory.
        self.parts.shrink_to(FEW);
        Ok(())
    }

    fn send_some(&self, socket: &TcpStream) -> io::Result<usize> {
        if let Some(Part::File { region, sent }) = self.parts.front() {
            return file::send(socket, region, *sent);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut filled = 0;
        let mut more = false;
        for part in &self.parts {
            match part {
                Part::Bytes(bytes) if filled < SLICES => {
                    slices[filled] = IoSlice::new(bytes);
                    filled += 1;
                }
                Part::End => {}
                Part::Bytes(_) | Part::File { .. } => {
                    more = true;
                    break;
                }
            }
        }
        file::send_slices(socket, &slices[..filled], more)
    }

    fn advance(&mut self, sent: usize) {
        self.progress = Instant::now();
        self.bytes += sent as u64;
        let (mut rest, mut freed) = (sent, 0);
        while let Some(front) = self.parts.front_mut() {
            let done = match front {
                Part::End => {
                    self.replies -= 1;
                    true
                }
                Part::Bytes(bytes) => {
                    let taken = rest.min(bytes.len());
                    bytes.advance(taken);
                    rest -= taken;
                    freed += taken + if bytes.is_empty() { PART } else { 0 };
                    bytes.is_empty()
                }
                Part::File { region, sent } => {
                    // A send never goes beyond its region, whose length is a u32.
                    let taken = rest.min((region.len - *sent) as usize);
                    *sent += taken as u32;
                    rest -= taken;
                    let done = *sent == region.len;
                    freed += if done { PART } else { 0 };
                    done
                }
            };
            if !done {
                break;
            }
            self.parts.pop_front();
        }
        self.memory -= freed;
        self.share.release(freed);
    }
}
