//! Every client library through the same steps, with a restart of the server in the middle.
//!
//! The tests are ignored by a plain `cargo test`: `cargo xtask test` installs the clients, builds the server and runs
//! them.

use std::path::Path;

use kop_tests::program::Program;
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
