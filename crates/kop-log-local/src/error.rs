//! Why a data directory cannot be opened.

use std::io;
use std::path::PathBuf;

use kop_log::LogError;

/// A data directory could not be opened. Damage to a partition is no such fault: it is logged, and the rest is served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use by another process: stop that one, or choose another data directory", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// A file that everything depends on could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The log of the topics' names and settings cannot be used.
    #[error("the metadata log: {0}")]
    Metadata(#[source] LogError),
    /// The server's defaults for topics are not valid.
    #[error("the topic defaults: {0}")]
    Defaults(#[source] LogError),
}
