//! Kafka and Pulsar producers on one partition at once, while ledgers roll over all the time.
//!
//! `KOP_TEST_MIXED=250000` makes a million records of it. Against the Pulsar of `cargo xtask test`, which begins a ledger
//! every 50 entries, most of the time goes into the thousands of ledgers; with
//! `cargo xtask peers pulsar start --small-ledgers --set managedLedgerMaxEntriesPerLedger=500` it is a few hundred.

use std::collections::HashMap;
use std::env;
use std::thread;
use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::native::{How, Native, Seen};
use kop_tests::target::skip;

use crate::{create, server};

/// Records of each writer; `KOP_TEST_MIXED` says another number.
const COUNT: usize = 25_000;
const TOPIC: &str = "mixed";
/// So long nothing may come.
const STILL: Duration = Duration::from_secs(60);

fn value(writer: &str, number: usize) -> Vec<u8> {
    format!("{writer}-{number}").into_bytes()
}

/// Writes as a Kafka producer; the offsets that were acknowledged, by number.
fn write_kafka(bootstrap: &str, writer: &str, idempotent: bool, count: usize) -> Vec<i64> {
    let began = Instant::now();
    // Without idempotence, several requests in flight may change places when one is tried again. One after the other
    // they take their time: so many that they do not go on for long after the other writers.
    let (in_flight, batch) = match idempotent {
        true => (5, 40),
        false => (1, 40.max(count / 1_000)),
    };
    let settings = [
        ("enable.idempotence", &*idempotent.to_string()),
        (
            "max.in.flight.requests.per.connection",
            &in_flight.to_string(),
        ),
        ("batch.num.messages", &batch.to_string()),
        ("linger.ms", "1"),
    ];
    let sending = Sending::new(bootstrap, &settings).expect("a producer");
    for number in 0..count {
        let record = Record::of(value(writer, number));
        sending.send(TOPIC, &record, number).expect("send");
    }
    let mut offsets = vec![-1; count];
    let (mut left, mut progress) = (count, Instant::now());
    while left > 0 {
        for (number, result) in sending.reports() {
            offsets[number] = result.unwrap_or_else(|error| panic!("{writer} {number}: {error}"));
            left -= 1;
            progress = Instant::now();
        }
        assert!(progress.elapsed() < STILL, "{writer}: {left} are not told");
        kop_tests::pause(Duration::from_millis(10));
    }
    eprintln!("mixed: {writer} has written for {:.0?}", began.elapsed());
    offsets
}

fn write_native(native: &Native, url: &str, topic: &str, batched: bool, count: usize) {
    let (writer, began) = (native.name, Instant::now());
    let how = How {
        topic,
        codec: if batched { "LZ4" } else { "NONE" },
        batched,
    };
    let messages = (0..count).map(|number| {
        let message = Seen {
            value: Some(value(writer, number)),
            time: 1,
            ..Seen::default()
        };
        (how.clone(), message)
    });
    native
        .produce(url, messages)
        .expect("a Pulsar client writes");
    eprintln!("mixed: {writer} has written for {:.0?}", began.elapsed());
}

/// Reads so many records; each writer's must come in its order, each once. Returns the writers' offsets by number.
fn read(bootstrap: &str, total: usize) -> HashMap<String, Vec<i64>> {
    let reading = Reading::all(bootstrap, TOPIC).expect("a consumer");
    let mut found: HashMap<String, Vec<i64>> = HashMap::new();
    let (mut next, mut progress) = (0, Instant::now());
    let (began, mut said) = (Instant::now(), 0);
    while next < total as i64 {
        let records = reading.poll(Duration::from_millis(100)).expect("poll");
        assert!(
            progress.elapsed() < STILL,
            "stuck at offset {next} of {total}"
        );
        for (offset, record) in records {
            assert_eq!(offset, next, "offsets have no gap");
            let text = String::from_utf8(record.value.expect("a value")).expect("text");
            let (writer, number) = text.rsplit_once('-').expect("a number");
            let offsets = found.entry(writer.to_owned()).or_default();
            assert_eq!(number, offsets.len().to_string(), "the order of {writer}");
            offsets.push(offset);
            next += 1;
            progress = Instant::now();
        }
        if next - said >= total as i64 / 10 {
            said = next;
            eprintln!("mixed: {next} are read in {:.0?}", began.elapsed());
        }
    }
    assert!(
        reading
            .poll(Duration::from_secs(1))
            .expect("poll")
            .is_empty()
    );
    found
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn kafka_and_pulsar_producers_on_one_partition() {
    let (Some(java), Some(go)) = (
        Native::installed("pulsar-java"),
        Native::installed("pulsar-go"),
    ) else {
        return skip(
            "mixed",
            "Pulsar's clients are not installed; cargo xtask test installs them",
        );
    };
    let Some((server, cluster)) = server("mixed", &[]) else {
        return;
    };
    let count = env::var("KOP_TEST_MIXED").map_or(COUNT, |count| count.parse().expect("a number"));
    create(&server, TOPIC, 2);
    let (bootstrap, topic) = (server.bootstrap(), cluster.topic(TOPIC, 0));
    let began = Instant::now();
    let url = &cluster.service_url;
    let (idempotent, plain, found) = thread::scope(|scope| {
        let idempotent = scope.spawn(|| write_kafka(&bootstrap, "idempotent", true, count));
        let plain = scope.spawn(|| write_kafka(&bootstrap, "plain", false, count));
        scope.spawn(|| write_native(&java, url, &topic, true, count));
        scope.spawn(|| write_native(&go, url, &topic, false, count));
        // It reads the tail while they write.
        let found = scope.spawn(|| read(&bootstrap, 4 * count));
        let join = "no thread panics";
        (
            idempotent.join().expect(join),
            plain.join().expect(join),
            found.join().expect(join),
        )
    });
    assert_eq!(found["idempotent"], idempotent, "acknowledged offsets");
    assert_eq!(found["plain"], plain, "acknowledged offsets");
    assert_eq!(
        read(&bootstrap, 4 * count),
        found,
        "the same from the beginning"
    );
    let stats = cluster
        .admin("GET", &format!("{}/internalStats", cluster.path(TOPIC, 0)))
        .expect("statistics");
    let ledgers = stats.matches("\"ledgerId\"").count();
    let number = |name| server.metric(&format!("kop_pulsar_{name}_total"));
    eprintln!(
        "mixed: {} records, {ledgers} ledgers, {:.0?}; {} offsets inferred, {} read, {} times looked at anew",
        4 * count,
        began.elapsed(),
        number("offsets_inferred").expect("metrics"),
        number("offsets_read").expect("metrics"),
        server.log().matches("looked at anew").count(),
    );
    assert!(ledgers > 10, "ledgers did not roll over: {stats}");
}
