//! Memory for answers, asked for before it is taken.

use std::fmt::Debug;

use futures_util::future::BoxFuture;

/// The memory that the answers of one connection may take: those that are being made and those not sent yet.
///
/// Answers leave in the order of the requests, so memory is given out in that order too. If not, an answer could hold what
/// the one before it waits for.
pub trait AnswerMemory: Debug + Send + Sync + 'static {
    /// Takes up to `bytes` for the answer to a request, counted from 0 over the requests of the connection; waits until all
    /// answers before it are on their way, and until there is room for `bytes` or for a large batch. What it returns is
    /// not 0 unless `bytes` is, and counts until it is [released](Self::release).
    ///
    /// May be dropped without effect.
    fn reserve(&self, request: u64, bytes: usize) -> BoxFuture<'_, usize>;

    /// Takes up to `bytes` more, perhaps 0, for an answer that has some already.
    fn reserve_more(&self, bytes: usize) -> usize;

    /// Counts bytes that are there already.
    fn count(&self, bytes: usize);

    /// Counts fewer bytes.
    fn release(&self, bytes: usize);
}
