#![doc = include_str!("../README.md")]

mod catalog;
mod fault;
mod log;
mod shared;
mod store;

pub use catalog::{
    Address, Check, Naming, OpenError, Outcome, PulsarCatalog, PulsarConfig, check_cluster,
};
pub use log::{LogContext, LogNumbers, LogPartition, LogSettings, PulsarLog, Undecodable};
pub use shared::{Lease, SharedTopic, partition_key, topic_keys};
