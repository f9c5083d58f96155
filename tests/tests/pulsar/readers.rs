//! Consumers that read what is not in memory: several at once, of a topic that moves, and of one that has lost a ledger.

use std::env;
use std::thread;
use std::time::{Duration, Instant};

use kop_codec::messages::FetchRequest;
use kop_codec::messages::fetch_request::{FetchPartition, FetchTopic};
use kop_codec::{ErrorCode, Records};
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::target::{run, skip};
use kop_tests::wire::Wire;
use kop_tests::{steps, wait_until};

use crate::{create, server, server_on};

const PATIENCE: Duration = Duration::from_secs(60);
const GROUPS: usize = 5;
const COUNT: usize = 2_000;

/// Writes numbers, each as an entry of its own.
fn send(server: &Server, topic: &str, count: usize) {
    let record = |number: usize| Record {
        value: Some(number.to_string().into_bytes()),
        ..Record::default()
    };
    let records: Vec<Record> = (0..count).map(record).collect();
    let settings = [("batch.num.messages", "1"), ("linger.ms", "0")];
    steps::send(&server.bootstrap(), topic, &settings, &records).expect("a write");
}

fn unload(cluster: &Cluster, topic: &str) {
    let path = format!("{}/unload", cluster.path(topic, 0));
    cluster.admin("PUT", &path).expect("unload");
}

/// Whoever reads has a reader that goes on where it was. The topic is unloaded under them.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn several_groups_have_each_its_own_place() {
    let Some((first, cluster)) = server("several groups", &[]) else {
        return;
    };
    create(&first, "places", 1);
    send(&first, "places", COUNT);
    // The next one has nothing in memory.
    drop(first);
    let server = server_on(&cluster, &["pulsar.cache.bytes=1048576"]).expect("a binary");
    let read = |group: usize| {
        let group = format!("group-{group}");
        let member = Reading::member(&server.bootstrap(), &group, "places").expect("a member");
        let mut found = Vec::new();
        let complete = wait_until(PATIENCE, || {
            let records = member.poll(Duration::from_millis(100)).unwrap_or_default();
            found.extend(records.into_iter().map(|(offset, record)| {
                let value = record.value.unwrap_or_default();
                (offset, String::from_utf8(value).expect("it is text"))
            }));
            found.len() >= COUNT
        });
        assert!(
            complete,
            "{group}: {} records\n{}",
            found.len(),
            server.log()
        );
        let wanted = (0..COUNT).map(|number| (number as i64, number.to_string()));
        assert!(found.into_iter().eq(wanted), "{group} reads something else");
    };
    thread::scope(|scope| {
        let groups: Vec<_> = (0..GROUPS)
            .map(|group| scope.spawn(move || read(group)))
            .collect();
        for _ in 0..3 {
            kop_tests::pause(Duration::from_millis(300));
            unload(&cluster, "places");
        }
        for group in groups {
            group.join().expect("it reads all");
        }
    });
}

/// What a fetch from this offset is answered with: the code, and how many bytes.
fn fetch(server: &Server, offset: i64) -> (ErrorCode, usize) {
    let partition = FetchPartition {
        fetch_offset: offset,
        partition_max_bytes: 1 << 20,
        ..Default::default()
    };
    let topic = FetchTopic {
        topic: "lost".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = FetchRequest {
        replica_id: -1,
        max_wait_ms: 500,
        min_bytes: 1,
        max_bytes: 1 << 20,
        topics: vec![topic],
        ..Default::default()
    };
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let response = wire.call(4, &request).expect("an answer");
    let answer = &response.responses[0].partitions[0];
    let bytes = answer.records.as_ref().map_or(0, Records::len);
    (answer.error_code, bytes)
}

/// A ledger that is gone behind Pulsar's back: consumers are told to try again and nobody hangs.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_lost_ledger_is_an_error_to_try_again() {
    let test = "a lost ledger";
    let Ok(command) = env::var("KOP_TEST_PULSAR_COMMAND") else {
        return skip(test, "KOP_TEST_PULSAR_COMMAND tells no Pulsar what to do");
    };
    let Some((mut first, cluster)) = server(test, &[]) else {
        return;
    };
    create(&first, "lost", 1);
    send(&first, "lost", 170);
    first.stop().expect("it stops");
    unload(&cluster, "lost");
    let path = format!("{}/internalStats", cluster.path("lost", 0));
    let stats = cluster.admin("GET", &path).expect("statistics");
    let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
    let ledger = |number: usize, what: &str| stats["ledgers"][number][what].as_i64();
    let (before, after) = (ledger(0, "entries"), ledger(1, "entries"));
    let (Some(before), Some(after), Some(id)) = (before, after, ledger(1, "ledgerId")) else {
        panic!("{stats}");
    };
    assert!(before > 0 && after > 0 && before + after < 170, "{stats}");
    run(&format!("{command} delete-ledger {id}")).expect("it is deleted");

    let server = server_on(&cluster, &["pulsar.operation.timeout.ms=3000"]).expect("a binary");
    let began = Instant::now();
    let mut answer = (ErrorCode::NONE, 0);
    let told = wait_until(PATIENCE, || {
        answer = fetch(&server, before);
        answer.0 != ErrorCode::NONE
    });
    let took = began.elapsed();
    assert!(told, "{answer:?}\n{}", server.log());
    let retriable = [
        ErrorCode::NOT_LEADER_OR_FOLLOWER,
        ErrorCode::LEADER_NOT_AVAILABLE,
        ErrorCode::KAFKA_STORAGE_ERROR,
    ];
    assert!(retriable.contains(&answer.0), "{answer:?}");
    eprintln!("a lost ledger: {answer:?} after {took:.1?}");
    // Before it, and at the end, all is as ever. What lies between is found by a search of the broker's, which may fail.
    send(&server, "lost", 1);
    for offset in [0, 170] {
        let (code, bytes) = fetch(&server, offset);
        assert_eq!(code, ErrorCode::NONE, "{offset}: {}", server.log());
        assert!(bytes > 0, "{offset}: {}", server.log());
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
