//! How much memory requests in flight and answers not yet sent may take, over all connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Counts bytes against a limit. Whoever wants to read from a socket waits here when it is reached.
///
/// Requests that have arrived in part could then wait for each other for ever, each holding what the other needs. So
/// one of them at a time may go beyond the limit, until it is complete: memory is bounded by the limit and one request.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: AtomicUsize,
    freed: Notify,
    beyond: Arc<Semaphore>,
}

/// Bytes that are counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Charge {
    budget: Arc<Budget>,
    bytes: usize,
    /// The right to go beyond the limit, where this request needed it.
    beyond: Option<OwnedSemaphorePermit>,
}

/// How much of a request is there already.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    /// Nothing: it can wait where it is.
    Start,
    /// A part: it holds memory while it waits.
    Middle,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            used: AtomicUsize::new(0),
            freed: Notify::new(),
            beyond: Arc::new(Semaphore::new(1)),
        })
    }

    /// Bytes counted at this moment.
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Bytes past which nothing more is read.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// A charge of nothing yet.
    pub(crate) fn charge(self: &Arc<Self>) -> Charge {
        Charge {
            budget: Arc::clone(self),
            bytes: 0,
            beyond: None,
        }
    }

    fn try_add(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.used
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, fits)
            .is_ok()
    }

    fn sub(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Ordering::AcqRel);
        // Whoever waits did so with at least one byte too few: only then is there anybody to wake.
        if bytes > 0 && before.saturating_add(CLOSE_TO_FULL) >= self.limit {
            self.freed.notify_waiters();
        }
    }
}

/// At least the largest step in which memory for a request is asked for.
const CLOSE_TO_FULL: usize = 2 * crate::connection::LARGEST_STEP;

impl Charge {
    /// Counts further bytes if there is room for them now.
    pub(crate) fn try_grow(&mut self, bytes: usize) -> bool {
        if self.beyond.is_some() {
            self.add(bytes);
            return true;
        }
        let fits = self.budget.try_add(bytes);
        self.bytes += if fits { bytes } else { 0 };
        fits
    }

    /// Counts further bytes, as soon as there is room. May be dropped and called again.
    pub(crate) async fn grow(&mut self, bytes: usize, stage: Stage) {
        let budget = Arc::clone(&self.budget);
        loop {
            let mut freed = std::pin::pin!(budget.freed.notified());
            // Registers before the look, so that what is freed in between is not missed.
            freed.as_mut().enable();
            if self.try_grow(bytes) {
                return;
            }
            let beyond = Arc::clone(&budget.beyond).acquire_owned();
            tokio::select! {
                () = freed => {}
                permit = beyond, if stage == Stage::Middle => {
                    self.beyond = permit.ok();
                    self.add(bytes);
                    return;
                }
            }
        }
    }

    /// Counts bytes that are there already, whether or not there is room.
    pub(crate) fn add(&mut self, bytes: usize) {
        self.budget.used.fetch_add(bytes, Ordering::AcqRel);
        self.bytes += bytes;
    }

    /// Counts fewer bytes from now on, but not less than none.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.budget.sub(bytes);
    }

    /// Takes `bytes` out into a charge of their own, along with the right to go beyond the limit.
    pub(crate) fn split(&mut self, bytes: usize) -> Self {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        Self {
            budget: Arc::clone(&self.budget),
            bytes,
            beyond: self.beyond.take(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.budget.sub(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn a_charge_waits_until_there_is_room() {
        let budget = Budget::new(100);
        let mut first = budget.charge();
        first.grow(80, Stage::Start).await;
        let mut second = budget.charge();
        assert!(timeout(SOON, second.grow(30, Stage::Start)).await.is_err());
        assert_eq!(budget.used(), 80);
        let waiting = tokio::spawn(async move {
            second.grow(30, Stage::Start).await;
            second
        });
        tokio::task::yield_now().await;
        first.shrink(20);
        let second = timeout(SOON, waiting).await.unwrap().unwrap();
        assert_eq!((second.bytes(), budget.used()), (30, 90));
        drop((first, second));
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn one_request_at_a_time_may_go_beyond() {
        let budget = Budget::new(100);
        let (mut a, mut b) = (budget.charge(), budget.charge());
        a.grow(50, Stage::Start).await;
        b.grow(50, Stage::Start).await;
        a.grow(50, Stage::Middle).await;
        a.grow(50, Stage::Middle).await;
        assert!(timeout(SOON, b.grow(50, Stage::Middle)).await.is_err());
        let request = a.split(150);
        assert_eq!(a.bytes(), 0);
        drop(a);
        assert!(timeout(SOON, b.grow(60, Stage::Middle)).await.is_err());
        drop(request);
        timeout(SOON, b.grow(60, Stage::Middle)).await.unwrap();
        assert_eq!(budget.used(), 110);
    }

    #[test]
    fn what_is_there_is_counted_beyond_the_limit() {
        let budget = Budget::new(10);
        let mut charge = budget.charge();
        charge.add(25);
        assert_eq!(budget.used(), 25);
        charge.shrink(1000);
        assert_eq!(budget.used(), 0);
    }
}
