//! Kafka's group coordinator as state machines without I/O, and the driver that persists them.
