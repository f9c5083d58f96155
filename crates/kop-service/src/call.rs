//! A request on its way through the service.

use std::sync::Arc;

use bytes::Bytes;
use kop_codec::{ApiKey, ByteString, DecodeError, EncodeError, Encoded, ErrorCode};

use crate::{ApiInfo, Broker, Connection, StartToken};

/// A request as it came from the connection.
#[derive(Debug)]
pub struct RawRequest {
    /// The frame, without its length.
    pub frame: Bytes,
    /// Where it came from.
    pub connection: Arc<Connection>,
    /// How many requests came by the connection before it.
    pub number: u64,
    /// Dropped by the service when the next request of the connection may start.
    pub start: StartToken,
}

/// What goes back to the connection.
#[derive(Debug)]
pub enum Reply {
    /// A whole frame, with its length.
    Frame(Encoded),
    /// Nothing: a Produce with `acks=0`.
    None,
}

/// A typed request and what is known about it.
#[derive(Debug)]
pub struct Call<R> {
    /// Who asks, and how.
    pub cx: Context,
    /// The request.
    pub request: R,
}

/// Who asks, and how.
#[derive(Debug)]
pub struct Context {
    /// What the handlers share.
    pub broker: Arc<Broker>,
    /// Where the request came from.
    pub connection: Arc<Connection>,
    /// How many requests came by the connection before it.
    pub number: u64,
    /// The API.
    pub api: ApiKey,
    /// Version of request and response.
    pub version: i16,
    /// Number that the client gave the request.
    pub correlation_id: i32,
    /// What the client calls itself.
    pub client_id: Option<ByteString>,
    /// The APIs that are served.
    pub served: Arc<[ApiInfo]>,
    pub(crate) start: Option<StartToken>,
}

impl Context {
    /// Lets the next request of the connection start. Does something for [`Order::Staged`](crate::Order::Staged) only;
    /// there it happens at the end of the handler at the latest.
    pub fn release_start(&mut self) {
        self.start = None;
    }
}

/// Why a connection has to be closed. Everything else is answered with an error code.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A response that its version cannot express: a bug in a handler.
    #[error("{api} v{version} response: {source}")]
    Encode {
        /// The API.
        api: ApiKey,
        /// The version.
        version: i16,
        /// What is wrong.
        source: EncodeError,
    },
    /// The header cannot be read.
    #[error("request header: {0}")]
    Header(DecodeError),
    /// The body cannot be read.
    #[error("{api} v{version} request: {source}")]
    Malformed {
        /// The API.
        api: ApiKey,
        /// The version.
        version: i16,
        /// What is wrong.
        source: DecodeError,
    },
    /// The API is not for those who have not authenticated.
    #[error("{api} before authentication")]
    NotAuthenticated {
        /// The API.
        api: ApiKey,
    },
    /// A request that wants no answer failed; closing is the only way to tell (as Kafka does).
    #[error("{api} without an answer failed with {code}")]
    Silent {
        /// The API.
        api: ApiKey,
        /// The first error.
        code: ErrorCode,
    },
    /// The handler did not finish in time.
    #[error("{api} took longer than {limit_ms} ms")]
    TimedOut {
        /// The API.
        api: ApiKey,
        /// `request.timeout.ms`.
        limit_ms: u64,
    },
    /// The API is not served.
    #[error("{api} is not served")]
    UnsupportedApi {
        /// The API.
        api: ApiKey,
    },
    /// The API is not served at this version.
    #[error("{api} is not served at version {version}")]
    UnsupportedVersion {
        /// The API.
        api: ApiKey,
        /// The version.
        version: i16,
    },
}
