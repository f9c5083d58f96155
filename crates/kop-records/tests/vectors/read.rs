//! What we read from a buffer, in the form of the vectors.

use anyhow::{Context, bail};
use bytes::Bytes;
use kop_records::control::{ControlRecordType, EndTxnMarker};
use kop_records::{
    DecompressLimits, HEADER_LEN, Record, RecordBatch, RecordView, RecordsError, TimestampType,
    batches,
};
use serde_json::{Map, Value, json};

/// Of the vectors' batches none is larger.
pub(crate) const LIMITS: DecompressLimits = DecompressLimits { max_bytes: 1 << 24 };

/// How far a buffer could be read.
pub(crate) struct Reading {
    pub(crate) batches: Vec<Value>,
    pub(crate) valid_bytes: usize,
    pub(crate) error: Option<RecordsError>,
}

/// Reads all batches and records until something is wrong.
pub(crate) fn read(bytes: &Bytes) -> Reading {
    let mut reading = Reading {
        batches: Vec::new(),
        valid_bytes: 0,
        error: None,
    };
    for batch in batches(bytes) {
        let read = batch.and_then(|batch| Ok((batch.size_in_bytes(), batch_json(&batch)?)));
        match read {
            Ok((size, json)) => {
                reading.valid_bytes += size;
                reading.batches.push(json);
            }
            Err(error) => {
                reading.error = Some(error);
                break;
            }
        }
    }
    reading
}

/// A batch with all that a line says of it.
fn batch_json(batch: &RecordBatch) -> Result<Value, RecordsError> {
    batch.verify_crc()?;
    let mut json = header_json(batch)?;
    let mut records = Vec::new();
    let owned: Vec<Record> = batch.records(&LIMITS)?.collect::<Result<_, _>>()?;
    let section = batch.section(&LIMITS)?;
    let borrowed: Vec<RecordView<'_>> = section.iter().collect::<Result<_, _>>()?;
    assert_eq!(
        borrowed,
        owned.iter().map(Record::view).collect::<Vec<_>>(),
        "the two iterators disagree"
    );
    for record in &owned {
        records.push(record_json(batch, record)?);
    }
    if batch.magic() == 2 && batch.timestamp_type() == TimestampType::LogAppendTime {
        for (record, time) in records.iter_mut().zip(raw_timestamps(batch)?) {
            record["rawTimestamp"] = json!(time);
        }
    }
    json.insert("records".to_owned(), Value::Array(records));
    if batch.magic() == 2
        && let Ok(body) = batch.decompressed_body(&LIMITS)
    {
        json.insert("recordsSize".to_owned(), json!(body.len()));
        json.insert("recordsCrc32c".to_owned(), json!(crc32c::crc32c(&body)));
    }
    Ok(Value::Object(json))
}

fn header_json(batch: &RecordBatch) -> Result<Map<String, Value>, RecordsError> {
    let timestamp_type = match batch.timestamp_type() {
        TimestampType::NoTimestamp => "NO_TIMESTAMP_TYPE",
        TimestampType::CreateTime => "CREATE_TIME",
        TimestampType::LogAppendTime => "LOG_APPEND_TIME",
    };
    let mut json = json!({
        "magic": batch.magic(), "codec": batch.compression().name(), "sizeInBytes": batch.size_in_bytes(),
        "baseOffset": batch.first_offset(&LIMITS)?, "lastOffset": batch.last_offset(), "nextOffset": batch.next_offset(),
        "partitionLeaderEpoch": batch.partition_leader_epoch(),
        "baseSequence": batch.base_sequence(), "lastSequence": batch.last_sequence(),
        "producerId": batch.producer_id(), "producerEpoch": batch.producer_epoch(),
        "isTransactional": batch.is_transactional(), "isControl": batch.is_control(),
        "timestampType": timestamp_type, "maxTimestamp": batch.max_timestamp(),
        "deleteHorizonMs": batch.delete_horizon_ms(), "crc": batch.crc(), "count": batch.record_count(),
    });
    if batch.magic() == 2 {
        json["baseTimestamp"] = json!(batch.base_timestamp());
    }
    match json {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

fn record_json(batch: &RecordBatch, record: &Record) -> Result<Value, RecordsError> {
    let hex = |bytes: Option<&[u8]>| bytes.map(hex::encode);
    let headers: Vec<Value> = record
        .headers
        .view()
        .iter()
        .map(|header| json!([header.key_str(), hex(header.value)]))
        .collect();
    let owned: Vec<Value> = record
        .headers
        .iter()
        .map(|header| json!([header.view().key_str(), hex(header.value.as_deref())]))
        .collect();
    assert_eq!(headers, owned, "the two header iterators disagree");
    let mut json = json!({
        "offset": record.offset, "timestamp": record.timestamp, "sequence": record.sequence,
        "keyHex": hex(record.key.as_deref()), "valueHex": hex(record.value.as_deref()), "headers": headers,
    });
    if let Some(key) = record
        .key
        .as_deref()
        .filter(|key| batch.is_control() && key.len() >= 4)
    {
        json["controlType"] = json!(ControlRecordType::parse_key(key)?.name());
        if let Some(marker) = EndTxnMarker::parse(&record.view())? {
            json["coordinatorEpoch"] = json!(marker.coordinator_epoch);
        }
    }
    Ok(json)
}

/// The records' own times, read from a copy of the batch that says create time.
fn raw_timestamps(batch: &RecordBatch) -> Result<Vec<i64>, RecordsError> {
    let mut copy = batch.bytes().to_vec();
    copy[22] &= !8;
    let copy = RecordBatch::parse(Bytes::from(copy))?;
    assert!(copy.size_in_bytes() >= HEADER_LEN);
    copy.records(&LIMITS)?
        .map(|record| Ok(record?.timestamp))
        .collect()
}

/// The bytes of a line's hex field.
pub(crate) fn hex_field(line: &Value, name: &str) -> anyhow::Result<Bytes> {
    let text = line[name]
        .as_str()
        .with_context(|| format!("no text {name:?}"))?;
    Ok(Bytes::from(hex::decode(text)?))
}

/// The list of batches of a line.
pub(crate) fn batches_field(line: &Value) -> anyhow::Result<&Vec<Value>> {
    line["batches"].as_array().context("no batches")
}

/// Fails with the first difference; `except` names fields of batches that may differ.
pub(crate) fn same_batches(
    ours: &[Value],
    theirs: &[Value],
    except: &[&str],
) -> anyhow::Result<()> {
    if ours.len() != theirs.len() {
        bail!("{} batches instead of {}", ours.len(), theirs.len());
    }
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let (ours, theirs) = (
            ours.as_object().context("no object")?,
            theirs.as_object().context("no object")?,
        );
        for field in theirs
            .keys()
            .chain(ours.keys())
            .filter(|field| !except.contains(&field.as_str()))
        {
            let (ours, theirs) = (ours.get(field), theirs.get(field));
            if ours != theirs {
                bail!(
                    "batch {index}: {field} is {} instead of {}",
                    show(ours),
                    show(theirs)
                );
            }
        }
    }
    Ok(())
}

fn show(value: Option<&Value>) -> String {
    value.map_or_else(
        || "absent".to_owned(),
        |value| value.to_string().chars().take(400).collect(),
    )
}
