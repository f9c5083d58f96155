//! Logs in memory: for tests, and for data that may go with the process.

mod catalog;
mod log;
mod metadata;

pub use catalog::MemoryCatalog;
