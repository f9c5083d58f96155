//! The transaction coordinator at work.

mod api;
mod enlist;
mod machine;
mod markers;
mod offsets;

use std::fmt;
use std::sync::Arc;

use kop_codec::{ByteString, ErrorCode};
use kop_log::{LogCatalog, PartitionLog};

pub use enlist::Enlist;
use machine::TransactionMachine;
pub use markers::Marker;
use markers::MarkerWriter;

use super::shards::{Shards, Topic};
use super::{GroupCoordinator, WallClock, system_time_ms};
use crate::config::GroupPartitioner;
use crate::metrics::TransactionMetrics;
use crate::partition::partition_for;
use crate::producer_ids::ProducerIds;
use crate::transaction::{TransactionConfig, TransactionRequest, TransactionResponse};

/// The topic that keeps transactional ids.
pub const TRANSACTIONS_TOPIC: &str = "__transaction_state";

/// The transaction coordinator of a server: all transactional ids, persisted in `__transaction_state`. Cheap to clone.
///
/// Each method answers one request, and answers only when what it changed is durable. Once EndTxn is answered the
/// outcome stands: the markers are written as soon as possible, by the next start of the server if need be. Faults are
/// error codes in the answer, as Kafka gives them: `COORDINATOR_LOAD_IN_PROGRESS` while the partition is being read,
/// `COORDINATOR_NOT_AVAILABLE` where it cannot be written or read, `NOT_COORDINATOR` before the topic exists.
///
/// **Cancel safety.** Dropping the future of a request does not take the request back.
///
/// **Runtime.** Methods must be called within a tokio runtime with a clock; tasks run on it until the last clone is
/// dropped.
#[derive(Clone)]
pub struct TransactionCoordinator {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Arc<dyn LogCatalog>,
    groups: GroupCoordinator,
    producer_ids: Arc<ProducerIds>,
    config: Arc<TransactionConfig>,
    markers: MarkerWriter,
    metrics: Arc<TransactionMetrics>,
    shards: Shards<TransactionMachine>,
}

/// What a coordinator works with.
#[derive(Clone, Debug)]
pub struct TransactionParts {
    /// The topics.
    pub catalog: Arc<dyn LogCatalog>,
    /// The groups, whose offsets can be part of a transaction.
    pub groups: GroupCoordinator,
    /// Where new producer ids come from.
    pub producer_ids: Arc<ProducerIds>,
    /// The settings.
    pub config: TransactionConfig,
}

impl TransactionCoordinator {
    /// A coordinator of the transactional ids in a catalog. Nothing is read until [`start`](Self::start) or a first
    /// request.
    pub fn new(parts: TransactionParts) -> Self {
        Self::with_clock(parts, system_time_ms)
    }

    /// The same with a wall clock of the caller's, in milliseconds since 1970. Time-outs run on tokio's clock.
    pub fn with_clock(
        parts: TransactionParts,
        wall_clock: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Self {
        let TransactionParts {
            catalog,
            groups,
            producer_ids,
            config,
        } = parts;
        let (config, wall_clock): (_, Arc<WallClock>) = (Arc::new(config), Arc::new(wall_clock));
        let metrics = Arc::<TransactionMetrics>::default();
        let markers = MarkerWriter::new(&catalog, &groups, &wall_clock, &metrics);
        let topic = Topic {
            name: TRANSACTIONS_TOPIC,
            partitions: config.topic_partitions,
            segment_bytes: config.topic_segment_bytes,
        };
        let make = {
            let (config, markers) = (Arc::clone(&config), markers.clone());
            let metrics = Arc::clone(&metrics);
            Arc::new(move |log: &Arc<dyn PartitionLog>, itself| {
                let epoch = log.offsets().leader_epoch;
                let (config, metrics) = (Arc::clone(&config), Arc::clone(&metrics));
                TransactionMachine::new(config, markers.clone(), epoch, metrics, itself)
            })
        };
        let write_timeout_ms = config.write_timeout_ms;
        let shards = Shards::new(
            Arc::clone(&catalog),
            topic,
            wall_clock,
            write_timeout_ms,
            make,
        );
        let inner = Inner {
            catalog,
            groups,
            producer_ids,
            config,
            markers,
            metrics,
            shards,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Begins to read all transactional ids, if there are any, so that what was being ended at a crash comes to its end.
    pub fn start(&self) {
        self.inner.shards.start_all();
    }

    /// Waits until everything that [`start`](Self::start) began to read has been read, or has failed.
    pub async fn loaded(&self) {
        self.inner.shards.all_loaded().await;
    }

    /// Stops all tasks once their writes have ended. Requests that wait are answered with
    /// `COORDINATOR_NOT_AVAILABLE`. Markers that are not written yet are written after the next start.
    pub async fn close(&self) {
        self.inner.shards.close().await;
    }

    /// Counters and gauges.
    pub fn metrics(&self) -> &TransactionMetrics {
        &self.inner.metrics
    }

    /// Where its producer ids come from.
    pub fn producer_ids(&self) -> &ProducerIds {
        &self.inner.producer_ids
    }

    /// The settings.
    pub fn config(&self) -> &TransactionConfig {
        &self.inner.config
    }

    /// Creates the topic if it is not there: what FindCoordinator does before the first request of a transactional id.
    ///
    /// # Errors
    /// `COORDINATOR_NOT_AVAILABLE` where it could not be created.
    pub async fn ensure_topic(&self) -> Result<(), ErrorCode> {
        self.inner.shards.topic().await.map(|_| ())
    }

    /// # Errors
    /// `NOT_COORDINATOR` unless this server keeps the transactional id.
    pub fn check_coordinates(&self, transactional_id: &str) -> Result<(), ErrorCode> {
        let partition = self.partition_of(transactional_id)?;
        self.inner.shards.check_leads(partition)
    }

    /// Writes the marker of a transaction to a partition: WriteTxnMarkers, also for transactions that nobody
    /// coordinates any more.
    ///
    /// # Errors
    /// `UNKNOWN_TOPIC_OR_PARTITION`, `INVALID_PRODUCER_EPOCH` where the log has seen a newer epoch of the producer,
    /// `TRANSACTION_COORDINATOR_FENCED` where it has seen a newer coordinator, or what is the matter with the storage.
    pub async fn write_marker(
        &self,
        topic: &ByteString,
        partition: i32,
        marker: Marker,
    ) -> Result<(), ErrorCode> {
        self.inner.markers.write(topic, partition, marker).await
    }

    /// Hands a request to the task that keeps the transactional id.
    async fn call(
        &self,
        transactional_id: &str,
        request: TransactionRequest,
    ) -> Result<TransactionResponse, ErrorCode> {
        let partition = self.partition_of(transactional_id)?;
        self.inner.shards.get(partition)?.call(request).await
    }

    fn partition_of(&self, transactional_id: &str) -> Result<i32, ErrorCode> {
        let topic = self.inner.catalog.topic(TRANSACTIONS_TOPIC);
        let partitions = topic.ok_or(ErrorCode::NOT_COORDINATOR)?.partitions;
        let partitioner = GroupPartitioner::Absolute;
        Ok(partition_for(transactional_id, partitions, partitioner))
    }
}

impl fmt::Debug for TransactionCoordinator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransactionCoordinator")
            .field("config", self.config())
            .finish_non_exhaustive()
    }
}
