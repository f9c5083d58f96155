//! The vectors of `golden/`, written and read by Apache Kafka.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::io::{BufRead, BufReader};

use flate2::read::MultiGzDecoder;
use kop_records::fuzz;
use serde_json::Value;

mod vectors;

fn check(kind: &str, at_least: usize, check: impl Fn(&Value) -> anyhow::Result<()>) -> Vec<Value> {
    let path = format!("{}/golden/{kind}.jsonl.gz", env!("CARGO_MANIFEST_DIR"));
    let reader = BufReader::new(MultiGzDecoder::new(std::fs::File::open(path).unwrap()));
    let lines: Vec<Value> = reader
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    assert!(lines.len() >= at_least, "{} lines", lines.len());
    let failures: Vec<String> = lines
        .iter()
        .filter_map(|line| Some(format!("{}: {:#}", line["name"], check(line).err()?)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
    lines
}

#[test]
fn batches_are_read_and_written_as_by_kafka() {
    check("batches", 157, vectors::batches::check);
}

#[test]
fn damaged_batches_are_refused_as_by_kafka() {
    let lines = check("corrupt", 381, vectors::corrupt::check);
    // The list of where we are stricter must have no entry that is not needed.
    for (name, _) in vectors::corrupt::STRICTER {
        assert!(
            lines.iter().any(|line| line["name"] == *name),
            "{name} is listed but not a line"
        );
    }
}

#[test]
fn batches_are_converted_down_as_by_kafka() {
    check("downconvert", 50, vectors::downconvert::check);
}

#[test]
fn the_seeds_of_the_fuzz_targets_run_through() {
    for (target, run) in [
        ("records_read", fuzz::read as fn(&[u8])),
        ("records_produce", fuzz::produce),
        ("records_convert", fuzz::convert),
        ("records_filter", fuzz::filter),
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
