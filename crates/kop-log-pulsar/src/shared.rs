//! What the catalog gives to the logs that it opens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use kop_codec::Uuid;
use kop_entry::EntryFormat;
use kop_log::{Leader, Leadership, LogError, TopicConfig};
use parking_lot::{Mutex, RwLock};

/// What the logs of one topic have in common. The catalog changes it while they are in use.
#[derive(Debug)]
pub struct SharedTopic {
    /// The topic's name as Kafka clients know it.
    pub name: String,
    /// Its id.
    pub id: Uuid,
    /// Read what compaction left of the topic, then what came after it: set for topics that the server keeps for itself.
    /// Offsets may then be missing anywhere but at the end.
    pub read_compacted: bool,
    config: RwLock<Arc<TopicConfig>>,
    writing: RwLock<Writing>,
    deleted: AtomicBool,
}

/// How entries of a topic are written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Writing {
    pub(crate) format: Option<EntryFormat>,
    pub(crate) max_entry_bytes: Option<usize>,
}

impl SharedTopic {
    /// A topic with these settings.
    pub fn new(name: impl Into<String>, id: Uuid, config: TopicConfig) -> Self {
        Self {
            name: name.into(),
            id,
            read_compacted: false,
            config: RwLock::new(Arc::new(config)),
            writing: RwLock::default(),
            deleted: AtomicBool::new(false),
        }
    }

    /// The settings that hold now.
    pub fn config(&self) -> Arc<TopicConfig> {
        Arc::clone(&self.config.read())
    }

    /// Replaces the settings.
    pub fn set_config(&self, config: TopicConfig) {
        *self.config.write() = Arc::new(config);
    }

    /// How entries are written, where the topic has a format of its own.
    pub(crate) fn format(&self) -> Option<EntryFormat> {
        self.writing.read().format
    }

    /// The largest entry that the topic's policy allows, in bytes, where it has one.
    pub(crate) fn max_entry_bytes(&self) -> Option<usize> {
        self.writing.read().max_entry_bytes
    }

    /// Replaces both.
    pub(crate) fn set_writing(&self, writing: Writing) {
        *self.writing.write() = writing;
    }

    /// Whether the topic was deleted.
    pub fn is_deleted(&self) -> bool {
        self.deleted.load(Ordering::Acquire)
    }

    /// From now on it is deleted.
    pub fn set_deleted(&self) {
        self.deleted.store(true, Ordering::Release);
    }
}

/// Whether this server may write: it holds the lock of its metadata namespace. Logs ask before every append.
///
/// Whoever holds it leads all partitions. While it is in doubt nobody can write, but what is known stays true; once another
/// server has it, this one leads nothing, and that does not change any more.
#[derive(Debug, Default)]
pub struct Lease {
    state: AtomicU8,
    /// Why it is in doubt.
    doubt: Mutex<String>,
}

const DOUBT: u8 = 0;
const HELD: u8 = 1;
const LOST: u8 = 2;

impl Lease {
    /// Whether the lock is held.
    pub fn is_held(&self) -> bool {
        self.state.load(Ordering::Acquire) == HELD
    }

    /// Tells the logs that the lock was taken, or is in doubt.
    pub fn set(&self, held: bool) {
        let state = if held { HELD } else { DOUBT };
        let unless_lost = |now| (now != LOST).then_some(state);
        // Nothing to do where it fails.
        let _ = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, unless_lost);
    }

    /// Tells the logs that the lock is in doubt, and why.
    pub fn doubt(&self, reason: impl Into<String>) {
        *self.doubt.lock() = reason.into();
        self.set(false);
    }

    /// # Errors
    /// Why the lock is not held.
    pub fn health(&self) -> Result<(), String> {
        match self.state.load(Ordering::Acquire) {
            HELD => Ok(()),
            LOST => Err("another server has taken the metadata namespace".to_owned()),
            _ => Err(format!(
                "the lock of the metadata namespace is in doubt: {}",
                self.doubt.lock()
            )),
        }
    }

    /// Tells everybody that another server has the lock.
    pub fn lose(&self) {
        self.state.store(LOST, Ordering::Release);
    }

    /// # Errors
    /// [`LogError::Unavailable`] unless the lock is held, [`LogError::NotLeader`] where it is lost for good.
    pub fn check(&self) -> Result<(), LogError> {
        match self.state.load(Ordering::Acquire) {
            HELD => Ok(()),
            LOST => Err(LogError::NotLeader),
            _ => Err(LogError::Unavailable {
                reason: "this server does not hold the lock of its metadata namespace".to_owned(),
            }),
        }
    }
}

impl Leadership for Lease {
    fn leader(&self, _: &str, _: i32) -> Leader {
        match self.state.load(Ordering::Acquire) {
            LOST => Leader::Elsewhere,
            _ => Leader::ThisServer,
        }
    }
}

/// The prefix of all keys of the metadata store that belong to a topic. The catalog removes them with the topic.
pub fn topic_keys(topic: Uuid) -> String {
    format!("log/{topic}/")
}

/// The key of the metadata store under which the log of a partition keeps `what` (its log start, its producers).
pub fn partition_key(topic: Uuid, partition: i32, what: &str) -> String {
    format!("log/{topic}/{partition}/{what}")
}
