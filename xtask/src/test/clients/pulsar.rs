//! Pulsar's own clients in Java, Python and Go, and an independent one in Rust.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::bail;

use super::java::{self, COPY, RUNTIME};
use super::{home, script, sources};
use crate::peers::process::{download, root, run_logged};
use crate::peers::pulsar::PROCESSOR;

/// Of Maven Central: the build of the crate `pulsar` needs it.
const PROTOC: &str = "4.33.0";

pub(super) fn install(name: &str) -> anyhow::Result<()> {
    match name {
        "pulsar-java" => java(name),
        "pulsar-python" => super::python::program(name, "pulsar_program.py", ""),
        "pulsar-go" => super::go::build(name, "go/pulsar", "."),
        "pulsar-rs" => rust(name),
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

fn rust(name: &str) -> anyhow::Result<()> {
    let (home, protoc) = (home(name)?, protoc(name)?);
    let target = home.join("target");
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build
        .args(["build", "--locked", "--manifest-path"])
        .arg(root().join("tests/clients/pulsar-rs/Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .env("PROTOC", protoc)
        // It is built once, and its target folder would be the largest of all clients'.
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    run_logged(&mut build, &home.join("build.log"))?;
    let program = target.join("debug/kop-pulsar-rs");
    script(name, &format!("'{}'", program.display()))
}

fn protoc(name: &str) -> anyhow::Result<PathBuf> {
    let system = if OS == "macos" { "osx" } else { OS };
    let machine = if ARCH == "aarch64" { "aarch_64" } else { ARCH };
    let (home, kind) = (home(name)?, format!("{system}-{machine}"));
    let file = home.join(format!("protoc-{PROTOC}-{kind}.exe"));
    if !file.exists() {
        let artifact = format!("-Dartifact=com.google.protobuf:protoc:{PROTOC}:exe:{kind}");
        let mvn = || {
            let mut mvn = Command::new("mvn");
            mvn.args(["-B", "-q", "dependency:copy", &artifact]);
            mvn.arg(format!("-DoutputDirectory={}", home.display()));
            mvn
        };
        download(mvn, &home.join("install.log"))?;
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(file)
}
