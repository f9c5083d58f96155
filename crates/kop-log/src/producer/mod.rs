//! What a log knows of its producers: sequence numbers, epochs and transactions. A fold over its batches.

mod aborted;
mod batch;
mod entry;
mod snapshot;
mod state;

pub use aborted::{ABORTED_ENTRY_LEN, AbortedEntry, AbortedTransactions};
pub use batch::ProducerBatch;
pub use entry::{ActiveProducer, LastRecord};
pub use state::{Duplicate, ProducerChanges, ProducerState};

#[cfg(test)]
mod tests;
