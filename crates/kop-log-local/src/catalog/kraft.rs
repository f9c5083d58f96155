//! What the metadata log of a Kafka cluster (KRaft) says of its topics, so that a directory of Kafka is taken over with
//! their settings.
//!
//! Its records are `frame version, API key, version, fields`, in batches as everywhere. Of the fields only those in
//! front are read. Snapshots of the log have the name of their end, and the extension `checkpoint`.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use kop_codec::Uuid;
use kop_records::DecompressLimits;

use super::soundness;
use crate::names;
use crate::scan::{ScanError, Scanner, read_sound_batch};

/// The API keys of the records that matter here.
const TOPIC: u32 = 2;
const CONFIG: u32 = 4;
const REMOVE_TOPIC: u32 = 9;
const BEGIN_TRANSACTION: u32 = 23;
const END_TRANSACTION: u32 = 24;
const ABORT_TRANSACTION: u32 = 25;
/// The resource type of topics in configuration records.
const TOPIC_RESOURCE: u8 = 2;
const SNAPSHOT: &str = "checkpoint";

/// The topics of a Kafka cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct KafkaTopics {
    names: HashMap<Uuid, String>,
    settings: HashMap<String, BTreeMap<String, String>>,
}

/// Topics as they are, and as they were when the transaction began that is open.
#[derive(Debug, Default)]
struct Fold {
    topics: KafkaTopics,
    before: Option<KafkaTopics>,
}

impl KafkaTopics {
    /// Reads the metadata log of a data directory; without one there are no topics. Damage is told, and what lies before
    /// it is used.
    pub(super) fn read(root: &Path) -> Self {
        let dir = names::partition_dir(root, names::KRAFT_TOPIC, 0);
        let mut fold = Fold::default();
        if let Err(error) = fold.read(&dir) {
            tracing::error!(dir = %dir.display(), %error, "Kafka's metadata log could not be read to its end: topics may lack settings");
        }
        fold.topics
    }

    /// Folds a record that may be anything.
    pub(crate) fn fuzz(record: &[u8]) {
        Fold::default().record(record);
    }

    /// The settings of a topic, if it is the one with this id.
    pub(super) fn settings(&self, name: &str, id: Uuid) -> BTreeMap<String, String> {
        let settings = self.settings.get(name);
        settings
            .filter(|_| self.names.get(&id).is_some_and(|known| known == name))
            .cloned()
            .unwrap_or_default()
    }
}

impl Fold {
    fn read(&mut self, dir: &Path) -> Result<(), ScanError> {
        let mut from = 0;
        if let Some((end, path)) = newest_snapshot(dir)? {
            self.file(&path, 0)?;
            from = end;
        }
        for base_offset in soundness::segments(dir)? {
            self.file(&names::segment_file(dir, base_offset, names::LOG), from)?;
        }
        Ok(())
    }

    /// Takes the records of a file from this offset on.
    fn file(&mut self, path: &Path, from: i64) -> Result<(), ScanError> {
        let file = File::open(path)?;
        let mut scanner = Scanner::new(&file, 0, file.metadata()?.len());
        while let Some(scanned) = scanner.next()? {
            if scanned.last_offset < from {
                continue;
            }
            let batch = read_sound_batch(&file, &scanned)?;
            if batch.is_control() {
                continue;
            }
            let records = batch.records(&DecompressLimits::default());
            for record in records.map_err(|error| scanned.damaged(error))? {
                let record = record.map_err(|error| scanned.damaged(error))?;
                if let Some(value) = record.value.filter(|_| record.offset >= from) {
                    let short = || scanned.damaged("a record of it ends too early");
                    self.record(&value).ok_or_else(short)?;
                }
            }
        }
        Ok(())
    }

    /// `None` where the record ends too early.
    fn record(&mut self, value: &[u8]) -> Option<()> {
        let mut fields = Fields(value);
        let (_frame, key, _version) = (fields.varint()?, fields.varint()?, fields.varint()?);
        match key {
            TOPIC => {
                let name = fields.string()??;
                self.topics.names.insert(fields.uuid()?, name);
            }
            CONFIG => self.config(&mut fields)?,
            REMOVE_TOPIC => {
                if let Some(name) = self.topics.names.remove(&fields.uuid()?) {
                    self.topics.settings.remove(&name);
                }
            }
            BEGIN_TRANSACTION => self.before = Some(self.topics.clone()),
            END_TRANSACTION => self.before = None,
            ABORT_TRANSACTION => {
                if let Some(before) = self.before.take() {
                    self.topics = before;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn config(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let kind = fields.byte()?;
        let resource = fields.string()??;
        let (name, value) = (fields.string()??, fields.string()?);
        if kind == TOPIC_RESOURCE {
            let settings = self.topics.settings.entry(resource).or_default();
            match value {
                Some(value) => settings.insert(name, value),
                None => settings.remove(&name),
            };
        }
        Some(())
    }
}

/// What is left of a record.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0_u32;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn uuid(&mut self) -> Option<Uuid> {
        let (id, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(Uuid::from_bytes(*id))
    }

    /// A string, whose length is one less than is written; 0 is null.
    fn string(&mut self) -> Option<Option<String>> {
        let Some(len) = self.varint()?.checked_sub(1) else {
            return Some(None);
        };
        let (text, rest) = self.0.split_at_checked(len as usize)?;
        self.0 = rest;
        Some(Some(String::from_utf8(text.to_vec()).ok()?))
    }
}

/// The end of the newest snapshot, and its file.
fn newest_snapshot(dir: &Path) -> io::Result<Option<(i64, PathBuf)>> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        entries => entries?,
    };
    let mut newest = None;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let end = name.and_then(|name| {
            let (stem, extension) = name.split_once('.')?;
            let (end, _epoch) = stem.split_once('-').filter(|_| extension == SNAPSHOT)?;
            end.parse::<i64>().ok()
        });
        if let Some(end) = end {
            newest = newest.max(Some((end, path)));
        }
    }
    Ok(newest)
}
