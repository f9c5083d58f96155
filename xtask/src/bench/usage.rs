//! What the kernel says of a server's process.

use std::fs;

use anyhow::{Context, ensure};

/// CPU seconds of the process so far, user and system, to a hundredth.
pub(super) fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    seconds(&fs::read_to_string(format!("/proc/{}/stat", pid))?)
}

/// The same of the compilers of a JVM alone. Less than before where one of their threads has ended.
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

fn seconds(stat: &str) -> anyhow::Result<f64> {
    // The name before it may hold anything, in parentheses.
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse().ok())
        .collect();
    ensure!(ticks.len() == 2, "cannot read {stat:?}");
    // USER_HZ is 100 on every architecture that Linux shows to programs.
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

/// Resident memory in MiB: now (`VmRSS`), or its highest so far (`VmHWM`).
pub(super) fn memory(pid: u32, name: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", pid))?;
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
