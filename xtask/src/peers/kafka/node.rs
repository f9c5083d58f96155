//! One broker: its jars, its configuration, its process.

use std::fs::{self, File};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use super::super::process::{self, say};
use super::{Options, home};

const POM: &str = include_str!("pom.xml");
const LOGGING: &str = include_str!("log4j2.properties");
const LOGGING_V1: &str = include_str!("log4j.properties");
const SETTINGS: &str = include_str!("server.properties");

/// Any 16 bytes in url-safe base64: these spell "kop-peer-cluster".
const CLUSTER_ID: &str = "a29wLXBlZXItY2x1c3Rlcg";

/// A Kafka broker on 127.0.0.1.
pub(crate) struct Node {
    version: String,
    port: u16,
}

impl Node {
    /// The broker of a release on a port; nothing is started.
    pub(crate) fn new(version: &str, port: u16) -> Self {
        Self {
            version: version.to_owned(),
            port,
        }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The folder of its jars.
    pub(crate) fn lib(&self) -> PathBuf {
        home(&self.version).join("lib")
    }

    /// The folder of its partitions.
    pub(crate) fn data(&self) -> PathBuf {
        self.file("data")
    }

    fn file(&self, name: &str) -> PathBuf {
        home(&self.version)
            .join(format!("node-{}", self.port))
            .join(name)
    }

    /// Kafka before 4.0 logs through log4j 1 and its successor reload4j.
    fn logs_with_reload4j(&self) -> bool {
        self.version.starts_with("3.")
    }

    /// Downloads the jars with Maven unless they are complete.
    pub(crate) fn install(&self) -> anyhow::Result<()> {
        let (home, lib) = (home(&self.version), self.lib());
        if fs::read_to_string(lib.join(".complete")).is_ok_and(|pom| pom == POM) {
            return Ok(());
        }
        for tool in ["mvn", "java"] {
            ensure!(
                process::on_path(tool),
                "{tool} is missing: Apache Kafka needs Java 17 and Maven to install"
            );
        }
        let _ = fs::remove_dir_all(&lib);
        fs::create_dir_all(&lib)?;
        fs::write(home.join("pom.xml"), POM)?;
        fs::write(home.join("log4j2.properties"), LOGGING)?;
        fs::write(home.join("log4j.properties"), LOGGING_V1)?;
        let mvn = || {
            let mut mvn = Command::new("mvn");
            mvn.args(["-B", "-q", "-f"]).arg(home.join("pom.xml"));
            mvn.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
            mvn.arg(format!("-Dkafka.version={}", self.version));
            mvn.arg(format!("-DoutputDirectory={}", lib.display()));
            if self.logs_with_reload4j() {
                mvn.args([
                    "-Dlogger.group=org.slf4j",
                    "-Dlogger.artifact=slf4j-reload4j",
                ]);
                mvn.arg("-Dlogger.version=1.7.36");
            }
            mvn
        };
        process::download(mvn, &home.join("install.log"))?;
        fs::write(lib.join(".complete"), POM)?;
        say(format!(
            "kafka {}: installed in {}",
            self.version,
            lib.display()
        ));
        Ok(())
    }

    /// A `java` command on the jars; the caller adds flags, the main class and its arguments.
    pub(crate) fn java(&self, heap: &str, level: &str) -> Command {
        let mut java = Command::new("java");
        java.arg(format!("-Xmx{heap}"))
            .arg(format!("-Dlog.level={level}"));
        let home = home(&self.version);
        java.arg(format!(
            "-Dlog4j2.configurationFile={}",
            home.join("log4j2.properties").display()
        ));
        java.arg(format!(
            "-Dlog4j.configuration=file:{}",
            home.join("log4j.properties").display()
        ));
        java.arg("-Djava.awt.headless=true");
        java.arg("-cp").arg(format!("{}/*", self.lib().display()));
        java
    }

    /// The process id of the running broker.
    pub(crate) fn pid(&self) -> Option<u32> {
        let pid: u32 = fs::read_to_string(self.file("pid"))
            .ok()?
            .trim()
            .parse()
            .ok()?;
        let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        // A process id may have been given to someone else since.
        command
            .split(|byte| *byte == 0)
            .any(|arg| arg == b"kafka.Kafka")
            .then_some(pid)
    }

    /// Starts the broker and returns when it answers on its port.
    pub(crate) fn start(&self, options: &Options) -> anyhow::Result<()> {
        if let Some(pid) = self.pid() {
            say(format!(
                "kafka {}: already running on {}, pid {pid}",
                self.version,
                self.bootstrap()
            ));
            return Ok(());
        }
        self.install()?;
        for port in [self.port, self.port + 1] {
            ensure!(
                TcpStream::connect(("127.0.0.1", port)).is_err(),
                "port {port} is in use"
            );
        }
        let began = Instant::now();
        self.configure(options)?;
        let log = self.file("log");
        let mut child = self.spawn(options, &log)?;
        let started = || {
            fs::read_to_string(&log).is_ok_and(|log| log.contains("Kafka Server started"))
                && TcpStream::connect(("127.0.0.1", self.port)).is_ok()
        };
        process::wait_until(Duration::from_secs(120), || {
            started() || !matches!(child.try_wait(), Ok(None))
        });
        if !started() {
            // Whatever is left of it; the reason is in the log.
            let _ = child.kill();
            bail!("kafka did not start:\n{}", process::tail(&log, 25));
        }
        ensure!(
            process::wait_until(Duration::from_secs(60), || self.groups_loaded(&log)),
            "kafka does not load its groups, see {}",
            log.display(),
        );
        let (address, seconds) = (self.bootstrap(), began.elapsed().as_secs_f32());
        say(format!(
            "kafka {}: ready on {address} after {seconds:.1} s, pid {}",
            self.version,
            child.id()
        ));
        Ok(())
    }

    /// The broker's process, with its output in the file `log`.
    fn spawn(&self, options: &Options, log: &Path) -> anyhow::Result<Child> {
        let out = File::create(log)?;
        let child = self
            .java(&options.heap, "info")
            .args([
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:+ExitOnOutOfMemoryError",
                "kafka.Kafka",
            ])
            .arg(self.file("server.properties"))
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            // Its own group: Ctrl-C at this terminal is not for the broker.
            .process_group(0)
            .spawn()
            .context("cannot start java")?;
        fs::write(self.file("pid"), child.id().to_string())?;
        Ok(child)
    }

    /// Whether every partition of `__consumer_offsets` is loaded; until then group requests get retriable errors.
    fn groups_loaded(&self, log: &Path) -> bool {
        let log = fs::read_to_string(log).unwrap_or_default();
        let loaded = |partition: u32| {
            let name = format!(" __consumer_offsets-{partition} ");
            log.lines()
                .any(|line| line.contains("Finished loading") && line.contains(&name))
        };
        (0..)
            .take_while(|partition| {
                self.file(&format!("data/__consumer_offsets-{partition}"))
                    .exists()
            })
            .all(loaded)
    }

    /// Writes server.properties and, the first time, formats the data directory.
    fn configure(&self, options: &Options) -> anyhow::Result<()> {
        let data = self.data();
        fs::create_dir_all(&data)?;
        let (address, controller) = (self.bootstrap(), format!("127.0.0.1:{}", self.port + 1));
        let mut text = format!(
            "{SETTINGS}\nlisteners=PLAINTEXT://{address},CONTROLLER://{controller}\n\
             advertised.listeners=PLAINTEXT://{address}\ncontroller.quorum.voters=1@{controller}\nlog.dirs={}\n",
            data.display(),
        );
        for setting in &options.settings {
            ensure!(setting.contains('='), "{setting:?} is not key=value");
            text.push_str(setting);
            text.push('\n');
        }
        let file = self.file("server.properties");
        fs::write(&file, text)?;
        if data.join("meta.properties").exists() {
            return Ok(());
        }
        let mut format = self.java("256m", "off");
        format
            .args(["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"])
            .arg(&file);
        process::run_logged(&mut format, &self.file("format.log"))
    }

    /// Stops the broker, by force after 30 seconds.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        let Some(pid) = self.pid() else {
            say(format!(
                "kafka {}: not running on {}",
                self.version,
                self.bootstrap()
            ));
            return Ok(());
        };
        for signal in ["-TERM", "-KILL"] {
            // The shell has a kill of its own; the program is not everywhere.
            Command::new("sh")
                .args(["-c", &format!("kill {signal} {pid}")])
                .status()
                .context("cannot run kill")?;
            if process::wait_until(Duration::from_secs(30), || self.pid().is_none()) {
                fs::remove_file(self.file("pid"))?;
                say(format!("kafka {}: stopped ({signal})", self.version));
                return Ok(());
            }
        }
        bail!("kafka {}: process {pid} does not end", self.version);
    }

    /// Prints whether it runs; an error when it does not.
    pub(crate) fn status(&self) -> anyhow::Result<()> {
        let Some(pid) = self.pid() else {
            bail!(
                "kafka {}: not running on {}",
                self.version,
                self.bootstrap()
            );
        };
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let memory = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .unwrap_or("VmRSS: unknown");
        say(format!(
            "kafka {}: running on {}, pid {pid}, {memory}",
            self.version,
            self.bootstrap()
        ));
        Ok(())
    }

    /// Deletes the data of a stopped broker.
    pub(crate) fn clean(&self) -> anyhow::Result<()> {
        ensure!(self.pid().is_none(), "stop it first");
        let data = self.data();
        if data.exists() {
            fs::remove_dir_all(&data)
                .with_context(|| format!("cannot delete {}", data.display()))?;
        }
        say(format!(
            "kafka {}: no data in {}",
            self.version,
            data.display()
        ));
        Ok(())
    }
}
