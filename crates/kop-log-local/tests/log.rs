//! Appending and reading, rolling, retention, deletion.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::time::Duration;

use common::*;
use kop_log::{Isolation, LogCatalog, LogError, OffsetSpec, ReadRequest};

#[tokio::test(flavor = "multi_thread")]
async fn appends_in_the_order_of_the_calls() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[]).await;
    let appends: Vec<_> = (0..200)
        .map(|n| log.append(records(1 + n % 3, 1_000, 50)))
        .collect();
    let mut next = 0;
    for (n, append) in appends.into_iter().enumerate() {
        let appended = append.await.unwrap();
        assert_eq!(appended.base_offset, next);
        next += 1 + (n % 3) as i64;
        assert_eq!(appended.last_offset, next - 1);
    }
    assert_eq!(log.offsets().log_end, next);
    assert_eq!(offsets_from(&log, 0).await, (0..next).collect::<Vec<_>>());
    catalog.close().await.unwrap();
    assert!(matches!(
        log.append(records(1, 0, 1)).await,
        Err(LogError::Storage { .. })
    ));
}

/// With flushing, jobs that wait for the disk hand the other logs over; with none, few jobs do all the work.
#[tokio::test(flavor = "multi_thread")]
async fn appends_to_many_partitions_at_once() {
    const PARTITIONS: i32 = 60;
    const ROUNDS: i64 = 5;
    let dir = tempfile::tempdir().unwrap();
    let catalog = open(dir.path()).await;
    for (name, overrides) in [("plain", None), ("flushed", Some(("flush.messages", "1")))] {
        let new = topic(name, PARTITIONS, overrides.as_slice());
        catalog.create_topic(new).await.unwrap();
        let logs: Vec<_> = (0..PARTITIONS)
            .map(|partition| catalog.partition(name, partition).unwrap())
            .collect();
        let mut appends = Vec::new();
        for round in 0..ROUNDS {
            appends.extend(
                logs.iter()
                    .map(|log| (round, log.append(records(1, 1_000, 50)))),
            );
        }
        for (round, append) in appends.into_iter().rev() {
            assert_eq!(append.await.unwrap().base_offset, round);
        }
        // A job that has ended is missed by nobody.
        append(&logs[0], records(1, 1_000, 50)).await;
    }
    catalog.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_agree_wherever_they_begin() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[("internal.segment.bytes", "20000")]).await;
    for n in 0..900 {
        append(&log, records(1 + n % 4, 1_000 + n as i64, 30 + n % 500)).await;
    }
    let end = log.offsets().log_end;
    catalog.close().await.unwrap();
    drop((log, catalog));
    let catalog = open(dir.path()).await;
    let log = catalog.partition("t", 0).unwrap();
    for offset in 0..end {
        for (max_bytes, at_least_one) in [
            (1, true),
            (1, false),
            (700, true),
            (5_000, false),
            (1 << 30, true),
        ] {
            let request = ReadRequest {
                offset,
                max_bytes,
                at_least_one,
                isolation: Isolation::ReadUncommitted,
            };
            let bytes = log.read(request).await.unwrap().records.to_bytes().unwrap();
            let found = offsets_of(&bytes, offset);
            assert!(
                found
                    .iter()
                    .copied()
                    .eq(offset..offset + found.len() as i64),
                "{offset} {max_bytes}"
            );
            assert!(!at_least_one || !found.is_empty(), "{offset} {max_bytes}");
            assert!(bytes.len() <= max_bytes || at_least_one);
        }
    }
    assert!(read(&log, end, 1).await.unwrap().records.is_empty());
    for offset in [-1, end + 1] {
        assert!(matches!(
            read(&log, offset, 1).await,
            Err(LogError::OffsetOutOfRange { .. })
        ));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn finds_by_time_in_every_segment() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(
        dir.path(),
        &[
            ("internal.segment.bytes", "9000"),
            ("index.interval.bytes", "300"),
        ],
    )
    .await;
    for n in 0..300 {
        append(&log, records(2, 10_000 + n * 10, 100)).await;
    }
    for stamp in (9_990..13_000).step_by(7) {
        let wanted = (0..600_i64).find(|offset| 10_000 + offset / 2 * 10 + offset % 2 >= stamp);
        let found = log.find(OffsetSpec::AtOrAfter(stamp)).await.unwrap();
        assert_eq!(found.map(|found| found.offset), wanted, "{stamp}");
    }
    let largest = log.find(OffsetSpec::MaxTimestamp).await.unwrap().unwrap();
    assert_eq!((largest.offset, largest.timestamp_ms), (599, 12_991));
    drop(catalog);
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_removes_whole_segments() {
    let dir = tempfile::tempdir().unwrap();
    let settings = [
        ("internal.segment.bytes", "5000"),
        ("retention.ms", "1000000"),
        ("retention.bytes", "20000"),
        ("file.delete.delay.ms", "0"),
    ];
    let (catalog, log) = single(dir.path(), &settings).await;
    let now = now_ms();
    for n in 0..100 {
        append(&log, records(1, now + n, 900)).await;
    }
    let held = read(&log, 0, 3_000).await.unwrap().records;
    catalog.maintain(now).await;
    let start = log.offsets().log_start;
    assert!((75..85).contains(&start), "{start}");
    assert!((20_000..26_000).contains(&log.size_bytes()));
    assert_eq!(
        offsets_of(&held.to_bytes().unwrap(), 0),
        [0, 1, 2],
        "what was read before can be read on"
    );
    assert!(matches!(
        read(&log, start - 1, 1).await,
        Err(LogError::OffsetOutOfRange { .. })
    ));
    catalog.maintain(now_ms() + 10).await;
    let left = fs::read_dir(dir.path().join("t-0")).unwrap().count();
    assert!(left < 40, "{left} files are left");

    catalog.maintain(now + 2_000_000).await;
    let offsets = log.offsets();
    assert_eq!(
        (offsets.log_start, offsets.log_end),
        (100, 100),
        "all are too old, also the active segment"
    );
    assert_eq!(append(&log, records(1, now, 10)).await.base_offset, 100);
    catalog.close().await.unwrap();
    drop((log, catalog));
    let catalog = open(dir.path()).await;
    let log = catalog.partition("t", 0).unwrap();
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (100, 101));
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_records_stay_deleted_after_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[("internal.segment.bytes", "5000")]).await;
    for _ in 0..50 {
        append(&log, records(1, 1, 900)).await;
    }
    assert_eq!(log.delete_records(33).await.unwrap(), 33);
    assert_eq!(log.delete_records(12).await.unwrap(), 33);
    assert!(matches!(
        log.delete_records(51).await,
        Err(LogError::OffsetOutOfRange { .. })
    ));
    assert_eq!(offsets_from(&log, 33).await.len(), 17);
    drop((log, catalog));
    let catalog = open(dir.path()).await;
    let log = catalog.partition("t", 0).unwrap();
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (33, 50));
    assert_eq!(log.delete_records(-1).await.unwrap(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn flushes_when_the_topic_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(
        dir.path(),
        &[("flush.messages", "10"), ("flush.ms", "5000")],
    )
    .await;
    let point = || async {
        catalog.maintain(now_ms()).await;
        let text = fs::read_to_string(dir.path().join("recovery-point-offset-checkpoint"))
            .unwrap_or_default();
        text.lines()
            .find_map(|line| line.strip_prefix("t 0 "))
            .map(|offset| offset.parse::<i64>().unwrap())
    };
    append(&log, records(9, now_ms(), 10)).await;
    assert_eq!(point().await, None);
    append(&log, records(1, now_ms(), 10)).await;
    assert_eq!(point().await, Some(10));
    append(&log, records(2, now_ms(), 10)).await;
    assert_eq!(point().await, Some(10));
    catalog.maintain(now_ms() + 6_000).await;
    assert_eq!(point().await, Some(12));
    append(&log, records(3, now_ms(), 10)).await;
    log.flush().await.unwrap();
    assert_eq!(point().await, Some(15));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_made_again_has_nothing_of_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let (catalog, log) = single(dir.path(), &[]).await;
    append(&log, records(20, 1, 10)).await;
    log.delete_records(5).await.unwrap();
    catalog.maintain(now_ms()).await;
    let old = log.topic_id();
    catalog.delete_topic("t").await.unwrap();
    assert!(matches!(read(&log, 5, 1).await, Err(LogError::Deleted)));
    assert!(matches!(
        log.append(records(1, 1, 1)).await,
        Err(LogError::Deleted)
    ));
    catalog.create_topic(topic("t", 1, &[])).await.unwrap();
    let log = catalog.partition("t", 0).unwrap();
    assert_ne!(log.topic_id(), old);
    append(&log, records(2, 1, 10)).await;
    drop((log, catalog));
    tokio::time::sleep(Duration::from_millis(50)).await;
    let catalog = open(dir.path()).await;
    let log = catalog.partition("t", 0).unwrap();
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (0, 2));
    assert!(fs::read_dir(dir.path()).unwrap().all(|e| {
        !e.unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with("-delete")
    }));
}
