//! The storage seam: the PartitionLog and LogCatalog traits, producer state, an in-memory log.
