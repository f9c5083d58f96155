//! Work that takes too long for a thread of the runtime.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// Compressed bytes from which on others do not wait while they are expanded. Bytes that are only copied take a tenth of a
/// millisecond for each megabyte, which is less than it costs to step aside.
const MUCH: usize = 64 * 1024;

/// Does work on so many compressed bytes, where it stands: the order of what is asked for stays. If that is much, the
/// thread's other tasks go on elsewhere meanwhile; in a runtime of one thread there is nowhere else.
pub(super) fn expand<T>(compressed: usize, work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) if compressed >= MUCH => block_in_place(work),
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn others_go_on_meanwhile() {
        let (done, waits) = mpsc::channel();
        let working = tokio::spawn(async move {
            tokio::spawn(async move { done.send(()).unwrap() });
            expand(MUCH, || waits.recv_timeout(Duration::from_secs(10)))
        });
        working.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_does_it_all_the_same() {
        assert_eq!(expand(MUCH, || 7), 7);
    }
}
