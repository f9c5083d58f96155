//! Kafka on Pulsar: the server.

fn main() {}
