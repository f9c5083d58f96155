//! Prints the records of a Kafka segment file, with `kop-records` alone.

use std::io::{Write, stdout};

use anyhow::Context;
use bytes::Bytes;
use kop_records::{DecompressLimits, batches};

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: segment FILE.log")?;
    let segment = Bytes::from(std::fs::read(&path).with_context(|| path.clone())?);
    let mut out = stdout().lock();
    for batch in batches(&segment) {
        let batch = batch?;
        batch.verify_crc()?;
        for record in batch.records(&DecompressLimits::default())? {
            let record = record?;
            let text = |bytes: Option<&Bytes>| {
                bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            };
            let (key, value) = (text(record.key.as_ref()), text(record.value.as_ref()));
            writeln!(out, "{} {key:?} {value:?}", record.offset)?;
        }
    }
    Ok(())
}
