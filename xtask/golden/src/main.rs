//! `cargo xtask golden DIR`: vectors written by Apache Kafka against our crates.
//!
//! This is a package of its own so that the other tasks, `codegen` above all, do without the crates that it checks.

#![allow(clippy::print_stdout, reason = "what it finds goes there")]

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Parser;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

mod batches;
#[path = "../../src/codegen"]
#[expect(dead_code, reason = "what only generating code needs")]
mod codegen {
    pub(crate) mod default;
    pub(crate) mod model;
    pub(crate) mod names;
    pub(crate) mod schema;
    mod versions;
}
mod compare;
mod corrupt;
mod downconvert;
mod messages;
mod records;

/// Failures that are shown of each file.
const SHOWN: usize = 5;

/// Check a folder of golden vectors and print passed and failed per file.
#[derive(Parser)]
#[command(name = "cargo xtask golden")]
struct Args {
    /// The folder with the vectors.
    dir: PathBuf,
}

/// What came of the lines of one file.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    failures: Vec<String>,
    skipped: BTreeMap<String, usize>,
}

impl Outcome {
    /// Notes a line that is about something that our crates do not have, and what that is.
    pub(crate) fn skip(&mut self, what: String) {
        *self.skipped.entry(what).or_default() += 1;
    }

    /// Notes what came of one line; a failure names it.
    pub(crate) fn note(&mut self, name: impl FnOnce() -> String, result: anyhow::Result<()>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(error) => {
                self.failed += 1;
                if self.failures.len() < SHOWN {
                    self.failures.push(format!("{}: {error:#}", name()));
                }
            }
        }
    }
}

/// The lines of a file, parsed one by one.
pub(crate) type Lines<'a> = &'a mut dyn Iterator<Item = anyhow::Result<Value>>;

/// Checks the lines of one kind of file; None if nothing checks this kind yet.
type Check = fn(Lines<'_>) -> anyhow::Result<Option<Outcome>>;

const KINDS: [(&str, Check); 5] = [
    ("messages", messages::check),
    ("records", records::check),
    ("batches", batches::check),
    ("corrupt", corrupt::check),
    ("downconvert", downconvert::check),
];

fn main() -> anyhow::Result<()> {
    let Args { dir } = Args::parse();
    let (mut checked, mut failed) = (0, 0);
    for (kind, check) in KINDS {
        let Some((path, reader)) = open(&dir, kind)? else {
            println!("{kind}: skipped, {kind}.jsonl.gz is not there");
            continue;
        };
        let mut lines = reader.lines().map(|line| Ok(serde_json::from_str(&line?)?));
        let outcome = check(&mut lines).with_context(|| format!("reading {}", path.display()))?;
        let Some(outcome) = outcome else {
            println!("{kind}: skipped, nothing checks it yet");
            continue;
        };
        checked += 1;
        failed += outcome.failed;
        println!(
            "{kind}: {} passed, {} failed",
            outcome.passed, outcome.failed
        );
        for (what, lines) in outcome.skipped {
            println!("  {lines} skipped: {what}");
        }
        for failure in outcome.failures {
            println!("  {failure}");
        }
        if outcome.passed + outcome.failed == 0 {
            bail!("{} has no lines", path.display());
        }
    }
    if checked == 0 {
        bail!("nothing to check in {}", dir.display());
    }
    if failed > 0 {
        bail!("{failed} lines failed");
    }
    Ok(())
}

/// The file of a kind, packed or not.
fn open(dir: &Path, kind: &str) -> anyhow::Result<Option<(PathBuf, Box<dyn BufRead>)>> {
    let packed = dir.join(format!("{kind}.jsonl.gz"));
    if packed.is_file() {
        let file = MultiGzDecoder::new(File::open(&packed)?);
        return Ok(Some((packed, Box::new(BufReader::new(file)))));
    }
    let plain = dir.join(format!("{kind}.jsonl"));
    if plain.is_file() {
        let file = File::open(&plain)?;
        return Ok(Some((plain, Box::new(BufReader::new(file)))));
    }
    Ok(None)
}

/// A text field of a line.
pub(crate) fn text<'a>(line: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    line[name]
        .as_str()
        .with_context(|| format!("the line has no text {name:?}"))
}

/// A whole number of a line that fits into 16 bits.
pub(crate) fn int16(line: &Value, name: &str) -> anyhow::Result<i16> {
    let number = line[name]
        .as_i64()
        .with_context(|| format!("the line has no number {name:?}"))?;
    Ok(i16::try_from(number)?)
}
