#![doc = include_str!("../README.md")]

mod address;
mod admin;
mod auth;
mod backoff;
mod client;
mod config;
mod connection;
mod error;
mod frame;
pub mod fuzz;
mod http;
mod numbers;
mod pool;
mod producer;
#[allow(
    clippy::enum_variant_names,
    clippy::large_enum_variant,
    missing_docs,
    unreachable_pub,
    reason = "generated; documented where it is used"
)]
mod proto;
mod reader;
mod tls;
mod types;
mod watch;
mod write_queue;

pub use admin::{
    Admin, AutoTopicCreation, EntryInfo, InternalStats, LedgerInfo, Retention, TenantInfo,
};
pub use auth::{Authentication, BasicCredentials, OAuth2, OAuth2Config, TokenSource};
pub use backoff::Backoff;
pub use client::{Client, Lookup};
pub use config::{ClientConfig, TlsConfig, TlsIdentity};
pub use error::Error;
pub use numbers::ClientNumbers;
pub use producer::{Producer, Receipt};
pub use reader::Reader;
pub use types::{
    AccessMode, MessageId, OutgoingEntry, ProducerOptions, RawEntry, ReaderOptions, Start,
    TopicChange,
};
pub use watch::TopicWatch;

/// Runs what blocks, such as reading a file, away from the runtime's threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Error::config("the runtime", error)),
    }
}

#[cfg(test)]
mod tests;
