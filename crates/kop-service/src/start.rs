//! When the next request of a connection may start.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// One per connection: closed while a request holds its [`StartToken`], open when the next request may start.
///
/// This is what keeps the order of appends without waiting for their answers.
#[derive(Clone, Debug, Default)]
pub struct StartGate {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    closed: AtomicBool,
    opened: Notify,
}

impl StartGate {
    /// An open gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Closes the gate until the token is dropped. Wait for [`opened`](Self::opened) before taking the next one: a
    /// gate knows only one token.
    pub fn close(&self) -> StartToken {
        self.shared.closed.store(true, Ordering::Release);
        StartToken {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Whether the next request may start now.
    pub fn is_open(&self) -> bool {
        !self.shared.closed.load(Ordering::Acquire)
    }

    /// Resolves when the next request may start. May be dropped and called again. One waiter at a time.
    pub async fn opened(&self) {
        while !self.is_open() {
            self.shared.opened.notified().await;
        }
    }
}

/// Held by a request for as long as the next one of its connection must not start. Dropping it opens the gate.
#[derive(Debug)]
pub struct StartToken {
    shared: Arc<Shared>,
}

impl StartToken {
    /// Lets the next request start.
    pub fn release(self) {}
}

impl Drop for StartToken {
    fn drop(&mut self) {
        self.shared.closed.store(false, Ordering::Release);
        self.shared.opened.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_gate_opens_when_the_token_goes() {
        let gate = StartGate::new();
        gate.opened().await;
        for _ in 0..3 {
            let token = gate.close();
            assert!(!gate.is_open());
            let waiting = tokio::spawn({
                let gate = gate.clone();
                async move { gate.opened().await }
            });
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
            token.release();
            waiting.await.unwrap();
            assert!(gate.is_open());
        }
    }
}
