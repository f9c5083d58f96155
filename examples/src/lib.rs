//! Small runnable programs, one per way to use the crates.
