//! Kafka on Pulsar: the server, as a thin binary and as a library.
