//! `batches.jsonl.gz`. The checks of a line are those of the tests of kop-records.

use serde_json::Value;

use super::{Lines, Outcome};

#[path = "../../../crates/kop-records/tests/vectors/mod.rs"]
pub(super) mod vectors;

pub(super) fn check(lines: Lines<'_>) -> anyhow::Result<Option<Outcome>> {
    check_each(lines, vectors::batches::check)
}

/// Checks lines that have a name.
pub(super) fn check_each(
    lines: Lines<'_>,
    check: fn(&Value) -> anyhow::Result<()>,
) -> anyhow::Result<Option<Outcome>> {
    let mut outcome = Outcome::default();
    for line in lines {
        let line = line?;
        outcome.note(|| line["name"].to_string(), check(&line));
    }
    Ok(Some(outcome))
}
