//! ApiVersions, Metadata, Produce, Fetch and what goes with them, against a log in memory.

#[path = "../support/mod.rs"]
mod support;

mod api_versions;
mod fetch;
mod fetch_sessions;
mod kit;
mod list_offsets;
mod metadata;
mod order;
mod produce;
mod producer_ids;
