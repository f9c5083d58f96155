//! Waking whoever waits for new records, without a task or a channel per partition.

use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Somebody who waits until one of many partitions changes, such as a long poll.
#[derive(Debug, Default)]
pub struct Waiter {
    notify: Notify,
}

impl Waiter {
    /// A waiter that nothing has woken yet.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Wakes it. Remembered if nobody is waiting at this moment.
    pub fn wake(&self) {
        self.notify.notify_one();
    }

    /// Resolves once woken. May be dropped and called again without losing a wake-up.
    pub async fn woken(&self) {
        self.notify.notified().await;
    }
}

/// The waiters of one partition. Each is woken once and then forgotten.
#[derive(Default)]
pub struct WaiterList {
    waiters: Mutex<Vec<Weak<Waiter>>>,
}

impl WaiterList {
    /// Adds a waiter. Those that are gone, and those that were added again, make room first: an idle partition must not
    /// collect them while its readers are woken by others.
    pub fn add(&self, waiter: &Arc<Waiter>) {
        let mut waiters = self.waiters.lock();
        if waiters.len() == waiters.capacity() {
            waiters.retain(|waiter| waiter.strong_count() > 0);
            waiters.sort_unstable_by_key(Weak::as_ptr);
            waiters.dedup_by(|a, b| a.ptr_eq(b));
            // Room for as many again, so that the clean-up costs little per waiter.
            let len = waiters.len();
            waiters.reserve(len.max(1));
        }
        waiters.push(Arc::downgrade(waiter));
    }

    /// Wakes all of them.
    pub fn wake_all(&self) {
        let waiters = std::mem::take(&mut *self.waiters.lock());
        for waiter in waiters.iter().filter_map(Weak::upgrade) {
            waiter.wake();
        }
    }
}

impl fmt::Debug for WaiterList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaiterList")
            .field("len", &self.waiters.lock().len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_list_stays_small() {
        let list = WaiterList::default();
        let living: Vec<_> = (0..3).map(|_| Waiter::new()).collect();
        for round in 0..10_000 {
            list.add(&living[round % 3]);
            list.add(&Waiter::new());
        }
        assert!(list.waiters.lock().capacity() <= 16, "{list:?}");
        list.wake_all();
        assert_eq!(list.waiters.lock().capacity(), 0);
    }
}
