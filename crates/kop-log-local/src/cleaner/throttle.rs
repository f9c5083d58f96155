//! How much of the disk's time the cleaner takes.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// What was not used for so long is not made up for.
const WINDOW: Duration = Duration::from_millis(300);

/// Holds all jobs of a cleaner together to a number of bytes per second.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<Option<Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    since: Instant,
    bytes: f64,
}

impl Throttle {
    /// Takes note of `bytes` that were read or written at `now`. Returns how long to wait until the next ones.
    pub(crate) fn wait_after(&self, bytes: usize, per_second: f64, now: Instant) -> Duration {
        let mut window = self.0.lock();
        let current = window.get_or_insert(Window {
            since: now,
            bytes: 0.0,
        });
        current.bytes += bytes as f64;
        let elapsed = now.saturating_duration_since(current.since);
        let due = current.bytes / per_second;
        if due > elapsed.as_secs_f64() {
            return Duration::try_from_secs_f64(due - elapsed.as_secs_f64())
                .unwrap_or(Duration::MAX);
        }
        if elapsed > WINDOW {
            *window = None;
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_their_time_and_idle_time_is_no_credit() {
        let (throttle, start) = (Throttle::default(), Instant::now());
        let after = |millis| start + Duration::from_millis(millis);
        let wait = |bytes, millis| {
            throttle
                .wait_after(bytes, 1000.0, after(millis))
                .as_millis()
        };
        assert_eq!(wait(100, 0), 100);
        assert_eq!(wait(100, 100), 100);
        // A second of nothing, then as much as before: it counts from there.
        assert_eq!(wait(1, 1200), 0);
        assert_eq!(wait(200, 1200), 200);
        let unlimited = Throttle::default();
        assert_eq!(
            unlimited.wait_after(1 << 30, f64::MAX, start),
            Duration::ZERO
        );
    }
}
