//! What the tests run against: a `kop-server` of their own, or a Kafka that is already running.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::pulsar::Cluster;
use crate::server::Server;

/// The server under test.
#[derive(Debug)]
pub enum Target {
    /// A process that the test started from `KOP_SERVER_BIN`.
    Own(Server),
    /// `KOP_TEST_BOOTSTRAP`, and `KOP_TEST_RESTART`: a command that restarts it.
    Running(String, Option<String>),
}

impl Target {
    /// The target that the environment names; `None` when it names none.
    pub fn from_env(settings: &[&str]) -> anyhow::Result<Option<Self>> {
        if let Ok(bootstrap) = env::var("KOP_TEST_BOOTSTRAP") {
            return Ok(Some(Self::Running(
                bootstrap,
                env::var("KOP_TEST_RESTART").ok(),
            )));
        }
        let Some(binary) = server_binary() else {
            return Ok(None);
        };
        Ok(Some(Self::Own(Server::start(&binary, settings)?)))
    }

    /// The address for clients.
    pub fn bootstrap(&self) -> String {
        match self {
            Self::Own(server) => server.bootstrap(),
            Self::Running(bootstrap, _) => bootstrap.clone(),
        }
    }

    /// The Pulsar that keeps the data of a server of the test's own.
    pub fn cluster(&self) -> Option<&Cluster> {
        match self {
            Self::Own(server) => server.cluster(),
            Self::Running(..) => None,
        }
    }

    /// Restarts the server; one that nobody said how to restart goes on as it is.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Own(server) => server.restart(),
            Self::Running(_, None) => Ok(()),
            Self::Running(_, Some(command)) => run(command),
        }
    }

    /// Kills the server and starts it again; one that is not the test's own is restarted.
    pub fn crash(&mut self) -> anyhow::Result<()> {
        match self {
            Self::Own(server) => {
                server.kill()?;
                server.spawn()
            }
            Self::Running(..) => self.restart(),
        }
    }

    /// Keeps the server's log for after a failure and says where.
    pub fn keep_log(&self, test: &str) -> String {
        let Self::Own(server) = self else {
            return "see the log of the server".to_owned();
        };
        let file = target_dir()
            .join("test-logs")
            .join(format!("server-{test}.log"));
        match server.keep_log(&file) {
            Ok(()) => format!("the log of the server: {}", file.display()),
            Err(error) => format!("no log of the server: {error}"),
        }
    }
}

/// Runs a command of a shell; an error when it fails.
pub fn run(command: &str) -> anyhow::Result<()> {
    let status = Command::new("sh")
        .args(["-c", command])
        .status()
        .context("sh")?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// What a command of a shell prints; an error, with what it says of itself, when it fails.
pub fn output(command: &str) -> anyhow::Result<String> {
    let output = Command::new("sh")
        .args(["-c", command])
        .output()
        .context("sh")?;
    let (said, error) = (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr),
    );
    let status = output.status;
    ensure!(status.success(), "{command:?}: {status}\n{said}{error}");
    Ok(said)
}

/// The server's binary: `KOP_SERVER_BIN`.
pub fn server_binary() -> Option<PathBuf> {
    env::var_os("KOP_SERVER_BIN").map(|path| workspace().join(path))
}

/// Says that a test is skipped and why; under `CI=true` that is a failure.
///
/// # Panics
/// Under `CI=true`.
pub fn skip(test: &str, why: &str) {
    assert!(
        env::var("CI").as_deref() != Ok("true"),
        "{test} cannot be skipped here: {why}"
    );
    eprintln!("skipped: {test}: {why}");
}

/// The root of the checkout.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// Cargo's target directory.
pub fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace().join("target"), |dir| workspace().join(dir))
}
