//! A data directory that Apache Kafka 4.3.1 wrote is taken over: `tests/kafka/README.md` says how it was made.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::*;
use kop_log::LogCatalog;

/// The metadata log of Kafka, and what its partitions' directories are told by.
fn kafka(root: &Path) {
    let vector = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kafka");
    let log = "__cluster_metadata-0/00000000000000000000.log";
    fs::create_dir_all(root.join("__cluster_metadata-0")).unwrap();
    fs::copy(vector.join("metadata.log"), root.join(log)).unwrap();
    for line in fs::read_to_string(vector.join("partitions"))
        .unwrap()
        .lines()
    {
        let (dir, id) = line.split_once(' ').unwrap();
        fs::create_dir(root.join(dir)).unwrap();
        let text = format!("version: 0\ntopic_id: {id}");
        fs::write(root.join(dir).join("partition.metadata"), text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_of_kafka_keep_their_settings() {
    let dir = tempfile::tempdir().unwrap();
    kafka(dir.path());
    for _ in 0..2 {
        let catalog = open(dir.path()).await;
        let settings = |topic: &str| {
            let info = catalog.topic(topic).unwrap();
            let settings: Vec<String> = info
                .overrides
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect();
            (info.partitions, settings.join(" "))
        };
        assert_eq!(settings("plain"), (2, String::new()));
        // One was changed, one was taken back.
        let orders = "flush.messages=5 max.message.bytes=2000000 retention.ms=7200000";
        assert_eq!(settings("orders"), (3, orders.to_owned()));
        // Made again after it had been deleted with a setting.
        assert_eq!(settings("gone"), (1, String::new()));
        let compacted = settings("compacted").1;
        assert!(compacted.contains("retention.bytes=5000000"), "{compacted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_of_kafka_costs_settings_only() {
    let dir = tempfile::tempdir().unwrap();
    kafka(dir.path());
    let log = dir
        .path()
        .join("__cluster_metadata-0/00000000000000000000.log");
    let len = fs::metadata(&log).unwrap().len();
    fs::File::options()
        .write(true)
        .open(&log)
        .unwrap()
        .set_len(len / 2)
        .unwrap();
    let catalog = open(dir.path()).await;
    assert_eq!(catalog.topics().len(), 4);
    let dir = tempfile::tempdir().unwrap();
    kafka(dir.path());
    fs::write(
        dir.path()
            .join("__cluster_metadata-0/00000000000000000000.log"),
        vec![7; 500],
    )
    .unwrap();
    assert_eq!(open(dir.path()).await.topics().len(), 4);
}
