#![doc = include_str!("../README.md")]

mod catalog;
mod cleaner;
mod data_dir;
mod error;
pub mod fuzz;
mod handles;
mod log;
mod names;
mod scan;
mod segment;
mod shared;
mod tail;

pub use catalog::LocalCatalog;
pub use cleaner::CleanerConfig;
pub use error::OpenError;
