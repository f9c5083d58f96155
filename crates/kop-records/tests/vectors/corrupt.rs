//! One line of `corrupt.jsonl.gz`.

use anyhow::{bail, ensure};
use serde_json::Value;

use super::read::{batches_field, hex_field, read, same_batches};

/// Lines that Kafka accepts and we refuse, each with the reason.
pub(crate) const STRICTER: &[(&str, &str)] = &[];

/// Refused where Kafka refuses, with the same batches before that.
pub(crate) fn check(line: &Value) -> anyhow::Result<()> {
    let reading = read(&hex_field(line, "hex")?);
    let listed = STRICTER.iter().any(|(name, _)| line["name"] == *name);
    match (&reading.error, line["javaError"].as_str()) {
        (None, Some(java)) => bail!("accepted; Kafka says: {java}"),
        (Some(_), None) if listed => return Ok(()),
        (Some(ours), None) => bail!("refused: {ours}; Kafka accepts it"),
        _ => ensure!(!listed, "listed as stricter, but Kafka says the same"),
    }
    same_batches(&reading.batches, batches_field(line)?, &[])?;
    let valid = reading.valid_bytes;
    ensure!(
        line["validBytes"] == valid,
        "{valid} valid bytes instead of {}",
        line["validBytes"]
    );
    Ok(())
}
