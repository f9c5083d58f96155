//! `corrupt.jsonl.gz`.

use super::{
    Lines, Outcome,
    batches::{check_each, vectors},
};

pub(super) fn check(lines: Lines<'_>) -> anyhow::Result<Option<Outcome>> {
    check_each(lines, vectors::corrupt::check)
}
