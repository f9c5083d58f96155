//! Java processes: how they are started, found again, waited for and stopped.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::super::process::{self, say};
use super::jars;

/// What Pulsar's own launcher passes, since it reaches into the JDK.
const FLAGS: [&str; 12] = [
    "-Djava.awt.headless=true",
    "-Djava.util.logging.config.file=/dev/null",
    "-Djava.net.preferIPv4Stack=true",
    "-Dio.netty.tryReflectionSetAccessible=true",
    "-Dpulsar.allocator.exit_on_oom=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.net=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.platform=ALL-UNNAMED",
    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
];

/// Time for a process to come up; a busy machine with two processors needs up to a minute.
const START: Duration = Duration::from_secs(240);

/// A `java` command on jars; the caller adds the main class and its arguments.
pub(super) fn java(lib: &Path, heap: &str, direct: &str, level: &str) -> Command {
    let mut java = Command::new("java");
    java.args(FLAGS);
    java.arg(format!("-Xmx{heap}"))
        .arg(format!("-XX:MaxDirectMemorySize={direct}"));
    java.arg(format!(
        "-Dlog4j2.configurationFile={}",
        jars::logging().display()
    ));
    java.arg(format!("-Dlog.level={level}"));
    java.arg("-cp").arg(format!("{}/*", lib.display()));
    java
}

/// A server: its name, its main class, and the folder of its log and pid file.
pub(super) struct Server {
    pub(super) name: String,
    pub(super) class: &'static str,
    pub(super) folder: PathBuf,
}

impl Server {
    fn file(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    /// Its output.
    pub(super) fn log(&self) -> PathBuf {
        self.file("log")
    }

    /// Where its settings are written to.
    pub(super) fn conf(&self) -> PathBuf {
        self.file("conf")
    }

    /// The id of the running process.
    pub(super) fn pid(&self) -> Option<u32> {
        let pid: u32 = fs::read_to_string(self.file("pid"))
            .ok()?
            .trim()
            .parse()
            .ok()?;
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        // A process id may have been given to someone else since.
        let ours = command
            .split(|byte| *byte == 0)
            .any(|arg| arg == self.class.as_bytes());
        ours.then_some(pid)
    }

    /// Starts it in the background; `args` come after the main class.
    pub(super) fn spawn(&self, mut java: Command, args: &[String]) -> anyhow::Result<Child> {
        let out = File::create(self.log())?;
        java.args([
            "-XX:+UseG1GC",
            "-XX:+PerfDisableSharedMem",
            "-XX:+ExitOnOutOfMemoryError",
        ]);
        let child = java
            .arg(self.class)
            .args(args)
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            // Its own group: Ctrl-C at this terminal is not for the server.
            .process_group(0)
            .spawn()
            .context("cannot start java")?;
        fs::write(self.file("pid"), child.id().to_string())?;
        Ok(child)
    }

    /// Waits until `ready`; an error with the end of its log if it ends or takes too long.
    pub(super) fn wait(&self, mut child: Child, ready: impl Fn() -> bool) -> anyhow::Result<()> {
        let began = Instant::now();
        process::wait_until(START, || ready() || !matches!(child.try_wait(), Ok(None)));
        if !ready() {
            let log = process::tail(&self.log(), 25);
            // Whatever is left of it; the reason is in the log.
            let _ = child.kill();
            bail!("{} did not start:\n{log}", self.name);
        }
        let (seconds, pid) = (began.elapsed().as_secs_f32(), child.id());
        say(format!(
            "{}: ready after {seconds:.1} s, pid {pid}",
            self.name
        ));
        Ok(())
    }

    /// Ends it with kill -9.
    pub(super) fn kill(&self) -> anyhow::Result<()> {
        self.end(&["-KILL"])
    }

    /// Stops it, by force after 30 seconds.
    pub(super) fn stop(&self) -> anyhow::Result<()> {
        self.end(&["-TERM", "-KILL"])
    }

    fn end(&self, signals: &[&str]) -> anyhow::Result<()> {
        let Some(pid) = self.pid() else {
            say(format!("{}: not running", self.name));
            return Ok(());
        };
        for signal in signals {
            // The shell has a kill of its own; the program is not everywhere.
            Command::new("sh")
                .args(["-c", &format!("kill {signal} {pid}")])
                .status()
                .context("cannot run kill")?;
            if process::wait_until(Duration::from_secs(30), || self.pid().is_none()) {
                fs::remove_file(self.file("pid"))?;
                say(format!("{}: stopped ({signal})", self.name));
                return Ok(());
            }
        }
        bail!("{}: process {pid} does not end", self.name);
    }

    /// Prints whether it runs; false when it does not.
    pub(super) fn status(&self) -> bool {
        let Some(pid) = self.pid() else {
            say(format!("{}: not running", self.name));
            return false;
        };
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let memory = status.lines().find(|line| line.starts_with("VmRSS"));
        say(format!(
            "{}: running, pid {pid}, {}",
            self.name,
            memory.unwrap_or("VmRSS: unknown")
        ));
        true
    }
}

/// Writes `key=value` lines as a settings file. The last value of a key wins, since the bookie would take the first.
pub(super) fn write_settings<'a>(
    file: &Path,
    lines: impl Iterator<Item = &'a str>,
) -> anyhow::Result<()> {
    let mut settings = BTreeMap::new();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let pair = line.split_once('=');
        let (key, value) = pair.with_context(|| format!("{line:?} is not key=value"))?;
        settings.insert(key, value);
    }
    let text: String = settings
        .iter()
        .map(|(key, value)| format!("{key}={value}\n"))
        .collect();
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// Whether something listens on a port.
pub(super) fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// An error if something listens on one of the ports. A process that was killed has no command line any more some time
/// before its sockets are closed, so this waits a little.
pub(super) fn ensure_free(ports: &[u16]) -> anyhow::Result<()> {
    for port in ports {
        let free = process::wait_until(Duration::from_secs(5), || !listens(*port));
        ensure!(free, "port {port} is in use");
    }
    Ok(())
}

/// Whether a GET of an admin REST is answered with 200.
pub(super) fn is_ok(port: u16, path: &str, token: Option<&str>) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let token = token.unwrap_or_default();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{token}\r\n"
        )?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}
