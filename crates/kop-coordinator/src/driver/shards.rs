//! The tasks of the partitions: started on first use, started anew where one has ended.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use kop_codec::{ByteString, ErrorCode};
use kop_log::{Leadership, LogCatalog, LogError, NewTopic, PartitionLog, Told, TopicInfo};
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::WallClock;
use super::machine::Machine;
use super::task::{Command, Task};

/// Requests that may queue for one partition. Past it, senders wait.
const QUEUE: usize = 1_024;
/// How long a request waits for a partition to be read before it is told to come again. Enough for a short log, so
/// that a first request need not be repeated.
const LOAD_PATIENCE: Duration = Duration::from_millis(500);

/// The internal topic that keeps the records of a kind of machine.
pub(super) struct Topic {
    pub(super) name: &'static str,
    /// Partitions, when it is created.
    pub(super) partitions: i32,
    /// Bytes of a segment, when it is created.
    pub(super) segment_bytes: i32,
}

/// Makes the machine of a partition. It may keep the way to its own task, to send it news.
type Make<M> = dyn Fn(&Arc<dyn PartitionLog>, mpsc::WeakSender<Command<M>>) -> M + Send + Sync;

/// All tasks of one kind of machine.
pub(super) struct Shards<M: Machine> {
    catalog: Arc<dyn LogCatalog>,
    leadership: Arc<dyn Leadership>,
    topic: Topic,
    wall_clock: Arc<WallClock>,
    write_timeout_ms: i32,
    make: Arc<Make<M>>,
    running: Mutex<Running<M>>,
    told: Arc<Told>,
}

struct Running<M: Machine> {
    handles: HashMap<i32, Shard<M>>,
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
pub(super) struct Shard<M: Machine> {
    commands: mpsc::Sender<Command<M>>,
    phase: watch::Receiver<Phase>,
    write_timeout: Duration,
}

impl<M: Machine> Shards<M> {
    pub(super) fn new(
        catalog: Arc<dyn LogCatalog>,
        topic: Topic,
        wall_clock: Arc<WallClock>,
        write_timeout_ms: i32,
        make: Arc<Make<M>>,
    ) -> Self {
        let running = Running {
            handles: HashMap::new(),
            closed: false,
        };
        Self {
            leadership: catalog.leadership(),
            catalog,
            topic,
            wall_clock,
            write_timeout_ms,
            make,
            running: Mutex::new(running),
            told: Arc::default(),
        }
    }

    /// The topic, created if it is not there.
    pub(super) async fn topic(&self) -> Result<Arc<TopicInfo>, ErrorCode> {
        let name = self.topic.name;
        if let Some(topic) = self.catalog.topic(name) {
            return Ok(topic);
        }
        match self.catalog.find_topic(name).await {
            Ok(Some(topic)) => Ok(topic),
            Ok(None) => self.create_topic().await,
            Err(error) => {
                if let Some(not_logged_before) = self.told.tell("looked for") {
                    tracing::warn!(%error, not_logged_before, "{name} cannot be looked for: {} have to wait", M::WHAT);
                }
                Err(ErrorCode::COORDINATOR_NOT_AVAILABLE)
            }
        }
    }

    async fn create_topic(&self) -> Result<Arc<TopicInfo>, ErrorCode> {
        let name = self.topic.name;
        let settings = [
            ("cleanup.policy", "compact".to_owned()),
            ("compression.type", "producer".to_owned()),
            ("segment.bytes", self.topic.segment_bytes.to_string()),
        ];
        let topic = NewTopic {
            name: ByteString::from_static(name),
            partitions: self.topic.partitions,
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
                .topic(name)
                .ok_or(ErrorCode::COORDINATOR_NOT_AVAILABLE),
            Err(error) => {
                if let Some(not_logged_before) = self.told.tell("created") {
                    tracing::error!(%error, not_logged_before, "{name} cannot be created: {} do not work", M::WHAT);
                }
                Err(ErrorCode::COORDINATOR_NOT_AVAILABLE)
            }
        }
    }

    /// # Errors
    /// `NOT_COORDINATOR` unless this server leads the partition.
    pub(super) fn check_leads(&self, partition: i32) -> Result<(), ErrorCode> {
        let led = self.leadership.check(self.topic.name, partition);
        led.map_err(|_| ErrorCode::NOT_COORDINATOR)
    }

    /// The task of a partition, started if it is not running.
    pub(super) fn get(&self, partition: i32) -> Result<Shard<M>, ErrorCode> {
        self.check_leads(partition)?;
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

    fn spawn(&self, partition: i32) -> Shard<M> {
        let (commands, queue) = mpsc::channel(QUEUE);
        let (phase_sender, phase) = watch::channel(Phase::Loading);
        let name = self.topic.name;
        let log = self.catalog.open_partition(name, partition);
        let (make, itself) = (Arc::clone(&self.make), commands.downgrade());
        let (wall_clock, write_timeout_ms) = (Arc::clone(&self.wall_clock), self.write_timeout_ms);
        let told = Arc::clone(&self.told);
        tokio::spawn(async move {
            match log.await {
                Ok(log) => {
                    let machine = make(&log, itself);
                    let task = Task::new(machine, log, wall_clock, write_timeout_ms, told);
                    task.run(queue, phase_sender).await;
                }
                Err(error) => {
                    if let Some(not_logged_before) = told.tell("opened") {
                        tracing::error!(%error, partition, not_logged_before, "a partition of {name} cannot be opened: its {} do not work", M::WHAT);
                    }
                    drop(queue);
                    phase_sender.send_replace(Phase::Ended);
                }
            }
        });
        let millis = u64::try_from(self.write_timeout_ms).unwrap_or(0).max(1);
        Shard {
            commands,
            phase,
            write_timeout: Duration::from_millis(millis),
        }
    }

    /// The tasks of all partitions of the topic; none where there is no topic.
    pub(super) fn all(&self) -> Result<Vec<Shard<M>>, ErrorCode> {
        let partitions = self
            .catalog
            .topic(self.topic.name)
            .map_or(0, |topic| topic.partitions);
        (0..partitions)
            .map(|partition| self.get(partition))
            .collect()
    }

    pub(super) fn start_all(&self) {
        let partitions = self
            .catalog
            .topic(self.topic.name)
            .map_or(0, |topic| topic.partitions);
        for partition in 0..partitions {
            // What fails has been logged; it is tried again when a request needs it.
            let _ = self.get(partition);
        }
    }

    pub(super) async fn all_loaded(&self) {
        let shards: Vec<Shard<M>> = self.running.lock().handles.values().cloned().collect();
        for mut shard in shards {
            let _ = shard.phase.wait_for(|phase| *phase != Phase::Loading).await;
        }
    }

    /// Tells all machines.
    pub(super) async fn tell_all(&self, event: impl Fn() -> M::Event) {
        let Ok(shards) = self.all() else { return };
        let told = shards
            .iter()
            .map(|shard| shard.commands.send(Command::Event(event())));
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

impl<M: Machine> Clone for Shard<M> {
    fn clone(&self) -> Self {
        Self {
            commands: self.commands.clone(),
            phase: self.phase.clone(),
            write_timeout: self.write_timeout,
        }
    }
}

impl<M: Machine> Shard<M> {
    /// Hands over a request and waits for its answer.
    pub(super) async fn call(&self, request: M::Request) -> Result<M::Response, ErrorCode> {
        self.ready().await?;
        let (reply, answer) = oneshot::channel();
        let command = Command::Request { request, reply };
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
