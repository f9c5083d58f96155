//! `cargo xtask bench`: our figures beside those of named peers, in one run on the same machine.

mod broker;
mod client;
mod codec;
mod entry;
mod killed;
mod kop;
mod pulsar;
mod usage;
mod wire;

use std::path::PathBuf;
use std::process::Command;

use clap::Subcommand;

use crate::peers::process::{self, say};

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// kop-codec and kop-records beside other crates for the same bytes.
    Codec(codec::Args),
    /// kop-entry beside copies of the batch.
    Entry(entry::Args),
    /// kop-server beside Apache Kafka, loaded by the same client.
    Broker(broker::Args),
    /// Transactions of kop-server beside those of Apache Kafka, by the same client.
    Transactions(broker::transactions::Args),
    /// Changes of a group of 100 members, of kop-server beside Apache Kafka.
    Rebalance(broker::rebalance::Args),
    /// The log cleaner of kop-server beside that of Apache Kafka.
    Compaction(broker::compaction::Args),
    /// kop-server on a Pulsar beside Pulsar's own client on the same Pulsar.
    Pulsar(pulsar::Args),
}

/// Runs `cargo xtask bench`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.what {
        What::Codec(args) => codec::run(&args),
        What::Entry(args) => entry::run(&args),
        What::Broker(args) => broker::run(&args),
        What::Transactions(args) => broker::transactions::run(&args),
        What::Rebalance(args) => broker::rebalance::run(&args),
        What::Compaction(args) => broker::compaction::run(&args),
        What::Pulsar(args) => pulsar::run(&args),
    }
}

/// Where the servers' data and the results are.
fn home() -> PathBuf {
    process::target_dir().join("bench")
}

/// Builds a program that is measured, or measures.
fn build(package: &str) -> anyhow::Result<()> {
    say(format!("building {package} ..."));
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        .args(["build", "--release", "--package", package])
        .current_dir(process::root());
    process::run_logged(&mut build, &home().join(format!("{package}-build.log")))
}
