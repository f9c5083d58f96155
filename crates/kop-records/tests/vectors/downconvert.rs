//! One line of `downconvert.jsonl.gz`.

use anyhow::{Context, bail, ensure};
use kop_records::down_convert;
use serde_json::Value;

use super::read::{LIMITS, batches_field, hex_field, read, same_batches};

/// Fields that depend on the compressor.
const COMPRESSED: [&str; 2] = ["sizeInBytes", "crc"];

/// Converts and compares the bytes, or what is read from them where they are compressed.
pub(crate) fn check(line: &Value) -> anyhow::Result<()> {
    let int = |name| {
        line[name]
            .as_i64()
            .with_context(|| format!("no number {name:?}"))
    };
    let to_magic = i8::try_from(int("toMagic")?)?;
    let converted = down_convert(
        &hex_field(line, "hex")?,
        to_magic,
        int("firstOffset")?,
        &LIMITS,
    );
    let converted = match (converted, line["javaError"].as_str()) {
        (Err(_), Some(_)) => return Ok(()),
        (Ok(_), Some(java)) => bail!("converted; Kafka says: {java}"),
        (Err(error), None) => bail!("refused: {error}"),
        (Ok(converted), None) => converted,
    };
    let records = converted.records_converted;
    ensure!(
        line["recordsConverted"] == records,
        "{records} records converted"
    );
    let wanted = batches_field(line)?;
    if wanted.iter().all(|batch| batch["codec"] == "none") {
        ensure!(
            hex_field(line, "outHex")? == converted.bytes,
            "got {}",
            hex::encode(&converted.bytes)
        );
    }
    let reading = read(&converted.bytes);
    if let Some(error) = reading.error {
        bail!("the result cannot be read: {error}");
    }
    same_batches(&reading.batches, wanted, &COMPRESSED)
}
