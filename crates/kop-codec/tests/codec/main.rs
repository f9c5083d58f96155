//! The codec against Kafka, against its own definitions, and against noise.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod allocation;
mod golden;
mod properties;
mod schema;
mod seeds;
