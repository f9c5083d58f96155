//! How much memory requests in flight and answers not yet sent may take, over all connections.
//!
//! Both count against one limit, and neither takes more than three quarters of it: peers that do not read their answers
//! keep nobody from sending, and whoever sends keeps nobody from reading. How much of it the answers of one connection
//! may take is in `share`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Counts bytes against a limit. Whoever wants to read from a socket waits here when it is reached.
///
/// Requests that have arrived in part could then wait for each other for ever, each holding what the other needs. So
/// one of them at a time may go beyond the limit, until it is complete: memory is bounded by the limit and one request.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    used: AtomicUsize,
    /// How much of it answers take.
    answers: AtomicUsize,
    freed: Notify,
    /// Who waits for memory. Counted before a look at what is used, so that whoever frees some knows.
    waiting: AtomicUsize,
    beyond: Arc<Semaphore>,
    /// Those that wait for memory for answers, in turn.
    line: Semaphore,
    /// Whether the first in that line found no memory.
    short: AtomicUsize,
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
            answers: AtomicUsize::new(0),
            freed: Notify::new(),
            waiting: AtomicUsize::new(0),
            beyond: Arc::new(Semaphore::new(1)),
            line: Semaphore::new(1),
            short: AtomicUsize::new(0),
        })
    }

    /// Bytes counted at this moment.
    pub(crate) fn used(&self) -> usize {
        self.used.load(SeqCst)
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

    /// Whether somebody waits for memory for an answer, and there is none.
    pub(crate) fn is_short(&self) -> bool {
        self.short.load(SeqCst) > 0
    }

    /// What requests alone, and answers alone, may take.
    pub(crate) fn most(&self) -> usize {
        self.limit - self.limit / 4
    }

    fn try_add(&self, bytes: usize) -> bool {
        let answers = self.answers.load(SeqCst);
        let most = self.most().saturating_add(answers).min(self.limit);
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= most);
        self.used.fetch_update(SeqCst, SeqCst, fits).is_ok()
    }

    fn sub(&self, bytes: usize) {
        self.used.fetch_sub(bytes, SeqCst);
        if bytes > 0 && self.waiting.load(SeqCst) > 0 {
            self.freed.notify_waiters();
        }
    }

    /// Counts bytes of answers that are there already.
    pub(crate) fn add_answer(&self, bytes: usize) {
        self.answers.fetch_add(bytes, SeqCst);
        self.used.fetch_add(bytes, SeqCst);
    }

    /// Counts fewer bytes of answers.
    pub(crate) fn sub_answer(&self, bytes: usize) {
        self.answers.fetch_sub(bytes, SeqCst);
        self.sub(bytes);
    }

    /// Takes for an answer what `wanted` makes of the bytes that are free, if it makes something.
    pub(crate) fn try_take(&self, wanted: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        let mut taken = None;
        let more = |answers: usize| {
            let requests = self.used.load(SeqCst).saturating_sub(answers);
            let most = self.limit.saturating_sub(requests).min(self.most());
            taken = wanted(most.saturating_sub(answers));
            answers.checked_add(taken?)
        };
        self.answers.fetch_update(SeqCst, SeqCst, more).ok()?;
        self.used.fetch_add(taken?, SeqCst);
        taken
    }

    /// Takes what `wanted` makes of the bytes that are free as soon as it makes something, one after the other.
    pub(crate) async fn take(&self, wanted: impl Fn(usize) -> Option<usize>) -> usize {
        let turn = self.line.acquire().await;
        let _turn = turn.expect("invariant: nobody closes the line");
        let _waiting = Counted::new(&self.waiting);
        let mut short = None;
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            freed.as_mut().enable();
            if let Some(taken) = self.try_take(&wanted) {
                return taken;
            }
            short.get_or_insert_with(|| Counted::new(&self.short));
            freed.await;
        }
    }
}

/// One of those that a number counts, until it is dropped.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(number: &'a AtomicUsize) -> Self {
        number.fetch_add(1, SeqCst);
        Self(number)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

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
        let _waiting = Counted::new(&budget.waiting);
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
        self.budget.used.fetch_add(bytes, SeqCst);
        self.bytes += bytes;
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
        first.grow(60, Stage::Start).await;
        let mut second = budget.charge();
        assert!(timeout(SOON, second.grow(30, Stage::Start)).await.is_err());
        assert_eq!(budget.used(), 60);
        let waiting = tokio::spawn(async move {
            second.grow(30, Stage::Start).await;
            second
        });
        tokio::task::yield_now().await;
        drop(first.split(20));
        let second = timeout(SOON, waiting).await.unwrap().unwrap();
        assert_eq!((second.bytes(), budget.used()), (30, 70));
        drop((first, second));
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn requests_and_answers_leave_each_other_room() {
        let budget = Budget::new(100);
        let mut requests = budget.charge();
        assert!(requests.try_grow(75));
        assert!(!requests.try_grow(1));
        let all = |free: usize| (free > 0).then_some(free);
        assert_eq!(budget.try_take(all), Some(25));
        assert_eq!(budget.try_take(all), None);
        assert!(!budget.is_short());
        drop(requests.split(60));
        assert_eq!(budget.try_take(all), Some(50));
        assert_eq!(budget.used(), 90);
        assert!(!requests.try_grow(11));
        assert!(requests.try_grow(10));
        let mut waiting = std::pin::pin!(budget.take(all));
        assert!(timeout(SOON, waiting.as_mut()).await.is_err());
        assert!(budget.is_short());
        budget.sub_answer(7);
        assert_eq!(timeout(SOON, waiting).await.unwrap(), 7);
        assert!(!budget.is_short());
        budget.sub_answer(75);
        drop(requests);
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test]
    async fn one_request_at_a_time_may_go_beyond() {
        let budget = Budget::new(100);
        let (mut a, mut b) = (budget.charge(), budget.charge());
        a.grow(50, Stage::Start).await;
        b.grow(25, Stage::Start).await;
        a.grow(50, Stage::Middle).await;
        a.grow(50, Stage::Middle).await;
        assert!(timeout(SOON, b.grow(50, Stage::Middle)).await.is_err());
        let request = a.split(150);
        assert_eq!(a.bytes(), 0);
        drop(a);
        assert!(timeout(SOON, b.grow(60, Stage::Middle)).await.is_err());
        drop(request);
        timeout(SOON, b.grow(60, Stage::Middle)).await.unwrap();
        assert_eq!(budget.used(), 85);
    }

    #[test]
    fn what_is_there_is_counted_beyond_the_limit() {
        let budget = Budget::new(10);
        let mut charge = budget.charge();
        charge.add(25);
        assert_eq!(budget.used(), 25);
        drop(charge.split(1000));
        assert_eq!(budget.used(), 0);
    }
}
