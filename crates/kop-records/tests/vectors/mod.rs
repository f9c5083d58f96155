//! Checks of one line of vectors; used by the tests of this crate and by `cargo xtask golden`.

pub(crate) mod batches;
pub(crate) mod corrupt;
pub(crate) mod downconvert;
pub(crate) mod read;
