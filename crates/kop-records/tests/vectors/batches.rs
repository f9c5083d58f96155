//! One line of `batches.jsonl.gz`.

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use kop_records::{BatchBuilder, Compression, HeaderView, RecordBatch, batches};
use serde_json::Value;

use super::read::{LIMITS, batches_field, hex_field, read, same_batches};

/// Lines that hold bytes which no writer would write: varints longer than needed, and bits without a meaning.
const NOT_WRITTEN_AGAIN: [&str; 2] = ["v2-overlong-varint", "v2-record-attributes-set"];

/// Reads and compares every field, then writes the batches again from the fields.
pub(crate) fn check(line: &Value) -> anyhow::Result<()> {
    let bytes = hex_field(line, "hex")?;
    let reading = read(&bytes);
    if let Some(error) = reading.error {
        bail!("refused: {error}");
    }
    ensure!(
        reading.valid_bytes == bytes.len(),
        "{} of {} bytes read",
        reading.valid_bytes,
        bytes.len()
    );
    let wanted = batches_field(line)?;
    same_batches(&reading.batches, wanted, &[])?;
    if NOT_WRITTEN_AGAIN.iter().any(|name| line["name"] == *name) {
        return Ok(());
    }
    for (batch, fields) in batches(&bytes).zip(wanted) {
        write_again(&batch?, fields).context("written again")?;
    }
    Ok(())
}

fn write_again(batch: &RecordBatch, fields: &Value) -> anyhow::Result<()> {
    let again = build(fields)?;
    if batch.compression() == Compression::None {
        ensure!(
            again == *batch.bytes(),
            "{} instead of {}",
            hex::encode(&again),
            hex::encode(batch.bytes())
        );
        return Ok(());
    }
    if batch.magic() == 2 {
        let body = RecordBatch::parse(again.clone())?.decompressed_body(&LIMITS)?;
        ensure!(
            fields["recordsSize"] == body.len(),
            "the records have {} bytes",
            body.len()
        );
        ensure!(
            fields["recordsCrc32c"] == crc32c::crc32c(&body),
            "the records differ"
        );
    }
    let reading = read(&again);
    let records = reading.batches.first().context("it cannot be read")?;
    ensure!(
        records["records"] == fields["records"],
        "its records differ"
    );
    Ok(())
}

/// Builds the batch that a line describes.
fn build(fields: &Value) -> anyhow::Result<Bytes> {
    let codec: Compression = fields["codec"].as_str().context("no codec")?.parse()?;
    let magic = int(fields, "magic")? as i8;
    let mut builder = BatchBuilder::new(codec)
        .magic(magic)
        .base_offset(int(fields, "baseOffset")?);
    if fields["timestampType"] == "LOG_APPEND_TIME" {
        builder = builder.log_append_time(int(fields, "maxTimestamp")?);
    } else {
        builder = builder.max_timestamp(int(fields, "maxTimestamp")?);
    }
    if magic == 2 {
        builder = builder
            .partition_leader_epoch(int(fields, "partitionLeaderEpoch")? as i32)
            .producer(
                int(fields, "producerId")?,
                int(fields, "producerEpoch")? as i16,
                int(fields, "baseSequence")? as i32,
            )
            .transactional(fields["isTransactional"] == true)
            .control(fields["isControl"] == true)
            .last_offset(int(fields, "lastOffset")?)
            .base_timestamp(int(fields, "baseTimestamp")?);
        if let Some(horizon) = fields["deleteHorizonMs"].as_i64() {
            builder = builder.delete_horizon_ms(horizon);
        }
    }
    for record in fields["records"].as_array().context("no records")? {
        append(&mut builder, record)?;
    }
    Ok(builder.build()?)
}

fn append(builder: &mut BatchBuilder, record: &Value) -> anyhow::Result<()> {
    let timestamp = record["rawTimestamp"]
        .as_i64()
        .map_or_else(|| int(record, "timestamp"), Ok)?;
    let (key, value) = (
        hex_or_null(&record["keyHex"])?,
        hex_or_null(&record["valueHex"])?,
    );
    let headers: Vec<(String, Option<Vec<u8>>)> = record["headers"]
        .as_array()
        .context("no headers")?
        .iter()
        .map(|pair| {
            Ok((
                pair[0].as_str().context("no header key")?.to_owned(),
                hex_or_null(&pair[1])?,
            ))
        })
        .collect::<anyhow::Result<_>>()?;
    let headers: Vec<HeaderView<'_>> = headers
        .iter()
        .map(|(key, value)| HeaderView {
            key: key.as_bytes(),
            value: value.as_deref(),
        })
        .collect();
    builder.append_at(
        int(record, "offset")?,
        timestamp,
        key.as_deref(),
        value.as_deref(),
        &headers,
    )?;
    Ok(())
}

fn hex_or_null(value: &Value) -> anyhow::Result<Option<Vec<u8>>> {
    value
        .as_str()
        .map(|text| Ok(hex::decode(text)?))
        .transpose()
}

fn int(value: &Value, name: &str) -> anyhow::Result<i64> {
    value[name]
        .as_i64()
        .with_context(|| format!("no number {name:?}"))
}
