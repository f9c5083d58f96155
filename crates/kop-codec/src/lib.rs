//! The Kafka wire protocol: every message and version, primitives, frames.
