//! Entry points for fuzzing: any bytes may lie in a file, and nothing may panic.
//!
//! The files are made in a directory for temporary files, in memory where the machine has one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use kop_codec::Uuid;
use kop_log::{AppendRequest, LogError, NewTopic, TopicConfig};
use kop_offset_index::{OffsetIndex, TimeIndex};
use tokio::runtime::Runtime;

use crate::catalog::{CleanState, KafkaTopics, TopicRecord, check_metadata, requests};
use crate::data_dir::{
    cluster_id, read_checkpoint, read_partition_metadata, write_checkpoint,
    write_partition_metadata,
};
use crate::log::{Identity, Log, Start};
use crate::names;
use crate::shared::Shared;

/// Opens a partition whose files hold these bytes, after a crash and after a clean stop; appends; and opens it again.
///
/// Each file stands as a byte for which file it is, two bytes for its length, and its contents. The sums of the batches
/// are made right, so that what is behind them is reached.
///
/// # Panics
/// If what a start found is not found by the next one: a fault of this code.
pub fn segment(data: &[u8]) {
    for clean in [true, false] {
        let scratch = Scratch::new();
        let dir = scratch.0.join("t-0");
        fs::create_dir(&dir).expect("a directory can be made");
        for (name, contents) in files(data) {
            fs::write(dir.join(name), contents).expect("a file can be written");
        }
        let Ok(log) = open(&scratch.0, clean) else {
            continue;
        };
        let found = log.offsets();
        // After a clean stop a batch that is damaged may only be noticed when it is read.
        let read = log.for_each_record(|_, _| {});
        let appended = append(&log);
        assert!(
            appended.is_ok_and(|base| base == found.log_end) || found.log_end > i64::MAX - 1000,
            "a log that was opened takes appends"
        );
        log.close().expect("a log can be closed");
        let end = log.offsets().log_end;
        drop(log);
        let again = open(&scratch.0, true).expect("a log that was opened can be opened again");
        if read.is_ok() {
            assert_eq!(
                again.offsets().log_end,
                end,
                "nothing is lost by a clean stop"
            );
        }
    }
}

/// Reads the bytes as both indexes, looks in them, adds to them, and cuts them.
///
/// # Panics
/// If an index changes by being opened again: a fault of this code.
pub fn index(data: &[u8]) {
    let Some((base_offset, data)) = data.split_first_chunk() else {
        return;
    };
    // There is always an offset behind the last one.
    let base_offset = i64::from_be_bytes(*base_offset).clamp(0, i64::MAX - (1 << 21));
    let scratch = Scratch::new();
    let (_, file) = scratch.file("index", data);
    if let Ok(mut offsets) = OffsetIndex::open(&file, base_offset, 1 << 30) {
        for probe in [0, base_offset, base_offset.saturating_add(1000), i64::MAX] {
            let found = offsets.floor(&file, probe).expect("a file can be read");
            assert!(found.is_none_or(|found| found.offset <= probe));
            let position = probe.unsigned_abs();
            let found = offsets.floor_by_position(&file, position);
            found.expect("a file can be read");
        }
        let next = base_offset.saturating_add(1 << 20);
        // What lies above the last entry is taken, the rest is refused.
        offsets.append(&file, next, (1 << 30) - 1).ok();
        let again = OffsetIndex::open(&file, base_offset, 1 << 30).expect("a file can be read");
        assert_eq!(again.last(), offsets.last());
        offsets.truncate(&file, 500).expect("a file can be cut");
    }
    let (_, file) = scratch.file("timeindex", data);
    if let Ok(mut times) = TimeIndex::open(&file, base_offset, i64::MAX) {
        for probe in [i64::MIN, 0, 1_700_000_000_000, i64::MAX] {
            let found = times.lower(&file, probe).expect("a file can be read");
            assert!(found.is_none_or(|found| found.timestamp_ms < probe));
        }
        let next = base_offset.saturating_add(1 << 20);
        times.maybe_append(&file, i64::MAX, next).ok();
        let again = TimeIndex::open(&file, base_offset, i64::MAX).expect("a file can be read");
        assert_eq!(again.last(), times.last());
        times.truncate(&file, 500).expect("a file can be cut");
    }
}

/// Reads the bytes as each of the text files of a data directory, and writes what it read back.
///
/// # Panics
/// If what was written is not read as the same again: a fault of this code.
pub fn checkpoints(data: &[u8]) {
    let scratch = Scratch::new();
    let (path, _) = scratch.file("checkpoint", data);
    if let Ok(entries) = read_checkpoint(&path) {
        let list: Vec<_> = entries
            .iter()
            .map(|((topic, partition), offset)| (topic.clone(), *partition, *offset))
            .collect();
        write_checkpoint(&path, &list).expect("a file can be written");
        assert_eq!(read_checkpoint(&path).ok(), Some(entries));
    }
    scratch.file(names::PARTITION_METADATA, data);
    if let Ok(Some(id)) = read_partition_metadata(&scratch.0) {
        write_partition_metadata(&scratch.0, id).expect("a file can be written");
        assert_eq!(read_partition_metadata(&scratch.0).ok(), Some(Some(id)));
    }
    scratch.file(names::META_PROPERTIES, data);
    cluster_id(&scratch.0).ok();
    // With a right sum, so that the lines are looked at.
    let body = format!("1 0 0\nt-0 x 0 {}\n", String::from_utf8_lossy(data));
    let sum = crc32c::crc32c(body.as_bytes());
    if let Some(state) = CleanState::parse(format!("{body}{sum:08x}\n"), "1 0 0")
        && let Some(partition) = state.partitions().get("t-0")
    {
        partition.state();
    }
}

/// Reads the bytes as a metadata log, and as the record of a topic.
///
/// # Panics
/// If a log that was found to be sound, or only to be torn, cannot be opened: a fault of this code.
pub fn metadata(data: &[u8]) {
    KafkaTopics::fuzz(data);
    if let Ok(info) = TopicRecord::parse("topic", data) {
        let new = NewTopic {
            name: info.name.clone(),
            partitions: info.partitions,
            overrides: info.overrides,
        };
        assert!(new.validate().is_ok());
    }
    let scratch = Scratch::new();
    let dir = scratch.0.join("t-0");
    fs::create_dir(&dir).expect("a directory can be made");
    let mut log = data.to_vec();
    make_sums_right(&mut log);
    fs::write(names::segment_file(&dir, 0, names::LOG), log).expect("a file can be written");
    if let Ok(sound) = check_metadata(&dir) {
        let log = open(&scratch.0, sound).expect("a log without a gap can be opened");
        // A record may be none in spite of a sum that is right.
        log.for_each_record(|key, value| drop((key, value))).ok();
    }
}

/// A directory for one run.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let (process, n) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = parent.join(format!("kop-log-local-{process}-{n}"));
        // It may be there from a run that ended by a panic.
        fs::remove_dir_all(&path).ok();
        fs::create_dir(&path).expect("a directory can be made");
        Self(path)
    }

    fn file(&self, name: &str, contents: &[u8]) -> (PathBuf, File) {
        let path = self.0.join(name);
        fs::write(&path, contents).expect("a file can be written");
        let file = File::options().read(true).write(true).open(&path);
        (path, file.expect("a file can be opened"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// The files that [`segment`] knows, by the byte that stands for them.
const FILES: [&str; 9] = [
    "00000000000000000000.log",
    "00000000000000000000.index",
    "00000000000000000000.timeindex",
    "00000000000000000000.txnindex",
    "00000000000000000000.snapshot",
    "00000000000000000003.snapshot",
    "00000000000000000003.log",
    names::LEADER_EPOCHS,
    "09223372036854775800.log",
];

fn files(mut data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut files = Vec::new();
    while let [kind, high, low, rest @ ..] = data {
        let len = usize::from(u16::from_be_bytes([*high, *low])).min(rest.len());
        let (contents, rest) = rest.split_at(len);
        let name = FILES[usize::from(*kind) % FILES.len()];
        let mut contents = contents.to_vec();
        if name.ends_with(names::LOG) {
            make_sums_right(&mut contents);
        }
        files.push((name, contents));
        data = rest;
    }
    files
}

/// Gives every batch that can be followed the sum that it should have.
fn make_sums_right(mut log: &mut [u8]) {
    while let Some((prefix, rest)) = log.split_first_chunk_mut::<12>() {
        let len = i32::from_be_bytes([prefix[8], prefix[9], prefix[10], prefix[11]]);
        let Some((batch, next)) = usize::try_from(len)
            .ok()
            .and_then(|len| rest.split_at_mut_checked(len))
        else {
            return;
        };
        // Behind the leader epoch: the magic, and the sum of what follows it.
        if let [_, _, _, _, 2, sum @ ..] = batch
            && let Some((sum, summed)) = sum.split_first_chunk_mut()
        {
            *sum = crc32c::crc32c(summed).to_be_bytes();
        }
        log = next;
    }
}

fn open(root: &Path, clean: bool) -> Result<Log, LogError> {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime can be made")
    });
    let shared = Shared::new(root.to_owned(), RUNTIME.handle().clone());
    let shared = Arc::new(shared.expect("the directory is there"));
    let identity = Identity {
        topic: "t".into(),
        id: Uuid::from_bytes([7; 16]),
        partition: 0,
    };
    let start = Start {
        clean,
        recovery_point: 0,
        log_start: 0,
        cleaned_to: -1,
        noted_id: None,
        now_ms: 1_700_000_000_000,
    };
    Log::open(&shared, identity, Arc::new(TopicConfig::default()), start)
}

/// Appends a record, and returns its offset.
fn append(log: &Log) -> Result<i64, LogError> {
    let record = std::iter::once((&b"key"[..], Some(&b"value"[..])));
    let mut requests: Vec<AppendRequest> = requests(record, 1_700_000_000_000)?;
    let request = requests
        .pop()
        .expect("invariant: one record is one request");
    log.append_now(request).map(|appended| appended.base_offset)
}

#[cfg(test)]
mod tests;
