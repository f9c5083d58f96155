//! Kafka on Pulsar: the server.

use std::process::ExitCode;

fn main() -> ExitCode {
    kop_server::cli::main()
}
