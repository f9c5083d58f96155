//! The codec against Kafka, against its own definitions, and against noise.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;
mod properties;
mod refusals;
mod schema;
mod seeds;
