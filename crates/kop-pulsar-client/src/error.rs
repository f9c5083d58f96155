//! What can go wrong between this client and a Pulsar cluster.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::proto::ServerError;

/// A fault, named after its cause. Cheap to clone, since one lost connection fails many operations.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The admin REST refused a request.
    #[error("{method} {path}: status {status}: {reason}")]
    Admin {
        /// The HTTP method.
        method: &'static str,
        /// The path, without the query.
        path: String,
        /// The HTTP status.
        status: u16,
        /// Pulsar's own words.
        reason: String,
    },
    /// The credentials are wrong, expired, or could not be had.
    #[error("authentication failed: {0}")]
    Authentication(String),
    /// The role may not do this.
    #[error("not authorized: {0}")]
    Authorization(String),
    /// The broker refused, in a way that has no variant of its own.
    #[error("the broker refused with {code}: {message}")]
    Broker {
        /// The name of Pulsar's `ServerError`, or its number when it is unknown.
        code: String,
        /// The broker's words.
        message: String,
    },
    /// Something that was passed in cannot be used: a URL, a certificate, a topic name.
    #[error("{what} cannot be used: {reason}")]
    Config {
        /// What was passed in.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No connection could be made. Within its back-off the last failure is given again without another attempt.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// `host:port`.
        address: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// The connection, the producer or the reader ended.
    #[error("disconnected from {address}: {reason}")]
    Disconnected {
        /// `host:port` of the broker.
        address: String,
        /// Why.
        reason: String,
        /// For a send: the entry may be stored all the same. False when it never left this process.
        written: bool,
    },
    /// Broker-side deduplication has seen this sequence id of this producer before; nothing was stored.
    #[error("sequence id {sequence_id} is a duplicate")]
    Duplicate {
        /// The sequence id of the refused entry.
        sequence_id: u64,
    },
    /// The identity provider of OAuth 2 gave no token.
    #[error("OAuth 2: {url}: {reason}")]
    IdentityProvider {
        /// What was asked.
        url: String,
        /// The fault of the connection; or the HTTP status and the provider's own words, or the beginning of them.
        reason: String,
        /// Whether it may give one later.
        retriable: bool,
    },
    /// The answer came in bytes or in an order that the protocol does not allow.
    #[error("{what} is malformed: {reason}")]
    Malformed {
        /// What was read.
        what: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Another producer holds the topic for itself, or has this producer's name.
    #[error("the producer is busy: {0}")]
    ProducerBusy(String),
    /// Another producer has taken the topic for itself.
    #[error("the producer is fenced: {0}")]
    ProducerFenced(String),
    /// The broker cannot serve the topic now (it moves, or too much is asked): look it up again.
    #[error("the broker is not ready: {0}")]
    ServiceNotReady(String),
    /// The answer did not come in time. A producer or reader that was being made is given up.
    #[error("{doing} took longer than {after:?}")]
    Timeout {
        /// What was being done.
        doing: &'static str,
        /// The time limit.
        after: Duration,
    },
    /// No TLS connection with this peer: its certificate, our certificate, or the protocol version.
    #[error("TLS with {address}: {source}")]
    Tls {
        /// `host:port`.
        address: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// An entry is larger than the broker takes. It was not sent.
    #[error("an entry of {size} bytes is larger than the broker's maxMessageSize {limit}")]
    TooLarge {
        /// Bytes of metadata and payload.
        size: usize,
        /// The broker's limit.
        limit: usize,
    },
    /// There is no such topic, tenant, namespace or subscription.
    #[error("not found: {0}")]
    TopicNotFound(String),
    /// The topic was ended for good: it can be read, but takes no more entries.
    #[error("the topic is terminated: {0}")]
    TopicTerminated(String),
    /// The broker's version or configuration lacks what is needed.
    #[error("the broker does not support {0}")]
    Unsupported(String),
}

impl Error {
    /// Whether the same operation can succeed later without anybody changing anything. For a send that failed with
    /// `written` this says nothing about the entry: look for it before sending again.
    pub fn is_retriable(&self) -> bool {
        match self {
            _ if self.is_limited() => false,
            Self::Connect { .. }
            | Self::Disconnected { .. }
            | Self::ServiceNotReady(_)
            | Self::Timeout { .. }
            | Self::ProducerBusy(_) => true,
            Self::IdentityProvider { retriable, .. } => *retriable,
            Self::Admin { status, .. } => matches!(status, 408 | 412 | 429 | 500 | 502..=504),
            Self::Broker { code, .. } => matches!(
                code.as_str(),
                "UnknownError" | "MetadataError" | "PersistenceError" | "ConsumerBusy"
            ),
            _ => false,
        }
    }

    /// Whether the cluster or an identity provider does not take us for who we say we are, or our role may not do this.
    /// Never for what [`is_retriable`](Self::is_retriable).
    pub fn is_denied(&self) -> bool {
        match self {
            Self::Authentication(_) | Self::Authorization(_) => true,
            Self::Admin { status, .. } => matches!(status, 401 | 403),
            Self::IdentityProvider { retriable, .. } => !retriable,
            _ => false,
        }
    }

    /// Whether the cluster has a limit for what was to be made: of a namespace's topics, or of a topic's partitions.
    pub fn is_limited(&self) -> bool {
        match self {
            Self::Admin { status: 406, .. } => true,
            // Brokers also say 412 while a namespace moves from one to another.
            Self::Admin {
                status: 412,
                reason,
                ..
            } => reason.starts_with("Exceed"),
            _ => false,
        }
    }

    /// Whether the brokers have no policies of single topics (`topicLevelPoliciesEnabled=false`).
    pub fn is_without_topic_policies(&self) -> bool {
        matches!(self, Self::Admin { status: 405, .. })
    }

    /// Whether the broker does not take this entry, of this size, while others of the same producer may be taken.
    pub fn is_refused_entry(&self) -> bool {
        let not_allowed = "NotAllowedError";
        matches!(self, Self::Broker { code, .. } if code == not_allowed)
    }

    /// Whether a broker that answers an entry so may take others. Not where its storage fails.
    pub fn may_be_of_entry(&self) -> bool {
        matches!(self, Self::Broker { code, .. } if code != "PersistenceError")
    }

    /// Whether what was asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::TopicNotFound(_) | Self::Admin { status: 404, .. }
        )
    }

    /// Whether what was to be created exists already, or is in a state that does not allow the change.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Admin { status: 409, .. })
    }

    /// The error for an answer that carries Pulsar's own code.
    pub(crate) fn broker(code: i32, message: String) -> Self {
        let Ok(known) = ServerError::try_from(code) else {
            return Self::Broker {
                code: code.to_string(),
                message,
            };
        };
        match known {
            ServerError::AuthenticationError => Self::Authentication(message),
            ServerError::AuthorizationError => Self::Authorization(message),
            ServerError::ProducerBusy => Self::ProducerBusy(message),
            ServerError::ProducerFenced => Self::ProducerFenced(message),
            ServerError::ServiceNotReady | ServerError::TooManyRequests => {
                Self::ServiceNotReady(message)
            }
            ServerError::TopicNotFound | ServerError::SubscriptionNotFound => {
                Self::TopicNotFound(message)
            }
            ServerError::TopicTerminatedError => Self::TopicTerminated(message),
            ServerError::UnsupportedVersionError => Self::Unsupported(message),
            other => Self::Broker {
                code: other.as_str_name().to_owned(),
                message,
            },
        }
    }

    /// A malformed answer.
    pub(crate) fn malformed(what: &'static str, reason: impl Into<String>) -> Self {
        Self::Malformed {
            what,
            reason: reason.into(),
        }
    }

    /// Something unusable that was passed in.
    pub(crate) fn config(what: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self::Config {
            what: what.into(),
            reason: reason.to_string(),
        }
    }

    /// The same fault for a send, whose outcome is then unknown.
    pub(crate) fn after_write(self) -> Self {
        match self {
            Self::Disconnected {
                address, reason, ..
            } => Self::Disconnected {
                address,
                reason,
                written: true,
            },
            other => other,
        }
    }
}
