//! One client connection: requests in, answers out in the same order, nothing held while it is idle.

mod file;
mod inbound;
mod outbound;
mod reason;
mod serve;

pub(crate) use reason::{Cause, Closed};
pub(crate) use serve::{Limits, Service, Shared, serve};

#[cfg(test)]
mod tests;
