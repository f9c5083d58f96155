//! Groups without sockets and clocks, and the driver with a clock that the tests turn.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests, outside of the functions that are marked as tests"
)]

mod compacted_by_keys;
mod consumer;
mod consumer_classic;
mod consumer_simulation;
mod consumer_support;
mod driver;
mod group_times;
mod heartbeat_leave;
mod join;
mod load;
mod logged;
mod manage;
mod migration_simulation;
mod mixed_offsets;
mod offsets;
mod original;
mod random;
mod records;
mod seeds;
mod simulation;
mod slow;
mod static_members;
mod support;
mod sync;
mod topic_ids;
mod transactions;
mod transactions_crash;
mod transactions_driver;
mod transactions_simulation;
mod transactions_support;
