//! Properties of leader epochs.

use kop_log::EpochEnd;

use crate::Backend;
use crate::fixture::{Batch, from, partition, read};

/// The current epoch ends at the log end; of later ones nothing is known.
pub async fn ends_are_known(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let current = log.offsets().leader_epoch;
    assert!(current >= 0);
    assert_eq!(
        log.epoch_end(current).expect("known"),
        EpochEnd {
            epoch: current,
            end_offset: 0
        }
    );
    Batch::of(&["a", "b"]).append_ok(&log).await;
    assert_eq!(
        log.epoch_end(current).expect("known"),
        EpochEnd {
            epoch: current,
            end_offset: 2
        }
    );
    for unknown in [current + 1, i32::MAX, -1, i32::MIN] {
        assert_eq!(
            log.epoch_end(unknown).expect("no error"),
            EpochEnd::UNKNOWN,
            "epoch {unknown}"
        );
    }
}

/// Batches are stored with the epoch in which they were appended.
pub async fn batches_carry_the_epoch(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a"]).append_ok(&log).await;
    let batches = read(&log, from(0)).await.expect("read");
    assert_eq!(
        batches[0].partition_leader_epoch(),
        log.offsets().leader_epoch
    );
}
