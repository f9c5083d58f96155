//! Servers outlive the process that started them, unless it stops them when it is told to end.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::peers::process::say;

type Stop = Box<dyn Fn() + Send>;

struct Started {
    last: u64,
    stops: Vec<(u64, Stop)>,
}

static STARTED: Mutex<Started> = Mutex::new(Started {
    last: 0,
    stops: Vec::new(),
});

/// Something that is stopped with this process, until this is dropped.
pub(super) struct StopToo(u64);

/// Calls `stop` when this process is interrupted or told to end.
pub(super) fn stop_too(stop: impl Fn() + Send + 'static) -> StopToo {
    static WATCHES: OnceLock<()> = OnceLock::new();
    WATCHES.get_or_init(watch);
    let mut started = started();
    started.last += 1;
    let number = started.last;
    started.stops.push((number, Box::new(stop)));
    StopToo(number)
}

impl Drop for StopToo {
    fn drop(&mut self) {
        started().stops.retain(|(number, _)| *number != self.0);
    }
}

fn started() -> MutexGuard<'static, Started> {
    STARTED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() {
    let mut signals = match Signals::new([SIGHUP, SIGINT, SIGTERM]) {
        Ok(signals) => signals,
        Err(error) => return say(format!("servers stay if this is killed: {error}")),
    };
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Those that were started last need the others.
            let stops = std::mem::take(&mut started().stops);
            stops.iter().rev().for_each(|(_, stop)| stop());
            std::process::exit(128 + signal);
        }
    });
}
