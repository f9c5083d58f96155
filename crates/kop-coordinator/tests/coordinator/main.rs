//! Groups without sockets and clocks, and the driver with a clock that the tests turn.

mod driver;
mod heartbeat_leave;
mod join;
mod load;
mod manage;
mod offsets;
mod records;
mod simulation;
mod static_members;
mod support;
mod sync;
