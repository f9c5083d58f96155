//! Moves a Kafka segment file into Pulsar entries, and reads each entry back, with `kop-entry` and no network: what a
//! migration or a bridge of one's own is made of.

use std::io::{Write, stdout};

use anyhow::{Context, ensure};
use bytes::Bytes;
use kop_entry::{
    DecodeContext, Decoded, EncodeContext, EntryFormat, EntryView, encode, validate_batches,
};
use kop_records::{DecompressLimits, TargetCompression, batches};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments
        .next()
        .context("usage: pipeline FILE.log [pulsar|kafka|mixed_kafka]")?;
    let format: EntryFormat = arguments.next().as_deref().unwrap_or("pulsar").parse()?;

    let segment = Bytes::from(std::fs::read(&path).with_context(|| path.clone())?);
    let limits = DecompressLimits::default();
    // What a broker would count: the index of the last message of all entries so far.
    let mut index = None;
    for batch in batches(&segment) {
        let batch = batch?;
        let records = validate_batches(batch.bytes(), TargetCompression::Producer, &limits)?;
        let entry = encode(format, &records, &EncodeContext::at(batch.max_timestamp()))?;
        let messages = u64::from(entry.num_messages);
        let last = index.map_or(messages - 1, |index: u64| index + messages);
        index = Some(last);

        let bytes = entry.to_bytes();
        let view = EntryView::parse(&bytes)?;
        let base_offset = view.base_offset(last);
        match view.decode(base_offset, &DecodeContext::default())? {
            Decoded::Batches(batches) => {
                let records: i32 = batches
                    .iter()
                    .map(|batch| batch.header.record_count())
                    .sum();
                ensure!(
                    u64::try_from(records)? == messages,
                    "{records} of {messages} came back"
                );
            }
            other => writeln!(stdout(), "{base_offset} is no data: {other:?}")?,
        }
        writeln!(
            stdout(),
            "{base_offset}..={last}: {} bytes of batch, {} bytes of entry",
            batch.bytes().len(),
            bytes.len()
        )?;
    }
    Ok(())
}
