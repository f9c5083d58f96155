//! When the tail is left alone.
//!
//! A broker sends everything that is written to whoever reads the tail, so a log that writes much would read all of it
//! again. As long as each of its writes directly follows the one before, there is nothing in the tail that it does not know,
//! so the reader is closed. It is opened again, at the last entry that is known, as soon as a write does not follow, or
//! writes cease to come. That entry's index proves all offsets that were inferred meanwhile: each builds on those before.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::Driver;

/// Bytes within [`WINDOW`] from which on it is worth the while, and writes.
const MUCH: usize = 128 << 10;
const MANY: usize = 32;
const WINDOW: Duration = Duration::from_millis(100);
/// How long no write may come: others' writes are seen that much later. Where writes come less often, it is two times what
/// lies between them, since a reader that is opened between any two of them reads all of them again. At most
/// [`LONGEST_QUIET`].
const QUIET: Duration = Duration::from_millis(10);
const LONGEST_QUIET: Duration = Duration::from_millis(500);
/// How long it is as long as nobody knows how often writes come: a producer that writes a mebibyte to one partition after the
/// other comes back to each this late, and opening the reader reads the last entry again.
const FIRST_QUIET: Duration = Duration::from_millis(200);
/// How long offsets may go unproved.
const LONGEST: Duration = Duration::from_secs(5);
/// Where others write too, their entries lie between the next writes as well.
const SHARED: Duration = Duration::from_secs(5);

/// How much was written lately, and whether the tail is left alone.
#[derive(Debug, Default)]
pub(super) struct Rest {
    window: Option<Window>,
    not_before: Option<Instant>,
    last_write: Option<Instant>,
    /// What lies between writes, as it was lately.
    between: Duration,
    resting: Option<Resting>,
    /// The tail has given nothing yet since it was opened again: what was inferred meanwhile is not proved.
    unproved: bool,
}

/// What was written since.
#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    bytes: usize,
    writes: usize,
}

#[derive(Debug)]
struct Resting {
    since: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Rest {
    /// The tail is left alone.
    pub(super) fn is_on(&self) -> bool {
        self.resting.is_some()
    }

    /// The tail is needed.
    pub(super) fn end(&mut self) {
        self.resting = None;
        self.window = None;
    }

    /// The tail gives entries.
    pub(super) fn proved(&mut self) {
        self.unproved = false;
    }

    /// Another has written.
    pub(super) fn shared(&mut self, now: Instant) {
        self.not_before = Some(now + SHARED);
    }

    /// So many bytes were written, directly behind what was known. Whether it is time to rest.
    fn wrote(&mut self, bytes: usize, now: Instant) -> bool {
        let last = self.last_write.replace(now);
        let gap = last.map_or(Duration::ZERO, |last| now.duration_since(last));
        self.between = match gap {
            // Writes had ceased.
            gap if gap > LONGEST_QUIET => Duration::ZERO,
            gap => gap.max(self.between - self.between / 4),
        };
        if self.is_on() {
            return false;
        }
        let window = self.window.filter(|w| now.duration_since(w.since) < WINDOW);
        let mut window = window.unwrap_or(Window {
            since: now,
            bytes: 0,
            writes: 0,
        });
        window.bytes = window.bytes.saturating_add(bytes);
        window.writes += 1;
        self.window = Some(window);
        let much = window.bytes >= MUCH || window.writes >= MANY;
        much && !self.unproved && self.not_before.is_none_or(|at| at <= now)
    }

    fn begin(&mut self, now: Instant) {
        self.unproved = true;
        self.resting = Some(Resting {
            since: now,
            timer: Box::pin(sleep(self.quiet())),
        });
    }

    /// How long no write may come now.
    fn quiet(&self) -> Duration {
        match self.between {
            Duration::ZERO => FIRST_QUIET,
            between => (between * 2).clamp(QUIET, LONGEST_QUIET),
        }
    }

    /// Waits until no write has come for a while, or offsets have gone unproved for long. Cancel safe.
    pub(super) async fn over(&mut self) {
        let quiet = self.quiet();
        let Some(resting) = &mut self.resting else {
            return std::future::pending().await;
        };
        let last_write = self.last_write.unwrap_or(resting.since);
        loop {
            resting.timer.as_mut().await;
            let now = Instant::now();
            let until = (last_write + quiet).min(resting.since + LONGEST);
            if until <= now {
                return;
            }
            resting.timer.as_mut().reset(until);
        }
    }
}

impl Driver {
    /// So many bytes of ours were written, and their offsets are known.
    pub(super) fn rest_after(&mut self, bytes: usize) {
        let now = Instant::now();
        let Some(sequencer) = &mut self.sequencer else {
            return;
        };
        if self.rest.wrote(bytes, now)
            && !self.closing
            && self.tail.is_some()
            && self.held.is_none()
            && self.resync.is_none()
            && sequencer.waiting().is_none()
            && self.shared.state.lock().hidden.is_none()
        {
            self.tail = None;
            self.rest.begin(now);
        }
        if self.rest.is_on() {
            sequencer.prove_last_only();
        }
    }

    /// Ends the rest where only the tail can tell what came between the writes, or what became of them.
    pub(super) fn end_rest(&mut self) {
        if self.rest.is_on() && (self.waiting().is_some() || !self.resync.is_none()) {
            self.rest.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_writes_cease() {
        let mut rest = Rest::default();
        assert!(!rest.wrote(MUCH - 1, Instant::now()));
        tokio::time::advance(QUIET / 2).await;
        assert!(rest.wrote(1, Instant::now()));
        rest.begin(Instant::now());
        let began = Instant::now();
        for _ in 0..10 {
            let waiting = tokio::time::timeout(QUIET / 2, rest.over());
            assert!(waiting.await.is_err());
            assert!(!rest.wrote(1, Instant::now()));
        }
        rest.over().await;
        let took = began.elapsed();
        assert!(took >= QUIET * 6 && took < QUIET * 7, "{took:?}");
        rest.end();
        assert!(!rest.wrote(MUCH, Instant::now()), "not proved yet");
        rest.proved();
        assert!(rest.wrote(MUCH, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn it_lasts_as_long_as_large_writes_come_regularly() {
        let gap = FIRST_QUIET + QUIET;
        let mut rest = Rest::default();
        assert!(rest.wrote(MUCH, Instant::now()));
        rest.begin(Instant::now());
        // Nobody can know that there will be more.
        tokio::time::timeout(gap, rest.over()).await.unwrap();
        rest.end();
        rest.proved();
        tokio::time::advance(gap - FIRST_QUIET).await;
        assert!(rest.wrote(MUCH, Instant::now()));
        rest.begin(Instant::now());
        for _ in 0..10 {
            assert!(tokio::time::timeout(gap, rest.over()).await.is_err());
            assert!(!rest.wrote(MUCH, Instant::now()));
        }
        let began = Instant::now();
        rest.over().await;
        let took = began.elapsed();
        assert!(took > gap && took <= gap * 2 + QUIET, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn rare_writes_are_not_waited_for() {
        let mut rest = Rest::default();
        for _ in 0..3 {
            rest.wrote(MUCH, Instant::now());
            rest.begin(Instant::now());
            let began = Instant::now();
            rest.over().await;
            assert!(began.elapsed() < FIRST_QUIET + QUIET);
            rest.end();
            tokio::time::advance(LONGEST_QUIET).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_in_any_case() {
        let mut rest = Rest::default();
        rest.begin(Instant::now());
        let began = Instant::now();
        while tokio::time::timeout(QUIET / 2, rest.over()).await.is_err() {
            rest.wrote(1, Instant::now());
        }
        assert!(began.elapsed() >= LONGEST && began.elapsed() < LONGEST + QUIET);
    }

    #[tokio::test(start_paused = true)]
    async fn many_small_writes_are_much_too() {
        let mut rest = Rest::default();
        for _ in 1..MANY {
            assert!(!rest.wrote(1, Instant::now()));
        }
        tokio::time::advance(WINDOW).await;
        for _ in 1..MANY {
            assert!(!rest.wrote(1, Instant::now()));
        }
        assert!(rest.wrote(1, Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn little_is_read_again() {
        let mut rest = Rest::default();
        for _ in 0..100 {
            assert!(!rest.wrote(MUCH / 4, Instant::now()));
            tokio::time::advance(WINDOW / 2).await;
        }
        rest.shared(Instant::now());
        assert!(!rest.wrote(MUCH, Instant::now()), "others write too");
        tokio::time::advance(SHARED).await;
        assert!(rest.wrote(MUCH, Instant::now()));
    }
}
