//! Compaction on disk: against a model, and with a crash at every step of the exchange of segments.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{of_bytes, open, single};
use kop_log::{Isolation, LogCatalog, PartitionLog, ReadRequest};
use kop_log_local::{CleanerConfig, LocalCatalog};
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression, DecompressLimits, RecordBatch, batches};
use proptest::prelude::*;
use tempfile::TempDir;

const T0: i64 = 1_700_000_000_000;
const DAY: i64 = 86_400_000;

const SETTINGS: [(&str, &str); 4] = [
    ("cleanup.policy", "compact"),
    ("min.cleanable.dirty.ratio", "0"),
    ("internal.segment.bytes", "600"),
    ("index.interval.bytes", "100"),
];

/// A record: key and value.
type Kept = (String, Option<String>);

/// What one read after the other gives, from the log start.
async fn read_batches(
    log: &Arc<dyn PartitionLog>,
    isolation: Isolation,
) -> Vec<(RecordBatch, bool)> {
    let mut offset = log.offsets().log_start;
    let mut found = Vec::new();
    loop {
        let request = ReadRequest {
            offset,
            max_bytes: 700,
            at_least_one: true,
            isolation,
        };
        let result = log.read(request).await.unwrap();
        let bytes = result.records.to_bytes().unwrap();
        if bytes.is_empty() {
            return found;
        }
        // As a consumer does: what begins in this answer, until its marker.
        let mut to_come = result.aborted.unwrap_or_default();
        to_come.sort_by_key(|transaction| transaction.first_offset);
        let (mut to_come, mut aborted) = (to_come.into_iter().peekable(), HashSet::new());
        for batch in batches(&bytes) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            let begun = |t: &kop_log::AbortedTransaction| t.first_offset <= batch.last_offset();
            while let Some(transaction) = to_come.next_if(begun) {
                aborted.insert(transaction.producer_id);
            }
            if batch.is_control() {
                let section = batch.section(&DecompressLimits::default()).unwrap();
                let marker = section.iter().next().map(|record| record.unwrap());
                if marker.is_some_and(|m| !EndTxnMarker::parse(&m).unwrap().unwrap().committed) {
                    aborted.remove(&batch.producer_id());
                }
            }
            let hidden = batch.is_transactional() && aborted.contains(&batch.producer_id());
            found.push((batch, hidden));
        }
        assert!(result.next_offset > offset);
        offset = result.next_offset;
    }
}

/// All records by their offsets, without those of aborted transactions.
async fn committed(log: &Arc<dyn PartitionLog>) -> BTreeMap<i64, Kept> {
    let mut records = BTreeMap::new();
    for (batch, hidden) in read_batches(log, Isolation::ReadCommitted).await {
        if hidden || batch.is_control() {
            continue;
        }
        for record in batch.records(&DecompressLimits::default()).unwrap() {
            let record = record.unwrap();
            let text = |bytes: bytes::Bytes| String::from_utf8(bytes.to_vec()).unwrap();
            let kept = (text(record.key.unwrap()), record.value.map(text));
            assert!(records.insert(record.offset, kept).is_none());
        }
    }
    records
}

/// The last value of each key that has one.
fn latest(records: &BTreeMap<i64, Kept>) -> BTreeMap<String, (i64, String)> {
    let mut latest = BTreeMap::new();
    for (offset, (key, value)) in records {
        match value {
            Some(value) => latest.insert(key.clone(), (*offset, value.clone())),
            None => latest.remove(key),
        };
    }
    latest
}

#[derive(Clone, Debug)]
enum Step {
    /// Keys and values of a batch, of a producer (0: none) and in a transaction.
    Append(Vec<(u8, Option<u8>)>, u8, bool, Compression),
    End(u8, bool),
    Compact,
    /// Days.
    Wait(u8),
    /// In order, or not.
    Reopen(bool),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let record = (0_u8..12, proptest::option::weighted(0.8, any::<u8>()));
    let codec = prop_oneof![
        4 => Just(Compression::None),
        1 => proptest::sample::select(Compression::ALL.to_vec()),
    ];
    let append = (
        proptest::collection::vec(record, 1..5),
        0_u8..4,
        any::<bool>(),
        codec,
    );
    let step = prop_oneof![
        12 => append.prop_map(|(r, p, t, c)| Step::Append(r, p, t, c)),
        3 => (1_u8..4, any::<bool>()).prop_map(|(p, c)| Step::End(p, c)),
        2 => Just(Step::Compact),
        1 => (0_u8..3).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..60)
}

/// A log and what was written to it.
struct World {
    root: TempDir,
    catalog: Option<LocalCatalog>,
    log: Arc<dyn PartitionLog>,
    buffer: usize,
    now_ms: i64,
    /// Next sequence number of each producer, and whether it has a transaction open.
    producers: BTreeMap<u8, (i32, bool)>,
}

impl World {
    async fn new(buffer: usize) -> Self {
        let root = tempfile::tempdir().unwrap();
        let (catalog, log) = single(root.path(), &SETTINGS).await;
        let mut world = Self {
            root,
            catalog: None,
            log,
            buffer,
            now_ms: T0,
            producers: BTreeMap::new(),
        };
        world.use_catalog(catalog);
        world
    }

    fn use_catalog(&mut self, catalog: LocalCatalog) {
        catalog.set_cleaner(CleanerConfig {
            dedupe_buffer_bytes: self.buffer,
            io_buffer_bytes: 1,
            ..CleanerConfig::default()
        });
        self.log = catalog.partition("t", 0).unwrap();
        self.catalog = Some(catalog);
    }

    fn catalog(&self) -> &LocalCatalog {
        self.catalog.as_ref().unwrap()
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Append(records, producer, transactional, codec) => {
                self.append(&records, producer, transactional, codec).await;
            }
            Step::End(producer, committed) => self.end(producer, committed).await,
            Step::Compact => self.compact().await,
            Step::Wait(days) => self.now_ms += i64::from(days) * DAY,
            Step::Reopen(clean) => {
                let before = (committed(&self.log).await, self.log.offsets());
                if clean {
                    self.catalog().close().await.unwrap();
                }
                self.catalog = None;
                self.log = Arc::clone(&kop_log::MemoryCatalog::new().stand_in().await);
                let catalog = open(self.root.path()).await;
                self.use_catalog(catalog);
                assert_eq!(committed(&self.log).await, before.0);
                let after = self.log.offsets();
                assert_eq!(after.log_start, before.1.log_start);
                assert_eq!(after.log_end, before.1.log_end);
                assert_eq!(after.last_stable, before.1.last_stable);
            }
        }
    }

    async fn append(
        &mut self,
        records: &[(u8, Option<u8>)],
        producer: u8,
        transactional: bool,
        codec: Compression,
    ) {
        let mut builder = BatchBuilder::new(codec);
        if producer > 0 {
            let state = self.producers.entry(producer).or_default();
            let (sequence, open) = *state;
            let transactional = transactional || open;
            *state = (sequence + records.len() as i32, transactional);
            builder = builder
                .producer(producer.into(), 0, sequence)
                .transactional(transactional);
        }
        for (key, value) in records {
            let value = value.map(|value| format!("{value}"));
            let value = value.as_ref().map(String::as_bytes);
            let key = format!("k{key}");
            builder
                .append(self.now_ms, Some(key.as_bytes()), value, &[])
                .unwrap();
        }
        self.log
            .append(of_bytes(builder.build().unwrap()))
            .await
            .unwrap();
    }

    async fn end(&mut self, producer: u8, committed: bool) {
        let Some((_, open)) = self.producers.get_mut(&producer).filter(|(_, open)| *open) else {
            return;
        };
        *open = false;
        let marker = EndTxnMarker {
            committed,
            coordinator_epoch: 0,
        };
        let batch = marker.batch(self.now_ms, producer.into(), 0).unwrap();
        self.log.append(of_bytes(batch)).await.unwrap();
    }

    async fn compact(&mut self) {
        let (before, offsets) = (committed(&self.log).await, self.log.offsets());
        self.catalog().compact(self.now_ms).await;
        let after = committed(&self.log).await;
        assert_eq!(self.log.offsets(), offsets);
        for (offset, record) in &after {
            assert_eq!(before.get(offset), Some(record), "offset {offset}");
        }
        assert_eq!(latest(&after), latest(&before));
        assert_eq!(self.catalog().cleaner().unwrap().failures, 0);
    }

    /// Compacts all of it, and looks whether anything is left that could go.
    async fn settle(&mut self) {
        for producer in 1..4 {
            self.end(producer, true).await;
        }
        // What was written last is in the active segment.
        let end = self.log.offsets().log_end;
        for _ in 0..8 {
            let filler = [
                (100, Some(0)),
                (101, Some(0)),
                (102, Some(0)),
                (103, Some(0)),
            ];
            self.append(&filler, 0, false, Compression::None).await;
        }
        self.buffer = 1 << 20;
        let again = self.catalog.take().unwrap();
        self.use_catalog(again);
        self.compact().await;
        let left = committed(&self.log).await;
        let mut keys = HashSet::new();
        for (offset, (key, _)) in left.range(..end) {
            assert!(keys.insert(key.clone()), "{key} at {offset} is superseded");
        }
        // Tombstones of magic 2 have their time from now on.
        self.now_ms += 2 * DAY;
        for _ in 0..8 {
            let filler = [
                (100, Some(0)),
                (101, Some(0)),
                (102, Some(0)),
                (103, Some(0)),
            ];
            self.append(&filler, 0, false, Compression::None).await;
        }
        self.compact().await;
    }
}

/// A log of another catalog, so that the world holds nothing of the one that it closes.
trait StandIn {
    async fn stand_in(&self) -> Arc<dyn PartitionLog>;
}

impl StandIn for kop_log::MemoryCatalog {
    async fn stand_in(&self) -> Arc<dyn PartitionLog> {
        self.create_topic(common::topic("t", 1, &[])).await.unwrap();
        self.partition("t", 0).unwrap()
    }
}

fn cases() -> u32 {
    let cases = std::env::var("KOP_COMPACTION_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// Whatever is written, compacted in part or as a whole, and opened again: nothing changes but that superseded
    /// records are missing.
    #[test]
    fn compaction_takes_what_is_superseded_and_nothing_else(
        steps in steps(),
        slots in 16_usize..64,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new(slots * 16).await;
            for step in steps {
                world.take(step).await;
            }
            world.settle().await;
        });
    }
}

/// The files of a directory.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir).unwrap();
    let entry = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    };
    entries.map(|found| entry(found.unwrap())).collect()
}

fn write_all(dir: &Path, files: &BTreeMap<String, Vec<u8>>) {
    fs::create_dir_all(dir).unwrap();
    for (name, bytes) in files {
        fs::write(dir.join(name), bytes).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A log before a round, and after it, each as a crash leaves it.
async fn before_and_after() -> (TempDir, TempDir) {
    let root = tempfile::tempdir().unwrap();
    let (catalog, log) = single(root.path(), &SETTINGS).await;
    for n in 0..40_i64 {
        let mut builder = BatchBuilder::new(Compression::None);
        for key in [n % 7, n % 3] {
            let value = (n % 9 > 0).then(|| format!("value {n}"));
            let key = format!("k{key}");
            let value = value.as_ref().map(String::as_bytes);
            builder
                .append(T0 + n, Some(key.as_bytes()), value, &[])
                .unwrap();
        }
        if n % 10 == 5 {
            builder = builder.producer(n, 0, 0).transactional(true);
        }
        log.append(of_bytes(builder.build().unwrap()))
            .await
            .unwrap();
        if n % 10 == 5 {
            let marker = EndTxnMarker {
                committed: n % 20 == 5,
                coordinator_epoch: 0,
            };
            let batch = marker.batch(T0, n, 0).unwrap();
            log.append(of_bytes(batch)).await.unwrap();
        }
    }
    let before = tempfile::tempdir().unwrap();
    copy(root.path(), before.path());
    // So that all of it becomes one segment.
    catalog.set_topic_config("t", large()).await.unwrap();
    catalog.compact(T0).await;
    let after = tempfile::tempdir().unwrap();
    copy(root.path(), after.path());
    (before, after)
}

/// Settings with which segments are put together.
fn large() -> BTreeMap<String, String> {
    let settings = SETTINGS
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let mut settings: BTreeMap<_, _> = settings.collect();
    settings.insert("internal.segment.bytes".to_owned(), "100000".to_owned());
    settings
}

/// All states of the directory in which a crash can leave it while one segment takes the place of others, as lists of
/// files.
fn states(
    old: &BTreeMap<String, Vec<u8>>,
    new: &BTreeMap<String, Vec<u8>>,
) -> Vec<BTreeMap<String, Vec<u8>>> {
    let segment_file = |name: &str| !name.ends_with(".snapshot") && name.starts_with("0000");
    let gone: Vec<&String> = old
        .keys()
        .filter(|name| segment_file(name) && new.get(*name) != old.get(*name))
        .collect();
    let base = "00000000000000000000";
    let extensions = [".log", ".index", ".timeindex", ".txnindex"];
    let fresh: Vec<String> = extensions
        .iter()
        .map(|extension| format!("{base}{extension}"))
        .filter(|name| new.contains_key(name))
        .collect();
    let mut states = Vec::new();
    let mut state = old.clone();
    // Written in part.
    for name in &fresh {
        for cut in [0, new[name].len() / 2, new[name].len()] {
            state.insert(format!("{name}.cleaned"), new[name][..cut].to_vec());
            states.push(state.clone());
        }
    }
    let rename = |state: &mut BTreeMap<String, Vec<u8>>, from: &str, to: &str| {
        let bytes = state.remove(from).unwrap();
        state.insert(to.to_owned(), bytes);
    };
    for name in &fresh {
        rename(
            &mut state,
            &format!("{name}.cleaned"),
            &format!("{name}.swap"),
        );
        states.push(state.clone());
    }
    for name in gone {
        rename(&mut state, name, &format!("{name}.deleted"));
        states.push(state.clone());
    }
    for name in &fresh {
        rename(&mut state, &format!("{name}.swap"), name);
        states.push(state.clone());
    }
    states
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_step_leaves_the_old_records_or_the_new_ones() {
    let (before, after) = before_and_after().await;
    let dir = PathBuf::from("t-0");
    let (old, new) = (
        files(&before.path().join(&dir)),
        files(&after.path().join(&dir)),
    );
    let open_at = async |root: &Path| {
        let catalog = open(root).await;
        let log = catalog.partition("t", 0).unwrap();
        let found = (
            committed(&log).await,
            log.offsets().log_start,
            log.offsets().log_end,
        );
        catalog.compact(T0).await;
        let cleaned = committed(&log).await;
        assert_eq!(catalog.cleaner().unwrap().failures, 0);
        (found, cleaned)
    };
    let full = {
        let root = tempfile::tempdir().unwrap();
        copy(before.path(), root.path());
        open_at(root.path()).await
    };
    let states = states(&old, &new);
    assert!(states.len() > 20, "{}", states.len());
    for (n, state) in states.iter().enumerate() {
        let root = tempfile::tempdir().unwrap();
        copy(before.path(), root.path());
        fs::remove_dir_all(root.path().join(&dir)).unwrap();
        write_all(&root.path().join(&dir), state);
        eprintln!(
            "state {n} {:?}",
            state.iter().map(|(k, v)| (k, v.len())).collect::<Vec<_>>()
        );
        let (found, cleaned) = open_at(root.path()).await;
        assert_eq!((found.1, found.2), (full.0.1, full.0.2), "state {n}");
        assert_eq!(latest(&found.0), latest(&full.0.0), "state {n}");
        assert!(
            found
                .0
                .iter()
                .all(|(offset, kept)| full.0.0.get(offset) == Some(kept))
        );
        assert_eq!(cleaned, full.1, "state {n}");
        let left = files(&root.path().join(&dir));
        let odd = left
            .keys()
            .find(|name| name.ends_with(".swap") || name.ends_with(".cleaned"));
        assert_eq!(odd, None, "state {n}");
    }
}

/// What a reader has of a file stays readable when the segment is compacted and its files are removed.
#[tokio::test(flavor = "multi_thread")]
async fn regions_of_compacted_segments_stay_readable() {
    let root = tempfile::tempdir().unwrap();
    let settings: Vec<_> = SETTINGS
        .into_iter()
        .chain([("file.delete.delay.ms", "0")])
        .collect();
    let (catalog, log) = single(root.path(), &settings).await;
    for n in 0..30 {
        let mut builder = BatchBuilder::new(Compression::None);
        builder
            .append(
                T0 + n,
                Some(b"k"),
                Some(format!("value {n}").as_bytes()),
                &[],
            )
            .unwrap();
        log.append(of_bytes(builder.build().unwrap()))
            .await
            .unwrap();
    }
    let held = common::read(&log, 0, 1 << 20).await.unwrap();
    let size = log.size_bytes();
    catalog.compact(T0).await;
    catalog.maintain(T0).await;
    assert!(log.size_bytes() < size / 2);
    let bytes = held.records.to_bytes().unwrap();
    let first = batches(&bytes).next().unwrap().unwrap();
    first.verify_crc().unwrap();
    assert_eq!(first.base_offset(), 0);
    let now = common::read(&log, 0, 1 << 20).await.unwrap();
    let bytes = now.records.to_bytes().unwrap();
    assert!(batches(&bytes).next().unwrap().unwrap().last_offset() > 0);
    // What was compacted is known after a restart, in Kafka's own file.
    let noted = fs::read_to_string(root.path().join("cleaner-offset-checkpoint")).unwrap();
    let offset: i64 = noted
        .trim_end()
        .rsplit(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(offset > 0 && noted.starts_with("0\n1\nt 0 "), "{noted}");
}

/// A damaged segment is left as it is, and told.
#[tokio::test(flavor = "multi_thread")]
async fn damage_is_not_compacted() {
    let (before, _) = before_and_after().await;
    let catalog = open(before.path()).await;
    let path = before.path().join("t-0/00000000000000000000.log");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.len() - 3;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    catalog.compact(T0).await;
    let stats = catalog.cleaner().unwrap();
    assert_eq!((stats.failures, stats.rounds), (1, 0));
    catalog.compact(T0).await;
    assert_eq!(catalog.cleaner().unwrap().uncleanable_partitions, 1);
    assert_eq!(fs::read(&path).unwrap(), bytes);
}
