#![doc = include_str!("../README.md")]

mod error;
mod offset_index;
mod table;
mod time_index;

pub use error::IndexError;
pub use offset_index::{OffsetIndex, OffsetPosition};
pub use time_index::{TimeIndex, TimestampOffset};
