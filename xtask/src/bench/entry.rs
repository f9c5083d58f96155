//! `cargo xtask bench entry`: runs kop-entry's example `speed` and compares with copies of the batch.

use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::peers::process::{self, say};

/// Most copies of the batch that the `pulsar` format may cost for records of [`TARGET_VALUE`] bytes.
const TARGET_COPIES: f64 = 3.0;
/// Least speed for the same.
const TARGET_GIGABYTES: f64 = 1.0;
const TARGET_VALUE: u64 = 1024;
/// Its factor, as its authors measured it.
const ORIGINAL: &str = " (the original's: about 90)";

/// Arguments of `cargo xtask bench entry`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A tenth of the rounds; the figures vary more.
    #[arg(long)]
    quick: bool,
}

/// What the example measured of a batch.
#[derive(Deserialize, Serialize)]
struct Measured {
    records: u64,
    value_bytes: u64,
    keys: bool,
    batch_bytes: u64,
    cases: Vec<Case>,
}

#[derive(Deserialize, Serialize)]
struct Case {
    name: String,
    /// Its time divided by that of a copy of the batch.
    copies: f64,
    gigabytes_per_second: f64,
}

impl Measured {
    /// Whether the target is for this case, and then whether it is met.
    fn meets(&self, case: &Case) -> Option<bool> {
        let aimed_at = self.value_bytes == TARGET_VALUE
            && matches!(case.name.as_str(), "pulsar encode" | "pulsar decode");
        aimed_at.then_some(
            case.copies <= TARGET_COPIES && case.gigabytes_per_second >= TARGET_GIGABYTES,
        )
    }

    /// How many times what the `kafka` format takes the `pulsar` format takes.
    fn pulsar_to_kafka(&self, what: &str) -> Option<f64> {
        let copies = |format: &str| {
            let name = format!("{format} {what}");
            let case = self.cases.iter().find(|case| case.name == name)?;
            Some(case.copies)
        };
        Some(copies("pulsar")? / copies("kafka")?)
    }
}

/// Runs `cargo xtask bench entry`.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let home = process::target_dir().join("bench");
    fs::create_dir_all(&home)?;
    say("building kop-entry ...");
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        .args(["build", "--release", "--package", "kop-entry"])
        .args(["--example", "speed"])
        .current_dir(process::root());
    process::run_logged(&mut build, &home.join("entry-build.log"))?;
    say("taking times ...");
    let measured = measure(args)?;
    measured.iter().for_each(print);
    let file = home.join("entry.json");
    fs::write(&file, serde_json::to_string_pretty(&measured)?)?;
    say(format!("\nAll of it: {}", file.display()));
    Ok(())
}

fn measure(args: &Args) -> anyhow::Result<Vec<Measured>> {
    let program = process::target_dir().join("release/examples/speed");
    let output = Command::new(&program)
        .arg("--json")
        .args(args.quick.then_some("--quick"))
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    ensure!(
        output.status.success(),
        "speed: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = std::str::from_utf8(&output.stdout)?.lines();
    lines.map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn print(measured: &Measured) {
    let keys = if measured.keys { "with" } else { "without" };
    say(format!(
        "\n{} records of {} bytes {keys} keys, {} bytes",
        measured.records, measured.value_bytes, measured.batch_bytes
    ));
    for case in &measured.cases {
        let verdict = match measured.meets(case) {
            None => String::new(),
            Some(met) => {
                let missed = if met { "" } else { "  MISSED" };
                format!("  target {TARGET_COPIES} copies, {TARGET_GIGABYTES} GB/s{missed}")
            }
        };
        say(format!(
            "    {:28} {:8.2} copies {:8.2} GB/s{verdict}",
            case.name, case.copies, case.gigabytes_per_second
        ));
    }
    for what in ["encode", "decode"] {
        if let Some(factor) = measured.pulsar_to_kafka(what) {
            say(format!(
                "    pulsar format / kafka format, {what}: {factor:.1}{}",
                if what == "encode" { ORIGINAL } else { "" }
            ));
        }
    }
}
