//! Properties of transactions in a log.

use kop_log::producer::ActiveProducer;
use kop_log::{AbortedTransaction, LogError};

use crate::Backend;
use crate::fixture::{Batch, end_transaction, from, partition, read, read_committed};

fn batch(producer_id: i64, sequence: i32) -> Batch {
    Batch::of(&["x"])
        .producer(producer_id, 0, sequence)
        .transactional()
}

fn aborted(producer_id: i64, first_offset: i64) -> AbortedTransaction {
    AbortedTransaction {
        producer_id,
        first_offset,
    }
}

/// Until a transaction ends, committed reads end where it begins.
pub async fn an_open_transaction_holds_the_last_stable_offset(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a"]).append_ok(&log).await;
    batch(1, 0).append_ok(&log).await;
    batch(1, 1).append_ok(&log).await;
    Batch::of(&["b"]).append_ok(&log).await;
    assert_eq!(
        (log.offsets().last_stable, log.offsets().high_watermark),
        (1, 4)
    );
    assert_eq!(read_committed(&log, 0).await, (1, vec![]));
    assert_eq!(
        read_committed(&log, 3).await,
        (3, vec![]),
        "beyond the last stable offset is no error"
    );
    let marker = end_transaction(&log, (1, 0), true, 0).await.expect("ended");
    assert_eq!(marker.base_offset, 4);
    assert_eq!(log.offsets().last_stable, 5);
    assert_eq!(read_committed(&log, 0).await, (5, vec![]));
    assert!(read(&log, from(4)).await.expect("read")[0].is_control());
}

/// Producers are shown as they are: their epochs, their last sequence numbers, and since when they are in a transaction.
pub async fn producers_are_shown(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    assert_eq!(log.producers().await.expect("producers"), []);
    Batch::of(&["a"]).append_ok(&log).await;
    batch(2, 0).append_ok(&log).await;
    batch(1, 0).append_ok(&log).await;
    end_transaction(&log, (2, 0), true, 7).await.expect("ended");
    let shown = log.producers().await.expect("producers");
    let facts = shown.iter().map(|producer| {
        let ActiveProducer {
            producer_id,
            epoch,
            last_sequence,
            coordinator_epoch,
            open_since,
            ..
        } = *producer;
        (
            producer_id,
            epoch,
            last_sequence,
            coordinator_epoch,
            open_since,
        )
    });
    let facts: Vec<_> = facts.collect();
    assert_eq!(facts, [(1, 0, 0, -1, Some(2)), (2, 0, 0, 7, None)]);
}

/// Committed reads list the aborted transactions that they touch, and those only.
pub async fn aborted_transactions_are_listed(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    for round in 0..3 {
        batch(1, 2 * round).append_ok(&log).await;
        batch(1, 2 * round + 1).append_ok(&log).await;
        end_transaction(&log, (1, 0), round == 1, 0)
            .await
            .expect("ended");
    }
    assert_eq!(
        read_committed(&log, 0).await,
        (9, vec![aborted(1, 0), aborted(1, 6)])
    );
    assert_eq!(
        read_committed(&log, 2).await,
        (9, vec![aborted(1, 0), aborted(1, 6)])
    );
    assert_eq!(read_committed(&log, 3).await, (9, vec![aborted(1, 6)]));
    log.delete_records(9).await.expect("deleted");
    assert_eq!(read_committed(&log, 9).await, (9, vec![]));
    assert!(log.read(from(9)).await.expect("read").aborted.is_none());
    end_transaction(&log, (1, 0), false, 0)
        .await
        .expect("an abort without a transaction");
    assert_eq!(read_committed(&log, 9).await, (10, vec![]));
}

/// The last stable offset is the first of all open transactions.
pub async fn transactions_of_several_producers_overlap(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    for producer_id in [1, 2, 3] {
        batch(producer_id, 0).append_ok(&log).await;
    }
    end_transaction(&log, (2, 0), false, 0)
        .await
        .expect("ended");
    assert_eq!(log.offsets().last_stable, 0);
    end_transaction(&log, (1, 0), false, 0)
        .await
        .expect("ended");
    assert_eq!(log.offsets().last_stable, 2);
    assert_eq!(
        read_committed(&log, 0).await,
        (2, vec![aborted(2, 1), aborted(1, 0)])
    );
    end_transaction(&log, (3, 0), true, 0).await.expect("ended");
    assert_eq!(log.offsets().last_stable, 6);
    assert_eq!(read_committed(&log, 4).await, (6, vec![aborted(1, 0)]));
}

/// Deleting records of an open transaction takes the last stable offset along.
pub async fn the_last_stable_offset_is_never_before_the_start(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    batch(1, 0).append_ok(&log).await;
    batch(1, 1).append_ok(&log).await;
    log.delete_records(1).await.expect("deleted");
    let offsets = log.offsets();
    assert_eq!(
        (
            offsets.log_start,
            offsets.last_stable,
            offsets.high_watermark
        ),
        (1, 1, 2)
    );
    end_transaction(&log, (1, 0), false, 0)
        .await
        .expect("ended");
    assert_eq!(read_committed(&log, 1).await, (3, vec![aborted(1, 0)]));
}

/// A producer with an open transaction writes in it or not at all.
pub async fn writes_outside_of_an_open_transaction_are_refused(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    batch(1, 0).append_ok(&log).await;
    let outside = Batch::of(&["x"]).producer(1, 0, 1).append(&log).await;
    assert!(
        matches!(outside, Err(LogError::TransactionOpen { producer_id: 1 })),
        "{outside:?}"
    );
    assert_eq!(batch(1, 1).append_ok(&log).await, 1);
}

/// Markers of a coordinator that was replaced, or for an old epoch of the producer, are refused.
pub async fn replaced_coordinators_are_fenced(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    batch(1, 0).append_ok(&log).await;
    end_transaction(&log, (1, 1), true, 7)
        .await
        .expect("a later epoch of the producer ends it");
    let old_coordinator = end_transaction(&log, (1, 1), true, 6).await;
    assert!(
        matches!(
            old_coordinator,
            Err(LogError::CoordinatorFenced {
                producer_id: 1,
                epoch: 6,
                current: 7
            })
        ),
        "{old_coordinator:?}"
    );
    let old_epoch = end_transaction(&log, (1, 0), true, 7).await;
    assert!(
        matches!(
            old_epoch,
            Err(LogError::FencedProducer {
                epoch: 0,
                current: 1,
                ..
            })
        ),
        "{old_epoch:?}"
    );
    assert_eq!(log.offsets().log_end, 2);
}
