//! The fuzz targets under libFuzzer, a few seconds each.
//!
//! They are compiled as cargo-fuzz would, but by whatever compiler is there: what libFuzzer needs to see (the coverage
//! of branches, the values that are compared) is a pass of LLVM that needs no nightly compiler. Only the address sanitizer
//! would, and our code has no `unsafe`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::report::Outcome;
use crate::peers::process::{self, on_path, run_logged};

/// Of each target, in seconds. Its seeds come first, however long they take.
const SECONDS: u32 = 4;

/// What libFuzzer looks at, and overflows and failed assertions as faults.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Runs every target from its committed seeds. What it finds is kept under `target/fuzz` and is where the next run begins.
pub(super) fn run(cargo: fn() -> Command) -> anyhow::Result<Outcome> {
    let compilers = ["c++", "g++", "clang++"];
    if env::var_os("CXX").is_none() && !compilers.into_iter().any(on_path) {
        return Ok(Outcome::Skipped(
            "a C++ compiler is not installed, libFuzzer needs it".to_owned(),
        ));
    }
    let (home, logs) = (
        process::target_dir().join("fuzz"),
        process::target_dir().join("test-logs"),
    );
    let host = host()?;
    // With a target by name, build scripts and macros stay without the flags, which they could not be linked with.
    let mut build = cargo();
    build
        .args(["build", "--release", "--manifest-path"])
        .arg(process::root().join("fuzz/Cargo.toml"))
        .args(["--target", &host, "--target-dir"])
        .arg(&home)
        .env("RUSTFLAGS", FLAGS);
    run_logged(&mut build, &logs.join("fuzz-build.log"))?;
    for target in targets()? {
        let program = home.join(&host).join("release").join(&target);
        run_target(&target, &program, &home, &logs)?;
    }
    Ok(Outcome::Passed)
}

fn run_target(target: &str, program: &Path, home: &Path, logs: &Path) -> anyhow::Result<()> {
    let (found, faults) = (home.join("corpus").join(target), home.join("faults"));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&faults)?;
    let mut prefix = OsString::from("-artifact_prefix=");
    prefix.push(faults.join(format!("{target}-")));
    let mut fuzz = Command::new(program);
    fuzz.arg(found)
        .arg(process::root().join("fuzz/seeds").join(target))
        .arg(format!("-max_total_time={SECONDS}"))
        .arg(prefix);
    run_logged(&mut fuzz, &logs.join(format!("fuzz-{target}.log")))
}

/// The names of the targets: one file each.
fn targets() -> anyhow::Result<Vec<String>> {
    let folder = process::root().join("fuzz/fuzz_targets");
    let mut targets = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem() {
            targets.push(name.to_string_lossy().into_owned());
        }
    }
    ensure!(!targets.is_empty(), "no fuzz targets");
    targets.sort();
    Ok(targets)
}

/// What the compiler calls this machine.
fn host() -> anyhow::Result<String> {
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .arg("-vV")
        .output()
        .context("cannot start rustc")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc names no host")
}
