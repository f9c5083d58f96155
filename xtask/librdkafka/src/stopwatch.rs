//! What a command takes.

use std::time::Instant;

use serde_json::{Value, json};

use crate::cpu::cpu_seconds;

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
            cpu_before: cpu_of_all(&pids)?,
            pids,
            began: Instant::now(),
        })
    }

    pub(crate) fn answer(&self) -> anyhow::Result<Value> {
        let seconds = self.began.elapsed().as_secs_f64();
        let now = cpu_of_all(&self.pids)?;
        let cpu = now.iter().zip(&self.cpu_before);
        let cpu: Vec<f64> = cpu.map(|(now, before)| now - before).collect();
        Ok(json!({"seconds": seconds, "cpu": cpu}))
    }
}

fn cpu_of_all(pids: &[&str]) -> anyhow::Result<Vec<f64>> {
    pids.iter().map(cpu_seconds).collect()
}
