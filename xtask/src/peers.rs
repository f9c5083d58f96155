//! `cargo xtask peers`: real servers that are not ours, to test and compare with.

pub(crate) mod kafka;
pub(crate) mod process;
pub(crate) mod pulsar;

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
    /// An Apache Pulsar, standalone or a cluster, from Maven Central.
    Pulsar(pulsar::Args),
}

/// Runs `cargo xtask peers`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.peer {
        Peer::Kafka(args) => kafka::run(args),
        Peer::Pulsar(args) => pulsar::run(args),
    }
}
