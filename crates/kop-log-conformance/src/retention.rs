//! Properties of retention.

use crate::Backend;
use crate::fixture::{Batch, NOW, partition, read_values, settings};

/// Records older than `retention.ms` go, up to the first segment that is young.
pub async fn old_records_go(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(
        &*catalog,
        &[("retention.ms", "1000"), ("internal.segment.bytes", "100")],
    )
    .await;
    for timestamp in [NOW - 5000, NOW - 4000, NOW - 100, NOW - 3000] {
        Batch::at(&[timestamp]).append_ok(&log).await;
    }
    catalog.maintain(NOW).await;
    assert_eq!(log.offsets().log_start, 2);
    let left = [NOW - 100, NOW - 3000].map(|timestamp| timestamp.to_string());
    assert_eq!(read_values(&log, 2).await, left);
    catalog.maintain(NOW + 2000).await;
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (4, 4));
    assert_eq!(Batch::of(&["new"]).append_ok(&log).await, 4);
}

/// The oldest segments go while the others alone have `retention.bytes`.
pub async fn large_logs_shrink(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("internal.segment.bytes", "200")]).await;
    for _ in 0..10 {
        Batch::sized(100).append_ok(&log).await;
    }
    let size = log.size_bytes() / 10;
    let overrides = settings(&[
        ("internal.segment.bytes", "200"),
        ("retention.bytes", &(3 * size).to_string()),
    ]);
    catalog.set_topic_config("t", overrides).await.expect("set");
    catalog.maintain(NOW).await;
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (7, 10));
    assert_eq!(log.size_bytes(), 3 * size);
    assert_eq!(read_values(&log, 7).await.len(), 3);
}

/// -1 is no limit, and compacted internal topics keep everything.
pub async fn nothing_goes_without_a_limit(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(
        &*catalog,
        &[("retention.ms", "-1"), ("internal.segment.bytes", "100")],
    )
    .await;
    for timestamp in [0, 1, 2] {
        Batch::at(&[timestamp]).append_ok(&log).await;
    }
    catalog.maintain(NOW).await;
    assert_eq!(log.offsets().log_start, 0);
    assert_eq!(read_values(&log, 0).await, ["0", "1", "2"]);
}

/// A producer that was idle for `producer.id.expiration.ms` is forgotten, unless it has a transaction open.
pub async fn idle_producers_are_forgotten(backend: &dyn Backend) {
    let catalog = backend.open().await;
    catalog
        .set_topic_defaults(settings(&[("producer.id.expiration.ms", "1000")]))
        .expect("set");
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a"]).producer(1, 5, 0).append_ok(&log).await;
    Batch::of(&["b"])
        .producer(2, 5, 0)
        .transactional()
        .append_ok(&log)
        .await;
    catalog.maintain(NOW + 999).await;
    Batch::of(&["c"])
        .producer(1, 4, 1)
        .append(&log)
        .await
        .expect_err("still fenced");
    catalog.maintain(NOW + 1000).await;
    assert_eq!(Batch::of(&["c"]).producer(1, 4, 9).append_ok(&log).await, 2);
    Batch::of(&["d"])
        .producer(2, 4, 1)
        .transactional()
        .append(&log)
        .await
        .expect_err("still fenced");
}
