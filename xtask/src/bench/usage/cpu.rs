//! What the kernel says of the CPU of processes. `xtask-librdkafka` has this file too.

use std::fmt::Display;
use std::fs;

use anyhow::ensure;

/// CPU seconds of the process so far, user and system, to a hundredth.
pub(crate) fn cpu_seconds(pid: impl Display) -> anyhow::Result<f64> {
    seconds(&fs::read_to_string(format!("/proc/{pid}/stat"))?)
}

/// The same by the `stat` of a process or a thread.
pub(crate) fn seconds(stat: &str) -> anyhow::Result<f64> {
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
