//! Time as the state machines see it: an argument.

/// The present, by two clocks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Now {
    /// Milliseconds on a clock that never jumps. Session and rebalance time-outs run on it.
    pub timer_ms: i64,
    /// Milliseconds since 1970. Commit timestamps and retention are counted on it.
    pub wall_ms: i64,
}

/// "Never" as a deadline on the timer clock.
pub(crate) const NEVER: i64 = i64::MAX;

impl Now {
    /// The deadline `delay_ms` from now on the timer clock.
    pub(crate) fn after(self, delay_ms: i32) -> i64 {
        self.timer_ms.saturating_add(i64::from(delay_ms.max(0)))
    }
}
