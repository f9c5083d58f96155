//! The tasks of the partitions: started on first use, started anew where one has ended.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kop_codec::{ByteString, ErrorCode};
use kop_log::{LogCatalog, LogError, NewTopic, TopicInfo};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::task::{Command, Task};
use super::{OFFSETS_TOPIC, WallClock};
use crate::config::GroupConfig;
use crate::metrics::GroupMetrics;
use crate::request::{GroupContext, GroupRequest, GroupResponse};

/// Requests that may queue for one partition. Past it, senders wait.
const QUEUE: usize = 1_024;
/// How long a request waits for a partition to be read before it is told to come again. Enough for a short log, so
/// that a first request need not be repeated.
const LOAD_PATIENCE: Duration = Duration::from_millis(500);

/// All tasks.
pub(super) struct Shards {
    catalog: Arc<dyn LogCatalog>,
    config: Arc<GroupConfig>,
    wall_clock: Arc<WallClock>,
    metrics: Arc<GroupMetrics>,
    running: Mutex<Running>,
}

#[derive(Default)]
struct Running {
    handles: HashMap<i32, Shard>,
    closed: bool,
}

/// Where a task is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Phase {
    Loading,
    Ready,
    /// It has ended: its partition could not be read or is gone.
    Ended,
}

/// The way to one task.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    commands: mpsc::Sender<Command>,
    phase: watch::Receiver<Phase>,
    write_timeout: Duration,
}

impl Shards {
    pub(super) fn new(
        catalog: Arc<dyn LogCatalog>,
        config: Arc<GroupConfig>,
        wall_clock: Arc<WallClock>,
    ) -> Self {
        Self {
            catalog,
            config,
            wall_clock,
            metrics: Arc::default(),
            running: Mutex::default(),
        }
    }

    pub(super) fn metrics(&self) -> &GroupMetrics {
        &self.metrics
    }

    pub(super) fn config(&self) -> &GroupConfig {
        &self.config
    }

    /// The offsets topic, created if it is not there.
    pub(super) async fn offsets_topic(&self) -> Result<Arc<TopicInfo>, ErrorCode> {
        if let Some(topic) = self.catalog.topic(OFFSETS_TOPIC) {
            return Ok(topic);
        }
        match self.catalog.find_topic(OFFSETS_TOPIC).await {
            Ok(Some(topic)) => return Ok(topic),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "{OFFSETS_TOPIC} cannot be looked for: consumer groups have to wait");
                return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
            }
        }
        let settings = [
            ("cleanup.policy", "compact".to_owned()),
            ("compression.type", "producer".to_owned()),
            (
                "segment.bytes",
                self.config.offsets_topic_segment_bytes.to_string(),
            ),
        ];
        let topic = NewTopic {
            name: ByteString::from_static(OFFSETS_TOPIC),
            partitions: self.config.offsets_topic_partitions,
            overrides: settings
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
        };
        match self.catalog.create_topic(topic).await {
            Ok(topic) => Ok(topic),
            // Somebody else was faster.
            Err(LogError::TopicExists(_)) => self
                .catalog
                .topic(OFFSETS_TOPIC)
                .ok_or(ErrorCode::COORDINATOR_NOT_AVAILABLE),
            Err(error) => {
                tracing::error!(%error, "{OFFSETS_TOPIC} cannot be created: consumer groups do not work");
                Err(ErrorCode::COORDINATOR_NOT_AVAILABLE)
            }
        }
    }

    /// The task of a partition, started if it is not running.
    pub(super) fn get(&self, partition: i32) -> Result<Shard, ErrorCode> {
        let mut running = self.running.lock();
        if running.closed {
            return Err(ErrorCode::COORDINATOR_NOT_AVAILABLE);
        }
        if let Some(shard) = running
            .handles
            .get(&partition)
            .filter(|shard| !shard.commands.is_closed())
        {
            return Ok(shard.clone());
        }
        let shard = self.spawn(partition);
        running.handles.insert(partition, shard.clone());
        Ok(shard)
    }

    fn spawn(&self, partition: i32) -> Shard {
        let (commands, queue) = mpsc::channel(QUEUE);
        let (phase_sender, phase) = watch::channel(Phase::Loading);
        let log = self.catalog.open_partition(OFFSETS_TOPIC, partition);
        let (config, wall_clock) = (Arc::clone(&self.config), Arc::clone(&self.wall_clock));
        let (catalog, metrics) = (Arc::clone(&self.catalog), Arc::clone(&self.metrics));
        tokio::spawn(async move {
            match log.await {
                Ok(log) => {
                    let task = Task::new(log, catalog, config, wall_clock, metrics);
                    task.run(queue, phase_sender).await;
                }
                Err(error) => {
                    tracing::error!(%error, partition, "a partition of {OFFSETS_TOPIC} cannot be opened: its groups do not work");
                    drop(queue);
                    phase_sender.send_replace(Phase::Ended);
                }
            }
        });
        let millis = u64::try_from(self.config.offsets_commit_timeout_ms)
            .unwrap_or(0)
            .max(1);
        Shard {
            commands,
            phase,
            write_timeout: Duration::from_millis(millis),
        }
    }

    /// The tasks of all partitions of the offsets topic; none where there is no topic.
    pub(super) fn all(&self) -> Result<Vec<Shard>, ErrorCode> {
        let partitions = self
            .catalog
            .topic(OFFSETS_TOPIC)
            .map_or(0, |topic| topic.partitions);
        (0..partitions)
            .map(|partition| self.get(partition))
            .collect()
    }

    pub(super) fn start_all(&self) {
        let partitions = self
            .catalog
            .topic(OFFSETS_TOPIC)
            .map_or(0, |topic| topic.partitions);
        for partition in 0..partitions {
            // What fails has been logged; it is tried again when a request needs it.
            let _ = self.get(partition);
        }
    }

    pub(super) async fn all_loaded(&self) {
        let shards: Vec<Shard> = self.running.lock().handles.values().cloned().collect();
        for mut shard in shards {
            let _ = shard.phase.wait_for(|phase| *phase != Phase::Loading).await;
        }
    }

    pub(super) async fn topic_deleted(&self, topic: &str) {
        let Ok(shards) = self.all() else { return };
        let told = shards
            .iter()
            .map(|shard| shard.commands.send(Command::TopicDeleted(topic.to_owned())));
        join_all(told).await;
    }

    pub(super) async fn close(&self) {
        let handles = {
            let mut running = self.running.lock();
            running.closed = true;
            std::mem::take(&mut running.handles)
        };
        let mut phases = Vec::with_capacity(handles.len());
        for shard in handles.into_values() {
            let _ = shard.commands.send(Command::Close).await;
            phases.push(shard.phase);
        }
        for mut phase in phases {
            let _ = phase.wait_for(|phase| *phase == Phase::Ended).await;
        }
    }
}

impl Shard {
    /// Hands over a request and waits for its answer.
    pub(super) async fn call(
        &self,
        context: &GroupContext,
        request: GroupRequest,
    ) -> Result<GroupResponse, ErrorCode> {
        self.ready().await?;
        let (reply, answer) = oneshot::channel();
        let command = Command::Request {
            context: context.clone(),
            request,
            reply,
        };
        let sent = timeout(self.write_timeout, self.commands.send(command)).await;
        match sent {
            Ok(Ok(())) => answer
                .await
                .map_err(|_| ErrorCode::COORDINATOR_NOT_AVAILABLE),
            Ok(Err(_)) | Err(_) => Err(ErrorCode::COORDINATOR_NOT_AVAILABLE),
        }
    }

    async fn ready(&self) -> Result<(), ErrorCode> {
        if *self.phase.borrow() == Phase::Ready {
            return Ok(());
        }
        let mut phase = self.phase.clone();
        match timeout(
            LOAD_PATIENCE,
            phase.wait_for(|phase| *phase != Phase::Loading),
        )
        .await
        {
            Ok(Ok(phase)) if *phase == Phase::Ready => Ok(()),
            Ok(_) => Err(ErrorCode::COORDINATOR_NOT_AVAILABLE),
            Err(_) => Err(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
        }
    }
}
