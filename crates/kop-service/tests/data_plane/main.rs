//! ApiVersions, Metadata, Produce, Fetch and what goes with them, against a log in memory.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[path = "../support/mod.rs"]
mod support;

mod api_versions;
mod faulty;
mod fetch;
mod fetch_sessions;
mod kit;
mod leadership;
mod list_offsets;
mod metadata;
mod noise;
mod old_clients;
mod order;
mod produce;
mod producer_ids;
mod storage_faults;
