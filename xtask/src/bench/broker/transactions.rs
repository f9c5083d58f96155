//! `cargo xtask bench transactions`: transactions of one producer, one after the other.

use std::time::Duration;

use super::figures::Figures;
use super::home;
use super::report::{self, Target};
use super::server::Which;
use crate::bench::client::{Client, number};
use crate::peers::process::{self, say};

/// Arguments of `cargo xtask bench transactions`.
#[derive(clap::Args)]
pub(in crate::bench) struct Args {
    /// A look within a minute: shorter, and fewer rounds.
    #[arg(long)]
    quick: bool,
    /// How often each server has its turn; the best of all counts. 3, or 2 with --quick.
    #[arg(long)]
    rounds: Option<u32>,
    /// Measure the kop-server that is in target/release already.
    #[arg(long)]
    no_build: bool,
}

/// Records of a transaction.
const RECORDS: [u32; 3] = [1, 10, 100];

/// Runs `cargo xtask bench transactions`.
pub(in crate::bench) fn run(args: &Args) -> anyhow::Result<()> {
    super::prepare(args.no_build)?;
    let mut client = super::client()?;
    let seconds = if args.quick { 3 } else { 10 };
    let rounds = args.rounds.unwrap_or(if args.quick { 2 } else { 3 });
    let mut figures = Figures::default();
    figures.rounds(rounds, "transactions", |which, figures| {
        measure(which, seconds, &mut client, figures)
    });
    report::finish(&figures.rows(), &home().join("transactions.json"))?;
    figures.failures()
}

fn measure(
    which: Which,
    seconds: u32,
    client: &mut Client,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    which.clean()?;
    let server = which.start()?;
    process::pause(Duration::from_secs(3));
    let to = format!("bootstrap={} topic=transactions", which.address());
    client.run(&format!("create {to} topics=1 partitions=4"))?;
    // Not counted: compilers of both JVMs have work until the paths are hot.
    client.run(&format!(
        "transactions {to} records=10 bytes=100 seconds={seconds}"
    ))?;
    for records in RECORDS {
        let name = format!("transactions of {records}");
        let command = format!("transactions {to} records={records} bytes=100 seconds={seconds}");
        let before = server.cpu_seconds()?;
        let answer = client.run(&command)?;
        let cpu = server.cpu_seconds()? - before;
        let count = number(&answer, "transactions")?;
        let rate = count / number(&answer, "seconds")?;
        say(format!("  {name}: {rate:.0} each second"));
        figures.add(which, &name, "1/s", Target::RatioAtLeast(1.0), rate);
        let p99 = number(&answer, "p99")? / 1000.0;
        figures.add(
            which,
            &format!("  p99, {name}"),
            "ms",
            Target::RatioAtMost(1.0),
            p99,
        );
        let cpu = cpu / count * 1000.0;
        figures.add(
            which,
            &format!("  CPU, 1,000 {name}"),
            "s",
            Target::RatioAtMost(0.5),
            cpu,
        );
    }
    server.stop()?;
    which.clean()
}
