#![doc = include_str!("../README.md")]

pub mod catalog;
pub mod log;
mod shared;

pub use shared::{Lease, SharedTopic, partition_key, topic_keys};
