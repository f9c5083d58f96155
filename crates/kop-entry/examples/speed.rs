//! How fast records become entries and entries records, beside copying the same batch.
//!
//! `cargo run --release -p kop-entry --example speed` prints ratios: `copies` is the time of a case divided by that of a
//! copy of the batch into memory of its own, as every case makes some, taken in turns with it. The first line is a copy
//! into memory that is already there, for small batches in the innermost cache.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kop_entry::{
    DecodeContext, EncodeContext, EntryError, EntryFormat, decode, encode, validate_batches,
};
use kop_records::{
    BatchBuilder, Compression, DecompressLimits, TargetCompression, ValidatedRecords,
};

const ROUNDS: u32 = 200;

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
    let target = std::cell::RefCell::new(vec![0_u8; bytes.len()]);
    let into_new = source.clone();
    let mut cases = vec![
        Case::new("copy into the same memory", move || {
            black_box(&mut *target.borrow_mut()).copy_from_slice(black_box(&source));
        }),
        Case::new("copy", move || {
            black_box(Bytes::copy_from_slice(black_box(&into_new)));
        }),
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

fn measure(records: usize, value: usize, key: bool) -> Result<(), EntryError> {
    let bytes = batch(records, value, key)?;
    let limits = DecompressLimits::default();
    let valid = validate_batches(&bytes, TargetCompression::Producer, &limits)?;
    let mut cases = cases(&bytes, &valid)?;
    let times = u32::try_from(4_000_000 / bytes.len()).unwrap_or(1).max(1);
    for _ in 0..ROUNDS {
        cases.iter_mut().for_each(|case| case.take_turn(times));
    }
    let keys = if key { "with" } else { "without" };
    println!(
        "\n{records} records of {value} bytes {keys} keys, {} bytes",
        bytes.len()
    );
    let seconds = |case: &Case| case.best.as_secs_f64();
    for case in &cases {
        let (copies, rate) = (
            seconds(case) / seconds(&cases[1]),
            bytes.len() as f64 / seconds(case) / 1e9,
        );
        println!("{:28} {copies:8.2} copies {rate:10.2} GB/s", case.name);
    }
    let factor = |what: &str| {
        let of = |format: &str| {
            cases
                .iter()
                .find(|case| case.name == format!("{format} {what}"))
        };
        of("pulsar")
            .zip(of("kafka"))
            .map(|(pulsar, kafka)| seconds(pulsar) / seconds(kafka))
    };
    for what in ["encode", "decode"] {
        if let Some(factor) = factor(what) {
            println!("pulsar format / kafka format, {what}: {factor:.1}");
        }
    }
    Ok(())
}

fn main() -> Result<(), EntryError> {
    measure(15, 1024, true)?;
    measure(1000, 1024, true)?;
    measure(1000, 1024, false)?;
    measure(160, 100, true)?;
    measure(10, 100_000, true)
}
