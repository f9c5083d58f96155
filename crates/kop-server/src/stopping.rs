//! Telling everything that runs to come to an end.

use tokio::sync::watch;

/// The side that tells it. Dropping it tells it too.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// The side that is told.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(watch::Receiver<bool>);

/// Both sides.
pub(crate) fn channel() -> (Stopper, Stopping) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stopping(receiver))
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stopping {
    /// Resolves when the end has come. May be dropped and called again.
    pub(crate) async fn requested(&mut self) {
        // An error means that the other side is gone.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
