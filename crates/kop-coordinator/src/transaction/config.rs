//! The settings of transactions.

/// Settings of the transaction coordinator, with the defaults of Apache Kafka.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TransactionConfig {
    /// `transaction.max.timeout.ms`: longer time-outs of transactions are refused.
    pub max_timeout_ms: i32,
    /// `transactional.id.expiration.ms`: how long a transactional id without a transaction is remembered.
    pub id_expiration_ms: i64,
    /// `transaction.abort.timed.out.transaction.cleanup.interval.ms`: how often transactions are looked for whose time
    /// is up.
    pub abort_timed_out_interval_ms: i64,
    /// `transaction.remove.expired.transaction.cleanup.interval.ms`: how often transactional ids are looked for that have
    /// expired.
    pub remove_expired_interval_ms: i64,
    /// `transaction.state.log.num.partitions`: partitions of `__transaction_state` when it is created.
    pub topic_partitions: i32,
    /// `transaction.state.log.segment.bytes`: segment size of `__transaction_state` when it is created.
    pub topic_segment_bytes: i32,
    /// A write that takes longer is answered with a retriable error. Kafka has no setting for it: 5 seconds.
    pub write_timeout_ms: i32,
}

impl Default for TransactionConfig {
    fn default() -> Self {
        Self {
            max_timeout_ms: 900_000,
            id_expiration_ms: 604_800_000,
            abort_timed_out_interval_ms: 10_000,
            remove_expired_interval_ms: 3_600_000,
            topic_partitions: 50,
            topic_segment_bytes: 100 * 1024 * 1024,
            write_timeout_ms: 5_000,
        }
    }
}
