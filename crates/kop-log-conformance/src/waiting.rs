//! Properties of waiting for changes.

use std::sync::Arc;
use std::time::Duration;

use kop_log::Waiter;

use crate::Backend;
use crate::fixture::{Batch, partition};

const AT_ONCE: Duration = Duration::from_secs(10);
const NOT_YET: Duration = Duration::from_millis(50);

async fn is_woken(waiter: &Waiter, within: Duration) -> bool {
    tokio::time::timeout(within, waiter.woken()).await.is_ok()
}

/// An append wakes, once.
pub async fn an_append_wakes(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let waiter = Waiter::new();
    log.wake_on_change(log.offsets(), &waiter);
    assert!(!is_woken(&waiter, NOT_YET).await, "nothing has changed");
    Batch::of(&["a"]).append_ok(&log).await;
    assert!(is_woken(&waiter, AT_ONCE).await);
    Batch::of(&["b"]).append_ok(&log).await;
    assert!(!is_woken(&waiter, NOT_YET).await, "it was woken already");
}

/// Who looked before a change is woken although he asks after it.
pub async fn a_change_before_the_call_wakes_at_once(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let seen = log.offsets();
    Batch::of(&["a"]).append_ok(&log).await;
    let waiter = Waiter::new();
    log.wake_on_change(seen, &waiter);
    assert!(is_woken(&waiter, AT_ONCE).await);
}

/// Deletion of records and of the topic wakes too.
pub async fn deletions_wake(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a", "b"]).append_ok(&log).await;
    let waiter = Waiter::new();
    log.wake_on_change(log.offsets(), &waiter);
    log.delete_records(1).await.expect("deleted");
    assert!(is_woken(&waiter, AT_ONCE).await);
    log.wake_on_change(log.offsets(), &waiter);
    catalog.delete_topic("t").await.expect("deleted");
    assert!(is_woken(&waiter, AT_ONCE).await);
    log.wake_on_change(log.offsets(), &waiter);
    assert!(is_woken(&waiter, AT_ONCE).await, "deleted already");
}

/// A reader that only ever waits sees the last append.
pub async fn no_wake_up_is_lost(backend: &dyn Backend) {
    const APPENDS: i64 = 500;
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move {
                let waiter: Arc<Waiter> = Waiter::new();
                loop {
                    let seen = log.offsets();
                    if seen.log_end == APPENDS {
                        break;
                    }
                    log.wake_on_change(seen, &waiter);
                    assert!(is_woken(&waiter, AT_ONCE).await, "lost after {seen:?}");
                }
            })
        })
        .collect();
    for index in 0..APPENDS {
        Batch::of(&["a"]).append_ok(&log).await;
        if index % 7 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for reader in readers {
        reader.await.expect("the reader saw the end");
    }
}
