#![doc = include_str!("../README.md")]

pub mod catalog;
mod log;
mod shared;

pub use log::{LogContext, LogNumbers, LogPartition, LogSettings, PulsarLog, Undecodable};
pub use shared::{Lease, SharedTopic, partition_key, topic_keys};
