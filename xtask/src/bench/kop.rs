//! The kop-server that is measured.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::killed::{self, StopToo};
use super::wire;
use crate::peers::process;

const START_LIMIT: Duration = Duration::from_secs(60);
const END_LIMIT: Duration = Duration::from_secs(60);

/// A running kop-server. It ends when this is dropped, and with this process.
pub(super) struct Kop {
    child: Child,
    until_answer: Duration,
    _stop_too: StopToo,
}

impl Kop {
    /// Starts it with a listener and more arguments; returns when it has answered a request.
    pub(super) fn start<I>(address: &str, args: I) -> anyhow::Result<Self>
    where
        I: IntoIterator<Item: AsRef<OsStr>>,
    {
        ensure!(
            !wire::answers(address),
            "{address} is in use: something of an earlier run?"
        );
        let log_file = super::home().join("kop-server.log");
        let log = File::create(&log_file)?;
        let began = Instant::now();
        let child = Command::new(process::target_dir().join("release/kop-server"))
            .args(["--listener", address, "--set", "http.listener="])
            .args(args)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .context("cannot start kop-server")?;
        let pid = child.id();
        let mut kop = Self {
            child,
            until_answer: Duration::ZERO,
            // Nobody is left to be told that it went wrong.
            _stop_too: killed::stop_too(move || drop(terminate(pid))),
        };
        while !wire::answers(address) {
            if let Some(status) = kop.child.try_wait()? {
                bail!("kop-server: {status}\n{}", process::tail(&log_file, 10));
            }
            ensure!(began.elapsed() < START_LIMIT, "kop-server does not answer");
            process::pause(Duration::from_millis(1));
        }
        kop.until_answer = began.elapsed();
        Ok(kop)
    }

    /// Of its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// From its start to the answer to a first request.
    pub(super) fn until_answer(&self) -> Duration {
        self.until_answer
    }

    /// Ends it and waits for that.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        terminate(self.child.id())?;
        if process::wait_until(END_LIMIT, || !matches!(self.child.try_wait(), Ok(None))) {
            return Ok(());
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("kop-server does not end by itself")
    }
}

impl Drop for Kop {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            process::say(format!("{error:#}"));
        }
    }
}

fn terminate(pid: u32) -> std::io::Result<()> {
    let pid = pid.to_string();
    Command::new("kill")
        .args(["-TERM", &pid])
        .status()
        .map(drop)
}
