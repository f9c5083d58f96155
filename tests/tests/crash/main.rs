//! A crash test: kill -9 while an idempotent producer writes, twenty times over the same data.
//!
//! Every record is there once and in order at the end, and Kafka's own dump-log agrees with every file.

mod compaction;
mod dump_log;

use std::path::Path;
use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending, create_topic};
use kop_tests::server::Server;
use kop_tests::target::{server_binary, skip};

const ROUNDS: usize = 20;
/// With the data in a Pulsar: only what the server does between its writes is at stake there.
const ROUNDS_ON_PULSAR: usize = 8;
const TOPIC: &str = "crash";
/// Acknowledged records of a round before the server is killed, while more are on their way.
const PER_ROUND: usize = 2_000;
const IN_FLIGHT: usize = 1_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// What the producer has sent, and what was acknowledged with which offset.
struct Load {
    sending: Sending,
    sent: usize,
    acknowledged: Vec<Option<i64>>,
    done: usize,
}

impl Load {
    fn new(bootstrap: &str) -> Self {
        let settings = [
            ("enable.idempotence", "true"),
            ("message.timeout.ms", "300000"),
            ("linger.ms", "1"),
            ("reconnect.backoff.max.ms", "200"),
            ("retry.backoff.ms", "50"),
            ("retry.backoff.max.ms", "200"),
        ];
        let sending = Sending::new(bootstrap, &settings).expect("a producer");
        Self {
            sending,
            sent: 0,
            acknowledged: Vec::new(),
            done: 0,
        }
    }

    /// Sends and takes acknowledgements until this round has enough of them; some records stay in flight.
    fn round(&mut self) {
        let (enough, deadline) = (self.done + PER_ROUND, Instant::now() + PATIENCE);
        while self.done < enough {
            assert!(
                Instant::now() < deadline,
                "only {} of {enough} records acknowledged",
                self.done
            );
            self.acknowledge();
            while self.sent < self.done + IN_FLIGHT {
                self.sending
                    .send(TOPIC, &record(self.sent), self.sent)
                    .expect("send");
                self.acknowledged.push(None);
                self.sent += 1;
            }
            kop_tests::pause(Duration::from_millis(1));
        }
    }

    fn acknowledge(&mut self) {
        for (number, result) in self.sending.reports() {
            let offset =
                result.unwrap_or_else(|error| panic!("record {number} was given up: {error}"));
            assert!(
                self.acknowledged[number].replace(offset).is_none(),
                "record {number} was acknowledged twice"
            );
            self.done += 1;
        }
    }

    fn finish(&mut self) {
        self.sending.flush().expect("everything is delivered");
        self.acknowledge();
        assert_eq!(self.done, self.sent, "acknowledged and sent");
    }
}

/// Record `number`: odd and even numbers go to different partitions.
fn record(number: usize) -> Record {
    let value = format!("{number:08}-{}", "x".repeat(number % 150));
    Record {
        partition: (number % 2) as i32,
        ..Record::of(value)
    }
}

/// The acknowledged records must be there, each once, in the order in which they were sent, where they were said to be.
fn check_records(bootstrap: &str, load: &Load, on_pulsar: bool) {
    let reading = Reading::all(bootstrap, TOPIC).expect("a consumer");
    let (mut next, mut found) = ([0_i64; 2], [0; 2]);
    let (mut count, deadline) = (0, Instant::now() + PATIENCE);
    while count < load.sent {
        assert!(
            Instant::now() < deadline,
            "{count} of {} records could be read",
            load.sent
        );
        for (offset, got) in reading.poll(Duration::from_millis(100)).expect("poll") {
            let p = got.partition as usize;
            let number = 2 * found[p] + p;
            // In a Pulsar, the server's own control batches take offsets too.
            assert!(
                offset == next[p] || on_pulsar && offset > next[p],
                "partition {p}: {offset} instead of {}",
                next[p]
            );
            assert_eq!(
                got.value,
                record(number).value,
                "partition {p}, offset {offset}"
            );
            // The answer to a repeated batch need not tell the offset.
            let told = load.acknowledged[number].expect("acknowledged");
            assert!(
                told < 0 || told == offset,
                "record {number}: acknowledged at {told}, found at {offset}"
            );
            next[p] = offset + 1;
            found[p] += 1;
            count += 1;
        }
    }
    assert_eq!(
        reading.poll(Duration::from_millis(500)).expect("poll"),
        [],
        "more records than were sent"
    );
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn acknowledged_records_survive_kills() {
    let Some(binary) = server_binary() else {
        return skip("crash", "KOP_SERVER_BIN names no server");
    };
    run(&binary);
}

fn run(binary: &Path) {
    // Small segments, so that the kills hit rolls and several files too.
    let mut server =
        Server::start(binary, &["log.segment.bytes=1048576"]).expect("the server starts");
    let bootstrap = server.bootstrap();
    kop_tests::block_on(create_topic(&bootstrap, TOPIC, 2)).expect("create");
    let mut load = Load::new(&bootstrap);
    let on_pulsar = server.cluster().is_some();
    let rounds = if on_pulsar { ROUNDS_ON_PULSAR } else { ROUNDS };
    for round in 1..=rounds {
        load.round();
        server.kill().expect("kill");
        server
            .spawn()
            .unwrap_or_else(|error| panic!("after kill {round}: {error:#}"));
        eprintln!(
            "round {round}: {} sent, {} acknowledged",
            load.sent, load.done
        );
    }
    load.finish();
    check_records(&bootstrap, &load, on_pulsar);
    assert!(
        server.stop().expect("SIGTERM").success(),
        "exit status after SIGTERM:\n{}",
        server.log()
    );
    if on_pulsar {
        return;
    }
    match dump_log::command() {
        Some(command) => (0..2).for_each(|partition| {
            let dir = server.data().join(format!("{TOPIC}-{partition}"));
            let dumped = dump_log::records(&command, &dir);
            for (n, found) in dumped.into_iter().enumerate() {
                let value = record(2 * n + partition).value.expect("a value");
                assert_eq!(found.offset, n as i64, "{}", dir.display());
                assert_eq!(found.payload.map(String::into_bytes), Some(value));
            }
        }),
        None => skip("dump-log", "KOP_KAFKA_TOOL names no command"),
    }
}
