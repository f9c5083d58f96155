//! `cargo xtask peers`: real servers that are not ours, to test and compare with.

pub(crate) mod kafka;
pub(crate) mod process;

use clap::Subcommand;

/// Arguments of `cargo xtask peers`.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    peer: Peer,
}

#[derive(Subcommand)]
enum Peer {
    /// A single-node Apache Kafka (KRaft), from Maven Central.
    Kafka(kafka::Args),
}

/// Runs `cargo xtask peers`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.peer {
        Peer::Kafka(args) => kafka::run(args),
    }
}
