//! franz-go and sarama: one Go module.

use std::process::Command;

use super::{home, script, sources};
use crate::peers::process::download;

pub(super) fn install(name: &str) -> anyhow::Result<()> {
    let home = home(name)?;
    let program = home.join("program");
    let package = if name == "sarama" {
        "./sarama"
    } else {
        "./franz"
    };
    let go = || {
        let mut go = Command::new("go");
        // go.mod and go.sum stay as they are committed.
        go.args(["build", "-mod=readonly", "-o"])
            .arg(&program)
            .arg(package);
        go.current_dir(sources("go"));
        go
    };
    download(go, &home.join("install.log"))?;
    script(name, &format!("'{}'", program.display()))
}
