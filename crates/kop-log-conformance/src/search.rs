//! Properties of finding offsets.

use std::sync::Arc;

use kop_log::{Isolation, OffsetSpec, PartitionLog};

use crate::Backend;
use crate::fixture::{Batch, partition};

const LATEST: OffsetSpec = OffsetSpec::Latest(Isolation::ReadUncommitted);

async fn find(log: &Arc<dyn PartitionLog>, spec: OffsetSpec) -> Option<(i64, i64)> {
    log.find(spec)
        .await
        .expect("the search succeeds")
        .map(|found| (found.offset, found.timestamp_ms))
}

/// An empty log has a start and an end, and no record.
pub async fn an_empty_log_has_bounds_only(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    assert_eq!(find(&log, OffsetSpec::Earliest).await, Some((0, -1)));
    assert_eq!(find(&log, LATEST).await, Some((0, -1)));
    assert_eq!(find(&log, OffsetSpec::MaxTimestamp).await, None);
    assert_eq!(find(&log, OffsetSpec::AtOrAfter(0)).await, None);
    Batch::at(&[5]).append_ok(&log).await;
    log.delete_records(-1).await.expect("deleted");
    assert_eq!(find(&log, OffsetSpec::Earliest).await, Some((1, -1)));
    assert_eq!(find(&log, OffsetSpec::MaxTimestamp).await, None);
    assert_eq!(find(&log, OffsetSpec::AtOrAfter(0)).await, None);
}

/// The first record in the order of offsets, also where timestamps go back, within batches and over segments.
pub async fn the_first_record_at_or_after_a_time(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(
        &*catalog,
        &[
            ("internal.segment.bytes", "200"),
            ("index.interval.bytes", "0"),
        ],
    )
    .await;
    let timestamps = [[10, 30], [20, 25], [40, 35], [15, 50], [50, 45]];
    for pair in &timestamps {
        Batch::at(pair).append_ok(&log).await;
    }
    for wanted in 0..=51 {
        let expected = timestamps
            .iter()
            .flatten()
            .position(|timestamp| *timestamp >= wanted);
        let expected = expected.map(|index| {
            (
                index as i64,
                *timestamps.iter().flatten().nth(index).expect("in range"),
            )
        });
        assert_eq!(
            find(&log, OffsetSpec::AtOrAfter(wanted)).await,
            expected,
            "at or after {wanted}"
        );
    }
    let found = log
        .find(OffsetSpec::AtOrAfter(0))
        .await
        .expect("found")
        .expect("a record");
    assert_eq!(found.leader_epoch, log.offsets().leader_epoch);
}

/// The first of the records with the largest timestamp.
pub async fn the_largest_timestamp(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("internal.segment.bytes", "200")]).await;
    for (timestamps, expected) in [
        ([10, 30], (1, 30)),
        ([30, 20], (1, 30)),
        ([5, 31], (5, 31)),
        ([31, 31], (5, 31)),
    ] {
        Batch::at(&timestamps).append_ok(&log).await;
        assert_eq!(find(&log, OffsetSpec::MaxTimestamp).await, Some(expected));
    }
    assert_eq!(find(&log, LATEST).await, Some((8, -1)));
}

/// What was deleted is not found, also within the batch that holds the log start.
pub async fn records_before_the_start_are_not_found(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::at(&[50, 40, 30]).append_ok(&log).await;
    Batch::at(&[20]).append_ok(&log).await;
    log.delete_records(1).await.expect("deleted");
    assert_eq!(find(&log, OffsetSpec::Earliest).await, Some((1, -1)));
    assert_eq!(find(&log, OffsetSpec::AtOrAfter(0)).await, Some((1, 40)));
    assert_eq!(find(&log, OffsetSpec::AtOrAfter(45)).await, None);
}
