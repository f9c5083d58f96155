//! Opening a data directory.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kop_codec::{ByteString, Uuid};
use kop_log::{LogError, NewTopic, TopicConfig, TopicInfo, is_internal_topic, random_id};
use parking_lot::{Mutex, RwLock};
use tokio::runtime::Handle;

use super::changes::{DELETED, TOPIC, TopicRecord};
use super::clean::{CleanPartition, CleanState};
use super::kraft::KafkaTopics;
use super::metadata::Metadata;
use super::soundness;
use super::table::{Opened, Table, Topic};
use super::{Inner, now_ms};
use crate::OpenError;
use crate::cleaner::Cleaner;
use crate::data_dir::{
    self, Checkpoint, DirLock, read_checkpoint, read_partition_metadata, take_clean_mark,
};
use crate::log::{Identity, LocalLog, Log, Start};
use crate::names;
use crate::shared::Shared;

/// What the start knows about all partitions.
struct Known {
    clean: bool,
    state: CleanState,
    recovery_points: Checkpoint,
    log_starts: Checkpoint,
    cleaned: Checkpoint,
    now_ms: i64,
}

/// A topic that is found by its directories.
#[derive(Debug, Default)]
struct Found<'a> {
    partitions: BTreeMap<i32, FoundPartition<'a>>,
}

/// The directory of a partition.
#[derive(Debug)]
struct FoundPartition<'a> {
    /// The topic's id, where it is noted.
    id: Option<Uuid>,
    /// What it holds, if it is as the last stop left it.
    state: Option<CleanPartition<'a>>,
}

impl Inner {
    pub(super) fn open(
        root: &Path,
        defaults: BTreeMap<String, String>,
        runtime: Handle,
    ) -> Result<Arc<Self>, OpenError> {
        let failed = |source| OpenError::Io {
            path: root.to_owned(),
            source,
        };
        let table = Table::new(defaults).map_err(OpenError::Defaults)?;
        fs::create_dir_all(root).map_err(failed)?;
        let root = &fs::canonicalize(root).map_err(failed)?;
        let lock = DirLock::take(root)?;
        let cluster_id = data_dir::cluster_id(root).map_err(failed)?;
        let known = Known::read(root).map_err(failed)?;
        let shared = Arc::new(Shared::new(root.clone(), runtime).map_err(failed)?);
        let metadata = Arc::new(open_metadata(&shared, &known).map_err(OpenError::Metadata)?);
        let inner = Arc::new(Self {
            shared,
            cluster_id,
            metadata,
            table: RwLock::new(table),
            changes: tokio::sync::Mutex::default(),
            checkpoints: Mutex::default(),
            cleaner: Cleaner::default(),
            _lock: lock,
        });
        inner.shared.catalog.get_or_init(|| Arc::downgrade(&inner));
        inner.load_topics(&known).map_err(failed)?;
        if !known.clean {
            // Where a log became shorter, its old recovery point would vouch for what is written next.
            if let Err(error) = inner.save_checkpoints() {
                inner.shared.checkpoints_due.store(true, Ordering::Relaxed);
                tracing::error!(%error, "the checkpoints were not written, will be tried again");
            }
            // The leader epochs of all partitions at once.
            data_dir::sync_file_system(root).map_err(failed)?;
        }
        Ok(inner)
    }

    fn load_topics(&self, known: &Known) -> io::Result<()> {
        let deleted: HashSet<String> = self
            .metadata
            .scan(DELETED)
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        let mut topics: BTreeMap<ByteString, Arc<TopicInfo>> = BTreeMap::new();
        for (name, json) in self.metadata.scan(TOPIC) {
            match TopicRecord::parse(&name, &json) {
                Ok(info) => topics.extend([(info.name.clone(), Arc::new(info))]),
                Err(error) => tracing::error!(%error, "a topic is left out"),
            }
        }
        let found = self.look_around(&deleted, known)?;
        // Read where a topic is to be taken over only, thus once.
        let kafka = LazyCell::new(|| KafkaTopics::read(&self.shared.root));
        for (name, found) in &found {
            match topics.get(name) {
                Some(info) => self.set_strays_aside(info, found)?,
                None => {
                    let adopted = self.adopt(name, found, &kafka);
                    topics.extend(adopted.map(|info| (name.clone(), Arc::new(info))));
                }
            }
        }
        let forget: Vec<_> = deleted
            .into_iter()
            .map(|id| (format!("{DELETED}{id}"), None))
            .collect();
        if !forget.is_empty() {
            self.metadata.put_now(forget).map_err(io::Error::other)?;
        }
        let opened = self.open_all(&topics.into_values().collect::<Vec<_>>(), &found, known);
        let mut table = self.table.write();
        opened.into_iter().for_each(|topic| table.insert(topic));
        Ok(())
    }

    /// The topics whose directories are there. What was to be removed is removed.
    fn look_around<'a>(
        &self,
        deleted: &HashSet<String>,
        known: &'a Known,
    ) -> io::Result<BTreeMap<ByteString, Found<'a>>> {
        let dirs = self.partition_dirs()?;
        let left = known.state.partitions();
        let partitions = on_all_processors(&dirs, |(path, ..)| {
            let name = path.file_name().and_then(|name| name.to_str());
            let state = name.and_then(|name| Some((name, *left.get(name)?)));
            FoundPartition::look(&self.shared, path, state)
        });
        let mut topics: BTreeMap<ByteString, Found<'_>> = BTreeMap::new();
        for ((path, topic, partition), look) in dirs.into_iter().zip(partitions) {
            if look.id.is_some_and(|id| deleted.contains(&id.to_string())) {
                remove_dir(&path);
                continue;
            }
            let found = topics.entry(topic).or_default();
            found.partitions.insert(partition, look);
        }
        Ok(topics)
    }

    /// The directories that can be those of partitions.
    fn partition_dirs(&self) -> io::Result<Vec<(PathBuf, ByteString, i32)>> {
        let mut dirs = Vec::new();
        for entry in fs::read_dir(&self.shared.root)? {
            let entry = entry?;
            let file_name = entry.file_name();
            let Some(name) = file_name
                .to_str()
                .filter(|_| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            else {
                continue;
            };
            if name.ends_with("-delete") {
                remove_dir(&entry.path());
                continue;
            }
            let Some((topic, partition)) = names::parse_partition_dir(name) else {
                continue;
            };
            let new = NewTopic {
                name: topic.into(),
                partitions: 1,
                overrides: BTreeMap::new(),
            };
            if !names::is_reserved(topic) && new.validate().is_ok() {
                dirs.push((entry.path(), new.name, partition));
            }
        }
        Ok(dirs)
    }

    /// Directories of another topic that had the same name, or of partitions that were never promised.
    fn set_strays_aside(&self, info: &TopicInfo, found: &Found<'_>) -> io::Result<()> {
        for (partition, FoundPartition { id, .. }) in &found.partitions {
            if id.is_some_and(|id| id != info.id) || *partition >= info.partitions {
                let dir = names::partition_dir(&self.shared.root, &info.name, *partition);
                let aside =
                    names::stray_dir(&self.shared.root, &info.name, *partition, random_id());
                tracing::error!(dir = %dir.display(), aside = %aside.display(), "does not belong to the topic of this name, set aside");
                fs::rename(dir, aside)?;
            }
        }
        Ok(())
    }

    /// Takes over a topic that only its directories tell of, such as one of Apache Kafka.
    fn adopt(
        &self,
        name: &ByteString,
        found: &Found<'_>,
        kafka: &KafkaTopics,
    ) -> Option<TopicInfo> {
        let partitions = &found.partitions;
        let ids: BTreeSet<Uuid> = partitions.values().filter_map(|found| found.id).collect();
        if ids.len() > 1 {
            tracing::error!(topic = %name, ?ids, "its partitions have different topic ids: it is left out");
            return None;
        }
        let last = partitions.last_key_value().map_or(0, |(last, _)| *last);
        if last as usize >= partitions.len().saturating_mul(2).saturating_add(1000) {
            tracing::error!(topic = %name, last, present = partitions.len(), "most of its partitions are missing: it is left out");
            return None;
        }
        let id = ids.first().copied().unwrap_or_else(random_id);
        let overrides = usable(name, kafka.settings(name, id));
        let internal = is_internal_topic(name);
        let info = TopicInfo {
            name: name.clone(),
            id,
            partitions: last + 1,
            internal,
            overrides,
        };
        if let Err(error) = self.store(&info) {
            tracing::error!(topic = %name, %error, "a topic that was found could not be noted");
        }
        tracing::info!(topic = %name, %id, partitions = info.partitions, settings = ?info.overrides, "took over a topic that was found on disk");
        Some(info)
    }

    /// Opens all partitions.
    fn open_all(
        &self,
        topics: &[Arc<TopicInfo>],
        found: &BTreeMap<ByteString, Found<'_>>,
        known: &Known,
    ) -> Vec<Topic> {
        let table = self.table.read();
        let mut partitions = Vec::new();
        for info in topics {
            let config = table.config_or_default(info);
            let found = found.get(&info.name).map(|found| &found.partitions);
            partitions.extend((0..info.partitions).map(|partition| {
                let found = found.and_then(|found| found.get(&partition));
                let noted_id = found.and_then(|found| found.id);
                let start = known.start(&info.name, partition, noted_id);
                let state = found.and_then(|found| found.state.as_ref());
                (info, partition, Arc::clone(&config), start, state)
            }));
        }
        drop(table);
        let opened = on_all_processors(&partitions, |(info, partition, config, start, state)| {
            self.open_partition(info, *partition, config, *start, *state)
        });
        let mut opened = opened.into_iter();
        let topic = |info: &Arc<TopicInfo>| Topic {
            info: Arc::clone(info),
            logs: (0..info.partitions)
                .zip(&mut opened)
                .map(|(_, log)| log)
                .collect(),
        };
        topics.iter().map(topic).collect()
    }

    fn open_partition(
        &self,
        info: &TopicInfo,
        partition: i32,
        config: &Arc<TopicConfig>,
        start: Start,
        state: Option<&CleanPartition<'_>>,
    ) -> Opened {
        let identity = Identity {
            topic: info.name.clone(),
            id: info.id,
            partition,
        };
        let state = state.and_then(CleanPartition::state);
        let restored = state.and_then(|state| {
            let config = Arc::clone(config);
            Log::restore(&self.shared, identity.clone(), config, start, &state)
        });
        let log = match restored {
            Some(log) => Ok(log),
            None => Log::open(&self.shared, identity, Arc::clone(config), start),
        };
        log.map(|log| Arc::new(LocalLog(Arc::new(log)))).inspect_err(|error| {
            tracing::error!(topic = %info.name, partition, %error, "a partition cannot be served");
        })
    }
}

/// The settings that we have too. The others are told, since without them the topic behaves differently.
fn usable(topic: &str, settings: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let usable = |(key, value): &(String, String)| {
        let alone = BTreeMap::from([(key.clone(), value.clone())]);
        let refused = TopicConfig::resolve(&BTreeMap::new(), &alone).err();
        if let Some(error) = &refused {
            tracing::error!(topic, %error, "a setting of a topic that is taken over is left out");
        }
        refused.is_none()
    };
    settings.into_iter().filter(usable).collect()
}

impl<'a> FoundPartition<'a> {
    fn look(shared: &Shared, path: &Path, left: Option<(&str, CleanPartition<'a>)>) -> Self {
        if let Some((dir, state)) = left
            && let Some(id) = state.id(shared, dir)
        {
            let (id, state) = (Some(id), Some(state));
            return Self { id, state };
        }
        let id = read_partition_metadata(path).unwrap_or_else(|error| {
            tracing::error!(%error, "the topic id is taken from elsewhere");
            None
        });
        Self { id, state: None }
    }
}

impl Known {
    fn read(root: &Path) -> io::Result<Self> {
        let state = CleanState::take(root)?;
        Ok(Self {
            clean: take_clean_mark(root)?,
            state,
            recovery_points: checkpoint(&root.join(names::RECOVERY_POINTS)),
            log_starts: checkpoint(&root.join(names::LOG_STARTS)),
            cleaned: checkpoint(&root.join(names::CLEANED)),
            now_ms: now_ms(),
        })
    }

    fn start(&self, topic: &ByteString, partition: i32, noted_id: Option<Uuid>) -> Start {
        let key = (topic.clone(), partition);
        let offset = |checkpoint: &Checkpoint| checkpoint.get(&key).copied().unwrap_or(0).max(0);
        Start {
            clean: self.clean,
            recovery_point: offset(&self.recovery_points),
            log_start: offset(&self.log_starts),
            cleaned_to: self.cleaned.get(&key).copied().unwrap_or(-1),
            noted_id,
            now_ms: self.now_ms,
        }
    }
}

fn open_metadata(shared: &Arc<Shared>, known: &Known) -> Result<Metadata, LogError> {
    let topic = ByteString::from_static(names::METADATA_TOPIC);
    // Every change is on disk before it is answered.
    let config = TopicConfig {
        flush_messages: 1,
        file_delete_delay_ms: 0,
        retention_ms: None,
        retention_bytes: None,
        ..TopicConfig::default()
    };
    let dir = names::partition_dir(&shared.root, &topic, 0);
    let noted_id = read_partition_metadata(&dir).unwrap_or(None);
    let id = noted_id.unwrap_or_else(random_id);
    let mut start = known.start(&topic, 0, noted_id);
    if !soundness::check(&dir)? {
        // Its end is cut off and named as after a crash.
        (start.clean, start.recovery_point) = (false, 0);
    }
    let identity = Identity {
        topic,
        id,
        partition: 0,
    };
    let log = Log::open(shared, identity, Arc::new(config), start)?;
    Metadata::open(shared, log)
}

/// Does the same with every item, on as many threads as there are processors. The results are in the order of the items.
fn on_all_processors<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let blocks = Mutex::new(BTreeMap::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(16).min(items.len().div_ceil(BLOCK));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let block = next.fetch_add(1, Ordering::Relaxed);
                    let Some(items) = items.chunks(BLOCK).nth(block) else {
                        return;
                    };
                    let done: Vec<R> = items.iter().map(&work).collect();
                    blocks.lock().insert(block, done);
                }
            });
        }
    });
    blocks.into_inner().into_values().flatten().collect()
}

/// Items that a thread takes at a time.
const BLOCK: usize = 32;

/// A checkpoint that cannot be read means more work, and a log that may begin earlier than it did.
fn checkpoint(path: &Path) -> Checkpoint {
    read_checkpoint(path).unwrap_or_else(|error| {
        tracing::error!(%error, "a checkpoint is damaged and passed over");
        Checkpoint::new()
    })
}

fn remove_dir(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        tracing::error!(dir = %path.display(), %error, "a deleted partition could not be removed");
    }
}
