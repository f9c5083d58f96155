//! The steps against a real Pulsar: one that begins a new ledger every 50 entries, so that tests see it happen.

use super::clients;
use crate::peers::process::say;
use crate::peers::pulsar::{Node, Options};

/// Where it listens: not where one that a developer has started would.
const PORT: u16 = 17650;

/// Which tests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The conformance suite of logs, and what else a log on Pulsar must do.
    Crates,
    /// What no client library would send, as with the embedded log.
    Protocol,
    /// A Kafka client through all its steps, as with the embedded log.
    Client,
    /// Our client of Pulsar; Pulsar's clients and Kafka's on the same topics.
    Both,
}

/// The steps and their names.
pub(super) const PARTS: [(&str, Part); 4] = [
    ("crates", Part::Crates),
    ("protocol", Part::Protocol),
    ("librdkafka", Part::Client),
    ("clients", Part::Both),
];

impl Part {
    /// The clients that have to be installed.
    pub(super) fn clients(self) -> &'static [&'static str] {
        match self {
            Self::Both => &clients::PULSAR,
            _ => &[],
        }
    }

    /// Arguments of cargo.
    pub(super) fn arguments(self) -> Vec<&'static str> {
        let what: &[&str] = match self {
            Self::Crates => &[
                "--test=conformance",
                "--test=entries",
                "--test=lock",
                "--test=log",
                "--no-fail-fast",
                "--",
            ],
            Self::Protocol => &["--test=protocol", "--", "--test-threads=4"],
            Self::Client => &["--test=clients", "--", "librdkafka"],
            Self::Both => &["--test=pulsar", "--", "--test-threads=2"],
        };
        [
            &["test", "--workspace"],
            what,
            &["--include-ignored", "--nocapture"],
        ]
        .concat()
    }
}

/// It is stopped when this is dropped.
pub(super) struct Running(Node);

impl Running {
    pub(super) fn start() -> anyhow::Result<Self> {
        let node = Node::new(PORT, false);
        node.start(&Options {
            small_ledgers: true,
            settings: vec!["managedLedgerNewEntriesCheckDelayInMillis=0".to_owned()],
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
