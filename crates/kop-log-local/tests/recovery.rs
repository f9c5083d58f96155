//! What is found again after a crash at any byte, and after damage to any file.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use kop_log::{Isolation, LogCatalog, PartitionLog, ReadRequest};
use kop_records::control::EndTxnMarker;
use kop_records::{BatchBuilder, Compression};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tempfile::TempDir;

/// In memory where the machine has such a directory: the tests open thousands of logs, each with its flushes.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    }
    .unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (source, target) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(source, target).unwrap();
        }
    }
}

/// A data directory as a kill would leave it, and where its batches end: (byte, next offset).
async fn killed(batches: usize, settings: &[(&str, &str)]) -> (TempDir, Vec<(u64, i64)>) {
    let dir = scratch();
    let (catalog, log) = single(dir.path(), settings).await;
    let mut ends = vec![(0, 0)];
    for n in 0..batches {
        let batch = BatchBuilder::new(Compression::None).producer(77, 0, 2 * n as i32);
        let appended = append(&log, request(fill(batch, 2, now_ms(), 10 + n))).await;
        ends.push((log.size_bytes(), appended.last_offset + 1));
    }
    drop((log, catalog));
    (dir, ends)
}

/// Reads everything, appends, and reads that too. Returns the offsets that were there.
async fn check(root: &Path) -> Vec<i64> {
    let catalog = open(root).await;
    let log = catalog.partition("t", 0).unwrap();
    let before = log.offsets();
    let found = offsets_from(&log, before.log_start).await;
    let appended = append(&log, records(3, now_ms(), 5)).await;
    assert_eq!(appended.base_offset, before.log_end);
    let again = offsets_from(&log, before.log_start).await;
    assert_eq!(again[..found.len()], found);
    assert!(
        again[found.len()..]
            .iter()
            .copied()
            .eq(before.log_end..before.log_end + 3)
    );
    assert!(
        before.leader_epoch > 0,
        "a new epoch tells clients to look (KIP-320)"
    );
    assert_eq!(
        log.epoch_end(before.leader_epoch).unwrap().end_offset,
        before.log_end + 3
    );
    assert_eq!(log.epoch_end(0).unwrap().end_offset, before.log_end);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_any_byte_leaves_whole_batches() {
    let (original, ends) = killed(6, &[]).await;
    let file = PathBuf::from("t-0/00000000000000000000.log");
    let len = fs::metadata(original.path().join(&file)).unwrap().len();
    assert_eq!(ends.last(), Some(&(len, 12)));
    for cut in 0..len {
        let dir = scratch();
        copy(original.path(), dir.path());
        let log = fs::File::options()
            .write(true)
            .open(dir.path().join(&file))
            .unwrap();
        log.set_len(cut).unwrap();
        let (_, end) = *ends.iter().rev().find(|(byte, _)| *byte <= cut).unwrap();
        assert_eq!(
            check(dir.path()).await,
            (0..end).collect::<Vec<_>>(),
            "cut at {cut}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_byte_costs_what_follows_it() {
    let (original, ends) = killed(4, &[]).await;
    let file = PathBuf::from("t-0/00000000000000000000.log");
    let bytes = fs::read(original.path().join(&file)).unwrap();
    for at in 0..bytes.len() {
        let dir = scratch();
        copy(original.path(), dir.path());
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x5a;
        fs::write(dir.path().join(&file), damaged).unwrap();
        let (start, end) = *ends
            .iter()
            .rev()
            .find(|(byte, _)| *byte <= at as u64)
            .unwrap();
        let found = check_any(dir.path()).await;
        // Offset and epoch are not under the sum: an offset that is larger by chance is taken for the truth.
        let relocated = (0..8).contains(&(at as u64 - start));
        let epoch = (12..16).contains(&(at as u64 - start));
        if !relocated && !epoch {
            assert_eq!(found, (0..end).collect::<Vec<_>>(), "byte {at}");
        }
        assert!(found.len() as i64 >= end);
    }
}

async fn check_any(root: &Path) -> Vec<i64> {
    let catalog = open(root).await;
    let log = catalog.partition("t", 0).unwrap();
    let found = offsets_from(&log, log.offsets().log_start).await;
    assert!(found.is_sorted());
    append(&log, records(1, now_ms(), 5)).await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_segment_does_not_take_the_next_ones_along() {
    let (dir, _) = killed(60, &[("internal.segment.bytes", "1000")]).await;
    let mut files: Vec<_> = fs::read_dir(dir.path().join("t-0"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "log"));
    files.sort();
    fs::remove_file(dir.path().join("recovery-point-offset-checkpoint")).ok();
    let mut bytes = fs::read(&files[2]).unwrap();
    let (base, next): (i64, i64) = (base_of(&files[2]), base_of(&files[3]));
    bytes[100] ^= 1;
    fs::write(&files[2], bytes).unwrap();
    let found = check_any(dir.path()).await;
    let expected: Vec<i64> = (0..base).chain(next..120).collect();
    let missing: Vec<i64> = expected
        .iter()
        .copied()
        .filter(|offset| !found.contains(offset))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(found.len() < 120);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_became_shorter_is_checked_again() {
    let dir = scratch();
    let (catalog, log) = single(dir.path(), &[]).await;
    for _ in 0..10 {
        append(&log, records(1, now_ms(), 10)).await;
    }
    log.flush().await.unwrap();
    catalog.maintain(now_ms()).await;
    drop((log, catalog));
    let checkpoint = dir.path().join("recovery-point-offset-checkpoint");
    assert!(
        fs::read_to_string(&checkpoint)
            .unwrap()
            .contains("t 0 10\n")
    );
    let file = dir.path().join("t-0/00000000000000000000.log");
    let len = fs::metadata(&file).unwrap().len();
    fs::File::options()
        .write(true)
        .open(file)
        .unwrap()
        .set_len(len / 2)
        .unwrap();
    open(dir.path()).await;
    assert!(fs::read_to_string(&checkpoint).unwrap().contains("t 0 5\n"));
}

fn base_of(path: &Path) -> i64 {
    path.file_stem().unwrap().to_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn producers_are_known_after_a_crash() {
    for snapshots in [true, false] {
        let (dir, _) = killed(40, &[("internal.segment.bytes", "1000")]).await;
        if !snapshots {
            for entry in fs::read_dir(dir.path().join("t-0")).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "snapshot") {
                    fs::write(path, b"damaged").unwrap();
                }
            }
        }
        let catalog = open(dir.path()).await;
        let log = catalog.partition("t", 0).unwrap();
        let last = BatchBuilder::new(Compression::None).producer(77, 0, 78);
        let appended = append(&log, request(fill(last, 2, now_ms(), 49))).await;
        assert!(appended.duplicate && appended.base_offset == 78);
        let next = BatchBuilder::new(Compression::None).producer(77, 0, 80);
        assert!(
            !append(&log, request(fill(next, 2, now_ms(), 1)))
                .await
                .duplicate
        );
        let gap = BatchBuilder::new(Compression::None).producer(77, 0, 99);
        log.append(request(fill(gap, 1, now_ms(), 1)))
            .await
            .unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_epoch_rises_with_every_crash_and_stays_after_a_clean_stop() {
    let dir = scratch();
    let (catalog, log) = single(dir.path(), &[]).await;
    append(&log, records(1, now_ms(), 1)).await;
    drop((log, catalog));
    for epoch in 1..4 {
        let catalog = open(dir.path()).await;
        let log = catalog.partition("t", 0).unwrap();
        assert_eq!(log.offsets().leader_epoch, epoch);
        append(&log, records(1, now_ms(), 1)).await;
        catalog.close().await.unwrap();
        drop((log, catalog));
        let catalog = open(dir.path()).await;
        let log = catalog.partition("t", 0).unwrap();
        assert_eq!(log.offsets().leader_epoch, epoch);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_are_known_after_a_crash() {
    let original = scratch();
    let (catalog, log) = single(original.path(), &[("internal.segment.bytes", "700")]).await;
    for n in 0..12_i32 {
        let batch = BatchBuilder::new(Compression::None)
            .producer(5, 0, 2 * n)
            .transactional(true);
        append(&log, request(fill(batch, 2, now_ms(), 100))).await;
        let marker = EndTxnMarker {
            committed: n % 3 == 0,
            coordinator_epoch: 0,
        };
        append(&log, of_bytes(marker.batch(now_ms(), 5, 0).unwrap())).await;
    }
    let open_batch = BatchBuilder::new(Compression::None)
        .producer(5, 0, 24)
        .transactional(true);
    let last = append(&log, request(fill(open_batch, 2, now_ms(), 100))).await;
    let wanted = aborted(&log, 0).await;
    assert_eq!(wanted.len(), 8);
    drop((log, catalog));
    for harm in [
        "none",
        "txnindex",
        "snapshot",
        "recovery-point-offset-checkpoint",
    ] {
        let dir = scratch();
        copy(original.path(), dir.path());
        if harm != "none" {
            // What was not flushed may be gone after a crash of the machine, and so may the knowledge of what was.
            fs::remove_file(dir.path().join("recovery-point-offset-checkpoint")).ok();
            let files = fs::read_dir(dir.path().join("t-0"))
                .unwrap()
                .map(|e| e.unwrap().path());
            files
                .filter(|path| path.to_str().unwrap().ends_with(harm))
                .for_each(|path| fs::write(path, "").unwrap());
        }
        let catalog = open(dir.path()).await;
        let log = catalog.partition("t", 0).unwrap();
        assert_eq!(log.offsets().last_stable, last.base_offset, "{harm}");
        assert_eq!(aborted(&log, 0).await, wanted, "{harm}");
        catalog.close().await.unwrap();
        drop((log, catalog));
        let catalog = open(dir.path()).await;
        let log = catalog.partition("t", 0).unwrap();
        assert_eq!(
            aborted(&log, 0).await,
            wanted,
            "{harm}, and a clean restart"
        );
    }
}

/// All aborted transactions that a reader from `offset` on is told of.
async fn aborted(log: &std::sync::Arc<dyn PartitionLog>, mut offset: i64) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    loop {
        let isolation = Isolation::ReadCommitted;
        let request = ReadRequest {
            offset,
            max_bytes: 1 << 20,
            at_least_one: true,
            isolation,
        };
        let result = log.read(request).await.unwrap();
        let bytes = result.records.to_bytes().unwrap();
        let Some(last) = kop_records::batches(&bytes).last() else {
            return found;
        };
        offset = last.unwrap().next_offset();
        for transaction in result.aborted.unwrap() {
            let transaction = (transaction.producer_id, transaction.first_offset);
            found.extend((!found.contains(&transaction)).then_some(transaction));
        }
    }
}

/// What happens to a file.
#[derive(Clone, Debug)]
enum Harm {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Grow(Vec<u8>),
    Remove,
}

fn harm() -> impl Strategy<Value = (prop::sample::Index, Harm)> {
    let harm = prop_oneof![
        (any::<prop::sample::Index>(), 1_u8..).prop_map(|(at, with)| Harm::Flip(at, with)),
        any::<prop::sample::Index>().prop_map(Harm::Cut),
        prop::collection::vec(any::<u8>(), 1..200).prop_map(Harm::Grow),
        Just(Harm::Remove),
    ];
    (any::<prop::sample::Index>(), harm)
}

fn inflict(dir: &Path, which: prop::sample::Index, harm: &Harm) {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    let path = which.get(&files);
    let mut bytes = fs::read(path).unwrap();
    match harm {
        Harm::Remove => return fs::remove_file(path).unwrap(),
        Harm::Flip(at, with) if !bytes.is_empty() => {
            let at = at.index(bytes.len());
            bytes[at] ^= with;
        }
        Harm::Flip(..) => {}
        Harm::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
        Harm::Grow(with) => bytes.extend(with),
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn damage_to_any_file_keeps_no_server_from_starting() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let settings = [
        ("internal.segment.bytes", "1500"),
        ("index.interval.bytes", "200"),
    ];
    let (crashed, _) = runtime.block_on(killed(60, &settings));
    let closed = scratch();
    copy(crashed.path(), closed.path());
    runtime.block_on(async { open(closed.path()).await.close().await.unwrap() });
    let case =
        |(clean, harms): (bool, Vec<(prop::sample::Index, Harm)>)| -> Result<(), TestCaseError> {
            let dir = scratch();
            copy(
                if clean { closed.path() } else { crashed.path() },
                dir.path(),
            );
            harms
                .iter()
                .for_each(|(which, harm)| inflict(&dir.path().join("t-0"), *which, harm));
            runtime.block_on(async {
                let catalog = open(dir.path()).await;
                let log = catalog.partition("t", 0).unwrap();
                let start = log.offsets().log_start;
                // After a clean stop a damaged batch may only be found when it is read.
                let readable = !clean || readable(&log).await;
                if readable {
                    let found = offsets_from(&log, start).await;
                    assert!(found.is_sorted(), "{found:?}");
                    let appended = append(&log, records(1, now_ms(), 5)).await;
                    assert!(found.last().is_none_or(|last| *last < appended.base_offset));
                }
            });
            Ok(())
        };
    let harms = (any::<bool>(), prop::collection::vec(harm(), 1..4));
    let config = ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    runner.run(&harms, case).unwrap();
}

/// Whether every batch can be read and has the right sum.
async fn readable(log: &std::sync::Arc<dyn PartitionLog>) -> bool {
    let mut offset = log.offsets().log_start;
    while let Ok(result) = read(log, offset, 1 << 20).await {
        let bytes = result.records.to_bytes().unwrap();
        for batch in kop_records::batches(&bytes) {
            match batch {
                // The offset is not under the sum.
                Ok(batch) if batch.verify_crc().is_ok() && batch.last_offset() >= offset => {
                    offset = batch.next_offset();
                }
                _ => return false,
            }
        }
        if bytes.is_empty() {
            return true;
        }
    }
    false
}
