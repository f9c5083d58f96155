//! What the answers of one connection may take of the memory for all.
//!
//! Of what lies above the half, whoever comes first may have all. Below, the more others have taken, the less may one
//! connection have: a sixteenth of what is still free, so that those who do not read leave some to others. A connection
//! that holds nothing may have one large batch in any case; for that it waits, if need be, until others have read their
//! answers or have been closed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use kop_service::AnswerMemory;
use tokio::sync::Notify;

use crate::budget::Budget;

/// Where half is taken, one connection may have one of so many parts of what is free for all.
const PART: usize = 16;
/// What a connection may have in any case: a batch as large as most topics allow.
const LARGE_BATCH: usize = 1024 * 1024 + 4096;

/// The memory of one connection's answers. What is still counted at its end is given back.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    /// `connection.queued.max.bytes`.
    most: usize,
    held: AtomicUsize,
    /// Answers that were made.
    answered: AtomicU64,
    /// Some was given back, or an answer was made.
    changed: Notify,
}

impl Share {
    pub(crate) fn new(budget: &Arc<Budget>, most: usize) -> Arc<Self> {
        Arc::new(Self {
            budget: Arc::clone(budget),
            most,
            held: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
            changed: Notify::new(),
        })
    }

    /// Bytes that are held.
    pub(crate) fn held(&self) -> usize {
        self.held.load(SeqCst)
    }

    /// Whether others wait for memory and there is none.
    pub(crate) fn is_wanted(&self) -> bool {
        self.budget.is_short()
    }

    /// A request has been answered, so the next one may take memory.
    pub(crate) fn answered(&self) {
        self.answered.fetch_add(1, SeqCst);
        self.changed.notify_waiters();
    }

    /// How much may be had beside what is held, of what is free for all: everything wanted or at least a large batch.
    fn beside(&self, wanted: usize, held: usize, free: usize) -> Option<usize> {
        let allowed = self.allowed(free).saturating_sub(held);
        (allowed >= self.least(wanted)).then(|| wanted.min(allowed))
    }

    /// How much may be had by who holds nothing.
    fn first(&self, wanted: usize, free: usize) -> Option<usize> {
        let least = self.least(wanted);
        (free >= least).then(|| wanted.min(self.allowed(free).max(least)))
    }

    /// How much one connection may have in all.
    fn allowed(&self, free: usize) -> usize {
        let above_half = free.saturating_sub(self.budget.most() / 2);
        self.most.min(above_half.max(free / PART))
    }

    fn least(&self, wanted: usize) -> usize {
        wanted.min(LARGE_BATCH).min(self.budget.limit() / 4)
    }

    fn took(&self, bytes: usize) -> usize {
        self.held.fetch_add(bytes, SeqCst);
        bytes
    }

    async fn reserve(&self, request: u64, wanted: usize) -> usize {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Registers before the look, so that what happens in between is not missed.
            changed.as_mut().enable();
            if self.answered.load(SeqCst) >= request {
                let held = self.held();
                if held == 0 {
                    break;
                }
                let beside = |free| self.beside(wanted, held, free);
                if let Some(bytes) = self.budget.try_take(beside) {
                    return self.took(bytes);
                }
            }
            changed.await;
        }
        let bytes = self.budget.take(|free| self.first(wanted, free)).await;
        self.took(bytes)
    }
}

impl AnswerMemory for Share {
    fn reserve(&self, request: u64, bytes: usize) -> BoxFuture<'_, usize> {
        self.reserve(request, bytes).boxed()
    }

    fn reserve_more(&self, bytes: usize) -> usize {
        let held = self.held();
        let allowed = |free: usize| {
            let allowed = self.allowed(free).saturating_sub(held);
            (allowed > 0).then(|| allowed.min(bytes))
        };
        self.budget
            .try_take(allowed)
            .map_or(0, |bytes| self.took(bytes))
    }

    fn count(&self, bytes: usize) {
        self.budget.add_answer(bytes);
        self.took(bytes);
    }

    fn release(&self, bytes: usize) {
        if bytes > 0 {
            self.held.fetch_sub(bytes, SeqCst);
            self.budget.sub_answer(bytes);
            self.changed.notify_waiters();
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.sub_answer(self.held());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const MB: usize = 1 << 20;
    const SOON: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn who_does_not_read_leaves_some_to_others() {
        let budget = Budget::new(64 * MB);
        let mut stalled = Vec::new();
        for _ in 0..20 {
            let share = Share::new(&budget, 16 * MB);
            for request in 0..200 {
                let Ok(bytes) = timeout(SOON / 10, share.reserve(request, MB)).await else {
                    break;
                };
                assert_eq!(bytes, MB);
                share.answered();
            }
            assert!(share.held() >= MB, "each of them gets one");
            stalled.push(share);
        }
        let share = Share::new(&budget, 16 * MB);
        assert!(timeout(SOON, share.reserve(0, 50 * MB)).await.unwrap() > MB);
        drop(share);
        drop(stalled);
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn the_first_may_have_much() {
        let budget = Budget::new(64 * MB);
        let share = Share::new(&budget, 16 * MB);
        assert_eq!(share.reserve(0, 20 * MB).await, 16 * MB);
        let other = Share::new(&budget, 16 * MB);
        assert_eq!(other.reserve(0, MB).await, MB);
        assert_eq!(other.reserve_more(20 * MB), 6 * MB);
    }

    #[tokio::test]
    async fn who_holds_nothing_waits_for_one_batch_only() {
        let budget = Budget::new(8 * MB);
        let others = Share::new(&budget, 16 * MB);
        others.count(6 * MB);
        let share = Share::new(&budget, 16 * MB);
        let mut waiting = std::pin::pin!(share.reserve(0, 3 * MB));
        assert!(timeout(SOON, waiting.as_mut()).await.is_err());
        assert!(others.is_wanted());
        others.release(2 * MB);
        assert_eq!(timeout(SOON, waiting).await.unwrap(), LARGE_BATCH);
        assert!(!others.is_wanted());
        assert_eq!(share.reserve_more(MB), 0);
    }

    #[tokio::test]
    async fn an_answer_takes_memory_when_those_before_it_are_made() {
        let budget = Budget::new(64 * MB);
        let share = Share::new(&budget, 16 * MB);
        let mut second = std::pin::pin!(share.reserve(1, MB));
        assert!(timeout(SOON, second.as_mut()).await.is_err());
        assert_eq!(timeout(SOON, share.reserve(0, MB)).await.unwrap(), MB);
        share.answered();
        assert_eq!(timeout(SOON, second).await.unwrap(), MB);
    }

    #[tokio::test]
    async fn a_full_connection_goes_on_when_its_peer_reads() {
        let budget = Budget::new(64 * MB);
        let share = Share::new(&budget, 2 * MB);
        share.count(2 * MB);
        let mut waiting = std::pin::pin!(share.reserve(0, MB));
        assert!(timeout(SOON, waiting.as_mut()).await.is_err());
        assert!(!share.is_wanted(), "only its own peer can help");
        share.release(MB);
        assert_eq!(timeout(SOON, waiting).await.unwrap(), MB);
    }
}
