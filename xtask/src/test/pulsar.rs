//! The steps against a real Pulsar: one that begins a new ledger every 50 entries, so that tests see it happen.

use std::env;
use std::path::Path;

use super::clients;
use crate::peers::process::say;
use crate::peers::pulsar::{Node, Options};

/// Where it listens: not where one that a developer has started would.
const PORT: u16 = 17650;

/// The first port of those that tests start for themselves.
const PEERS_PORT: u16 = 17670;

/// The first port of the cluster of two brokers.
const CLUSTER_PORT: u16 = 17700;

/// Which tests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The conformance suite of logs, and what else a log on Pulsar must do.
    Crates,
    /// What no client library would send, as with the embedded log.
    Protocol,
    /// Every Kafka client through all its steps, as with the embedded log.
    Clients,
    /// Consume-transform-produce loops, an administrator of transactions, Connect, members that migrate, Kafka's tools and
    /// Kafka Streams exactly once, as with the embedded log; with `KOP_TEST_EVERY_PROGRAM=1` all programs, which takes some
    /// minutes more.
    Programs,
    /// Our client of Pulsar; Pulsar's clients and Kafka's on the same topics.
    Both,
    /// Pulsars of other kinds: one that is secured, one whose brokers lack what is needed.
    Others,
    /// The server is killed while clients write.
    Crash,
    /// Pulsar is killed, unloaded and cut off while clients write. Last, as nobody else can use it then.
    Chaos,
    /// A cluster of two brokers: topics move, one of them is killed.
    Brokers,
}

/// The steps and their names.
pub(super) const PARTS: [(&str, Part); 9] = [
    ("crates", Part::Crates),
    ("protocol", Part::Protocol),
    ("kafka clients", Part::Clients),
    ("programs", Part::Programs),
    ("clients", Part::Both),
    ("secured", Part::Others),
    ("crash", Part::Crash),
    ("chaos", Part::Chaos),
    ("brokers", Part::Brokers),
];

impl Part {
    /// The clients that have to be installed.
    pub(super) fn clients(self) -> Vec<&'static str> {
        match self {
            Self::Clients => clients::ALL.iter().map(|(name, _)| *name).collect(),
            Self::Programs => clients::PROGRAMS
                .iter()
                .filter(|(step, ..)| every_program() || PROGRAMS.contains(step))
                .flat_map(|(_, _, needs)| needs.to_vec())
                .collect(),
            Self::Both => clients::PULSAR.to_vec(),
            Self::Others => vec!["pulsar-python"],
            Self::Brokers => vec!["pulsar-go"],
            _ => Vec::new(),
        }
    }

    /// Whether each of its tests says by itself which client it has to do without.
    pub(super) fn does_without(self) -> bool {
        self == Self::Clients
    }

    /// Whether they use the one that all of them share; the others start their own.
    pub(super) fn needs_pulsar(self) -> bool {
        !matches!(self, Self::Others | Self::Brokers)
    }

    /// Says to tests how to start Pulsars of their own, or how to talk to the shared one, and to those that are alone with
    /// it how to kill it and start it again.
    pub(super) fn env(self, xtask: &Path) -> Vec<(&'static str, String)> {
        let peers = format!("{} peers pulsar", xtask.display());
        match self {
            Self::Others => vec![
                ("KOP_TEST_PULSAR_PEERS", peers),
                ("KOP_TEST_PULSAR_PEERS_PORT", PEERS_PORT.to_string()),
            ],
            Self::Brokers => {
                let cluster = format!("{peers} --port {CLUSTER_PORT} cluster");
                vec![("KOP_TEST_PULSAR_CLUSTER", cluster)]
            }
            Self::Chaos => {
                let crash = format!("{peers} --port {PORT} crash {}", OPTIONS.join(" "));
                vec![("KOP_TEST_PULSAR_RESTART", crash)]
            }
            Self::Programs => vec![(
                "KOP_KAFKA_TOOL",
                format!("{} peers kafka tool", xtask.display()),
            )],
            Self::Both => {
                let command = format!("{peers} --port {PORT}");
                vec![("KOP_TEST_PULSAR_COMMAND", command)]
            }
            _ => Vec::new(),
        }
    }

    /// Arguments of cargo.
    pub(super) fn arguments(self) -> Vec<&'static str> {
        let what: &[&str] = match self {
            Self::Crates => &[
                "--test=conformance",
                "--test=entries",
                "--test=kept_whole",
                "--test=lock",
                "--test=log",
                "--no-fail-fast",
                "--",
            ],
            Self::Protocol => &["--test=protocol", "--", "--test-threads=4"],
            Self::Clients => &["--test=clients", "--", "--test-threads=3"],
            Self::Programs if every_program() => &["--test=ecosystem", "--", "--test-threads=1"],
            Self::Programs => &[
                "--test=ecosystem",
                "--",
                "--test-threads=1",
                "every_record_once",
                "administrator",
                "connect_distributed",
                "migration",
                "kafkas_tools",
                "streams_4_exactly_once",
            ],
            Self::Both => &[
                "--test=pulsar",
                "--",
                "--test-threads=2",
                "--skip=brokers::",
                "--skip=chaos::",
                "--skip=refused::",
                "--skip=secured::",
            ],
            Self::Others => &[
                "--test=pulsar",
                "--",
                "--test-threads=2",
                "refused::",
                "secured::",
            ],
            Self::Crash => &["--test=crash", "--"],
            Self::Chaos => &["--test=pulsar", "--", "--test-threads=1", "chaos::"],
            Self::Brokers => &["--test=pulsar", "--", "brokers::"],
        };
        [
            &["test", "--workspace"],
            what,
            &["--include-ignored", "--nocapture"],
        ]
        .concat()
    }
}

/// The programs that always run on Pulsar too, by the names of their steps.
const PROGRAMS: [&str; 5] = ["loop", "administrator", "connect", "migration", "streams 4"];

/// Whether the others run too.
fn every_program() -> bool {
    env::var_os("KOP_TEST_EVERY_PROGRAM").is_some()
}

/// How it is started, as options of `cargo xtask peers pulsar`.
const OPTIONS: [&str; 3] = [
    "--small-ledgers",
    "--set",
    "managedLedgerNewEntriesCheckDelayInMillis=0",
];

/// It is stopped when this is dropped.
pub(super) struct Running(Node);

impl Running {
    pub(super) fn start() -> anyhow::Result<Self> {
        let node = Node::new(PORT, false);
        // What an earlier run has left there, such as transactions that nobody ends, would hold up this one.
        node.stop()?;
        node.clean()?;
        node.start(&Options {
            small_ledgers: true,
            settings: vec![OPTIONS[2].to_owned()],
            ..Options::default()
        })?;
        Ok(Self(node))
    }

    /// Says to the tests where it is.
    pub(super) fn env(&self) -> [(&'static str, String); 2] {
        [
            ("KOP_TEST_PULSAR", self.0.service_url()),
            ("KOP_TEST_PULSAR_ADMIN", self.0.admin_url()),
        ]
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.0.stop() {
            say(format!("pulsar does not stop: {error:#}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_step_leaves_out_another_runs() {
        let all: Vec<_> = PARTS.iter().map(|(_, part)| part.arguments()).collect();
        let skipped = all
            .iter()
            .flatten()
            .filter_map(|it| it.strip_prefix("--skip="));
        for name in skipped {
            assert!(all.iter().any(|step| step.contains(&name)), "{name}");
        }
    }
}
