//! `corrupt.jsonl.gz`.

use super::{Lines, Outcome};

pub(super) fn check(_lines: Lines<'_>) -> anyhow::Result<Option<Outcome>> {
    Ok(None)
}
