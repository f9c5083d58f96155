//! `kop-server --pulsar` and Pulsar's own clients on the same topics, at the same time.
//!
//! Ignored by a plain `cargo test`, as these need a Pulsar and its clients: `cargo xtask test --only pulsar`.

mod bad_input;
mod brokers;
mod chaos;
mod compaction;
mod expired;
mod foreign;
mod load;
mod matrix;
mod mixed;
mod outage;
mod peer;
mod policies;
mod proxied;
mod readers;
mod refusals;
mod refused;
mod rust;
mod secured;
mod silent;
mod takeover;
mod terminated;
mod topics;
mod transactions;

use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_codec::messages::ProduceRequest;
use kop_records::BatchBuilder;
use kop_tests::librdkafka::{Reading, create_topic};
use kop_tests::pulsar::Cluster;
use kop_tests::requests;
use kop_tests::server::{Server, Setup};
use kop_tests::target::{server_binary, skip};
use kop_tests::wire::Wire;

/// A server on namespaces of its own; `None` says that the test is skipped, and has said why.
fn server(test: &str, settings: &[&str]) -> Option<(Server, Cluster)> {
    let Some(cluster) = Cluster::from_env() else {
        skip(
            test,
            "KOP_TEST_PULSAR and KOP_TEST_PULSAR_ADMIN name no Pulsar",
        );
        return None;
    };
    if server_binary().is_none() {
        skip(test, "KOP_SERVER_BIN names no server");
        return None;
    }
    let server = server_on(&cluster, settings)?;
    Some((server, cluster))
}

/// A server on the namespaces of this cluster; `None` where there is no binary.
fn server_on(cluster: &Cluster, settings: &[&str]) -> Option<Server> {
    let setup = Setup {
        settings: settings.iter().map(ToString::to_string).collect(),
        cluster: Some(cluster.clone()),
        ..Setup::default()
    };
    let server = Server::start_with(&server_binary()?, setup);
    Some(server.expect("the server starts"))
}

/// Produces one record to partition 0 of a topic by hand, in a batch that begins so: the answer's code, and how long it took.
fn produce(
    server: &Server,
    topic: &str,
    mut batch: BatchBuilder,
    value: &str,
) -> (ErrorCode, Duration) {
    batch
        .append(1, None, Some(value.as_bytes()), &[])
        .expect("append");
    let request = ProduceRequest {
        timeout_ms: 15_000,
        ..requests::produce(topic, 0, batch.build().expect("build"))
    };
    let began = Instant::now();
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let response = wire.call(9, &request).expect("an answer");
    let code = response.responses[0].partition_responses[0].error_code;
    (code, began.elapsed())
}

/// Offsets and texts that a consumer gets; at least so many within half a minute.
fn texts(server: &Server, reading: &Reading, count: usize) -> Vec<(i64, String)> {
    let found = reading.take(count, Duration::from_secs(30));
    let found: Vec<_> = found
        .into_iter()
        .map(|(offset, record)| (offset, record.text()))
        .collect();
    assert!(found.len() >= count, "{found:?}\n{}", server.log());
    found
}

/// A member of a group that has all of a topic's two partitions.
fn member(server: &Server, group: &str, topic: &str) -> Reading {
    let member = Reading::member(&server.bootstrap(), group, topic).expect("a member");
    let joins = member.joins(2, Duration::from_secs(60));
    assert!(joins.expect("an assignment"), "{group}\n{}", server.log());
    member
}

/// Creates a topic through the server.
fn create(server: &Server, topic: &str, partitions: i32) {
    kop_tests::block_on(create_topic(&server.bootstrap(), topic, partitions))
        .expect("the topic is created");
}
