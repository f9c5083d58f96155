//! A Pulsar that a test starts for itself: one that is secured, or that lacks something.
//!
//! `KOP_TEST_PULSAR_PEERS` is the beginning of the command that starts, restarts and stops it, `cargo xtask peers pulsar`,
//! and `KOP_TEST_PULSAR_PEERS_PORT` the first of some twenty ports that are free.

use std::env;
use std::process::Command;

use kop_tests::pulsar::Cluster;
use kop_tests::target::{server_binary, skip};

/// It shares the machine with another Pulsar.
const SMALL: [&str; 4] = ["--heap", "400m", "--direct", "400m"];

/// What runs on its ports is stopped when this is dropped.
pub(crate) struct Peer {
    command: Vec<String>,
    pub(crate) port: u16,
}

impl Peer {
    /// `None` says that the test is skipped, and has said why.
    pub(crate) fn new(test: &str, offset: u16, options: &[&str]) -> Option<Self> {
        let Ok(command) = env::var("KOP_TEST_PULSAR_PEERS") else {
            skip(test, "KOP_TEST_PULSAR_PEERS starts no Pulsar");
            return None;
        };
        if server_binary().is_none() {
            skip(test, "KOP_SERVER_BIN names no server");
            return None;
        }
        let port = env::var("KOP_TEST_PULSAR_PEERS_PORT").expect("it goes with the command");
        let port = port.parse::<u16>().expect("a port") + offset;
        let command = command.split_whitespace().map(str::to_owned);
        let options = options.iter().map(ToString::to_string);
        Some(Self {
            command: command
                .chain(["--port".to_owned(), port.to_string()])
                .chain(options)
                .collect(),
            port,
        })
    }

    /// What it says; it must succeed.
    pub(crate) fn tell(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]).args(arguments);
        let output = command.output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{arguments:?}: {text}{error} {}",
            output.status
        );
        text
    }

    /// Starts it without what was there before.
    pub(crate) fn start(&self, settings: &[String]) -> Cluster {
        self.tell(&["stop"]);
        self.tell(&["clean"]);
        self.run("start", settings)
    }

    /// Starts it again on the same data, with other settings.
    pub(crate) fn restart(&self, settings: &[String]) -> Cluster {
        self.run("restart", settings)
    }

    fn run(&self, verb: &str, settings: &[String]) -> Cluster {
        let mut arguments = vec![verb];
        arguments.extend(SMALL);
        for setting in settings {
            arguments.extend(["--set", setting]);
        }
        self.tell(&arguments);
        Cluster::new(
            format!("pulsar://127.0.0.1:{}", self.port),
            format!("http://127.0.0.1:{}", self.port + 1),
        )
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let mut command = Command::new(&self.command[0]);
        if let Err(error) = command.args(&self.command[1..]).arg("stop").output() {
            eprintln!("the Pulsar of a test does not stop: {error}");
        }
    }
}
