//! `cargo xtask bench codec`: runs the programs of the workspace in `bench/` and compares.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use crate::peers::process::{self, say};

/// Arguments of `cargo xtask bench codec`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A look within half a minute; its figures vary more.
    #[arg(long)]
    quick: bool,
    /// Run the programs that are in target/bench/codec already.
    #[arg(long)]
    no_build: bool,
    /// Only the cases whose names contain this, for example "gzip" or "JoinGroup".
    #[arg(long, default_value = "")]
    case: String,
}

/// What one of the programs measured of a case.
#[derive(Deserialize)]
struct Measured {
    case: String,
    bytes: u64,
    target: f64,
    outcomes: Vec<Outcome>,
    /// A part of the work that nobody can do without.
    least: Option<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    name: String,
    value: Option<f64>,
    error: Option<String>,
}

/// A case with its time and allocations.
#[derive(Serialize)]
struct Line {
    case: String,
    bytes: u64,
    /// How many times as fast as the fastest other we are.
    speed: f64,
    target: f64,
    /// As fast as the target says, with no more allocations than the fastest other.
    met: bool,
    contenders: Vec<Contender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<Least>,
}

/// A part of the work that nobody can do without, as decompression by a library that most have in common.
#[derive(Serialize)]
struct Least {
    name: String,
    nanoseconds: f64,
    /// The speed that there would be if all else took no time.
    bound: f64,
}

#[derive(Serialize)]
struct Contender {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nanoseconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocations: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs `cargo xtask bench codec`.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let home = process::target_dir().join("bench");
    let target = home.join("codec");
    fs::create_dir_all(&home)?;
    if !args.no_build {
        build(&home, &target)?;
    }
    let (rounds, turn) = if args.quick {
        ("15", "500")
    } else {
        ("60", "2000")
    };
    say("counting allocations ...");
    let allocations = measure(&target, "allocations", &[&args.case])?;
    say("taking times ...");
    let times = measure(&target, "time", &[rounds, turn, &args.case])?;
    let lines = times
        .into_iter()
        .zip(allocations)
        .map(|(time, allocations)| line(time, allocations))
        .collect::<anyhow::Result<Vec<_>>>()?;
    print(&lines);
    let file = home.join("codec.json");
    fs::write(&file, serde_json::to_string_pretty(&lines)?)?;
    say(format!("\nAll of it: {}", file.display()));
    Ok(())
}

fn build(home: &Path, target: &Path) -> anyhow::Result<()> {
    say("building bench/ ...");
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        // krabka names a compiler that is newer than the one it needs.
        .args(["build", "--release", "--locked", "--ignore-rust-version"])
        .arg("--manifest-path")
        .arg(process::root().join("bench/Cargo.toml"))
        .env("CARGO_TARGET_DIR", target);
    process::run_logged(&mut build, &home.join("codec-build.log"))
}

fn measure(target: &Path, program: &str, args: &[&str]) -> anyhow::Result<Vec<Measured>> {
    let output = Command::new(target.join("release").join(program))
        .args(args)
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    ensure!(
        output.status.success(),
        "{program}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = std::str::from_utf8(&output.stdout)?.lines();
    lines.map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn line(time: Measured, allocations: Measured) -> anyhow::Result<Line> {
    ensure!(
        time.case == allocations.case,
        "the programs of bench/ are not of one build"
    );
    let contenders: Vec<Contender> = time
        .outcomes
        .into_iter()
        .zip(allocations.outcomes)
        .map(|(time, allocations)| Contender {
            name: time.name,
            nanoseconds: time.value,
            allocations: allocations.value,
            error: time.error,
        })
        .collect();
    let (ours, others) = contenders.split_first().context("a case without us")?;
    let our_time = ours
        .nanoseconds
        .with_context(|| format!("{}: {:?}", time.case, ours.error))?;
    let fastest = others
        .iter()
        .filter(|other| other.nanoseconds.is_some())
        .min_by(|a, b| {
            a.nanoseconds
                .partial_cmp(&b.nanoseconds)
                .unwrap_or(std::cmp::Ordering::Equal)
        })
        .with_context(|| format!("{}: nobody to compare with", time.case))?;
    let their_time = fastest.nanoseconds.unwrap_or(f64::NAN);
    let speed = their_time / our_time;
    let least = time.least.and_then(|least| {
        let nanoseconds = least.value?;
        Some(Least {
            name: least.name,
            nanoseconds,
            bound: their_time / nanoseconds,
        })
    });
    Ok(Line {
        least,
        met: speed >= time.target && ours.allocations <= fastest.allocations,
        case: time.case,
        bytes: time.bytes,
        speed,
        target: time.target,
        contenders,
    })
}

fn print(lines: &[Line]) {
    say(
        "\nspeed: the time of the fastest other divided by ours. Then microseconds / allocations of each.\n",
    );
    for line in lines {
        let missed = if line.met { "" } else { "  MISSED" };
        say(format!(
            "{} ({} bytes): {:.2}, target {}{missed}",
            line.case, line.bytes, line.speed, line.target
        ));
        let all: Vec<String> = line.contenders.iter().map(show).collect();
        say(format!("    {}", all.join(", ")));
        if let Some(least) = &line.least {
            say(format!(
                "    {} {:.3}: {:.2} if all else took no time",
                least.name,
                least.nanoseconds / 1000.0,
                least.bound
            ));
        }
    }
    let met = lines.iter().filter(|line| line.met).count();
    say(format!(
        "\n{met} of {} lines meet their target",
        lines.len()
    ));
}

fn show(contender: &Contender) -> String {
    match (contender.nanoseconds, contender.allocations) {
        (Some(time), Some(count)) => {
            format!("{} {:.3} / {count}", contender.name, time / 1000.0)
        }
        _ => {
            let why = contender.error.as_deref().unwrap_or("not measured");
            format!("{}: {why}", contender.name)
        }
    }
}
