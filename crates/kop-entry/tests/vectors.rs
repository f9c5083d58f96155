//! Entries that we did not write: of Pulsar's Java and C++ clients, as a broker stored them and its Java client read
//! them, and in the original's layout by Pulsar's own writer. `vectors/README.md` says how they were made.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use kop_entry::{
    Assembled, ChunkAssembler, DecodeContext, Decoded, DecodedBatch, EncodeContext, EntryError,
    EntryFormat, EntryView, encode, encode_as_they_came, fuzz, validate_batches,
};
use kop_records::{DecompressLimits, Record, RecordBatch, TargetCompression};
use serde_json::{Map, Value, json};

fn lines(name: &str) -> Vec<Value> {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let file = std::fs::File::open(format!("{vectors}/{name}.jsonl.gz")).unwrap();
    BufReader::new(MultiGzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect()
}

fn bytes_of(hex: &Value) -> Bytes {
    Bytes::from(hex::decode(hex.as_str().unwrap()).unwrap())
}

fn records(batches: &[DecodedBatch]) -> Vec<Record> {
    let mut records = Vec::new();
    for batch in batches {
        let batch = RecordBatch::parse(batch.to_bytes()).unwrap();
        batch.verify_crc().unwrap();
        let all = batch.records(&DecompressLimits::default()).unwrap();
        records.extend(all.map(Result::unwrap));
    }
    records
}

/// A record in the words of the Java client.
fn shown(record: &Record) -> Value {
    let hex = |bytes: &Option<Bytes>| bytes.as_ref().map(hex::encode);
    // The Java client gives a map.
    let properties: BTreeMap<String, Value> = record
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8(header.value.unwrap().to_vec()).unwrap();
            (header.key.escape_ascii().to_string(), value.into())
        })
        .collect();
    json!({
        "key": hex(&record.key),
        "value": hex(&record.value),
        "timestamp": record.timestamp,
        "properties": properties,
    })
}

/// What a record must be, from what the Java client read.
fn expected(message: &Value) -> Value {
    let event_time = message["eventTime"].as_i64().unwrap();
    let ordering_key = &message["orderingKeyHex"];
    let properties: Map<String, Value> = message["properties"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(key, value)| (key.as_bytes().escape_ascii().to_string(), value.clone()))
        .collect();
    json!({
        "key": if ordering_key.is_null() { &message["keyHex"] } else { ordering_key },
        "value": message["valueHex"],
        "timestamp": if event_time > 0 { message["eventTime"].clone() } else { message["publishTime"].clone() },
        "properties": properties,
    })
}

#[test]
fn entries_of_pulsar_clients_are_read_as_the_java_client_reads_them() {
    let mut chunks = ChunkAssembler::new(4);
    let (mut entries, mut messages, mut encrypted, mut chunked) = (0, 0, 0, 0);
    let mut topic = (Value::Null, 0);
    for line in lines("pulsar") {
        let entry = bytes_of(&line["hex"]);
        fuzz::read(&entry);
        let name = format!("{} {}", line["name"], line["id"]);
        let view = EntryView::parse(&entry).unwrap();
        let index = view.broker_metadata().unwrap().index.unwrap();
        let base = view.base_offset(index);
        // Offsets have no gaps, except for the markers of transactions and the entries of an aborted one.
        if topic.0 != line["name"] {
            topic = (line["name"].clone(), 0);
        }
        if line["name"] != "java-transaction" {
            assert_eq!(base, topic.1, "{name}");
        }
        topic.1 = base + i64::from(view.num_messages());

        let context = DecodeContext::default();
        let batches = match view.decode(base, &context) {
            Ok(Decoded::Batches(batches)) => batches,
            Ok(Decoded::Chunk { .. }) => match chunks.add(&view, base, &context).unwrap() {
                Assembled::Complete(batches) => {
                    chunked += 1;
                    batches
                }
                other => {
                    assert_eq!(other, Assembled::Pending);
                    continue;
                }
            },
            Err(EntryError::Encrypted { key }) => {
                assert_eq!(
                    (key.as_str(), &line["name"]),
                    ("vector-key", &"java-encrypted".into())
                );
                encrypted += 1;
                continue;
            }
            other => panic!("{name}: {other:?}"),
        };
        let records = records(&batches);
        let theirs = line["messages"].as_array().unwrap();
        assert_eq!(records.len(), theirs.len(), "{name}");
        for (i, (ours, theirs)) in records.iter().zip(theirs).enumerate() {
            assert_eq!(shown(ours), expected(theirs), "{name}");
            assert_eq!(ours.offset, base + i as i64);
            messages += 1;
        }
        entries += 1;
    }
    assert_eq!((encrypted, chunked), (1, 2));
    assert!(entries >= 70 && messages >= 120, "{entries} {messages}");
}

#[test]
fn the_schema_version_is_a_header_on_request() {
    let line = lines("pulsar")
        .into_iter()
        .find(|line| line["name"] == "java-schema")
        .unwrap();
    let context = DecodeContext {
        schema_version_header: Some("pulsar.schema.version"),
        ..DecodeContext::default()
    };
    let entry = bytes_of(&line["hex"]);
    let Decoded::Batches(batches) = EntryView::parse(&entry)
        .unwrap()
        .decode(0, &context)
        .unwrap()
    else {
        panic!("not batches");
    };
    let header = records(&batches)[0].headers.iter().next().unwrap();
    assert_eq!(&header.key[..], b"pulsar.schema.version");
    assert_eq!(header.value.as_deref(), Some(&0_u64.to_be_bytes()[..]));
}

#[test]
fn chunks_that_come_late_or_twice_or_too_large_are_told() {
    let chunked: Vec<Bytes> = lines("pulsar")
        .iter()
        .filter(|line| line["name"] == "java-chunked-none")
        .map(|line| bytes_of(&line["hex"]))
        .collect();
    let add = |chunks: &mut ChunkAssembler, at: usize| {
        chunks.add(
            &EntryView::parse(&chunked[at]).unwrap(),
            at as i64,
            &DecodeContext::default(),
        )
    };
    let mut chunks = ChunkAssembler::new(1);
    assert_eq!(add(&mut chunks, 1), Ok(Assembled::Orphan));
    assert_eq!(add(&mut chunks, 0), Ok(Assembled::Pending));
    assert_eq!(add(&mut chunks, 1), Ok(Assembled::Pending));
    assert_eq!(add(&mut chunks, 1), Ok(Assembled::Repeated));
    assert_eq!(chunks.size_in_bytes(), 1400);
    assert!(matches!(add(&mut chunks, 2), Ok(Assembled::Complete(_))));
    assert_eq!(chunks.size_in_bytes(), 0);
    let small = DecodeContext {
        limits: DecompressLimits { max_bytes: 1999 },
        ..DecodeContext::default()
    };
    assert_eq!(
        chunks.add(&EntryView::parse(&chunked[0]).unwrap(), 0, &small),
        Err(EntryError::TooLarge {
            size: 2000,
            limit: 1999
        })
    );
}

#[test]
fn entries_have_the_layout_of_the_original() {
    for line in lines("layout") {
        let (name, batches) = (&line["name"], bytes_of(&line["batches"]));
        let context = EncodeContext::at(line["now"].as_i64().unwrap());
        let entry = encode_as_they_came(&batches, &context).unwrap();
        assert_eq!(hex::encode(entry.to_bytes()), line["kafka"], "{name}");
        let valid = validate_batches(
            &batches,
            TargetCompression::Producer,
            &DecompressLimits::default(),
        );
        let valid = valid.unwrap();
        if let Some(theirs) = line["pulsar"].as_str() {
            let entry = encode(EntryFormat::Kafka, &valid, &context).unwrap();
            assert_eq!(hex::encode(entry.to_bytes()), line["kafka"], "{name}");
            let entry = encode(EntryFormat::Pulsar, &valid, &context).unwrap();
            assert_eq!(hex::encode(entry.to_bytes()), theirs, "{name}");
        }
        for format in ["kafka", "pulsar"] {
            let Some(entry) = line[format].as_str() else {
                continue;
            };
            let entry = Bytes::from(hex::decode(entry).unwrap());
            let view = EntryView::parse(&entry).unwrap();
            let decoded = view.decode(500, &DecodeContext::default()).unwrap();
            let Decoded::Batches(decoded) = decoded else {
                panic!("{name} as {format}: {decoded:?}");
            };
            let before = valid.batches[0]
                .section(&DecompressLimits::default())
                .unwrap();
            let after = records(&decoded);
            assert_eq!(after.len() as u32, view.num_messages());
            for (i, (after, before)) in after.iter().zip(&before).enumerate() {
                let before = before.unwrap();
                assert_eq!(
                    (after.offset, after.timestamp),
                    (500 + i as i64, before.timestamp)
                );
                assert_eq!(
                    (after.key.as_deref(), after.value.as_deref()),
                    (before.key, before.value)
                );
            }
        }
    }
}

#[test]
fn the_seeds_of_the_fuzz_targets_run_through() {
    for (target, run) in [
        ("entry_read", fuzz::read as fn(&[u8])),
        ("entry_round_trip", fuzz::round_trip),
    ] {
        let dir = format!("{}/../../fuzz/seeds/{target}", env!("CARGO_MANIFEST_DIR"));
        let mut count = 0;
        for seed in std::fs::read_dir(&dir).unwrap() {
            let mut bytes = std::fs::read(seed.unwrap().path()).unwrap();
            run(&bytes);
            for at in 0..bytes.len() {
                bytes[at] ^= 0x11;
                run(&bytes);
                bytes[at] ^= 0x11;
            }
            count += 1;
        }
        assert!(count > 5, "{dir} has {count} seeds");
    }
}
