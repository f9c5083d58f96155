//! Every client library through the same steps, with a restart of the server in the middle.
//!
//! The tests are ignored by a plain `cargo test`: `cargo xtask test` installs the clients, builds the server and runs
//! them.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use kop_tests::block_on;
use kop_tests::data::{self, Record};
use kop_tests::librdkafka::{Reading, create_topic};
use kop_tests::program::Program;
use kop_tests::steps::{expect, send};
use kop_tests::target::{Target, skip};

/// Records per codec.
const COUNT: &str = "1000";

fn check(program: Option<Program>, name: &str, settings: &[&str]) {
    let Some(program) = program else {
        return skip(
            name,
            "the client is not installed; cargo xtask test installs it",
        );
    };
    let Some(mut target) = Target::from_env(settings).expect("the server starts") else {
        return skip(name, "KOP_SERVER_BIN names no server");
    };
    // A name that is new on a server that is already running.
    let topic = format!("{name}-{}", std::process::id());
    let bootstrap = target.bootstrap();
    let arguments = [bootstrap.as_str(), &topic, COUNT];
    let result = program.run("before", &arguments).and_then(|mut steps| {
        target.restart()?;
        steps.extend(program.run("after", &arguments)?);
        Ok(steps)
    });
    match result {
        Ok(steps) => eprintln!("{name}\n  {}", steps.join("\n  ")),
        Err(error) => panic!("{error:#}\n{}", target.keep_log(name)),
    }
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn librdkafka() {
    let program = Program::at("librdkafka", Path::new(env!("CARGO_BIN_EXE_librdkafka")));
    check(Some(program), "librdkafka", &[]);
}

macro_rules! clients {
    ($($test:ident $name:literal),* $(,)?) => {$(
        #[test]
        #[ignore = "needs a server: cargo xtask test"]
        fn $test() {
            check(Program::installed($name), $name, &[]);
        }
    )*};
}

clients! {
    kafka_clients_0_9 "kafka-clients-0.9.0.1",
    kafka_clients_0_10 "kafka-clients-0.10.2.2",
    kafka_clients_1_1 "kafka-clients-1.1.1",
    kafka_clients_2_8 "kafka-clients-2.8.2",
    kafka_clients_3_9 "kafka-clients-3.9.1",
    kafka_clients_4_4 "kafka-clients-4.4.0",
    franz_go "franz-go",
    sarama "sarama",
    kafkajs "kafkajs",
    confluent_kafka "confluent-kafka",
    kafka_python "kafka-python",
    aiokafka "aiokafka",
}

/// With groups of the consumer protocol (KIP-848), which the server assigns.
fn check_consumer_protocol(name: &str) {
    let variant = format!("{name}-consumer");
    let program = Program::installed(name);
    let program = program.map(|it| it.variant(&variant, ("KOP_GROUP_PROTOCOL", "consumer")));
    check(
        program,
        &variant,
        &[
            "group.consumer.min.heartbeat.interval.ms=500",
            "group.consumer.heartbeat.interval.ms=500",
        ],
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn kafka_clients_4_4_consumer_protocol() {
    check_consumer_protocol("kafka-clients-4.4.0");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn confluent_kafka_consumer_protocol() {
    check_consumer_protocol("confluent-kafka");
}

/// An old client reads what librdkafka wrote, and librdkafka what the old client wrote: batches are converted down for
/// the one, and kept or converted up for the other.
fn exchange(name: &str, headers: bool) {
    let Some(mut program) = Program::installed(name) else {
        return skip(
            name,
            "the client is not installed; cargo xtask test installs it",
        );
    };
    // It runs beside the other test of the same client, and its output goes to files of its own.
    program.name.push_str("-exchange");
    let Some(target) = Target::from_env(&[]).expect("the server starts") else {
        return skip(name, "KOP_SERVER_BIN names no server");
    };
    let bootstrap = target.bootstrap();
    let count: usize = COUNT.parse().expect("a number");
    let result = write_new(
        &bootstrap,
        &format!("new-{name}-{}", std::process::id()),
        count,
    )
    .and_then(|topic| program.run("read", &[&bootstrap, &topic, COUNT]))
    .and_then(|_| {
        let topic = format!("old-{name}-{}", std::process::id());
        program.run("before", &[&bootstrap, &topic, COUNT])?;
        let without = |record: Record| match headers {
            true => record,
            false => Record {
                headers: Vec::new(),
                ..record
            },
        };
        let of = |number| {
            data::partition(number, OLD_CODECS, count, 0)
                .into_iter()
                .map(without)
                .collect()
        };
        expect(
            &Reading::all(&bootstrap, &topic)?,
            &[0, 1].map(of),
            [0, 0],
            false,
        )
    });
    if let Err(error) = result {
        panic!("{error:#}\n{}", target.keep_log(&program.name));
    }
}

/// What clients before 2.1 know.
const OLD_CODECS: &[&str] = &["none", "gzip", "snappy", "lz4"];

/// Writes the data with headers and the codecs that an old client knows.
fn write_new(bootstrap: &str, topic: &str, count: usize) -> anyhow::Result<String> {
    block_on(create_topic(bootstrap, topic, 2))?;
    // Not in the past: retention would be right to delete it.
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() as i64;
    for codec in OLD_CODECS {
        let records: Vec<Record> = (0..count).map(|i| data::record(codec, i, now)).collect();
        send(
            bootstrap,
            topic,
            &[("compression.type", codec), ("linger.ms", "5")],
            &records,
        )?;
    }
    Ok(topic.to_owned())
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn kafka_clients_0_9_exchange() {
    exchange("kafka-clients-0.9.0.1", false);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn kafka_clients_0_10_exchange() {
    exchange("kafka-clients-0.10.2.2", false);
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn kafka_clients_1_1_exchange() {
    exchange("kafka-clients-1.1.1", true);
}
