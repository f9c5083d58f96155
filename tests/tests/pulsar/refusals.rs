//! Entries that brokers do not take for reasons of their own, such as those of an interceptor.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};
use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::pulsar::Cluster;
use kop_tests::refusing::{Refusing, Rule};
use kop_tests::server::Server;
use kop_tests::target::skip;
use kop_tests::wait_until;

use crate::{create, produce, server_on, texts};

pub(crate) const TOPIC: &str = "refusals";
pub(crate) const REFUSED: &str = "REFUSED";
/// Pulsar's `ServerError`s: what the broker says of messages that are not encrypted, and of those that are too large.
pub(crate) const METADATA_ERROR: u64 = 1;
const NOT_ALLOWED: u64 = 22;
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn rule(text: &'static str, error: u64, times: usize) -> Rule {
    Rule { text, error, times }
}

/// A server that reaches its broker through the proxy, with a topic; `None` says that the test is skipped.
pub(crate) fn case(test: &str) -> Option<(Refusing, Server, Cluster)> {
    let Some(mut cluster) = Cluster::from_env() else {
        skip(test, "KOP_TEST_PULSAR names no Pulsar");
        return None;
    };
    let broker = cluster.service_url.trim_start_matches("pulsar://");
    let proxy = Refusing::start(broker).expect("a proxy");
    cluster.service_url = format!("pulsar://{}", proxy.address());
    let Some(server) = server_on(&cluster, &["pulsar.operation.timeout.ms=5000"]) else {
        skip(test, "KOP_SERVER_BIN names no server");
        return None;
    };
    create(&server, TOPIC, 2);
    Some((proxy, server, cluster))
}

/// An idempotent producer that sends each record by itself, without waiting for the one before.
fn idempotent(server: &Server) -> Sending {
    let settings = [
        ("enable.idempotence", "true"),
        ("linger.ms", "0"),
        ("batch.num.messages", "1"),
        ("message.timeout.ms", "60000"),
    ];
    Sending::new(&server.bootstrap(), &settings).expect("a producer")
}

/// Sends these one after the other: which of them were taken.
fn send(sending: &Sending, values: &[String]) -> BTreeMap<usize, bool> {
    for (number, value) in values.iter().enumerate() {
        let record = Record::of(value.as_str());
        sending.send(TOPIC, &record, number).expect("send");
    }
    let mut taken = BTreeMap::new();
    wait_until(PATIENCE, || {
        let reports = sending.reports();
        taken.extend(reports.map(|(number, sent)| (number, sent.is_ok())));
        taken.len() == values.len()
    });
    taken
}

/// A producer that is told that its batch came too late, as those behind it are there, gives up for good.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_batch_that_is_refused_once_ends_no_producer() {
    let Some((proxy, server, _)) = case("refused once") else {
        return;
    };
    proxy.refuse(&[rule(REFUSED, METADATA_ERROR, 1)]);
    let mut values: Vec<String> = (0..30).map(|number| format!("{number:02}")).collect();
    values[5] = REFUSED.to_owned();
    let taken = send(&idempotent(&server), &values);
    assert_eq!(taken.len(), values.len(), "{taken:?}\n{}", server.log());
    assert_eq!(proxy.refused(), 1);
    let mut number = 0;
    values.retain(|_| {
        number += 1;
        // Taken all the same where it was sent again before the next one.
        taken[&(number - 1)] || number - 1 != 5
    });
    let reading = Reading::all(&server.bootstrap(), TOPIC).expect("a consumer");
    let found = texts(&server, &reading, values.len());
    let mut found: Vec<_> = found.into_iter().map(|(_, text)| text).collect();
    found.sort();
    values.sort();
    assert_eq!(found, values);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_batch_that_is_always_refused_is_given_up() {
    let Some((proxy, server, _)) = case("always refused") else {
        return;
    };
    proxy.refuse(&[rule(REFUSED, METADATA_ERROR, usize::MAX)]);
    let sending = idempotent(&server);
    let before = ["a", "b"].map(str::to_owned);
    assert!(send(&sending, &before).values().all(|taken| *taken));
    let began = Instant::now();
    let taken = send(&sending, &[REFUSED.to_owned()]);
    assert_eq!(taken, BTreeMap::from([(0, false)]), "{}", server.log());
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(proxy.refused(), 2, "once more, should it have been chance");
    let after = ["c", "d"].map(str::to_owned);
    assert!(send(&sending, &after).values().all(|taken| *taken));
    let reading = Reading::all(&server.bootstrap(), TOPIC).expect("a consumer");
    let mut found: Vec<_> = texts(&server, &reading, 4).into_iter().collect();
    found.sort();
    let found: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(found, ["a", "b", "c", "d"]);
}

/// Each time counts once: the pauses are 50 ms, 100 ms, and so on at most.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_producer_whose_fence_is_refused_is_opened_again_after_growing_pauses() {
    let Some((proxy, server, _)) = case("refused fences") else {
        return;
    };
    let plain = || BatchBuilder::new(Compression::None);
    assert_eq!(produce(&server, TOPIC, plain(), "a").0, ErrorCode::NONE);
    // Of all entries only the fence says something of its batch.
    let fences = rule("kafka.batch", NOT_ALLOWED, usize::MAX);
    proxy.refuse(&[rule(REFUSED, METADATA_ERROR, 1), fences]);
    let opened = proxy.producers(TOPIC);
    thread::scope(|scope| {
        scope.spawn(|| produce(&server, TOPIC, plain(), REFUSED));
        let refused = wait_until(PATIENCE, || proxy.refused() > 0);
        assert!(refused, "{}", server.log());
        kop_tests::pause(Duration::from_secs(2));
        let times = proxy.producers(TOPIC) - opened;
        assert!((5..=10).contains(&times), "{times}\n{}", server.log());
        proxy.refuse(&[]);
    });
    let goes_on = wait_until(PATIENCE, || {
        produce(&server, TOPIC, plain(), "b").0 == ErrorCode::NONE
    });
    assert!(goes_on, "{}", server.log());
}
