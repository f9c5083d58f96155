//! What several handlers check of a partition.

use kop_codec::ErrorCode;
use kop_log::Isolation;

/// Compares the leader epoch that a client believes in (-1: none) with the current one (KIP-320).
pub(crate) fn check_epoch(claimed: i32, current: i32) -> Result<(), ErrorCode> {
    if claimed == -1 || claimed == current {
        return Ok(());
    }
    Err(if claimed < current {
        ErrorCode::FENCED_LEADER_EPOCH
    } else {
        ErrorCode::UNKNOWN_LEADER_EPOCH
    })
}

/// The isolation level of a request, `None` for a number that is none.
pub(crate) fn isolation(level: i8) -> Option<Isolation> {
    match level {
        0 => Some(Isolation::ReadUncommitted),
        1 => Some(Isolation::ReadCommitted),
        _ => None,
    }
}
