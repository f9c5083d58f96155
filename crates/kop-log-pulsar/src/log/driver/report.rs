//! What a log has at this moment, as a part of what all have.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::log::context::LogContext;

/// What a log has told of itself. Taken back when this is dropped.
#[derive(Debug)]
pub(super) struct Report {
    context: Arc<LogContext>,
    told: Present,
}

/// What a log has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Present {
    pub(super) open: bool,
    pub(super) tail: bool,
    pub(super) in_flight: usize,
    pub(super) unproved: usize,
}

impl Report {
    pub(super) fn new(context: Arc<LogContext>) -> Self {
        Self {
            context,
            told: Present::default(),
        }
    }

    pub(super) fn tell(&mut self, present: Present) {
        let before = std::mem::replace(&mut self.told, present);
        if before == present {
            return;
        }
        let gauges = &self.context.counters.now;
        add(&gauges.open, before.open.into(), present.open.into());
        add(&gauges.tails, before.tail.into(), present.tail.into());
        add(&gauges.in_flight, before.in_flight, present.in_flight);
        add(&gauges.unproved, before.unproved, present.unproved);
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        self.tell(Present::default());
    }
}

fn add(gauge: &AtomicU64, before: usize, now: usize) {
    // The sum over all logs is never less than one of them, so wrapping comes out right.
    gauge.fetch_add((now as u64).wrapping_sub(before as u64), Relaxed);
}
