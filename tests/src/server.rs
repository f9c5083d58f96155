//! A real `kop-server` process on a free port, with a data directory of its own.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

use crate::pulsar::Cluster;

const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(20);

/// What every test server is told, besides where it listens and where its data is.
const SETTINGS: &[&str] = &[
    // Clients without an admin API get the two partitions that the data set needs.
    "num.partitions=2",
    // Tests would otherwise wait three seconds for every new group.
    "group.initial.rebalance.delay.ms=0",
    // Fewer files; the layout is the same.
    "offsets.topic.num.partitions=4",
];

/// What is special about a server, besides its settings.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Each as `key=value`, after the usual ones.
    pub settings: Vec<String>,
    /// Each as `NAME://host:port`, after the usual one.
    pub listeners: Vec<String>,
    /// Where the data is; null means the Pulsar that the environment names, or a directory that is deleted in the end.
    pub data: Option<PathBuf>,
    /// The cluster that keeps the data, where it is not the one that the environment names.
    pub cluster: Option<Cluster>,
    /// A command that becomes the server: it gets the server's command as further arguments, and keeps its process id.
    pub launcher: Vec<String>,
}

/// A running server. It is killed and its data deleted when this is dropped.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    dir: TempDir,
    port: u16,
    metrics: u16,
    setup: Box<Setup>,
    child: Option<Child>,
}

impl Server {
    /// Starts the binary with the usual settings and these, and returns when it answers.
    pub fn start(binary: &Path, settings: &[&str]) -> anyhow::Result<Self> {
        let settings = settings.iter().map(ToString::to_string).collect();
        Self::start_with(
            binary,
            Setup {
                settings,
                ..Setup::default()
            },
        )
    }

    /// Starts the binary in a special way, and returns when it answers.
    pub fn start_with(binary: &Path, mut setup: Setup) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("kop-").tempdir()?;
        let (port, metrics) = free_ports()?;
        if setup.data.is_none() {
            setup.cluster = setup.cluster.or_else(Cluster::from_env);
        }
        let mut server = Self {
            binary: binary.to_owned(),
            dir,
            port,
            metrics,
            setup: Box::new(setup),
            child: None,
        };
        server.spawn()?;
        Ok(server)
    }

    /// `127.0.0.1:PORT` for Kafka clients; the same after a restart.
    pub fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The Pulsar that keeps its data; `None` where that is the data directory.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.setup.cluster.as_ref()
    }

    /// A number of `/metrics`, by its full name.
    pub fn metric(&self, name: &str) -> anyhow::Result<f64> {
        metric(self.metrics, name)
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        let own = || self.dir.path().join("data");
        self.setup.data.clone().unwrap_or_else(own)
    }

    /// The process id, or 0 when it does not run.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// The most memory that the process has held so far, in bytes.
    pub fn peak_memory(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.context("no VmHWM")?.parse::<u64>()? * 1024)
    }

    fn log_file(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    /// Everything that the server has printed.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }

    /// Starts it (again) on the same port and data.
    pub fn spawn(&mut self) -> anyhow::Result<()> {
        let out = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())?;
        let mut command = self.command();
        hide_settings(&mut command);
        command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        self.child = Some(child);
        let mut ended = None;
        crate::wait_until(START, || {
            ended = self
                .child
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten());
            ended.is_some() || answers(self.port)
        });
        if let Some(status) = ended {
            bail!("the server ended with {status}:\n{}", self.log());
        }
        ensure!(
            answers(self.port),
            "the server does not answer:\n{}",
            self.log()
        );
        Ok(())
    }

    fn command(&self) -> Command {
        let mut command = match self.setup.launcher.split_first() {
            Some((launcher, arguments)) => {
                let mut command = Command::new(launcher);
                command.args(arguments).arg(&self.binary);
                command
            }
            None => Command::new(&self.binary),
        };
        match &self.setup.cluster {
            Some(cluster) => command.args(cluster.arguments()),
            None => command.arg("--data-dir").arg(self.data()),
        };
        let http = format!("http.listener=127.0.0.1:{}", self.metrics);
        command.args(["--listener", &self.bootstrap(), "--set", &http]);
        for listener in &self.setup.listeners {
            command.args(["--listener", listener]);
        }
        let special = self.setup.settings.iter().map(String::as_str);
        for setting in SETTINGS.iter().copied().chain(special) {
            command.args(["--set", setting]);
        }
        command
    }

    /// Stops it with SIGTERM; the status should be a success.
    pub fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        let Some(mut child) = self.child.take() else {
            bail!("it does not run")
        };
        // The shell has a kill of its own; the program is not everywhere.
        Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", child.id())])
            .status()
            .context("kill")?;
        let mut ended = None;
        crate::wait_until(STOP, || {
            ended = child.try_wait().ok().flatten();
            ended.is_some()
        });
        if let Some(status) = ended {
            return Ok(status);
        }
        child.kill()?;
        child.wait()?;
        bail!(
            "the server did not end within {STOP:?} of SIGTERM:\n{}",
            self.log()
        )
    }

    /// How it ended by itself, if it does within this time.
    pub fn ends_within(&mut self, time: Duration) -> Option<ExitStatus> {
        let child = self.child.as_mut()?;
        let mut ended = None;
        crate::wait_until(time, || {
            ended = child.try_wait().ok().flatten();
            ended.is_some()
        });
        if ended.is_some() {
            self.child = None;
        }
        ended
    }

    /// Kills it with SIGKILL, as a crash would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        let Some(mut child) = self.child.take() else {
            bail!("it does not run")
        };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Stops it cleanly and starts it again on the same port and data.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        let status = self.stop()?;
        ensure!(
            status.success(),
            "SIGTERM ended the server with {status}:\n{}",
            self.log()
        );
        self.spawn()
    }

    /// Copies the server's log to a file, for a person to read after a failure.
    pub fn keep_log(&self, to: &Path) -> anyhow::Result<()> {
        if let Some(dir) = to.parent() {
            fs::create_dir_all(dir)?;
        }
        File::create(to)?.write_all(self.log().as_bytes())?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.is_some() {
            let _ = self.kill();
        }
    }
}

/// A server takes every KOP_… of its environment for a key of its configuration; these are for the tests.
pub fn hide_settings(command: &mut Command) {
    let names = env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.as_encoded_bytes().starts_with(b"KOP_")) {
        command.env_remove(name);
    }
}

/// Two ports that are free now.
pub fn free_ports() -> anyhow::Result<(u16, u16)> {
    let (one, other) = (
        TcpListener::bind(("127.0.0.1", 0))?,
        TcpListener::bind(("127.0.0.1", 0))?,
    );
    Ok((one.local_addr()?.port(), other.local_addr()?.port()))
}

/// The status and the body of what an HTTP server on this port says.
pub fn http_get(port: u16, path: &str) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").context("no HTTP answer")?;
    let status = head.split(' ').nth(1).context("no status")?.parse()?;
    Ok((status, body.to_owned()))
}

/// A number of the `/metrics` on this port, by its full name.
pub fn metric(port: u16, name: &str) -> anyhow::Result<f64> {
    let (_, text) = http_get(port, "/metrics")?;
    let named = |line: &str| line.strip_prefix(name)?.strip_prefix(" ")?.parse().ok();
    let value = text.lines().find_map(named);
    value.with_context(|| format!("no {name} in {text}"))
}

/// Whether a Kafka server answers an ApiVersions request on this port.
fn answers(port: u16) -> bool {
    ask(port).is_ok()
}

fn ask(port: u16) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    // Length 10; ApiVersions (18) v0, correlation id 1, null client id.
    stream.write_all(&[0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff])?;
    let mut answer = [0; 8];
    stream.read_exact(&mut answer)
}
