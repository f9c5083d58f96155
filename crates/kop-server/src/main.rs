//! Kafka on Pulsar: the server.

use std::process::ExitCode;

/// A request's memory is often taken by one thread and given back by another, which costs glibc's allocator a quarter of the
/// CPU of small writes. Without huge pages, which would double the memory of a server at rest.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kop_server::cli::main()
}
