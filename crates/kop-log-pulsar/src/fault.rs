//! From the client's faults to those of a log.

use std::io;

use kop_log::LogError;
use kop_pulsar_client::Error;

/// What a fault of the client is to whoever uses the catalog; what it is to a log, its `Shared::error` says. `doing` says
/// what was being done, for operators.
pub(crate) fn fault(doing: &str, error: &Error) -> LogError {
    match error {
        Error::TooLarge { size, limit } => too_large(*size, *limit),
        _ if error.is_denied() => LogError::Unauthorized {
            reason: format!("{doing}: {error}"),
        },
        _ if error.is_not_found() => LogError::Deleted,
        _ if error.is_limited() => LogError::Limited {
            reason: format!("{doing}: {error}"),
        },
        Error::Malformed { what, reason } => LogError::Malformed {
            what,
            reason: reason.clone(),
        },
        Error::TopicTerminated(_) | Error::Unsupported(_) | Error::Config { .. } => {
            LogError::storage(doing, io::Error::other(error.clone()))
        }
        Error::Tls { .. } | Error::ProducerFenced(_) | Error::Duplicate { .. } => {
            unavailable(doing, error)
        }
        _ if error.is_retriable() => unavailable(doing, error),
        _ => LogError::storage(doing, io::Error::other(error.clone())),
    }
}

/// An entry that is larger than what the brokers take.
pub(crate) fn too_large(size: usize, limit: usize) -> LogError {
    LogError::BatchTooLarge {
        size,
        reason: format!("Pulsar takes entries of {limit} bytes"),
    }
}

fn unavailable(doing: &str, error: &Error) -> LogError {
    LogError::Unavailable {
        reason: format!("{doing}: {error}"),
    }
}
