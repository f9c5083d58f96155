//! Child processes: run one and keep its output, wait for something with a deadline, try a download again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// Cargo's target directory: `CARGO_TARGET_DIR`, or `target` in the checkout.
pub(crate) fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Whether `program` can be found on the PATH.
pub(crate) fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// Prints a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on stdout")]
pub(crate) fn say(line: impl std::fmt::Display) {
    println!("{line}");
    let _ = std::io::stdout().flush();
}

/// Blocks this thread; xtask has no runtime that could suffer from it.
#[expect(
    clippy::disallowed_methods,
    reason = "xtask is a plain thread that waits for processes"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// Asks `ready` ten times a second until it says yes (`true`) or the time is over (`false`).
pub(crate) fn wait_until(time: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + time;
    loop {
        if ready() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        pause(Duration::from_millis(100));
    }
}

/// Runs a command with its output in the file `log`; on failure the error carries the end of it.
pub(crate) fn run_logged(command: &mut Command, log: &Path) -> anyhow::Result<()> {
    if let Some(dir) = log.parent() {
        fs::create_dir_all(dir)?;
    }
    let out = File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .status()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        let program = Path::new(command.get_program()).display().to_string();
        bail!(
            "{program}: {status}\n{}\n(all of it: {})",
            tail(log, 25),
            log.display()
        );
    }
    Ok(())
}

/// Runs a command that downloads, up to four times with growing pauses.
pub(crate) fn download(mut command: impl FnMut() -> Command, log: &Path) -> anyhow::Result<()> {
    let mut tries = 0;
    loop {
        match run_logged(&mut command(), log) {
            Ok(()) => return Ok(()),
            Err(error) if tries == 3 => return Err(error),
            Err(_) => tries += 1,
        }
        pause(Duration::from_secs(5 * tries));
    }
}

/// The last `lines` lines of a file; empty when it cannot be read.
pub(crate) fn tail(file: &Path, lines: usize) -> String {
    let bytes = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
