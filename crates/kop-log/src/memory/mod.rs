//! Logs in memory: for tests, and for data that may go with the process.

mod catalog;
mod compact;
mod log;
mod metadata;

pub use catalog::MemoryCatalog;
