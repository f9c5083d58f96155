//! Bytes on their way to the socket: small ones are copied together, large ones stay where they are.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::frame;
use crate::proto::base_command::Command;

/// Below this size a copy costs less than one more slice in the system call.
const COPY_BYTES: usize = 512;

/// Slices per system call.
const SLICES: usize = 64;

/// A queue of bytes.
#[derive(Debug, Default)]
pub(crate) struct WriteQueue {
    /// Small pieces that were not cut off yet; they come after `ready`.
    scratch: BytesMut,
    ready: VecDeque<Bytes>,
}

impl WriteQueue {
    /// Appends a command and the bytes that belong to it.
    pub(crate) fn push(
        &mut self,
        command: Command,
        parts: impl IntoIterator<Item = Bytes>,
        payload: usize,
    ) {
        frame::encode(command, payload, &mut self.scratch);
        for part in parts {
            if part.len() <= COPY_BYTES {
                self.scratch.extend_from_slice(&part);
            } else {
                self.cut();
                self.ready.push_back(part);
            }
        }
    }

    fn cut(&mut self) {
        if !self.scratch.is_empty() {
            self.ready.push_back(self.scratch.split().freeze());
        }
    }

    /// Writes all of it. Dropping the future loses bytes: the connection is of no use then.
    pub(crate) async fn write_to(
        &mut self,
        io: &mut (impl AsyncWrite + Unpin),
    ) -> std::io::Result<()> {
        self.cut();
        while !self.ready.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let used = self.ready.len().min(SLICES);
            for (slice, bytes) in slices.iter_mut().zip(&self.ready) {
                *slice = IoSlice::new(bytes);
            }
            let written = io.write_vectored(&slices[..used]).await?;
            if written == 0 {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
            self.advance(written);
        }
        io.flush().await
    }

    fn advance(&mut self, mut written: usize) {
        while let Some(first) = self.ready.front_mut() {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.ready.pop_front();
        }
    }
}
