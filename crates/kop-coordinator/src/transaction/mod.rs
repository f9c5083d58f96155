//! Transactions: who produces under a transactional id, and how its transactions end.

mod config;
mod metadata;
mod outbox;
mod record;
mod request;
mod shard;
mod state;

pub use config::TransactionConfig;
pub use outbox::{
    AfterTransactionWrite, MarkerJob, TransactionOutbox, TransactionTally, TransactionWrite,
};
pub use record::TransactionRecord;
pub use request::{
    ClientVersion, Lease, Producer, TopicPartition, TransactionFilter, TransactionRequest,
    TransactionResponse,
};
pub use shard::TransactionShard;
pub use state::TransactionState;
