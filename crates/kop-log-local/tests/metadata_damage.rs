//! What a start makes of a metadata log that was damaged after a clean stop.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use common::*;
use kop_log::LogCatalog;
use kop_log_local::LocalCatalog;
use tempfile::TempDir;

/// A directory that was closed in order, its metadata log, and where each of its batches begins.
async fn closed() -> (TempDir, PathBuf, Vec<usize>) {
    let dir = tempfile::tempdir().unwrap();
    let catalog = open(dir.path()).await;
    for key in ["a", "b", "c"] {
        let value = Some(Bytes::from(key.repeat(100)));
        catalog.metadata().put(key, value).await.unwrap();
    }
    catalog.close().await.unwrap();
    let log = dir.path().join("__kop_metadata-0/00000000000000000000.log");
    let bytes = Bytes::from(fs::read(&log).unwrap());
    let mut starts = vec![0];
    for batch in kop_records::batches(&bytes) {
        starts.push(starts.last().unwrap() + batch.unwrap().size_in_bytes());
    }
    assert_eq!(starts.pop(), Some(bytes.len()));
    assert_eq!(starts.len(), 3);
    (dir, log, starts)
}

async fn keys(root: &Path) -> Vec<String> {
    let catalog = open(root).await;
    let found = catalog.metadata().scan("");
    found.into_iter().map(|(key, _)| key).collect()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x5a;
    fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_end_is_cut_off() {
    let (_dir, log, starts) = closed().await;
    let len = fs::metadata(log).unwrap().len() as usize;
    // Size, magic, sum, and bytes of the record: only the last are no part of what a quick start looks at.
    for at in [8, 11, 16, 17, 80, 120, len - starts[2] - 1] {
        let (dir, log, starts) = closed().await;
        flip(&log, starts[2] + at);
        assert_eq!(keys(dir.path()).await, ["a", "b"], "byte {at}");
        let catalog = open(dir.path()).await;
        catalog
            .metadata()
            .put("d", Some(Bytes::from("d")))
            .await
            .unwrap();
        catalog.close().await.unwrap();
        drop(catalog);
        assert_eq!(keys(dir.path()).await, ["a", "b", "d"], "byte {at}");
    }
    let (dir, log, starts) = closed().await;
    let file = fs::File::options().write(true).open(&log).unwrap();
    file.set_len(starts[2] as u64 + 90).unwrap();
    assert_eq!(keys(dir.path()).await, ["a", "b"], "cut short");
    let (dir, log, _) = closed().await;
    let mut bytes = fs::read(&log).unwrap();
    bytes.extend([0; 500]);
    fs::write(&log, bytes).unwrap();
    assert_eq!(keys(dir.path()).await, ["a", "b", "c"], "zeros behind it");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_before_sound_batches_is_refused_by_name() {
    for clean in [true, false] {
        for at in [8, 11, 16, 17, 80, 120] {
            let (dir, log, starts) = closed().await;
            flip(&log, starts[1] + at);
            if !clean {
                fs::remove_file(dir.path().join(".kafka_cleanshutdown")).unwrap();
            }
            let before = fs::read(&log).unwrap();
            let refused = LocalCatalog::open(dir.path(), BTreeMap::new()).await;
            let error = refused.map(drop).unwrap_err().to_string();
            let place = format!("byte {}", starts[1]);
            assert!(error.contains("__kop_metadata-0"), "{at}: {error}");
            assert!(error.contains(&place), "{at}: {error}");
            assert_eq!(fs::read(&log).unwrap(), before, "nothing was cut off");
            // And so is the next start, which finds no mark of a clean stop.
            assert!(
                LocalCatalog::open(dir.path(), BTreeMap::new())
                    .await
                    .is_err()
            );
        }
    }
}
