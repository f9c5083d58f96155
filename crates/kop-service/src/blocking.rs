//! Work that would hold up a thread of the runtime.

use tokio::task::spawn_blocking;

/// The runtime is shutting down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// Runs `work` on a thread for blocking work. A panic goes on in the caller.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stopped> {
    match spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Stopped),
    }
}
