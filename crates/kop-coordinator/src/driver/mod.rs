//! The coordinators at work: groups spread over the partitions of `__consumer_offsets`, transactional ids over those of
//! `__transaction_state`, each partition kept by one task.
//!
//! A task owns the state machine of its partition, so there is no lock around groups. It takes requests from a queue,
//! appends what the state machine wants written, several writes in one batch where they come together, and answers when
//! that is durable.

mod api;
mod append;
mod consumer_api;
mod groups;
mod load;
mod machine;
mod offsets_api;
mod shards;
mod spelling;
mod task;
mod transactions;
mod txn_offsets;

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use kop_codec::ErrorCode;
use kop_log::LogCatalog;

use crate::config::GroupConfig;
use crate::metrics::GroupMetrics;
use crate::partition::partition_for;
use crate::request::{GroupContext, GroupRequest, GroupResponse};
use groups::{GroupCall, GroupEvent, GroupMachine};
use shards::{Shards, Topic};
pub use transactions::{
    Enlist, Marker, TRANSACTIONS_TOPIC, TransactionCoordinator, TransactionParts,
};

/// The topic that keeps groups and their offsets.
pub const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// The wall clock, in milliseconds since 1970.
type WallClock = dyn Fn() -> i64 + Send + Sync;

/// The group coordinator of a server: all groups, persisted in `__consumer_offsets`. Cheap to clone.
///
/// Each method answers one request, and answers only when what it changed is durable. Faults are error codes in the
/// answer, as Kafka gives them: `COORDINATOR_LOAD_IN_PROGRESS` while the group's partition is being read,
/// `COORDINATOR_NOT_AVAILABLE` where the offsets topic cannot be written or read, `NOT_COORDINATOR` where another server
/// leads the group's partition.
///
/// **Cancel safety.** Dropping the future of a request does not take the request back.
///
/// **Runtime.** Methods must be called within a tokio runtime with a clock; tasks run on it until the last clone is
/// dropped.
#[derive(Clone)]
pub struct GroupCoordinator {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Arc<dyn LogCatalog>,
    config: Arc<GroupConfig>,
    metrics: Arc<GroupMetrics>,
    shards: Shards<GroupMachine>,
}

impl GroupCoordinator {
    /// A coordinator of the groups in `catalog`. Nothing is read until [`start`](Self::start) or a first request.
    pub fn new(catalog: Arc<dyn LogCatalog>, config: GroupConfig) -> Self {
        Self::with_clock(catalog, config, system_time_ms)
    }

    /// The same with a wall clock of the caller's, in milliseconds since 1970. Time-outs run on tokio's clock.
    pub fn with_clock(
        catalog: Arc<dyn LogCatalog>,
        config: GroupConfig,
        wall_clock: impl Fn() -> i64 + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(GroupConfig {
            compacted_by_keys_alone: catalog.compacts_by_keys_alone(),
            ..config
        });
        let metrics = Arc::<GroupMetrics>::default();
        let topic = Topic {
            name: OFFSETS_TOPIC,
            partitions: config.offsets_topic_partitions,
            segment_bytes: config.offsets_topic_segment_bytes,
        };
        let make = {
            let (config, metrics) = (Arc::clone(&config), Arc::clone(&metrics));
            let catalog = Arc::clone(&catalog);
            Arc::new(move |_: &_, _| {
                let (catalog, metrics) = (Arc::clone(&catalog), Arc::clone(&metrics));
                GroupMachine::new(catalog, Arc::clone(&config), metrics)
            })
        };
        let shards = Shards::new(
            Arc::clone(&catalog),
            topic,
            Arc::new(wall_clock),
            config.offsets_commit_timeout_ms,
            make,
        );
        let inner = Inner {
            catalog,
            config,
            metrics,
            shards,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Begins to read all groups, if there is an offsets topic, so that sessions and retention go on after a restart.
    pub fn start(&self) {
        self.inner.shards.start_all();
    }

    /// Waits until everything that [`start`](Self::start) began to read has been read, or has failed.
    pub async fn loaded(&self) {
        self.inner.shards.all_loaded().await;
    }

    /// Stops all tasks once their writes have ended. Requests that wait are answered with
    /// `COORDINATOR_NOT_AVAILABLE`.
    pub async fn close(&self) {
        self.inner.shards.close().await;
    }

    /// The counters.
    pub fn metrics(&self) -> &GroupMetrics {
        &self.inner.metrics
    }

    /// The settings.
    pub fn config(&self) -> &GroupConfig {
        &self.inner.config
    }

    /// Creates the offsets topic if it is not there: what FindCoordinator does before a group's first request.
    ///
    /// # Errors
    /// `COORDINATOR_NOT_AVAILABLE` where it could not be created.
    pub async fn ensure_offsets_topic(&self) -> Result<(), ErrorCode> {
        self.inner.shards.topic().await.map(|_| ())
    }

    /// The partition of the offsets topic that keeps a group.
    pub fn partition_of(&self, group_id: &str) -> i32 {
        let topic = self.inner.catalog.topic(OFFSETS_TOPIC);
        let configured = self.config().offsets_topic_partitions;
        let partitions = topic.map_or(configured, |topic| topic.partitions);
        partition_for(group_id, partitions, self.config().partitioner)
    }

    /// # Errors
    /// `NOT_COORDINATOR` unless this server keeps the group.
    pub fn check_coordinates(&self, group_id: &str) -> Result<(), ErrorCode> {
        self.inner.shards.check_leads(self.partition_of(group_id))
    }

    /// Removes the offsets of a topic that was deleted. Resolves when it is under way for all groups.
    pub async fn on_topic_deleted(&self, topic: &str) {
        if topic != OFFSETS_TOPIC {
            let told = || GroupEvent::TopicDeleted(topic.to_owned());
            self.inner.shards.tell_all(told).await;
        }
    }

    /// Hands a request to the task that keeps the group.
    async fn call<R: TryFrom<GroupResponse>>(
        &self,
        group_id: &str,
        context: &GroupContext,
        request: GroupRequest,
    ) -> Result<R, ErrorCode> {
        let topic = self.inner.shards.topic().await?;
        let partition = partition_for(group_id, topic.partitions, self.config().partitioner);
        let response = self
            .inner
            .shards
            .get(partition)?
            .call(GroupCall {
                context: context.clone(),
                request,
            })
            .await?;
        // Cannot be another: the state machine answers each request by its own type.
        response
            .try_into()
            .map_err(|_| ErrorCode::UNKNOWN_SERVER_ERROR)
    }
}

fn system_time_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for GroupCoordinator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupCoordinator")
            .field("config", self.config())
            .finish_non_exhaustive()
    }
}
