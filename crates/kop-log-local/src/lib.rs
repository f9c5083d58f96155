//! The embedded log: Kafka's segment files on local disk.
