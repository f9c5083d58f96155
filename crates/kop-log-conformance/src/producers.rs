//! Properties of idempotent producers.

use kop_log::LogError;

use crate::Backend;
use crate::fixture::{Batch, partition, read_values};

const PRODUCER: i64 = 4000;

fn batch(epoch: i16, sequence: i32) -> Batch {
    Batch::of(&["a", "b"]).producer(PRODUCER, epoch, sequence)
}

/// Each of the last five batches is recognised when it comes again; an older one is out of order.
pub async fn duplicates_get_their_first_offset(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["first"]).append_ok(&log).await;
    for index in 0..6 {
        assert_eq!(
            batch(0, 2 * index).append_ok(&log).await,
            1 + 2 * i64::from(index)
        );
    }
    for index in 1..6 {
        let again = batch(0, 2 * index)
            .append(&log)
            .await
            .expect("a duplicate is no error");
        let base_offset = 1 + 2 * i64::from(index);
        assert_eq!(
            (again.duplicate, again.base_offset, again.last_offset),
            (true, base_offset, base_offset + 1)
        );
    }
    let forgotten = batch(0, 0).append(&log).await;
    assert!(
        matches!(forgotten, Err(LogError::OutOfOrderSequence { .. })),
        "{forgotten:?}"
    );
    assert_eq!(log.offsets().log_end, 13, "nothing was written twice");
}

/// Appends that are on their way count, also for those called before they are done.
pub async fn pipelined_appends_see_each_other(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let config = log.config();
    let sequences = [0, 2, 2, 4, 8, 6, 4];
    let calls: Vec<_> = sequences
        .iter()
        .map(|sequence| log.append(batch(0, *sequence).request(&config)))
        .collect();
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(match call.await {
            Ok(appended) => Ok((appended.base_offset, appended.duplicate)),
            Err(LogError::OutOfOrderSequence {
                sequence, expected, ..
            }) => Err((sequence, expected)),
            Err(other) => panic!("{other}"),
        });
    }
    let new = |offset| Ok((offset, false));
    let again = |offset| Ok((offset, true));
    assert_eq!(
        outcomes,
        [
            new(0),
            new(2),
            again(2),
            new(4),
            Err((8, 6)),
            new(6),
            again(4)
        ]
    );
}

/// A gap is refused and changes nothing. A producer that is not known may begin anywhere.
pub async fn gaps_are_refused(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    assert_eq!(batch(0, 7).append_ok(&log).await, 0);
    for sequence in [10, 8, 0, i32::MAX] {
        let refused = batch(0, sequence).append(&log).await;
        assert!(
            matches!(
                refused,
                Err(LogError::OutOfOrderSequence {
                    producer_id: PRODUCER,
                    epoch: 0,
                    expected: 9,
                    ..
                })
            ),
            "{sequence}: {refused:?}"
        );
    }
    assert_eq!(batch(0, 9).append_ok(&log).await, 2);
    assert_eq!(
        Batch::of(&["x"])
            .producer(PRODUCER + 1, 3, 5)
            .append_ok(&log)
            .await,
        4
    );
    assert_eq!(read_values(&log, 0).await, ["a", "b", "a", "b", "x"]);
}

/// A new epoch begins with sequence number 0 and shuts out the old one.
pub async fn old_epochs_are_fenced(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    batch(1, 0).append_ok(&log).await;
    let too_far = batch(2, 2).append(&log).await;
    assert!(
        matches!(
            too_far,
            Err(LogError::OutOfOrderSequence {
                epoch: 2,
                expected: 0,
                ..
            })
        ),
        "{too_far:?}"
    );
    assert_eq!(
        batch(1, 2).append_ok(&log).await,
        2,
        "a refused epoch fences nobody"
    );
    assert_eq!(batch(2, 0).append_ok(&log).await, 4);
    let fenced = batch(1, 4).append(&log).await;
    assert!(
        matches!(
            fenced,
            Err(LogError::FencedProducer {
                epoch: 1,
                current: 2,
                ..
            })
        ),
        "{fenced:?}"
    );
    assert_eq!(batch(2, 2).append_ok(&log).await, 6);
}

/// After 2³¹-1 comes 0, within a batch and between batches.
pub async fn sequences_wrap(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    assert_eq!(batch(0, i32::MAX - 2).append_ok(&log).await, 0);
    assert_eq!(batch(0, i32::MAX).append_ok(&log).await, 2);
    assert_eq!(batch(0, 1).append_ok(&log).await, 4);
    let again = batch(0, i32::MAX)
        .append(&log)
        .await
        .expect("a duplicate is no error");
    assert_eq!((again.duplicate, again.base_offset), (true, 2));
    let other = log
        .append(
            Batch::of(&["x"])
                .producer(9, 0, i32::MAX)
                .request(&log.config()),
        )
        .await
        .expect("appended");
    assert_eq!(other.base_offset, 6);
    assert_eq!(Batch::of(&["y"]).producer(9, 0, 0).append_ok(&log).await, 7);
}
