//! What a command takes.

use std::fs;
use std::time::Instant;

use anyhow::Context;
use serde_json::{Value, json};

/// Of the kernel's clock for processes, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Seconds, and seconds of CPU of processes.
pub(crate) struct Stopwatch<'a> {
    pids: Vec<&'a str>,
    cpu_before: Vec<f64>,
    began: Instant,
}

impl<'a> Stopwatch<'a> {
    /// Starts it. `pids` are separated by commas.
    pub(crate) fn start(pids: &'a str) -> anyhow::Result<Self> {
        let pids: Vec<&str> = pids.split(',').collect();
        Ok(Self {
            cpu_before: cpu_seconds(&pids)?,
            pids,
            began: Instant::now(),
        })
    }

    pub(crate) fn answer(&self) -> anyhow::Result<Value> {
        let seconds = self.began.elapsed().as_secs_f64();
        let now = cpu_seconds(&self.pids)?;
        let cpu = now.iter().zip(&self.cpu_before);
        let cpu: Vec<f64> = cpu.map(|(now, before)| now - before).collect();
        Ok(json!({"seconds": seconds, "cpu": cpu}))
    }
}

/// User and system, to a hundredth.
fn cpu_seconds(pids: &[&str]) -> anyhow::Result<Vec<f64>> {
    let of = |pid: &&str| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // The name before it may hold anything, in parentheses.
        let (_, rest) = stat.rsplit_once(") ").context("no name")?;
        let mut fields = rest.split(' ').skip(11);
        let mut ticks =
            || -> anyhow::Result<f64> { Ok(fields.next().context("too few fields")?.parse()?) };
        Ok((ticks()? + ticks()?) / TICKS_PER_SECOND)
    };
    pids.iter().map(of).collect()
}
