//! franz-go and sarama: one Go module. Pulsar's client has one of its own.

use std::process::Command;

use super::{home, script, sources};
use crate::peers::process::download;

pub(super) fn install(name: &str) -> anyhow::Result<()> {
    let package = if name == "sarama" {
        "./sarama"
    } else {
        "./franz"
    };
    build(name, "go", package)
}

/// Builds a package of a module in a folder of `tests/clients`.
pub(super) fn build(name: &str, module: &str, package: &str) -> anyhow::Result<()> {
    let program = home(name)?.join("program");
    let go = || {
        let mut go = Command::new("go");
        // go.mod and go.sum stay as they are committed.
        go.args(["build", "-mod=readonly", "-o"])
            .arg(&program)
            .arg(package);
        go.current_dir(sources(module));
        go
    };
    download(go, &home(name)?.join("install.log"))?;
    script(name, &format!("'{}'", program.display()))
}
