//! Transactions of Pulsar's own at the end of a topic that Kafka's clients use. While one is open Pulsar's brokers give out nothing
//! from its first message on: Kafka's producers write on, and its consumers wait there, without keeping anything else waiting.

use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending, read_to_end};
use kop_tests::native::{Native, Transactions};
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::target::skip;
use kop_tests::wait_until;

use crate::{create, server};

const TOPIC: &str = "native-transactions";
const OTHER: &str = "beside";
const PATIENCE: Duration = Duration::from_secs(60);
/// So long nothing may take that does not wait for the transaction.
const SOON: Duration = Duration::from_secs(4);
const ISOLATION: [&str; 2] = ["read_committed", "read_uncommitted"];

/// A server, its clients, and what they know.
struct Run {
    server: Server,
    cluster: Cluster,
    sending: Sending,
}

impl Run {
    fn start(test: &str) -> Option<(Self, Transactions)> {
        let Some(java) = Native::installed("pulsar-java") else {
            skip(test, "Pulsar's Java client is not installed");
            return None;
        };
        let (server, cluster) = server(test, &[])?;
        create(&server, TOPIC, 1);
        create(&server, OTHER, 1);
        let native = java.transactions(&cluster.service_url).expect("java");
        let settings = [
            ("enable.idempotence", "true"),
            ("linger.ms", "0"),
            ("retry.backoff.max.ms", "200"),
            ("reconnect.backoff.max.ms", "200"),
        ];
        let sending = Sending::new(&server.bootstrap(), &settings).expect("a producer");
        let run = Self {
            server,
            cluster,
            sending,
        };
        Some((run, native))
    }

    /// Writes as a Kafka producer; the offset, and how long that took.
    fn write(&self, topic: &str, value: &str) -> (i64, Duration) {
        let record = Record::of(value);
        let began = Instant::now();
        self.sending.send(topic, &record, 0).expect("send");
        let mut offset = None;
        let told = wait_until(PATIENCE, || {
            offset = self.sending.reports().next();
            offset.is_some()
        });
        assert!(told, "{value} is not told\n{}", self.server.log());
        let (_, offset) = offset.expect("it was told");
        let offset =
            offset.unwrap_or_else(|error| panic!("{value}: {error}\n{}", self.server.log()));
        (offset, began.elapsed())
    }

    fn write_soon(&self, topic: &str, value: &str) -> i64 {
        let (offset, took) = self.write(topic, value);
        assert!(took < SOON, "{value} took {took:?}\n{}", self.server.log());
        offset
    }

    fn end(&self) -> i64 {
        let ends = Reading::ends(&self.server.bootstrap(), TOPIC, 1, "read_committed");
        ends.expect("the end")[0]
    }

    /// What consumers of both kinds of isolation get up to the end.
    fn check_all(&self, wanted: &[(i64, &str)]) {
        for isolation in ISOLATION {
            let found = read_to_end(&self.server.bootstrap(), TOPIC, isolation);
            let found = found
                .unwrap_or_else(|error| panic!("{isolation}: {error:#}\n{}", self.server.log()));
            assert_eq!(texts(found), owned(wanted), "{isolation}");
        }
    }
}

fn texts(records: Vec<(i64, Record)>) -> Vec<(i64, String)> {
    let records = records.into_iter();
    let records = records.map(|(offset, record)| (offset, record.text()));
    records.collect()
}

fn owned(wanted: &[(i64, &str)]) -> Vec<(i64, String)> {
    wanted
        .iter()
        .map(|(offset, text)| (*offset, (*text).to_owned()))
        .collect()
}

/// What a consumer gets until it has so many, and a moment later.
fn poll(reading: &Reading, count: usize) -> Vec<(i64, String)> {
    let mut found = Vec::new();
    wait_until(PATIENCE, || {
        found.extend(reading.poll(Duration::from_millis(100)).expect("poll"));
        found.len() >= count
    });
    found.extend(reading.poll(Duration::from_millis(500)).expect("poll"));
    texts(found)
}

/// Kafka's producers write behind what is open, the server is lost, and what was open is committed or aborted.
fn one_is_open(test: &str, commit: bool) {
    let Some((mut run, mut native)) = Run::start(test) else {
        return;
    };
    assert_eq!(run.write(TOPIC, "before").0, 0);
    let bootstrap = run.server.bootstrap();
    let follows = Reading::first(&bootstrap, TOPIC).expect("a consumer");
    assert_eq!(poll(&follows, 1), owned(&[(0, "before")]));

    let topic = run.cluster.topic(TOPIC, 0);
    native.begin().expect("begin");
    native.send(&topic, "native 1").expect("a message");
    native.send(&topic, "native 2").expect("a message");
    assert_eq!(run.write_soon(TOPIC, "behind 3"), 3);
    native.send(&topic, "native 4").expect("a message");
    assert_eq!(run.write_soon(TOPIC, "behind 5"), 5);
    assert_eq!(run.write_soon(TOPIC, "behind 6"), 6);
    assert_eq!(run.end(), 7);
    assert_eq!(poll(&follows, 0), [], "nothing is given out");
    // A fetch of it keeps no other partition waiting.
    run.write_soon(OTHER, "beside");
    let began = Instant::now();
    let both = Reading::of(&bootstrap, &[TOPIC, OTHER]).expect("a consumer");
    assert_eq!(poll(&both, 2).len(), 2);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());

    // The next one knows only what Pulsar tells.
    run.server.kill().expect("kill");
    run.server.spawn().expect("a server");
    assert_eq!(run.end(), 7, "it does not go back");
    assert_eq!(poll(&follows, 0), [], "nothing is given out");
    // Whether the producer has written this before nobody can know yet: it is told to try again.
    let ended = std::thread::scope(|scope| {
        let native = &mut native;
        let end = scope.spawn(move || {
            kop_tests::pause(Duration::from_secs(2));
            let began = Instant::now();
            native.end(commit).expect("the end");
            began
        });
        let (offset, _) = run.write(TOPIC, "behind 7");
        let told = Instant::now();
        assert!(end.join().expect("no panic") < told, "it was too early");
        offset
    });
    let mut wanted = vec![
        (0, "before"),
        (3, "behind 3"),
        (5, "behind 5"),
        (6, "behind 6"),
        (ended, "behind 7"),
    ];
    if commit {
        wanted.extend([(1, "native 1"), (2, "native 2"), (4, "native 4")]);
        wanted.sort_unstable();
    }
    // The transaction's end takes an offset too.
    assert_eq!(ended, 8);
    let rest: Vec<_> = wanted.iter().copied().skip(1).collect();
    assert_eq!(poll(&follows, rest.len()), owned(&rest));
    run.check_all(&wanted);
    assert_eq!(run.write_soon(TOPIC, "last"), 9);
    assert_eq!(poll(&follows, 1), owned(&[(9, "last")]));
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn an_open_one_is_committed() {
    one_is_open("a native transaction is committed", true);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn an_open_one_is_aborted() {
    one_is_open("a native transaction is aborted", false);
}

/// A topic of nothing else: the server opens it while its only messages are not given out.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_topic_begins_with_an_open_one() {
    let Some((run, mut native)) = Run::start("a native transaction comes first") else {
        return;
    };
    let topic = run.cluster.topic(TOPIC, 0);
    native.begin().expect("begin");
    native.send(&topic, "native 0").expect("a message");
    native.send(&topic, "native 1").expect("a message");
    let bootstrap = run.server.bootstrap();
    let began = Instant::now();
    let follows = Reading::first(&bootstrap, TOPIC).expect("a consumer");
    assert_eq!(poll(&follows, 0), []);
    // No producer has written to it, so nothing is waited for.
    assert_eq!(run.write(TOPIC, "behind").0, 2);
    assert_eq!(poll(&follows, 0), [], "nothing is given out");
    run.write_soon(OTHER, "beside");
    let both = Reading::of(&bootstrap, &[TOPIC, OTHER]).expect("a consumer");
    assert_eq!(poll(&both, 1).len(), 1);
    assert!(began.elapsed() < SOON * 4, "{:?}", began.elapsed());
    native.end(false).expect("the end");
    assert_eq!(poll(&follows, 1), owned(&[(2, "behind")]));
    run.check_all(&[(2, "behind")]);
}

/// Receipts are lost while one is open, and what became of the writes is not told before its end: they are there once, and the
/// server has not asked for it over and over.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn receipts_are_lost_meanwhile() {
    const COUNT: usize = 600;
    /// So many entries may be written to find it out.
    const FENCES: i64 = 6;
    let Some((run, mut native)) = Run::start("receipts and a native transaction") else {
        return;
    };
    let topic = run.cluster.topic(TOPIC, 0);
    assert_eq!(run.write(TOPIC, "before").0, 0);
    native.begin().expect("begin");
    native.send(&topic, "native").expect("a message");
    for number in 0..COUNT {
        let record = Record::of(number.to_string());
        run.sending.send(TOPIC, &record, number).expect("send");
        if number % 200 == 100 {
            let unload = format!("{}/unload", run.cluster.path(TOPIC, 0));
            run.cluster.admin("PUT", &unload).expect("unload");
        }
        kop_tests::pause(Duration::from_millis(2));
    }
    kop_tests::pause(Duration::from_secs(12));
    native.end(true).expect("the end");
    run.sending.flush().expect("all are told");
    let told: Vec<_> = run.sending.reports().collect();
    assert_eq!(told.len(), COUNT);
    for (number, offset) in told {
        offset.unwrap_or_else(|error| panic!("{number}: {error}\n{}", run.server.log()));
    }
    let found = read_to_end(&run.server.bootstrap(), TOPIC, "read_committed").expect("all");
    let found = texts(found).into_iter().map(|(_, text)| text);
    let numbers = (0..COUNT).map(|number| number.to_string());
    let wanted = ["before".to_owned(), "native".to_owned()];
    assert!(
        found.eq(wanted.into_iter().chain(numbers)),
        "once, in order"
    );
    // What readers do not get, the transaction's end, is known to lie there once something follows it.
    run.write(TOPIC, "after");
    // The records, the two before them, the transaction's end, and the one after it.
    let fences = run.end() - COUNT as i64 - 4;
    let resynchronised = run.server.metric("kop_pulsar_resynchronisations_total");
    eprintln!("{fences} fences, {resynchronised:?}");
    assert!((0..=FENCES).contains(&fences), "{fences} fences");
}
