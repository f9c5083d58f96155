//! The tasks of a connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::mpsc;

use super::{Outgoing, Shared};
use crate::error::Error;
use crate::frame::FrameDecoder;
use crate::proto::CommandPing;
use crate::proto::base_command::Command;
use crate::write_queue::WriteQueue;

/// Commands that one system call may carry.
const COMMANDS_AT_ONCE: usize = 64;

/// Starts the tasks of a connection whose handshake is done; `buffer` has what was read beyond it.
pub(super) fn start<R, W>(
    shared: &Arc<Shared>,
    keep_alive: Duration,
    (decoder, buffer): (FrameDecoder, BytesMut),
    (reader, writer): (R, W),
    outgoing: mpsc::UnboundedReceiver<Outgoing>,
) where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let tasks = [
        tokio::spawn(read(Arc::clone(shared), reader, decoder, buffer)).abort_handle(),
        tokio::spawn(write(Arc::clone(shared), writer, outgoing)).abort_handle(),
        tokio::spawn(watch(Arc::clone(shared), keep_alive)).abort_handle(),
    ];
    shared.tasks.lock().extend(tasks);
    // A task may have ended the connection before it could be aborted with the others.
    if shared.state.lock().ended.is_some() {
        for task in shared.tasks.lock().drain(..) {
            task.abort();
        }
    }
}

async fn read<R: AsyncRead + Unpin>(
    shared: Arc<Shared>,
    mut reader: R,
    mut decoder: FrameDecoder,
    mut buffer: BytesMut,
) {
    loop {
        match take_frames(&shared, &mut decoder, &mut buffer) {
            Ok(()) => {}
            Err(error) => return shared.end_with(&error),
        }
        match reader.read_buf(&mut buffer).await {
            Ok(0) => return shared.end("the broker closed the connection"),
            Ok(_) => shared.alive.store(true, Ordering::Relaxed),
            Err(error) => return shared.end(error.to_string()),
        }
    }
}

fn take_frames(
    shared: &Arc<Shared>,
    decoder: &mut FrameDecoder,
    buffer: &mut BytesMut,
) -> Result<(), Error> {
    while let Some(frame) = decoder.decode(buffer)? {
        shared.dispatch(frame)?;
    }
    Ok(())
}

async fn write<W: AsyncWrite + Unpin>(
    shared: Arc<Shared>,
    mut writer: W,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
) {
    let mut batch = Vec::with_capacity(COMMANDS_AT_ONCE);
    let mut queue = WriteQueue::default();
    while outgoing.recv_many(&mut batch, COMMANDS_AT_ONCE).await > 0 {
        // A system call costs as much for the commands of all partitions as for that of the first, and those that are about
        // to queue theirs are behind this task: it runs right after whoever woke it.
        tokio::task::yield_now().await;
        while batch.len() < COMMANDS_AT_ONCE
            && let Ok(more) = outgoing.try_recv()
        {
            batch.push(more);
        }
        for Outgoing {
            command,
            parts,
            size,
        } in batch.drain(..)
        {
            queue.push(command, parts, size);
        }
        if let Err(error) = queue.write_to(&mut writer).await {
            return shared.end(error.to_string());
        }
    }
}

/// Asks a silent peer for a sign of life, and ends the connection if none comes.
async fn watch(shared: Arc<Shared>, keep_alive: Duration) {
    let mut asked = false;
    loop {
        tokio::time::sleep(keep_alive).await;
        if shared.alive.swap(false, Ordering::Relaxed) {
            asked = false;
        } else if asked {
            return shared.end(format!("silent for {:?}", keep_alive * 2));
        } else {
            asked = true;
            shared.send(Command::Ping(CommandPing {}));
        }
    }
}
