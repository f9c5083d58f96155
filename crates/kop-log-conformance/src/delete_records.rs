//! Properties of deleting records from the front.

use kop_log::LogError;

use crate::Backend;
use crate::fixture::{Batch, from, partition, read, read_values};

/// The log start offset moves up to the high watermark, never down.
pub async fn the_start_moves_up_only(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("internal.segment.bytes", "300")]).await;
    for value in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        Batch::of(&[value]).append_ok(&log).await;
    }
    assert_eq!(log.delete_records(3).await.expect("deleted"), 3);
    assert_eq!(log.delete_records(2).await.expect("nothing to do"), 3);
    assert_eq!((log.offsets().log_start, log.offsets().log_end), (3, 8));
    assert_eq!(read_values(&log, 3).await, ["d", "e", "f", "g", "h"]);
    for beyond in [9, i64::MAX, -2, i64::MIN] {
        let refused = log.delete_records(beyond).await;
        assert!(
            matches!(refused, Err(LogError::OffsetOutOfRange { .. })),
            "{beyond}: {refused:?}"
        );
    }
    assert_eq!(log.delete_records(-1).await.expect("all deleted"), 8);
    assert!(read(&log, from(8)).await.expect("read").is_empty());
    let appended = Batch::of(&["i"]).append(&log).await.expect("appended");
    assert_eq!((appended.base_offset, appended.log_start_offset), (8, 8));
    assert_eq!(read_values(&log, 8).await, ["i"]);
}

/// The log may start within a batch, which is then still read as a whole.
pub async fn the_start_can_lie_within_a_batch(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a", "b", "c"]).append_ok(&log).await;
    assert_eq!(log.delete_records(2).await.expect("deleted"), 2);
    assert_eq!(read(&log, from(2)).await.expect("read")[0].base_offset(), 0);
    assert_eq!(read_values(&log, 2).await, ["c"]);
    assert!(matches!(
        read(&log, from(1)).await,
        Err(LogError::OffsetOutOfRange { .. })
    ));
}
