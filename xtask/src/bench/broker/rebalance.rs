//! `cargo xtask bench rebalance`: how long a group of 100 members takes from a change until all have their share.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use super::figures::Figures;
use super::home;
use super::report::{self, Target};
use super::server::Which;
use crate::bench::client::number;
use crate::peers::process::{self, say};

/// Arguments of `cargo xtask bench rebalance`.
#[derive(clap::Args)]
pub(in crate::bench) struct Args {
    /// A look within a minute: one group of each protocol.
    #[arg(long)]
    quick: bool,
    /// Measure with the programs that are in target/release already.
    #[arg(long)]
    no_build: bool,
}

/// Nobody waits for others who might come, and heartbeats are not what the time goes by in.
const SETTINGS: [&str; 3] = [
    "group.initial.rebalance.delay.ms=0",
    "group.consumer.min.heartbeat.interval.ms=100",
    "group.consumer.heartbeat.interval.ms=100",
];
/// The changes, as the members' program names them.
const CHANGES: [(&str, &str); 3] = [
    ("all", "100 members come"),
    ("leave", "one leaves"),
    ("join", "one comes"),
];

/// Runs `cargo xtask bench rebalance`.
pub(in crate::bench) fn run(args: &Args) -> anyhow::Result<()> {
    super::prepare(args.no_build)?;
    if !args.no_build {
        crate::bench::build("xtask-rebalance")?;
    }
    let groups = if args.quick { 1 } else { 5 };
    let rounds = if args.quick { 1 } else { 2 };
    let mut figures = Figures::default();
    figures.rounds(rounds, "rebalance", |which, figures| {
        measure(which, groups, figures)
    });
    report::finish(&figures.rows(), &home().join("rebalance.json"))?;
    figures.failures()
}

fn measure(which: Which, groups: u32, figures: &mut Figures) -> anyhow::Result<()> {
    which.clean()?;
    let server = which.start_with(&SETTINGS)?;
    process::pause(Duration::from_secs(3));
    for protocol in ["classic", "consumer"] {
        // Not counted: Kafka's compiler has work until the paths are hot.
        members(which, protocol, groups)?;
        let before = server.cpu_seconds()?;
        let answer = members(which, protocol, groups)?;
        let cpu = (server.cpu_seconds()? - before) / f64::from(groups + 1);
        for (key, change) in CHANGES {
            let ms = number(&answer, key)?;
            say(format!("  {protocol}, {change}: {ms:.1} ms"));
            let name = format!("{protocol}, {change}");
            figures.add(which, &name, "ms", Target::RatioAtMost(1.0), ms);
        }
        let name = format!("  CPU of the three, {protocol}");
        figures.add(which, &name, "s", Target::RatioAtMost(0.5), cpu);
    }
    server.stop()?;
    which.clean()
}

fn members(which: Which, protocol: &str, groups: u32) -> anyhow::Result<Value> {
    let output = Command::new(program())
        .args(["--bootstrap", &which.address(), "--protocol", protocol])
        .args(["--rounds", &groups.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start the members")?;
    ensure!(output.status.success(), "the members failed");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn program() -> PathBuf {
    process::target_dir().join("release/xtask-rebalance")
}
