//! Writing the markers of transactions whose end is decided.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kop_codec::{ByteString, ErrorCode};
use kop_log::{AppendRequest, LogCatalog, LogError};
use kop_records::control::EndTxnMarker;
use tokio::sync::mpsc::WeakSender;
use tokio::time::{Instant, sleep};

use super::machine::{MarkerWritten, TransactionMachine};
use crate::driver::append::validated;
use crate::driver::task::Command;
use crate::driver::{GroupCoordinator, OFFSETS_TOPIC, WallClock};
use crate::metrics::TransactionMetrics;
use crate::transaction::{MarkerJob, Producer};

const FIRST_DELAY: Duration = Duration::from_millis(10);
const LONGEST_DELAY: Duration = Duration::from_secs(1);

/// The end of a transaction in one partition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Marker {
    /// Whose transaction ends.
    pub producer: Producer,
    /// Committed, else aborted.
    pub committed: bool,
    /// The epoch of the coordinator; -1 if nobody knows.
    pub coordinator_epoch: i32,
}

impl Marker {
    pub(crate) fn record(&self) -> EndTxnMarker {
        EndTxnMarker {
            committed: self.committed,
            coordinator_epoch: self.coordinator_epoch,
        }
    }
}

/// Writes markers to any partition. Those for committed offsets go through the groups, which see what becomes of them.
#[derive(Clone)]
pub(super) struct MarkerWriter {
    catalog: Arc<dyn LogCatalog>,
    groups: GroupCoordinator,
    wall_clock: Arc<WallClock>,
    metrics: Arc<TransactionMetrics>,
}

impl MarkerWriter {
    pub(super) fn new(
        catalog: &Arc<dyn LogCatalog>,
        groups: &GroupCoordinator,
        wall_clock: &Arc<WallClock>,
        metrics: &Arc<TransactionMetrics>,
    ) -> Self {
        Self {
            catalog: Arc::clone(catalog),
            groups: groups.clone(),
            wall_clock: Arc::clone(wall_clock),
            metrics: Arc::clone(metrics),
        }
    }

    pub(super) async fn write(
        &self,
        topic: &ByteString,
        partition: i32,
        marker: Marker,
    ) -> Result<(), ErrorCode> {
        let began = Instant::now();
        let written = self.append(topic, partition, marker).await;
        self.metrics.marker(written.is_ok(), began.elapsed());
        written
    }

    async fn append(
        &self,
        topic: &ByteString,
        partition: i32,
        marker: Marker,
    ) -> Result<(), ErrorCode> {
        if *topic == OFFSETS_TOPIC {
            return self.groups.end_transaction(partition, marker).await;
        }
        let log = match self.catalog.partition(topic, partition) {
            Err(LogError::NotOpen) => self.catalog.open_partition(topic, partition).await,
            log => log,
        };
        let log = log.map_err(|error| error_code(&error))?;
        let now_ms = (self.wall_clock)();
        let Producer { id, epoch } = marker.producer;
        let batch = marker.record().batch(now_ms, id, epoch);
        // A marker is always in order.
        let records = batch
            .ok()
            .and_then(|batch| validated(batch, now_ms).ok())
            .ok_or(ErrorCode::UNKNOWN_SERVER_ERROR)?;
        match log.append(AppendRequest { records, now_ms }).await {
            Ok(_) => Ok(()),
            // As where it was deleted: it would be tried for ever, and the producer could begin nothing new.
            Err(error @ LogError::Terminated { .. }) => {
                tracing::error!(%topic, partition, ?marker, %error, "the marker of a transaction is left out");
                Ok(())
            }
            Err(error) => Err(error_code(&error)),
        }
    }
}

fn error_code(error: &LogError) -> ErrorCode {
    match error {
        LogError::UnknownTopic(_) | LogError::UnknownPartition { .. } | LogError::Deleted => {
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        }
        LogError::NotLeader => ErrorCode::NOT_LEADER_OR_FOLLOWER,
        LogError::FencedProducer { .. } => ErrorCode::INVALID_PRODUCER_EPOCH,
        LogError::CoordinatorFenced { .. } => ErrorCode::TRANSACTION_COORDINATOR_FENCED,
        _ => ErrorCode::KAFKA_STORAGE_ERROR,
    }
}

/// Writes all markers of a transaction, and tells of each. Goes on until all are written or the owner is gone.
pub(super) async fn run(
    job: MarkerJob,
    coordinator_epoch: i32,
    writer: MarkerWriter,
    owner: WeakSender<Command<TransactionMachine>>,
) {
    let marker = Marker {
        producer: job.producer,
        committed: job.committed,
        coordinator_epoch,
    };
    let (id, writer, owner) = (&job.transactional_id, &writer, &owner);
    let all = job.partitions.iter().map(async |(topic, partition)| {
        if !write_until_done(id, topic, *partition, marker, writer, owner).await {
            return;
        }
        let written = MarkerWritten {
            transactional_id: id.clone(),
            producer: job.producer,
            topic: topic.clone(),
            partition: *partition,
        };
        if let Some(owner) = owner.upgrade() {
            // If the owner is gone, the next one writes the marker again.
            let _ = owner.send(Command::Event(written)).await;
        }
    });
    join_all(all).await;
}

/// `false` if the owner is gone. Each attempt has ended before the next begins, so that no marker comes late.
async fn write_until_done(
    id: &ByteString,
    topic: &ByteString,
    partition: i32,
    marker: Marker,
    writer: &MarkerWriter,
    owner: &WeakSender<Command<TransactionMachine>>,
) -> bool {
    let mut delay = FIRST_DELAY;
    loop {
        match writer.write(topic, partition, marker).await {
            // The topic was deleted, and the transaction's part in it with it.
            Ok(()) | Err(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => return true,
            Err(
                error @ (ErrorCode::INVALID_PRODUCER_EPOCH
                | ErrorCode::TRANSACTION_COORDINATOR_FENCED),
            ) => {
                tracing::error!(
                    transactional_id = %id, %topic, partition, ?marker, %error,
                    "a transaction was ended by somebody else; its marker is left out"
                );
                return true;
            }
            Err(error) => {
                if owner.upgrade().is_none() {
                    return false;
                }
                if delay == FIRST_DELAY {
                    tracing::warn!(
                        transactional_id = %id, %topic, partition, %error,
                        "the marker of a transaction cannot be written yet; it is tried until it can"
                    );
                }
            }
        }
        sleep(delay).await;
        delay = (delay * 2).min(LONGEST_DELAY);
    }
}
