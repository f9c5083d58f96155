//! Why a connection ended, and the one log line about it.

use std::io;
use std::time::Duration;

use kop_codec::ByteString;
use kop_codec::frame::FrameError;
use kop_service::{Connection, Fault};

/// The end of a connection.
#[derive(Debug)]
pub(crate) struct Closed {
    pub(crate) cause: Cause,
    /// What the client called itself in its first request.
    pub(crate) client_id: Option<ByteString>,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    /// The peer went away, which is the usual end.
    #[error("the peer closed it")]
    ByPeer,
    #[error("the peer closed it in the middle of a request")]
    WithinRequest,
    #[error("it failed: {0}")]
    Failed(io::Error),
    #[error("{0}")]
    Malformed(FrameError),
    #[error("{0}")]
    Fault(Fault),
    #[error("it was idle for {0:?}")]
    Idle(Duration),
    #[error("a request began to arrive but did not become complete")]
    SlowRequest,
    #[error("the peer took none of its answers for {0:?}")]
    SlowReader(Duration),
    #[error("a request made the server panic, which is a bug: {0}")]
    Panic(String),
    #[error("the server shuts down")]
    Shutdown,
}

impl Closed {
    /// Writes the log line: a warning where somebody should look at it, else for debugging only.
    pub(crate) fn log(&self, connection: &Connection) {
        let (listener, peer) = (&connection.listener.name, connection.peer);
        let client_id = self.client_id.as_deref().unwrap_or("-");
        let reason = &self.cause;
        match reason {
            Cause::Panic(_) => {
                tracing::error!(%listener, %peer, client_id, %reason, "closed a connection");
            }
            cause if cause.is_worth_a_look() => {
                tracing::warn!(%listener, %peer, client_id, %reason, "closed a connection");
            }
            _ => tracing::debug!(%listener, %peer, client_id, %reason, "a connection ended"),
        }
    }
}

impl Cause {
    /// Its name in metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::ByPeer => "peer",
            Self::WithinRequest => "peer_within_request",
            Self::Failed(_) => "failed",
            Self::Malformed(_) => "malformed",
            Self::Fault(_) => "fault",
            Self::Idle(_) => "idle",
            Self::SlowRequest => "slow_request",
            Self::SlowReader(_) => "slow_reader",
            Self::Panic(_) => "panic",
            Self::Shutdown => "shutdown",
        }
    }

    fn is_worth_a_look(&self) -> bool {
        match self {
            Self::ByPeer | Self::WithinRequest | Self::Idle(_) | Self::Shutdown => false,
            Self::Failed(error) => !matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::TimedOut
                    | io::ErrorKind::NotConnected
            ),
            _ => true,
        }
    }
}
