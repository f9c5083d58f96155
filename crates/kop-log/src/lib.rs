#![doc = include_str!("../README.md")]

mod catalog;
pub mod compaction;
mod epochs;
mod error;
pub mod fuzz;
mod leadership;
mod memory;
mod partition;
pub mod producer;
mod tell;
mod topic;
pub mod topic_config;
mod waiter;

pub use catalog::{LogCatalog, LogDir, MetadataStore, TopicChange, with_prefix};
pub use epochs::{EpochStart, LeaderEpochs};
pub use error::LogError;
pub use leadership::{Leader, Leadership, LeadsAll};
pub use memory::MemoryCatalog;
pub use partition::{
    AbortedTransaction, AppendRequest, Appended, EpochEnd, Isolation, LogOffsets, OffsetSpec,
    PartitionLog, ReadRequest, ReadResult, TimestampedOffset,
};
pub use tell::Told;
pub use topic::{
    AutoCreation, INTERNAL_TOPICS, MAX_NEW_PARTITIONS, NewTopic, TopicInfo, check_topic_name,
    is_internal_topic, random_id,
};
pub use topic_config::TopicConfig;
pub use waiter::{Waiter, WaiterList};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = futures_util::future::BoxFuture<'a, T>;
