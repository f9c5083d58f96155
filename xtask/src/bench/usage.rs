//! What the kernel says of a server's process.

mod cpu;

use std::fs;

use anyhow::Context;

pub(super) use cpu::cpu_seconds;
use cpu::seconds;

/// CPU seconds of the compilers of a JVM so far. Less than before where one of their threads has ended.
pub(super) fn compilers_seconds(pid: u32) -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end at any moment.
        let stat = fs::read_to_string(thread?.path().join("stat")).unwrap_or_default();
        if stat.contains("(C1 Compiler") || stat.contains("(C2 Compiler") {
            sum += seconds(&stat)?;
        }
    }
    Ok(sum)
}

/// Resident memory in MiB: now (`VmRSS`), or its highest so far (`VmHWM`).
pub(super) fn memory(pid: u32, name: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib: f64 = line
        .and_then(|line| line.trim_start_matches(':').split_whitespace().next())
        .with_context(|| format!("no {name}"))?
        .parse()?;
    Ok(kib / 1024.0)
}

/// From now on `VmHWM` is the highest since.
pub(super) fn forget_highest_memory(pid: u32) -> anyhow::Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("clear_refs")
}
