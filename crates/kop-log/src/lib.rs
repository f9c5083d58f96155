#![doc = include_str!("../README.md")]

mod catalog;
mod error;
mod partition;
mod topic;
mod waiter;

pub use catalog::{LogCatalog, LogDir, MetadataStore};
pub use error::LogError;
pub use partition::{
    AppendRequest, Appended, AbortedTransaction, EpochEnd, Isolation, LogOffsets, OffsetSpec, PartitionLog, ReadRequest,
    ReadResult, TimestampedOffset,
};
pub use topic::{NewTopic, TopicInfo};
pub use waiter::{Waiter, WaiterList};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = futures_util::future::BoxFuture<'a, T>;
