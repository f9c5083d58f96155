//! Readers of a server that give nothing any more, while nobody has told it that they ended: a broker that closes a topic
//! forgets those that come at that moment.

use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_records::{BatchBuilder, Compression};
use kop_tests::librdkafka::Reading;
use kop_tests::native::Native;
use kop_tests::pulsar::Cluster;
use kop_tests::refusing::Refusing;
use kop_tests::server::Server;
use kop_tests::target::skip;
use kop_tests::wait_until;

use crate::refusals::{self, METADATA_ERROR, REFUSED, TOPIC};
use crate::{produce, texts};

/// Within this time everything goes on.
const SOON: Duration = Duration::from_secs(10);

/// A server that reaches its broker through the proxy, and a client of Pulsar; `None` says that the test is skipped.
fn case(test: &str) -> Option<(Refusing, Server, Cluster, Native)> {
    let Some(python) = Native::installed("pulsar-python") else {
        skip(test, "Pulsar's client for Python is not installed");
        return None;
    };
    let (proxy, server, cluster) = refusals::case(test)?;
    Some((proxy, server, cluster, python))
}

/// Writes a record, and has the broker close the topic without telling those who read it.
fn silence(proxy: &Refusing, server: &Server, cluster: &Cluster) {
    let first = produce(server, TOPIC, BatchBuilder::new(Compression::None), "first");
    assert_eq!(first.0, ErrorCode::NONE);
    proxy.hide_closing(true);
    let path = format!("{}/unload", cluster.path(TOPIC, 0));
    cluster.admin("PUT", &path).expect("it is unloaded");
    assert!(wait_until(SOON, || proxy.hidden() > 0), "{}", server.log());
    proxy.hide_closing(false);
}

/// Writes a message past the server.
fn write_theirs(python: &Native, cluster: &Cluster) {
    let topic = cluster.topic(TOPIC, 0);
    let written = python.produce_one(&cluster.service_url, &topic, "theirs");
    written.expect("it is written");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_others_write_is_seen_soon() {
    let Some((proxy, server, cluster, python)) = case("a silent reader") else {
        return;
    };
    let reading = Reading::first(&server.bootstrap(), TOPIC).expect("a consumer");
    silence(&proxy, &server, &cluster);
    assert_eq!(texts(&server, &reading, 1), [(0, "first".to_owned())]);
    let began = Instant::now();
    write_theirs(&python, &cluster);
    assert_eq!(texts(&server, &reading, 1), [(1, "theirs".to_owned())]);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

/// What others have written lies before it, so that the log has to be read to know it.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn the_outcome_of_a_write_is_known_soon() {
    let Some((proxy, server, cluster, python)) = case("a silent reader and a lost receipt") else {
        return;
    };
    silence(&proxy, &server, &cluster);
    write_theirs(&python, &cluster);
    proxy.refuse(&[refusals::rule(REFUSED, METADATA_ERROR, 1)]);
    let plain = BatchBuilder::new(Compression::None);
    let (code, took) = produce(&server, TOPIC, plain, REFUSED);
    assert_eq!(code, ErrorCode::NONE, "{}", server.log());
    assert!(took < SOON, "{took:?}\n{}", server.log());
}
