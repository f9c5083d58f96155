#![doc = include_str!("../README.md")]

pub mod cut;
pub mod data;
pub mod librdkafka;
pub mod native;
pub mod program;
pub mod proxy;
pub mod pulsar;
pub mod refusing;
mod relay;
pub mod requests;
pub mod server;
pub mod steps;
pub mod target;
pub mod transactions;
pub mod transform;
pub mod wire;

use std::time::{Duration, Instant};

/// Blocks this thread for a moment. The tests wait for other processes, there is no runtime to harm.
#[expect(
    clippy::disallowed_methods,
    reason = "a test thread waits for another process"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Runs what is asynchronous on a runtime of its own, for tests that are not.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

/// Asks `ready` fifty times a second until it says yes (`true`) or the time is over (`false`).
pub fn wait_until(time: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + time;
    loop {
        if ready() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        pause(Duration::from_millis(20));
    }
}
