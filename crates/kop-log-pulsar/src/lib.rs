#![doc = include_str!("../README.md")]

mod catalog;
mod fault;
mod log;
mod shared;
mod store;

use std::time::{SystemTime, UNIX_EPOCH};

pub use catalog::{
    Address, Check, Naming, OpenError, Outcome, PulsarCatalog, PulsarConfig, check_cluster,
};
pub use log::{LogContext, LogNumbers, LogPartition, LogSettings, PulsarLog, Undecodable};
pub use shared::{Lease, SharedTopic, partition_key, topic_keys};

/// Now, in milliseconds since 1970.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}
