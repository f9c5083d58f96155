//! confluent-kafka, kafka-python, aiokafka and pulsar-client: one virtual environment for all.

use std::fs;
use std::process::Command;

use super::{home, script, sources, up_to_date};
use crate::peers::process::{download, run_logged};

pub(super) fn install(name: &str) -> anyhow::Result<()> {
    program(name, "run.py", &name.replace('-', "_"))
}

/// Makes `target/clients/NAME/run` start a program of `tests/clients/python` with this first argument.
pub(super) fn program(name: &str, file: &str, argument: &str) -> anyhow::Result<()> {
    let (home, sources) = (home("python")?, sources("python"));
    let (wanted, stamp) = (sources.join("requirements.txt"), home.join("installed.txt"));
    let python = home.join("venv/bin/python");
    if !up_to_date(&stamp, &wanted) {
        let mut venv = Command::new("python3");
        run_logged(
            venv.args(["-m", "venv"]).arg(home.join("venv")),
            &home.join("venv.log"),
        )?;
        let pip = || {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet", "--requirement"])
                .arg(&wanted);
            pip
        };
        download(pip, &home.join("install.log"))?;
        fs::copy(&wanted, &stamp)?;
    }
    let program = sources.join(file);
    script(
        name,
        &format!(
            "'{}' -B '{}' {argument}",
            python.display(),
            program.display()
        ),
    )
}
