//! What a data directory keeps, whom it lets in, and what it takes over.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use common::*;
use kop_log::{LogCatalog, LogError, NewTopic};
use kop_log_local::{LocalCatalog, OpenError};

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_in_use_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).await;
    let error = LocalCatalog::open(dir.path(), BTreeMap::new())
        .await
        .unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }));
    assert!(
        error.to_string().contains(dir.path().to_str().unwrap()),
        "{error}"
    );
    first.close().await.unwrap();
    drop(first);
    open(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_of_the_catalog_itself_are_nobodys_topics() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, _) = single(dir.path(), &[]).await;
    let kafkas = dir.path().join("__cluster_metadata-0");
    fs::create_dir(&kafkas).unwrap();
    for name in ["__kop_metadata", "__cluster_metadata"] {
        let topic = NewTopic {
            name: name.into(),
            partitions: 1,
            overrides: BTreeMap::new(),
        };
        for fault in [
            catalog.check_name(name).unwrap_err(),
            catalog.create_topic(topic).await.unwrap_err(),
        ] {
            assert!(
                matches!(fault, LogError::InvalidTopicName { .. }),
                "{fault}"
            );
        }
        assert!(catalog.delete_topic(name).await.is_err());
    }
    assert_eq!(fs::read_dir(&kafkas).unwrap().count(), 0);
    drop(catalog);
    assert_eq!(open(dir.path()).await.topics().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_kafka_is_taken_over() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[]).await;
    append(&log, records(5, now_ms(), 10)).await;
    let id = log.topic_id();
    catalog.close().await.unwrap();
    drop((log, catalog));
    // What Kafka would leave: no metadata log of ours, one of its own.
    fs::remove_dir_all(dir.path().join("__kop_metadata-0")).unwrap();
    fs::create_dir(dir.path().join("__cluster_metadata-0")).unwrap();
    fs::create_dir(dir.path().join("not a topic-0")).unwrap();
    for _ in 0..2 {
        let catalog = open(dir.path()).await;
        let topics = catalog.topics();
        assert_eq!(topics.len(), 1, "{topics:?}");
        assert_eq!(
            (&*topics[0].name, topics[0].id, topics[0].partitions),
            ("t", id, 1)
        );
        assert_eq!(
            offsets_from(&catalog.partition("t", 0).unwrap(), 0)
                .await
                .len(),
            5
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_another_topic_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[]).await;
    append(&log, records(5, now_ms(), 10)).await;
    drop((log, catalog));
    let other = "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ";
    fs::write(dir.path().join("t-0/partition.metadata"), other).unwrap();
    let catalog = open(dir.path()).await;
    assert_eq!(catalog.partition("t", 0).unwrap().offsets().log_end, 0);
    assert_eq!(
        names(dir.path())
            .iter()
            .filter(|name| name.ends_with("-stray"))
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_a_crash_cut_short_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[]).await;
    append(&log, records(5, now_ms(), 10)).await;
    let copy = dir.path().join("t-0.copy");
    fs::rename(dir.path().join("t-0"), &copy).unwrap();
    // The directory cannot be renamed, which leaves the mark that the topic is gone.
    catalog.delete_topic("t").await.unwrap();
    drop((log, catalog));
    fs::rename(copy, dir.path().join("t-0")).unwrap();
    let catalog = open(dir.path()).await;
    assert!(catalog.topics().is_empty());
    assert!(!dir.path().join("t-0").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_cannot_be_made_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = open(dir.path()).await;
    fs::write(dir.path().join("t-2"), "in the way").unwrap();
    let error = catalog.create_topic(topic("t", 4, &[])).await.unwrap_err();
    assert!(matches!(error, LogError::Storage { .. }), "{error}");
    assert!(catalog.topics().is_empty());
    fs::remove_file(dir.path().join("t-2")).unwrap();
    catalog.create_topic(topic("t", 4, &[])).await.unwrap();
    drop(catalog);
    assert_eq!(open(dir.path()).await.topics().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metadata_log_does_not_grow_without_end() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = open(dir.path()).await;
    catalog
        .create_topic(topic("t", 2, &[("retention.ms", "5")]))
        .await
        .unwrap();
    let metadata = catalog.metadata();
    for n in 0..300_u32 {
        let value = Bytes::from(vec![n as u8; 10_000]);
        metadata
            .put(&format!("k{}", n % 3), Some(value))
            .await
            .unwrap();
    }
    metadata.put("k1", None).await.unwrap();
    let files = fs::read_dir(dir.path().join("__kop_metadata-0")).unwrap();
    let bytes: u64 = files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum();
    assert!(bytes < 1_200_000, "{bytes}");
    drop((metadata, catalog));
    let catalog = open(dir.path()).await;
    let kept = catalog.metadata().scan("k");
    assert_eq!(
        kept.iter()
            .map(|(key, value)| (&**key, value[0]))
            .collect::<Vec<_>>(),
        [("k0", 41), ("k2", 43)]
    );
    let topic = catalog.topic("t").unwrap();
    assert_eq!(
        (topic.partitions, topic.overrides["retention.ms"].as_str()),
        (2, "5")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_partition_does_not_stop_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = open(dir.path()).await;
    catalog.create_topic(topic("t", 3, &[])).await.unwrap();
    drop(catalog);
    fs::remove_dir_all(dir.path().join("t-1")).unwrap();
    fs::write(dir.path().join("t-1"), "no directory").unwrap();
    fs::remove_dir_all(dir.path().join("t-2")).unwrap();
    let catalog = open(dir.path()).await;
    assert!(matches!(
        catalog.partition("t", 1),
        Err(LogError::Storage { .. })
    ));
    for partition in [0, 2] {
        append(
            &catalog.partition("t", partition).unwrap(),
            records(1, now_ms(), 1),
        )
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_partitions_are_closed_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let catalog = open(dir.path()).await;
    catalog.create_topic(topic("t", 50, &[])).await.unwrap();
    for partition in 0..50 {
        let log = catalog.partition("t", partition).unwrap();
        append(&log, records(2, now_ms(), 10)).await;
    }
    catalog.close().await.unwrap();
    drop(catalog);
    let points = fs::read_to_string(dir.path().join("recovery-point-offset-checkpoint")).unwrap();
    assert!(
        (0..50).all(|partition| points.contains(&format!("t {partition} 2\n"))),
        "{points}"
    );
    let catalog = open(dir.path()).await;
    for partition in 0..50 {
        let offsets = catalog.partition("t", partition).unwrap().offsets();
        assert_eq!((offsets.log_end, offsets.leader_epoch), (2, 0));
    }
}

fn names(dir: &Path) -> Vec<String> {
    fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect()
}
