//! The Kafka APIs as tower services: the API table, the handlers, the layers.
