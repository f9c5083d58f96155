//! Whole programs that use Kafka: they run while clients and the server are killed, and their results have to be exact.
//!
//! Ignored by a plain `cargo test`: `cargo xtask test` installs the programs, builds the server and runs them. With
//! `KOP_TEST_BOOTSTRAP` they run against any Kafka, which `KOP_TEST_RESTART` restarts instead of killing it.

mod administrator;
mod connect;
mod migration;
mod mirror;
mod streams;
mod tools;
mod transform;

use std::time::{Duration, Instant};

use kop_tests::block_on;
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending, create_topic};
use kop_tests::program::Program;
use kop_tests::target::{Target, skip};

/// Time for something that a busy machine does in a few seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the servers of these tests are told: members that were killed are given up soon.
const SETTINGS: &[&str] = &["group.min.session.timeout.ms=1000"];

/// A server, and names that are new on it; `None` says that the test is skipped, and has said why.
fn target(test: &str) -> Option<(Target, String)> {
    target_with(test, SETTINGS)
}

/// The same with other settings.
fn target_with(test: &str, settings: &[&str]) -> Option<(Target, String)> {
    let Some(target) = Target::from_env(settings).expect("the server starts") else {
        skip(test, "KOP_SERVER_BIN names no server");
        return None;
    };
    Some((target, format!("{test}-{}", std::process::id())))
}

/// An installed program; `None` says that the test is skipped, and has said why.
fn installed(test: &str, name: &str) -> Option<Program> {
    let program = Program::installed(name);
    if program.is_none() {
        skip(
            test,
            &format!("{name} is not installed; cargo xtask test installs it"),
        );
    }
    program
}

/// Fails with the server's log kept.
fn judge(test: &str, target: &Target, result: anyhow::Result<String>) {
    match result {
        Ok(said) => eprintln!("{test}: {said}"),
        Err(error) => panic!("{error:#}\n{}", target.keep_log(test)),
    }
}

fn create(bootstrap: &str, topics: &[String], partitions: i32) -> anyhow::Result<()> {
    block_on(async {
        for topic in topics {
            create_topic(bootstrap, topic, partitions).await?;
        }
        Ok(())
    })
}

/// A producer that loses and repeats nothing while the server is away for a moment.
fn sending(bootstrap: &str) -> anyhow::Result<Sending> {
    let settings = [
        ("enable.idempotence", "true"),
        ("message.timeout.ms", "300000"),
        ("linger.ms", "1"),
        ("reconnect.backoff.max.ms", "200"),
        ("retry.backoff.ms", "50"),
        ("retry.backoff.max.ms", "200"),
    ];
    Sending::new(bootstrap, &settings)
}

/// A record with a text as its value.
fn record(partition: i32, timestamp: i64, key: &str, value: String) -> Record {
    Record {
        partition,
        timestamp,
        key: Some(key.as_bytes().to_vec()),
        value: Some(value.into_bytes()),
        ..Record::default()
    }
}

/// Checks every delivery so far.
fn check_delivered(sending: &Sending) -> anyhow::Result<()> {
    for (number, delivered) in sending.reports() {
        delivered.map_err(|error| anyhow::anyhow!("record {number} was given up: {error}"))?;
    }
    Ok(())
}

/// Hands every record that arrives to `take` until it says that this was all of them, and then those of another second,
/// in which there should be none.
fn read_until(
    reading: &Reading,
    mut take: impl FnMut(i64, Record) -> anyhow::Result<()>,
    mut done: impl FnMut() -> bool,
) -> anyhow::Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    let mut done_since = None;
    while Instant::now() < deadline {
        for (offset, record) in reading.poll(Duration::from_millis(100))? {
            take(offset, record)?;
        }
        if !done() {
            done_since = None;
            continue;
        }
        let since = *done_since.get_or_insert_with(Instant::now);
        if since.elapsed() > Duration::from_secs(1) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A text of a record.
fn text(bytes: Option<&Vec<u8>>) -> String {
    String::from_utf8_lossy(bytes.map_or(&[][..], Vec::as_slice)).into_owned()
}
