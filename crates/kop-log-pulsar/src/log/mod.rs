//! One partition of a Pulsar topic as a `PartitionLog`.
