//! Batches that Apache Kafka wrote, through every format and back: what comes out is what Kafka read from them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::{BufRead, BufReader};

use anyhow::{Context, ensure};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use kop_entry::{
    DecodeContext, Decoded, EncodeContext, EntryFormat, EntryView, encode, encode_as_they_came,
    fuzz, validate_batches,
};
use kop_records::{DecompressLimits, Record, TargetCompression, TimestampType, batches};
use serde_json::Value;

const LIMITS: DecompressLimits = DecompressLimits {
    max_bytes: 64 << 20,
};

fn lines(kind: &str) -> Vec<Value> {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../kop-records/golden");
    let file = std::fs::File::open(format!("{golden}/{kind}.jsonl.gz")).unwrap();
    BufReader::new(MultiGzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

fn bytes_of(line: &Value) -> Bytes {
    Bytes::from(hex::decode(line["hex"].as_str().unwrap()).unwrap())
}

/// The records, each with whether it has the time at which a broker appended it.
fn decoded_records(entry: &Bytes) -> anyhow::Result<Vec<(Record, bool)>> {
    let Decoded::Batches(decoded) =
        EntryView::parse(entry)?.decode(0, &DecodeContext::default())?
    else {
        anyhow::bail!("not batches");
    };
    let mut records = Vec::new();
    for batch in &decoded {
        for batch in batches(&batch.to_bytes()) {
            let batch = batch?;
            batch.verify_crc()?;
            let appended = batch.timestamp_type() == TimestampType::LogAppendTime;
            for record in batch.records(&LIMITS)? {
                records.push((record?, appended));
            }
        }
    }
    Ok(records)
}

fn check(records: &[(Record, bool)], line: &Value) -> anyhow::Result<()> {
    let batches = line["batches"].as_array().into_iter().flatten();
    let of_batch = |batch: &'_ Value| {
        let appended = batch["timestampType"] == "LOG_APPEND_TIME";
        let records = batch["records"].as_array().cloned().unwrap_or_default();
        records.into_iter().map(move |record| (record, appended))
    };
    let theirs: Vec<(Value, bool)> = batches.flat_map(of_batch).collect();
    ensure!(records.len() == theirs.len(), "{} records", records.len());
    let hex = |bytes: &Option<Bytes>| bytes.as_ref().map(hex::encode);
    for ((ours, our_type), (theirs, their_type)) in records.iter().zip(&theirs) {
        ensure!(our_type == their_type, "timestamp type");
        ensure!(
            hex(&ours.key).as_deref() == theirs["keyHex"].as_str(),
            "key"
        );
        ensure!(
            hex(&ours.value).as_deref() == theirs["valueHex"].as_str(),
            "value"
        );
        let time = theirs["timestamp"].as_i64().context("no timestamp")?;
        ensure!(ours.timestamp == time, "{} for {time}", ours.timestamp);
        let headers = theirs["headers"].as_array().cloned().unwrap_or_default();
        ensure!(ours.headers.len() == headers.len(), "number of headers");
        for (ours, theirs) in ours.headers.iter().zip(&headers) {
            ensure!(ours.view().key_str() == theirs[0].as_str().unwrap_or_default());
            ensure!(hex(&ours.value).as_deref() == theirs[1].as_str(), "header");
        }
        ensure!(Some(i64::from(ours.sequence)) == theirs["sequence"].as_i64());
    }
    Ok(())
}

#[test]
fn every_format_gives_back_what_kafka_reads() {
    let mut checked = [0; 4];
    for line in lines("batches") {
        let (name, bytes) = (&line["name"], bytes_of(&line));
        fuzz::round_trip(&bytes);
        let context = EncodeContext::at(1_700_000_000_000);
        if let Ok(entry) = encode_as_they_came(&bytes, &context) {
            checked[3] += 1;
            decoded_records(&entry.to_bytes())
                .and_then(|records| check(&records, &line))
                .unwrap_or_else(|error| panic!("{name} as it came: {error}"));
        }
        // Not all that Kafka can read would be accepted from a producer: offsets with gaps are not.
        let Ok(records) = validate_batches(&bytes, TargetCompression::Producer, &LIMITS) else {
            continue;
        };
        for (format, checked) in EntryFormat::ALL.into_iter().zip(&mut checked) {
            *checked += 1;
            let entry = encode(format, &records, &context).unwrap().to_bytes();
            decoded_records(&entry)
                .and_then(|records| check(&records, &line))
                .unwrap_or_else(|error| panic!("{name} as {format}: {error}"));
        }
    }
    assert!(
        checked[..3].iter().all(|checked| *checked >= 100),
        "{checked:?}"
    );
    assert!(checked[3] >= 140, "{checked:?}");
}

#[test]
fn damaged_batches_break_nothing() {
    for line in lines("corrupt") {
        let bytes = bytes_of(&line);
        fuzz::round_trip(&bytes);
        if let Ok(entry) = encode_as_they_came(&bytes, &EncodeContext::at(0)) {
            fuzz::read(&entry.to_bytes());
        }
    }
}
