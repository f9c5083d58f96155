//! Installs the client programs of `tests/clients` under `target/clients`, nothing outside of it.
//!
//! Each ends up as `target/clients/NAME/run`, a script that passes its arguments on; the tests know nothing else.

mod go;
mod java;
mod js;
mod pulsar;
mod python;

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::peers::kafka;
use crate::peers::process::{on_path, root, target_dir};

/// The clients: their names, and their tests in `tests/tests/clients.rs`.
pub(super) const ALL: &[(&str, &str)] = &[
    ("librdkafka", "librdkafka"),
    ("kafka-clients-0.9.0.1", "kafka_clients_0_9"),
    ("kafka-clients-0.10.2.2", "kafka_clients_0_10"),
    ("kafka-clients-1.1.1", "kafka_clients_1_1"),
    ("kafka-clients-2.8.2", "kafka_clients_2_8"),
    ("kafka-clients-3.9.1", "kafka_clients_3_9"),
    ("kafka-clients-4.4.0", "kafka_clients_4_4"),
    ("franz-go", "franz_go"),
    ("sarama", "sarama"),
    ("kafkajs", "kafkajs"),
    ("confluent-kafka", "confluent_kafka"),
    ("kafka-python", "kafka_python"),
    ("aiokafka", "aiokafka"),
];

/// The programs that are more than a client: the names of their steps, their tests in `tests/tests/ecosystem`, and
/// what has to be installed for them.
pub(super) const PROGRAMS: &[(&str, &str, &[&str])] = &[
    ("loop", "every_record_once", &["franz-go", "streams-4.4.0"]),
    (
        "administrator",
        "administrator",
        &["streams-3.9.1", "streams-4.4.0"],
    ),
    ("migration", "migration", &["migration-4.4.0"]),
    ("streams 3.9", "streams_3_9", &["streams-3.9.1"]),
    ("streams 4", "streams_4", &["streams-4.4.0"]),
    ("connect", "connect", &["connect-4.3.1"]),
    ("flink", "flink", &["flink"]),
    ("mirror", "mirror", &["connect-4.3.1", KAFKA]),
];

/// Pulsar's own clients, and an independent one.
pub(super) const PULSAR: [&str; 4] = ["pulsar-java", "pulsar-python", "pulsar-go", "pulsar-rs"];

/// Among what a program needs: an Apache Kafka that runs beside the server.
pub(super) const KAFKA: &str = "kafka";

/// Installs the client of this name.
type Installer = fn(&str) -> anyhow::Result<()>;

/// How an installation went.
pub(super) enum Installed {
    Ready,
    /// A tool that is not on this machine.
    Missing(&'static str),
    Failed(String),
}

/// Installs these clients one after the other in a thread; each has a receiver for its result.
pub(super) fn install(
    names: impl Iterator<Item = &'static str>,
) -> HashMap<&'static str, Receiver<Installed>> {
    let mut receivers = HashMap::new();
    let mut work = Vec::new();
    for name in names {
        if receivers.contains_key(name) {
            continue;
        }
        let (sender, receiver) = channel();
        receivers.insert(name, receiver);
        work.push((name, sender));
    }
    thread::spawn(move || {
        for (name, sender) in work {
            // The receiver is gone once an earlier step has failed.
            if sender.send(install_one(name)).is_err() {
                return;
            }
        }
    });
    receivers
}

fn install_one(name: &str) -> Installed {
    let (tools, install): (&[&'static str], Installer) = match name {
        // Built by cargo with the tests.
        "librdkafka" => return Installed::Ready,
        "franz-go" | "sarama" => (&["go"], go::install),
        "pulsar-go" => (&["go"], pulsar::install),
        "pulsar-python" => (&["python3"], pulsar::install),
        "pulsar-rs" => (&["mvn"], pulsar::install),
        "pulsar-java" => (&["java", "javac", "mvn"], pulsar::install),
        "kafkajs" => (&["node", "npm"], js::install),
        "confluent-kafka" | "kafka-python" | "aiokafka" => (&["python3"], python::install),
        "connect-4.3.1" => (&["java", "mvn", "curl"], java::connect),
        KAFKA => (&["java", "mvn"], |_| {
            kafka::Node::new(kafka::VERSION, 0).install()
        }),
        "flink" => (&["java", "javac", "mvn"], java::flink),
        "migration-4.4.0" => (&["java", "javac", "mvn"], java::migration),
        "streams-3.9.1" | "streams-4.4.0" => (&["java", "javac", "mvn"], java::streams),
        _ => (&["java", "javac", "mvn"], java::install),
    };
    if let Some(tool) = tools.iter().find(|tool| !on_path(tool)) {
        return Installed::Missing(tool);
    }
    match install(name) {
        Ok(()) => Installed::Ready,
        Err(error) => Installed::Failed(format!("cannot install {name}: {error:#}")),
    }
}

/// Where the sources of a language are.
fn sources(language: &str) -> PathBuf {
    root().join("tests/clients").join(language)
}

/// `target/clients/NAME`, made if need be.
fn home(name: &str) -> anyhow::Result<PathBuf> {
    let home = target_dir().join("clients").join(name);
    fs::create_dir_all(&home)?;
    Ok(home)
}

/// Writes `target/clients/NAME/run`.
fn script(name: &str, command: &str) -> anyhow::Result<()> {
    let file = home(name)?.join("run");
    fs::write(&file, format!("#!/bin/sh\nexec {command} \"$@\"\n"))?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// Whether `stamp` already holds the content of `wanted`, from an earlier complete installation.
fn up_to_date(stamp: &Path, wanted: &Path) -> bool {
    fs::read(stamp).is_ok_and(|was| fs::read(wanted).is_ok_and(|now| was == now))
}
