//! A start after a clean stop believes what the stop left, if it is of that very stop, and nothing else.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use common::*;
use kop_log::{LogCatalog, OffsetSpec, PartitionLog};
use kop_records::{BatchBuilder, Compression};
use tempfile::TempDir;

const STATE: &str = "clean-partitions";
const SEGMENTS: [(&str, &str); 2] = [
    ("internal.segment.bytes", "400"),
    ("index.interval.bytes", "100"),
];

/// Ten batches of an idempotent producer, and an empty second topic.
async fn stopped() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &SEGMENTS).await;
    catalog.create_topic(topic("empty", 2, &[])).await.unwrap();
    for n in 0..10 {
        append(&log, numbered(n)).await;
    }
    log.delete_records(3).await.unwrap();
    catalog.close().await.unwrap();
    dir
}

fn numbered(n: i32) -> kop_log::AppendRequest {
    let batch = BatchBuilder::new(Compression::None).producer(77, 0, 2 * n);
    request(fill(batch, 2, 1_000 * i64::from(n), 50))
}

/// Everything that can be asked of the log.
async fn told(log: &Arc<dyn PartitionLog>) -> String {
    let mut found = Vec::new();
    for spec in [OffsetSpec::MaxTimestamp]
        .into_iter()
        .chain((0..12).map(|n| OffsetSpec::AtOrAfter(n * 1_000)))
    {
        found.push(log.find(spec).await.unwrap());
    }
    let offsets = offsets_from(log, 3).await;
    let epoch = log.epoch_end(0).unwrap();
    format!(
        "{:?} {} {offsets:?} {found:?} {epoch:?}",
        log.offsets(),
        log.size_bytes()
    )
}

/// Starts, and says what is there and what the leader epoch is.
async fn start(root: &Path) -> (String, i32) {
    let catalog = open(root).await;
    let log = catalog.partition("t", 0).unwrap();
    let epoch = log.offsets().leader_epoch;
    assert_eq!(catalog.partition("empty", 1).unwrap().offsets().log_end, 0);
    // The producer is known too.
    assert!(append(&log, numbered(9)).await.duplicate);
    (told(&log).await, epoch)
}

/// A mark by which one sees whether a start has looked into the directory: its modification time stays as it is.
fn change_epoch(root: &Path) {
    fs::write(root.join("t-0/leader-epoch-checkpoint"), "0\n1\n7 0\n").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_start_finds_the_same_without_looking() {
    let dir = stopped().await;
    let state = fs::read(dir.path().join(STATE)).unwrap();
    let (quick, _) = start(dir.path()).await;
    assert!(
        !dir.path().join(STATE).exists(),
        "it is good for one start only"
    );
    // Once more with a close, and then without the file.
    let dir = stopped().await;
    change_epoch(dir.path());
    assert_eq!(start(dir.path()).await.1, 0, "nobody looked");
    let dir = stopped().await;
    fs::remove_file(dir.path().join(STATE)).unwrap();
    assert_eq!(start(dir.path()).await.0, quick);
    let dir = stopped().await;
    fs::remove_file(dir.path().join(STATE)).unwrap();
    change_epoch(dir.path());
    assert_eq!(start(dir.path()).await.1, 7, "somebody looked");
    assert!(state.len() > 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_of_another_stop_is_not_believed() {
    let dir = stopped().await;
    let old = fs::read(dir.path().join(STATE)).unwrap();
    let catalog = open(dir.path()).await;
    append(&catalog.partition("t", 0).unwrap(), numbered(10)).await;
    catalog.close().await.unwrap();
    drop(catalog);
    fs::write(dir.path().join(STATE), &old).unwrap();
    let catalog = open(dir.path()).await;
    assert_eq!(catalog.partition("t", 0).unwrap().offsets().log_end, 22);
    // Nor after a crash, when there is no mark.
    drop(catalog);
    fs::write(dir.path().join(STATE), &old).unwrap();
    let catalog = open(dir.path()).await;
    let offsets = catalog.partition("t", 0).unwrap().offsets();
    assert_eq!((offsets.log_end, offsets.leader_epoch), (22, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_was_changed_since_is_looked_at() {
    let newest = |root: &Path| {
        let files = fs::read_dir(root.join("t-0")).unwrap();
        let logs = files.map(|entry| entry.unwrap().path());
        let logs = logs.filter(|path| path.extension().is_some_and(|e| e == "log"));
        logs.max().unwrap()
    };
    // Shorter: what was lost is not promised.
    let dir = stopped().await;
    let file = fs::File::options()
        .write(true)
        .open(newest(dir.path()))
        .unwrap();
    file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    let catalog = open(dir.path()).await;
    let log = catalog.partition("t", 0).unwrap();
    let offsets = offsets_from(&log, 3).await;
    assert_eq!(offsets, (3..18).collect::<Vec<_>>());
    assert_eq!(append(&log, records(1, 0, 1)).await.base_offset, 18);
    drop((log, catalog));
    // An index is gone, a whole segment is gone, the directory is gone.
    for what in ["index", "log"] {
        let dir = stopped().await;
        let newest = newest(dir.path());
        fs::remove_file(newest.with_extension(what)).unwrap();
        let catalog = open(dir.path()).await;
        let log = catalog.partition("t", 0).unwrap();
        let base: i64 = newest
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        let end = if what == "log" { base } else { 20 };
        assert_eq!(
            offsets_from(&log, 3).await,
            (3..end).collect::<Vec<_>>(),
            "{what}"
        );
    }
    // Indexes became shorter: only the log tells what is there.
    let dir = stopped().await;
    let (quick, _) = start(dir.path()).await;
    let dir = stopped().await;
    for entry in fs::read_dir(dir.path().join("t-0")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|e| e == "index" || e == "timeindex")
        {
            fs::write(path, b"").unwrap();
        }
    }
    assert_eq!(start(dir.path()).await.0, quick);
    let dir = stopped().await;
    fs::remove_dir_all(dir.path().join("t-0")).unwrap();
    let catalog = open(dir.path()).await;
    assert_eq!(catalog.topic("t").unwrap().partitions, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_again_and_again_leaves_one_snapshot() {
    let dir = stopped().await;
    for n in 10..14 {
        let catalog = open(dir.path()).await;
        append(&catalog.partition("t", 0).unwrap(), numbered(n)).await;
        catalog.close().await.unwrap();
    }
    let files = fs::read_dir(dir.path().join("t-0")).unwrap();
    let names: Vec<_> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let of = |extension| {
        names
            .iter()
            .filter(|name| name.ends_with(extension))
            .count()
    };
    // One for each segment but the first, and that of the last close.
    assert!(of(".snapshot") <= of(".log"), "{names:?}");
}
