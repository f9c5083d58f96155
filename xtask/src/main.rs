//! The project's own tasks: `cargo xtask <verb>`.

#![allow(clippy::print_stdout, reason = "what its commands say goes there")]

use clap::{Parser, Subcommand};

mod bench;
mod check;
mod codegen;
mod golden;
mod peers;
mod test;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks.")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Compare with named peers in one run and print ratios.
    Bench(bench::Args),
    /// Check the rules of the workspace: layers, generated code, file sizes.
    Check(check::Args),
    /// Generate the messages of kop-codec and kop-pulsar-client from their definitions.
    Codegen(codegen::Args),
    /// Check a folder of golden vectors and print passed and failed per file.
    Golden(golden::Args),
    /// Install, start and stop a real Apache Kafka or Apache Pulsar.
    Peers(peers::Args),
    /// Run every test: the README's test command.
    Test(test::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().verb {
        Verb::Bench(args) => bench::run(args),
        Verb::Check(args) => check::run(args),
        Verb::Codegen(args) => codegen::run(args),
        Verb::Golden(args) => golden::run(&args),
        Verb::Peers(args) => peers::run(args),
        Verb::Test(args) => test::run(args),
    }
}
