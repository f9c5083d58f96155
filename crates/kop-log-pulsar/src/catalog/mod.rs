//! The topics of a Pulsar cluster as a `LogCatalog`.
