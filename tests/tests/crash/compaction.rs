//! kill -9 while compacted topics are compacted: no last value of a key is lost, none comes back, and nothing of what
//! the cleaner was at is left over.
//!
//! `KOP_TEST_CLEANER_KILLS` says how many times the server is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use kop_tests::data::Record;
use kop_tests::librdkafka::{Sending, config, create_topic_with, read_to_end};
use kop_tests::server::Server;
use kop_tests::target::{server_binary, skip};
use rand::RngExt;
use rdkafka::error::KafkaError;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};

use super::{PATIENCE, dump_log};

const ROUNDS: usize = 6;
/// Topics, and how long their tombstones stay.
const TOPICS: [(&str, &str); 2] = [("tombstones-stay", "3600000"), ("tombstones-go", "500")];
const KEYS: usize = 97;
/// Records that a round writes to each topic.
const PER_ROUND: usize = 2_500;
/// With so many bytes per second cleaning what a round writes takes about two seconds.
const RATE: &str = "log.cleaner.io.max.bytes.per.second=8000000";
const TXN_KEYS: usize = 11;
const TIMEOUT: Duration = Duration::from_secs(60);

/// The last value of each key: none after a tombstone.
type Latest = BTreeMap<String, Option<String>>;

/// What was written to both topics, which hold the same.
struct World {
    server: Server,
    sending: Sending,
    sent: usize,
    done: usize,
    /// Transactions that were begun.
    transactions: usize,
    latest: Latest,
    aborted: BTreeSet<String>,
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn compacted_topics_survive_kills_of_the_cleaner() {
    let Some(binary) = server_binary() else {
        return skip("compaction", "KOP_SERVER_BIN names no server");
    };
    let rounds = std::env::var("KOP_TEST_CLEANER_KILLS").ok();
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().expect("a number"));
    let Some(mut world) = World::start(&binary) else {
        return;
    };
    let mut hit = BTreeMap::new();
    for round in 1..=rounds {
        let left = world.round(round);
        for suffix in [".cleaned", ".swap", ".deleted"] {
            *hit.entry(suffix).or_insert(0) +=
                usize::from(left.iter().any(|name| name.ends_with(suffix)));
        }
        world.check(&format!("kill {round}"));
    }
    eprintln!("{rounds} kills left files of these kinds so many times: {hit:?}");
    assert!(
        hit[".cleaned"] + hit[".swap"] >= rounds / 2,
        "the kills miss the cleaner: {hit:?}"
    );
    world.finish();
}

impl World {
    fn start(binary: &Path) -> Option<Self> {
        let settings = [
            RATE,
            "log.cleaner.backoff.ms=50",
            "log.cleaner.io.buffer.size=131072",
            "log.retention.check.interval.ms=200",
        ];
        if kop_tests::pulsar::Cluster::from_env().is_some() {
            eprintln!("skipped: compaction: it needs the files of the embedded log");
            return None;
        }
        let server = Server::start(binary, &settings).expect("the server starts");
        let bootstrap = server.bootstrap();
        for (topic, retention) in TOPICS {
            let settings = [
                ("cleanup.policy", "compact"),
                ("segment.bytes", "1048576"),
                ("min.cleanable.dirty.ratio", "0.01"),
                ("file.delete.delay.ms", "100"),
                ("delete.retention.ms", retention),
            ];
            let created = kop_tests::block_on(create_topic_with(&bootstrap, topic, 1, &settings));
            created.expect("create");
        }
        let settings = [
            ("enable.idempotence", "true"),
            ("message.timeout.ms", "300000"),
            ("compression.type", "lz4"),
            ("batch.size", "16384"),
            ("reconnect.backoff.max.ms", "200"),
            ("retry.backoff.ms", "50"),
            ("retry.backoff.max.ms", "200"),
        ];
        Some(Self {
            sending: Sending::new(&bootstrap, &settings).expect("a producer"),
            server,
            sent: 0,
            done: 0,
            transactions: 0,
            latest: Latest::new(),
            aborted: BTreeSet::new(),
        })
    }

    /// Writes, kills the server while it compacts, and starts it again. Returns the files that the cleaner had to leave.
    fn round(&mut self, round: usize) -> Vec<String> {
        let (bootstrap, first) = (self.server.bootstrap(), self.transactions);
        let stop = AtomicBool::new(false);
        let (left, written) = thread::scope(|scope| {
            let writing = scope.spawn(|| write_transactions(&bootstrap, first, &stop));
            self.write();
            self.wait_for_the_cleaner(round);
            self.server.kill().expect("kill");
            let left = unfinished(&self.server.data());
            let spawned = self.server.spawn();
            spawned.unwrap_or_else(|error| panic!("after kill {round}: {error:#}"));
            stop.store(true, Ordering::Relaxed);
            (left, writing.join().expect("no panic"))
        });
        let written = written.expect("the transactions are written");
        self.transactions = written.next;
        self.latest.extend(written.latest);
        self.aborted.extend(written.aborted);
        self.flush();
        eprintln!(
            "round {round}: {} records, {} transactions, left {left:?}",
            self.sent, self.transactions
        );
        left
    }

    fn write(&mut self) {
        for _ in 0..PER_ROUND {
            let key = format!("k{}", self.sent % KEYS);
            self.put(key, 1000);
        }
    }

    /// Writes the next value of a key to both topics.
    fn put(&mut self, key: String, size: usize) {
        let number = self.sent;
        // Incompressible enough that a round fills segments.
        let value = (!number.is_multiple_of(10)).then(|| value(&number.to_string(), number, size));
        for (topic, _) in TOPICS {
            let record = Record {
                key: Some(key.clone().into_bytes()),
                value: value.clone().map(String::into_bytes),
                ..Record::default()
            };
            self.sending.send(topic, &record, number).expect("send");
        }
        self.latest.insert(key, value);
        self.sent += 1;
    }

    /// All is acknowledged, so that it is known what the last values are.
    fn flush(&mut self) {
        self.sending.flush().expect("everything is delivered");
        for (number, result) in self.sending.reports() {
            result.unwrap_or_else(|error| panic!("record {number} was given up: {error}"));
            self.done += 1;
        }
        assert_eq!(self.done, self.sent * TOPICS.len());
    }

    /// Until it is at work, and then for a while; or until it exchanges files, which it does in a moment.
    fn wait_for_the_cleaner(&self, round: usize) {
        let data = self.server.data();
        let there = |suffix: &str| {
            let names = unfinished(&data);
            names.iter().any(|name| name.ends_with(suffix))
        };
        if round.is_multiple_of(2) {
            let begun = std::time::Instant::now();
            while !there(".swap") && begun.elapsed() < Duration::from_secs(3) {}
        } else {
            assert!(
                kop_tests::wait_until(PATIENCE, || there(".cleaned")),
                "nothing is compacted:\n{}",
                self.server.log()
            );
            let wait = rand::rng().random_range(0..400);
            kop_tests::pause(Duration::from_millis(wait));
        }
    }

    /// Readers see the last value of every key, offsets that rise, and nothing of what was aborted.
    fn check(&self, when: &str) {
        for (topic, _) in TOPICS {
            let found = self.read(topic, "read_committed");
            let (latest, _) = latest(&found);
            for (key, value) in &self.latest {
                // A tombstone may be gone, with all that was before it.
                let last = latest.get(key).cloned().flatten();
                assert_eq!(
                    short(last.as_ref()),
                    short(value.as_ref()),
                    "{key} of {topic} after {when}"
                );
            }
            let values = found.iter().filter_map(|(.., value)| value.as_ref());
            let aborted = values.filter(|value| self.aborted.contains(&short(Some(value))));
            assert_eq!(
                aborted.count(),
                0,
                "aborted records of {topic} after {when}"
            );
        }
    }

    fn read(&self, topic: &str, isolation: &str) -> Vec<(i64, String, Option<String>)> {
        let records = read_to_end(&self.server.bootstrap(), topic, isolation).expect("all is read");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let records = records.into_iter().map(|(offset, record)| {
            let key = text(record.key.expect("a key"));
            (offset, key, record.value.map(text))
        });
        let records: Vec<_> = records.collect();
        assert!(records.is_sorted_by(|a, b| a.0 < b.0), "offsets of {topic}");
        records
    }

    /// Has all of it compacted that was written until now, and looks at the outcome.
    fn finish(mut self) {
        let ends = TOPICS.map(|(topic, _)| self.end(topic));
        self.fill();
        for ((topic, _), end) in TOPICS.into_iter().zip(ends) {
            self.compacted_up_to(topic, end);
        }
        self.check("the last compaction");
        let (stay, go) = (TOPICS[0].0, TOPICS[1].0);
        let (_, tombstones) = latest(&self.read(stay, "read_committed"));
        for (key, value) in self.latest.iter().filter(|(key, _)| !key.starts_with('f')) {
            assert_eq!(tombstones.contains(key), value.is_none(), "{key} of {stay}");
        }
        // Their time has passed; a round of the cleaner takes them.
        kop_tests::pause(Duration::from_millis(600));
        self.fill();
        let gone = kop_tests::wait_until(PATIENCE, || {
            let found = self.read(go, "read_committed");
            let old = found.iter().filter(|(offset, ..)| *offset < ends[1]);
            old.filter(|(.., value)| value.is_none()).count() == 0
        });
        assert!(gone, "tombstones are left:\n{}", self.server.log());
        self.check("the tombstones are gone");
        let left = || unfinished(&self.server.data());
        let settled = kop_tests::wait_until(PATIENCE, || left().is_empty());
        assert!(settled, "files are left: {:?}", left());
        let seen = TOPICS.map(|(topic, _)| self.read(topic, "read_uncommitted"));
        let stopped = self.server.stop().expect("SIGTERM");
        assert!(stopped.success(), "{stopped}:\n{}", self.server.log());
        assert_eq!(unfinished(&self.server.data()), [""; 0]);
        self.dump(&seen);
    }

    fn end(&self, topic: &str) -> i64 {
        self.read(topic, "read_uncommitted")
            .last()
            .map_or(0, |(offset, ..)| offset + 1)
    }

    /// So much that segments roll, and that what was before is no longer in the last one.
    fn fill(&mut self) {
        for n in 0..60 {
            self.put(format!("f{}", n % 3), 50_000);
        }
        self.flush();
    }

    /// Waits until no superseded record is left before `end`.
    fn compacted_up_to(&self, topic: &str, end: i64) {
        let mut keys = 0;
        let compacted = kop_tests::wait_until(PATIENCE, || {
            let found = self.read(topic, "read_committed");
            let old: Vec<_> = found.iter().filter(|(offset, ..)| *offset < end).collect();
            let distinct: BTreeSet<_> = old.iter().map(|(_, key, _)| key).collect();
            keys = old.len();
            distinct.len() == old.len()
        });
        assert!(compacted, "{topic}: {keys} records are left before {end}");
    }

    /// Kafka's dump-log reads every file, and finds the same records.
    fn dump(&self, seen: &[Vec<(i64, String, Option<String>)>]) {
        let Some(command) = dump_log::command() else {
            return skip("dump-log", "KOP_KAFKA_TOOL names no command");
        };
        for ((topic, _), seen) in TOPICS.into_iter().zip(seen) {
            let dir = self.server.data().join(format!("{topic}-0"));
            let dumped = dump_log::records(&command, &dir);
            assert!(dumped.is_sorted_by(|a, b| a.offset < b.offset), "{topic}");
            let records = dumped.into_iter().filter(|record| !record.marker);
            let records = records.map(|r| (r.offset, r.key.unwrap_or_default(), r.payload));
            assert!(
                records.eq(seen.iter().cloned()),
                "{topic} is another to dump-log"
            );
        }
    }
}

/// The last value of each key, and the keys whose last record is a tombstone.
fn latest(found: &[(i64, String, Option<String>)]) -> (Latest, BTreeSet<String>) {
    let latest: Latest = found
        .iter()
        .map(|(_, key, value)| (key.clone(), value.clone()))
        .collect();
    let tombstones = latest.iter().filter(|(_, value)| value.is_none());
    let tombstones = tombstones.map(|(key, _)| key.clone()).collect();
    (latest, tombstones)
}

/// Text that begins with its name, and that no codec makes small.
fn value(name: &str, seed: usize, size: usize) -> String {
    let mut state = seed as u64 + 1;
    let noise = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'!' + (state >> 33) as u8 % 90)
    });
    format!("{name} {}", noise.take(size).collect::<String>())
}

/// The name of a value.
fn short(value: Option<&String>) -> String {
    let name = value.and_then(|value| value.split(' ').next());
    name.unwrap_or("a tombstone").to_owned()
}

/// Names of the files that the cleaner is at, or that wait to be removed.
fn unfinished(data: &Path) -> Vec<String> {
    let dirs = TOPICS.map(|(topic, _)| data.join(format!("{topic}-0")));
    let files = dirs.into_iter().filter_map(|dir| fs::read_dir(dir).ok());
    let names = files
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let ends = [".cleaned", ".swap", ".deleted"];
    names
        .filter(|name| ends.iter().any(|end| name.ends_with(end)))
        .collect()
}

/// What the transactions of a round have left.
#[derive(Default)]
struct Written {
    next: usize,
    latest: Latest,
    aborted: BTreeSet<String>,
}

/// Writes one transaction after the other to both topics, and aborts every third, until it is told to stop.
fn write_transactions(bootstrap: &str, first: usize, stop: &AtomicBool) -> anyhow::Result<Written> {
    let settings = [
        ("transactional.id", "cleaned"),
        ("reconnect.backoff.max.ms", "200"),
        ("retry.backoff.ms", "50"),
        ("retry.backoff.max.ms", "200"),
    ];
    let producer: ThreadedProducer<DefaultProducerContext> =
        config(bootstrap, &settings).create()?;
    producer.init_transactions(TIMEOUT).context("init")?;
    let mut written = Written {
        next: first,
        ..Written::default()
    };
    while !stop.load(Ordering::Relaxed) || written.next == first {
        let number = written.next;
        producer.begin_transaction().context("begin")?;
        let mut records = Latest::new();
        for n in 0..4 {
            let name = format!("t{number}.{n}");
            let value = (!(number + n).is_multiple_of(5)).then(|| value(&name, number + n, 300));
            records.insert(format!("t{}", (number * 4 + n) % TXN_KEYS), value);
        }
        for ((topic, _), (key, value)) in TOPICS
            .into_iter()
            .flat_map(|topic| records.iter().map(move |record| (topic, record)))
        {
            let mut record = BaseRecord::<str, str>::to(topic).partition(0).key(key);
            if let Some(value) = value {
                record = record.payload(value);
            }
            producer.send(record).map_err(|(error, _)| error)?;
        }
        if end(&producer, !number.is_multiple_of(3))? {
            written.latest.extend(records);
        } else {
            let values = records.values().flatten();
            written
                .aborted
                .extend(values.map(|value| short(Some(value))));
        }
        written.next += 1;
    }
    Ok(written)
}

/// Ends a transaction; whether it was committed.
fn end(
    producer: &ThreadedProducer<DefaultProducerContext>,
    mut commit: bool,
) -> anyhow::Result<bool> {
    loop {
        let ended = match commit {
            true => producer.commit_transaction(TIMEOUT),
            false => producer
                .flush(TIMEOUT)
                .and_then(|()| producer.abort_transaction(TIMEOUT)),
        };
        match ended {
            Ok(()) => return Ok(commit),
            Err(KafkaError::Transaction(error)) if error.is_retriable() => {}
            Err(KafkaError::Transaction(error)) if error.txn_requires_abort() => commit = false,
            Err(error) => return Err(error).context("end"),
        }
    }
}
