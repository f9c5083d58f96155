//! Kafka record batches, magic 0 to 2: views, builders, validation, compression, conversion.
