//! Properties of closing a storage and opening it again.

use std::sync::Arc;

use kop_log::{AbortedTransaction, LogCatalog, LogError};

use crate::Backend;
use crate::fixture::{
    Batch, create, end_transaction, new_topic, partition, read_committed, read_values, settings,
};

async fn reopen(backend: &dyn Backend, catalog: Arc<dyn LogCatalog>) -> Arc<dyn LogCatalog> {
    catalog.close().await.expect("closed");
    drop(catalog);
    backend.open().await
}

/// Topics, ids, settings, records and offsets are as they were.
pub async fn everything_is_found_again(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let cluster_id = catalog.cluster_id();
    create(&*catalog, new_topic("u", 3, &[])).await;
    catalog.add_partitions("u", 4).await.expect("added");
    let log = partition(&*catalog, &[("internal.segment.bytes", "300")]).await;
    for value in ["a", "b", "c", "d", "e", "f", "g"] {
        Batch::of(&[value, "x"]).append_ok(&log).await;
    }
    log.delete_records(5).await.expect("deleted");
    let overrides = settings(&[("internal.segment.bytes", "300"), ("retention.ms", "-1")]);
    catalog
        .set_topic_config("t", overrides.clone())
        .await
        .expect("set");
    let (offsets, id) = (log.offsets(), log.topic_id());
    drop(log);

    let catalog = reopen(backend, catalog).await;
    assert_eq!(catalog.cluster_id(), cluster_id);
    let partitions: Vec<_> = catalog
        .topics()
        .iter()
        .map(|topic| (topic.name.to_string(), topic.partitions))
        .collect();
    assert_eq!(partitions, [("t".to_owned(), 1), ("u".to_owned(), 4)]);
    let topic = catalog.topic("t").expect("there");
    assert_eq!((topic.id, &topic.overrides), (id, &overrides));
    let log = catalog.open_partition("t", 0).await.expect("opened");
    assert_eq!((log.topic_id(), log.config().retention_ms), (id, None));
    let found = log.offsets();
    assert_eq!(
        (found.log_start, found.log_end, found.high_watermark),
        (5, 14, 14)
    );
    assert!(found.leader_epoch >= offsets.leader_epoch);
    assert_eq!(
        log.epoch_end(offsets.leader_epoch)
            .expect("known")
            .end_offset,
        14
    );
    assert_eq!(
        read_values(&log, 5).await,
        ["x", "d", "x", "e", "x", "f", "x", "g", "x"]
    );
    assert_eq!(Batch::of(&["h"]).append_ok(&log).await, 14);
}

/// A deleted topic does not come back.
pub async fn a_deleted_topic_stays_deleted(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a"]).append_ok(&log).await;
    drop(log);
    create(&*catalog, new_topic("u", 1, &[])).await;
    catalog.delete_topic("t").await.expect("deleted");
    let catalog = reopen(backend, catalog).await;
    assert!(catalog.topic("t").is_none());
    assert!(matches!(
        catalog.open_partition("t", 0).await,
        Err(LogError::UnknownTopic(_))
    ));
    assert_eq!(catalog.topics().len(), 1);
    assert_eq!(partition(&*catalog, &[]).await.offsets().log_end, 0);
}

/// The last batch of a producer is still a duplicate, a gap still a gap.
pub async fn producers_are_remembered(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let batch = |epoch, sequence| Batch::of(&["a", "b"]).producer(7, epoch, sequence);
    batch(3, 0).append_ok(&log).await;
    batch(3, 2).append_ok(&log).await;
    drop(log);
    let catalog = reopen(backend, catalog).await;
    let log = catalog.open_partition("t", 0).await.expect("opened");
    let again = batch(3, 2)
        .append(&log)
        .await
        .expect("a duplicate is no error");
    assert_eq!(
        (again.duplicate, again.base_offset, again.last_offset),
        (true, 2, 3)
    );
    let gap = batch(3, 6).append(&log).await;
    assert!(
        matches!(gap, Err(LogError::OutOfOrderSequence { expected: 4, .. })),
        "{gap:?}"
    );
    let fenced = batch(2, 4).append(&log).await;
    assert!(
        matches!(fenced, Err(LogError::FencedProducer { current: 3, .. })),
        "{fenced:?}"
    );
    assert_eq!(batch(3, 4).append_ok(&log).await, 4);
}

/// Open and aborted transactions are still open and aborted.
pub async fn transactions_are_remembered(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let batch = |producer_id| {
        Batch::of(&["a"])
            .producer(producer_id, 0, 0)
            .transactional()
    };
    batch(1).append_ok(&log).await;
    end_transaction(&log, (1, 0), false, 5)
        .await
        .expect("ended");
    batch(2).append_ok(&log).await;
    Batch::of(&["b"]).append_ok(&log).await;
    drop(log);
    let catalog = reopen(backend, catalog).await;
    let log = catalog.open_partition("t", 0).await.expect("opened");
    assert_eq!(log.offsets().last_stable, 2);
    let aborted = vec![AbortedTransaction {
        producer_id: 1,
        first_offset: 0,
    }];
    assert_eq!(read_committed(&log, 0).await, (2, aborted.clone()));
    let fenced = end_transaction(&log, (1, 0), false, 4).await;
    assert!(
        matches!(fenced, Err(LogError::CoordinatorFenced { current: 5, .. })),
        "{fenced:?}"
    );
    end_transaction(&log, (2, 0), true, 5).await.expect("ended");
    assert_eq!(read_committed(&log, 0).await, (5, aborted));
}
