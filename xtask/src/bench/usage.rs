//! A server's process: what the kernel says of it, and its end.

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::peers::process;

const END_LIMIT: Duration = Duration::from_secs(60);

/// CPU seconds of the process so far, user and system, to a hundredth.
pub(super) fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid))?;
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

/// Ends it and waits for that.
pub(super) fn end(child: &mut Child) -> anyhow::Result<()> {
    if child.try_wait()?.is_some() {
        return Ok(());
    }
    let pid = child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status()?;
    if process::wait_until(END_LIMIT, || !matches!(child.try_wait(), Ok(None))) {
        return Ok(());
    }
    child.kill()?;
    child.wait()?;
    bail!("kop-server does not end by itself")
}
