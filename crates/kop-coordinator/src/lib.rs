#![doc = include_str!("../README.md")]

mod classic;
mod config;
mod consumer;
mod driver;
pub mod fuzz;
mod group_state;
mod metrics;
mod offsets;
mod outbox;
mod partition;
mod producer_ids;
mod record;
mod request;
mod shard;
mod time;
mod transaction;

pub use config::{
    ConsumerConfig, ConsumerTimes, GroupConfig, GroupPartitioner, GroupTimes, MigrationPolicy,
};
pub use consumer::{Assignor, ConsumerRecord, NoTopics, Topics, UnknownAssignor};
pub use driver::{
    Enlist, GroupCoordinator, Marker, OFFSETS_TOPIC, TRANSACTIONS_TOPIC, TransactionCoordinator,
    TransactionParts,
};
pub use group_state::GroupState;
pub use metrics::{GroupMetrics, TransactionMetrics};
pub use outbox::{AfterWrite, Outbox, Tally, Write, WriteAs};
pub use partition::partition_for;
pub use producer_ids::ProducerIds;
pub use record::GroupRecord;
pub use request::{GroupContext, GroupRequest, GroupResponse, Ticket, TopicErrors};
pub use shard::GroupShard;
pub use time::Now;
pub use transaction::{
    AfterTransactionWrite, ClientVersion, Lease, MarkerJob, Producer, TopicPartition,
    TransactionConfig, TransactionFilter, TransactionOutbox, TransactionRecord, TransactionRequest,
    TransactionResponse, TransactionShard, TransactionState, TransactionTally, TransactionWrite,
};
