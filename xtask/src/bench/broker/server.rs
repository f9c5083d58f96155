//! The two servers: start, stop, and what the kernel says of them.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::super::killed::{self, StopToo};
use super::super::kop::Kop;
use super::super::{usage, wire};
use crate::peers::kafka::{Node, Options, VERSION};

const KOP_PORT: u16 = 19_392;
const KAFKA_PORT: u16 = 19_492;
/// Both remove what is deleted at once. Else each case is written to memory that the machine has not used before, and
/// where that comes from a hypervisor its price, several times that of the server, is all that is measured.
const SETTINGS: [&str; 2] = [
    "log.segment.delete.delay.ms=0",
    "log.retention.check.interval.ms=1000",
];

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Kop,
    Kafka,
}

/// A running server, which stops when it is dropped.
pub(super) struct Server {
    which: Which,
    pid: u32,
    process: Process,
    /// From its start to the answer to a first request.
    pub(super) until_answer: Duration,
}

enum Process {
    Kop(Kop),
    Kafka { node: Node, _stop_too: StopToo },
}

impl Which {
    /// The name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Which::Kop => "kop",
            Which::Kafka => "Kafka",
        }
    }

    /// Where clients find it.
    pub(super) fn address(self) -> String {
        format!("127.0.0.1:{}", self.port())
    }

    fn port(self) -> u16 {
        match self {
            Which::Kop => KOP_PORT,
            Which::Kafka => KAFKA_PORT,
        }
    }

    /// Deletes the data of a server that does not run.
    pub(super) fn clean(self) -> anyhow::Result<()> {
        let data = data();
        match self {
            Which::Kafka => node().clean(),
            Which::Kop if data.exists() => {
                fs::remove_dir_all(&data).with_context(|| data.display().to_string())
            }
            Which::Kop => Ok(()),
        }
    }

    /// Starts it; returns when it has answered a request.
    pub(super) fn start(self) -> anyhow::Result<Server> {
        self.start_with(&[])
    }

    /// Starts it with settings beside the usual ones.
    pub(super) fn start_with(self, settings: &[&str]) -> anyhow::Result<Server> {
        let settings: Vec<&str> = SETTINGS.iter().chain(settings).copied().collect();
        match self {
            Which::Kop => start_kop(&settings),
            Which::Kafka => start_kafka(&settings),
        }
    }

    /// The folder with its partitions.
    pub(super) fn data(self) -> PathBuf {
        match self {
            Which::Kop => data(),
            Which::Kafka => node().data(),
        }
    }
}

/// The Kafka to compare with; its jars are the client's too.
pub(super) fn node() -> Node {
    Node::new(VERSION, KAFKA_PORT)
}

fn data() -> PathBuf {
    super::home().join("kop-data")
}

fn start_kop(settings: &[&str]) -> anyhow::Result<Server> {
    let data = data().display().to_string();
    let settings = settings.iter().flat_map(|setting| ["--set", *setting]);
    let args = settings.chain(["--data-dir", &data]);
    let kop = Kop::start(&Which::Kop.address(), args)?;
    Ok(Server {
        which: Which::Kop,
        pid: kop.pid(),
        until_answer: kop.until_answer(),
        process: Process::Kop(kop),
    })
}

fn start_kafka(settings: &[&str]) -> anyhow::Result<Server> {
    let server = node();
    let began = Instant::now();
    // Nobody is left to be told that it went wrong.
    let stop_too = killed::stop_too(|| drop(node().stop()));
    server.start(&Options {
        heap: "1g".to_owned(),
        settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
    })?;
    let pid = server.pid().context("Kafka has ended")?;
    ensure!(
        wire::answers(&Which::Kafka.address()),
        "Kafka does not answer"
    );
    Ok(Server {
        which: Which::Kafka,
        pid,
        process: Process::Kafka {
            node: server,
            _stop_too: stop_too,
        },
        until_answer: began.elapsed(),
    })
}

impl Server {
    /// Which server it is.
    pub(super) fn which(&self) -> Which {
        self.which
    }

    /// CPU seconds of the process so far, see [`usage`].
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        usage::cpu_seconds(self.pid)
    }

    /// Resident memory in MiB: now (`VmRSS`), or its highest so far (`VmHWM`).
    pub(super) fn memory(&self, name: &str) -> anyhow::Result<f64> {
        usage::memory(self.pid, name)
    }

    /// Stops it and waits for its end.
    pub(super) fn stop(mut self) -> anyhow::Result<()> {
        self.end()
    }

    fn end(&mut self) -> anyhow::Result<()> {
        match &mut self.process {
            Process::Kafka { node, .. } if node.pid().is_some() => node.stop(),
            Process::Kafka { .. } => Ok(()),
            Process::Kop(kop) => kop.end(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only left to do where something went wrong, and that is being reported.
        let _ = self.end();
    }
}
