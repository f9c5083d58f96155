//! Pulsar's own clients, in Java, Python and Go.

use std::process::Command;

use anyhow::bail;

use super::{home, script, sources, up_to_date};
use crate::peers::process::{download, run_logged};
use crate::peers::pulsar::PROCESSOR;

pub(super) fn install(name: &str) -> anyhow::Result<()> {
    match name {
        "pulsar-java" => java(name),
        "pulsar-python" => super::python::program(name, "pulsar_program.py", ""),
        "pulsar-go" => super::go::build(name, "go/pulsar", "."),
        _ => bail!("no client {name}"),
    }
}

fn java(name: &str) -> anyhow::Result<()> {
    let (home, sources) = (home(name)?, sources("java").join("pulsar"));
    let (pom, stamp, lib) = (
        sources.join("pom.xml"),
        home.join("pom.xml"),
        home.join("lib"),
    );
    if !up_to_date(&stamp, &pom) {
        let goals: [&[&str]; 2] = [
            &["dependency:copy-dependencies", "-DincludeScope=runtime"],
            &["dependency:copy", &format!("-Dartifact={PROCESSOR}")],
        ];
        for goal in goals {
            let mvn = || {
                let mut mvn = Command::new("mvn");
                mvn.args(["-B", "-q", "-f"]).arg(&pom).args(goal);
                mvn.arg(format!("-DoutputDirectory={}", lib.display()));
                mvn
            };
            download(mvn, &home.join("install.log"))?;
        }
        std::fs::copy(&pom, &stamp)?;
    }
    let (classes, jars) = (home.join("classes"), format!("{}/*", lib.display()));
    let mut javac = Command::new("javac");
    javac
        .args(["-nowarn", "-Xlint:none", "-cp", &jars, "-d"])
        .arg(&classes)
        .arg(sources.join("PulsarProgram.java"));
    run_logged(&mut javac, &home.join("javac.log"))?;
    script(
        name,
        &format!(
            "java -Xmx256m -XX:+UseSerialGC -cp '{}:{jars}' PulsarProgram",
            classes.display()
        ),
    )
}
