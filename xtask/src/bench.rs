//! `cargo xtask bench`: our figures beside those of named peers, in one run on the same machine.

mod broker;
mod codec;
mod entry;

use clap::Subcommand;

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
}

/// Runs `cargo xtask bench`.
pub(crate) fn run(args: Args) -> anyhow::Result<()> {
    match args.what {
        What::Codec(args) => codec::run(&args),
        What::Entry(args) => entry::run(&args),
        What::Broker(args) => broker::run(&args),
    }
}
