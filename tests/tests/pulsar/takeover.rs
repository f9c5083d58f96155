//! Two servers on one metadata namespace: the second takes over when the first is gone, and the first never writes again.

use std::thread;
use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::proxy::{Proxy, Way};
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::target::{server_binary, skip};
use kop_tests::{pause, steps};

use crate::{create, server_on, texts};

const PATIENCE: Duration = Duration::from_secs(20);
const TOPIC: &str = "handed-over";

fn cluster(test: &str) -> Option<Cluster> {
    let cluster = Cluster::from_env().filter(|_| server_binary().is_some());
    if cluster.is_none() {
        skip(
            test,
            "KOP_TEST_PULSAR names no Pulsar, or KOP_SERVER_BIN no server",
        );
    }
    cluster
}

fn send(server: &Server, value: &str) {
    let records = [Record::of(value)];
    steps::send(&server.bootstrap(), TOPIC, &[], &records).expect("a write");
}

fn values(server: &Server, count: usize) -> Vec<String> {
    let reading = Reading::all(&server.bootstrap(), TOPIC).expect("a consumer");
    let found = texts(server, &reading, count).into_iter();
    found.map(|(_, text)| text).collect()
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn who_waits_takes_over_when_the_first_is_killed() {
    let test = "a second server that waits";
    let Some(cluster) = cluster(test) else { return };
    let Some(mut first) = server_on(&cluster, &[]) else {
        return;
    };
    create(&first, TOPIC, 2);
    send(&first, "of the first");
    let member = Reading::member(&first.bootstrap(), "group", TOPIC).expect("a member");
    texts(&first, &member, 1);
    let committed = [(1, "m".to_owned()), (0, String::new())];
    member.commit(&committed).expect("a commit");
    drop(member);
    let second = thread::scope(|scope| {
        let starting = scope.spawn(|| server_on(&cluster, &["pulsar.lock.wait=true"]));
        pause(Duration::from_secs(2));
        assert!(!starting.is_finished(), "it must wait");
        first.kill().expect("killed");
        let gone = Instant::now();
        let second = starting.join().expect("no panic");
        let took = gone.elapsed();
        assert!(took < Duration::from_secs(10), "{took:?}");
        second.expect("there is a binary")
    });
    assert_eq!(values(&second, 1), ["of the first"]);
    let kept = Reading::committed(&second.bootstrap(), "group", TOPIC).expect("commits");
    assert_eq!(kept[0], (1, "m".to_owned()));
    send(&second, "of the second");
    assert_eq!(values(&second, 2).len(), 2);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn who_was_replaced_behind_a_broken_line_ends_and_says_why() {
    let test = "a server that was replaced";
    let Some(cluster) = cluster(test) else { return };
    let broker = Proxy::to(&cluster.service_url, Way::Open).expect("a proxy");
    let mut behind = cluster.clone();
    behind.service_url = format!("pulsar://{}", broker.address());
    let Some(mut first) = server_on(&behind, &[]) else {
        return;
    };
    create(&first, TOPIC, 2);
    send(&first, "of the first");
    broker.set(Way::Cut);
    // The broker may take a moment to see that the line is broken.
    let Some(second) = server_on(&cluster, &["pulsar.lock.wait=true"]) else {
        return;
    };
    send(&second, "of the second");
    broker.set(Way::Open);
    let ended = first.ends_within(PATIENCE);
    let log = first.log();
    let status = ended.unwrap_or_else(|| panic!("it goes on: {log}"));
    assert!(!status.success(), "{log}");
    assert!(log.contains("this server ends"), "{log}");
    let port = second.bootstrap();
    assert!(log.contains(&port), "it does not name {port}: {log}");
    let mut found = values(&second, 2);
    found.sort();
    assert_eq!(found, ["of the first", "of the second"]);
}
