//! Properties of reading.

use kop_log::{LogError, ReadRequest};

use crate::Backend;
use crate::fixture::{Batch, from, partition, read, read_all, read_values};

/// What was appended is read, with key, value, timestamp and offset.
pub async fn bytes_come_back(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::at(&[11, 12]).append_ok(&log).await;
    Batch::at(&[13]).append_ok(&log).await;
    let records = read_all(&log, 0).await;
    let found: Vec<_> = records
        .iter()
        .map(|r| (r.offset, r.timestamp, r.key.as_deref(), r.value.as_deref()))
        .collect();
    let key = Some(&b"key"[..]);
    assert_eq!(
        found,
        [
            (0, 11, key, Some(&b"11"[..])),
            (1, 12, key, Some(b"12")),
            (2, 13, key, Some(b"13"))
        ]
    );
    let result = log.read(from(0)).await.expect("read");
    assert_eq!((result.offsets, result.aborted), (log.offsets(), None));
    let size: usize = read(&log, from(0))
        .await
        .expect("read")
        .iter()
        .map(|batch| batch.size_in_bytes())
        .sum();
    assert_eq!(log.size_bytes(), size as u64);
}

/// A read that begins within a batch gives the whole of it.
pub async fn the_batch_that_holds_the_offset_comes_first(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    for _ in 0..3 {
        Batch::of(&["a", "b", "c"]).append_ok(&log).await;
    }
    for offset in 0..9 {
        let batches = read(&log, from(offset)).await.expect("read");
        assert_eq!(batches[0].base_offset(), offset / 3 * 3, "from {offset}");
        assert_eq!(batches.len() as i64, 3 - offset / 3);
    }
}

/// A read gives no more than `max_bytes`, but one batch if it must get on.
pub async fn max_bytes_holds_but_for_the_first_batch(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    for _ in 0..4 {
        Batch::sized(100).append_ok(&log).await;
    }
    let size = log.size_bytes() as usize / 4;
    let count = async |max_bytes, at_least_one| {
        let request = ReadRequest {
            max_bytes,
            at_least_one,
            ..from(1)
        };
        read(&log, request).await.expect("read").len()
    };
    assert_eq!((count(0, false).await, count(0, true).await), (0, 1));
    assert_eq!(
        (count(size - 1, false).await, count(size - 1, true).await),
        (0, 1)
    );
    assert_eq!((count(size, false).await, count(size, true).await), (1, 1));
    assert_eq!(
        (count(2 * size, true).await, count(3 * size - 1, true).await),
        (2, 2)
    );
    assert_eq!(count(usize::MAX, true).await, 3);
}

/// Below the start and above the end is an error, at the end is nothing.
pub async fn both_sides_have_an_end(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    assert!(
        read(&log, from(0))
            .await
            .expect("an empty log is read")
            .is_empty()
    );
    Batch::of(&["a", "b", "c", "d"]).append_ok(&log).await;
    log.delete_records(2).await.expect("deleted");
    assert!(
        read(&log, from(4))
            .await
            .expect("the end is read")
            .is_empty()
    );
    for outside in [-1, 0, 1, 5, i64::MAX, i64::MIN] {
        let refused = read(&log, from(outside)).await;
        assert!(
            matches!(refused, Err(LogError::OffsetOutOfRange { requested, start: 2, end: 4 }) if requested == outside),
            "{outside}: {refused:?}"
        );
    }
}

/// A log of many segments is read as one.
pub async fn segments_are_read_one_after_the_other(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(
        &*catalog,
        &[
            ("internal.segment.bytes", "300"),
            ("index.interval.bytes", "100"),
        ],
    )
    .await;
    let values: Vec<_> = (0..60).map(|number| format!("value {number}")).collect();
    for value in &values {
        Batch::of(&[value]).append_ok(&log).await;
    }
    assert_eq!(read_values(&log, 0).await, values);
    for offset in 0..60 {
        let first = &read(&log, from(offset)).await.expect("read")[0];
        assert_eq!(first.base_offset(), offset);
    }
}
