//! Pulsar's own clients, in Java, Python and Go.

use anyhow::bail;

use super::java::{self, COPY, RUNTIME};
use super::sources;
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
    let sources = sources("java").join("pulsar");
    let processor = format!("-Dartifact={PROCESSOR}");
    let goals: [&[&str]; 2] = [&[COPY, RUNTIME], &["dependency:copy", &processor]];
    let lib = java::jars(name, &sources.join("pom.xml"), &goals)?;
    java::program(name, "PulsarProgram", &lib, &[sources])
}
