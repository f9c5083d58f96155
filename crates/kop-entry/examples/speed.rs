//! How fast records become entries and entries records, beside copying the same batch.
//!
//! `cargo run --release -p kop-entry --example speed` prints ratios: `copies` is the time of a case divided by that of a
//! copy of the batch into memory of its own, as every case makes some, taken in turns with it. The first line is a copy
//! into memory that is already there, for small batches in the innermost cache. Then two things that are parts of others:
//! the checksum of the batch, which the `pulsar` format computes once in each direction, and the base64 of its keys,
//! which it writes beside the keys.
//!
//! `--json` prints an object for each batch instead, and `--quick` takes a tenth of the rounds.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::cell::RefCell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use kop_entry::{
    DecodeContext, EncodeContext, EntryError, EntryFormat, decode, encode, validate_batches,
};
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, RecordBatch, TargetCompression, ValidatedRecords,
};
use serde_json::{Value, json};

const ROUNDS: u32 = 200;
const QUICK_ROUNDS: u32 = 20;
/// The case by which the others are divided.
const COPY: &str = "copy";

#[derive(Clone, Copy)]
struct Options {
    json: bool,
    quick: bool,
}

struct Case {
    name: String,
    best: Duration,
    work: Box<dyn Fn()>,
}

fn batch(records: usize, value: usize, key: bool) -> Result<Bytes, EntryError> {
    let mut builder = BatchBuilder::new(Compression::None).producer(4001, 0, 0);
    let value: Vec<u8> = (0..value).map(|i| (i * 7) as u8).collect();
    for i in 0..records {
        let name = format!("key-{i:012}");
        let key = key.then_some(name.as_bytes());
        builder.append(1_700_000_000_000 + i as i64, key, Some(&value), &[])?;
    }
    Ok(builder.build()?)
}

fn cases(bytes: &Bytes, records: &ValidatedRecords) -> Result<Vec<Case>, EntryError> {
    let context = EncodeContext::at(1_700_000_000_000);
    let trusted = DecodeContext {
        verify_checksum: false,
        ..DecodeContext::default()
    };
    let source = bytes.clone();
    let target = RefCell::new(vec![0_u8; bytes.len()]);
    let into_new = source.clone();
    let to_check = RecordBatch::parse(bytes.clone())?;
    let mut cases = vec![
        Case::new("copy into the same memory", move || {
            black_box(&mut *target.borrow_mut()).copy_from_slice(black_box(&source));
        }),
        Case::new(COPY, move || {
            black_box(Bytes::copy_from_slice(black_box(&into_new)));
        }),
        Case::new("checksum", move || {
            black_box(&to_check).verify_crc().ok();
        }),
        base64_of_keys(records)?,
    ];
    for format in [EntryFormat::Kafka, EntryFormat::Pulsar] {
        let entry = encode(format, records, &context)?.to_bytes();
        let to_encode = records.clone();
        cases.push(Case::new(&format!("{format} encode"), move || {
            black_box(encode(format, black_box(&to_encode), &context)).ok();
        }));
        let checked = entry.clone();
        cases.push(Case::new(&format!("{format} decode"), move || {
            black_box(decode(black_box(&entry), 1_000_000, &trusted)).ok();
        }));
        if format == EntryFormat::Pulsar {
            cases.push(Case::new(
                &format!("{format} decode, checksum too"),
                move || {
                    let context = DecodeContext::default();
                    black_box(decode(black_box(&checked), 1_000_000, &context)).ok();
                },
            ));
        }
    }
    Ok(cases)
}

fn base64_of_keys(records: &ValidatedRecords) -> Result<Case, EntryError> {
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for batch in &records.batches {
        for record in &batch.section(&DecompressLimits::default())? {
            keys.extend(record?.key.map(<[u8]>::to_vec));
        }
    }
    let room = keys.iter().map(|key| key.len() * 2 + 4).max().unwrap_or(0);
    let text = RefCell::new(vec![0_u8; room]);
    Ok(Case::new("base64 of the keys", move || {
        let mut text = text.borrow_mut();
        for key in black_box(&keys) {
            black_box(BASE64_STANDARD.encode_slice(key, &mut text)).ok();
        }
    }))
}

impl Case {
    fn new(name: &str, work: impl Fn() + 'static) -> Self {
        Self {
            name: name.to_owned(),
            best: Duration::MAX,
            work: Box::new(work),
        }
    }

    fn take_turn(&mut self, times: u32) {
        let began = Instant::now();
        (0..times).for_each(|_| (self.work)());
        self.best = self.best.min(began.elapsed() / times);
    }
}

fn measure(options: Options, records: usize, value: usize, key: bool) -> Result<(), EntryError> {
    let bytes = batch(records, value, key)?;
    let limits = DecompressLimits::default();
    let valid = validate_batches(&bytes, TargetCompression::Producer, &limits)?;
    let mut cases = cases(&bytes, &valid)?;
    let times = u32::try_from(4_000_000 / bytes.len()).unwrap_or(1).max(1);
    let rounds = if options.quick { QUICK_ROUNDS } else { ROUNDS };
    for _ in 0..rounds {
        cases.iter_mut().for_each(|case| case.take_turn(times));
    }
    let copy = cases
        .iter()
        .find(|case| case.name == COPY)
        .map_or(f64::NAN, |case| case.best.as_secs_f64());
    let measured = json!({
        "records": records,
        "value_bytes": value,
        "keys": key,
        "batch_bytes": bytes.len(),
        "cases": cases
            .iter()
            .map(|case| {
                let seconds = case.best.as_secs_f64();
                json!({
                    "name": case.name,
                    "copies": seconds / copy,
                    "gigabytes_per_second": bytes.len() as f64 / seconds / 1e9,
                })
            })
            .collect::<Vec<_>>(),
    });
    if options.json {
        println!("{measured}");
    } else {
        print(&measured);
    }
    Ok(())
}

fn print(measured: &Value) {
    let keys = if measured["keys"] == true {
        "with"
    } else {
        "without"
    };
    println!(
        "\n{} records of {} bytes {keys} keys, {} bytes",
        measured["records"], measured["value_bytes"], measured["batch_bytes"]
    );
    for case in measured["cases"].as_array().into_iter().flatten() {
        let number = |field: &str| case[field].as_f64().unwrap_or(f64::NAN);
        println!(
            "{:28} {:8.2} copies {:10.2} GB/s",
            case["name"].as_str().unwrap_or_default(),
            number("copies"),
            number("gigabytes_per_second")
        );
    }
}

fn main() -> Result<(), EntryError> {
    let has = |flag| std::env::args().any(|arg| arg == flag);
    let options = Options {
        json: has("--json"),
        quick: has("--quick"),
    };
    measure(options, 15, 1024, true)?;
    measure(options, 1000, 1024, true)?;
    measure(options, 1000, 1024, false)?;
    measure(options, 160, 100, true)?;
    measure(options, 10, 100_000, true)
}
