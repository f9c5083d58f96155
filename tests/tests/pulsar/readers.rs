//! Consumers that read what is not in memory: several at once, of a topic that moves.

use std::thread;
use std::time::Duration;

use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
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

fn partition(cluster: &Cluster, topic: &str) -> String {
    cluster.topic(topic, 0).replacen("://", "/", 1)
}

fn unload(cluster: &Cluster, topic: &str) {
    let path = format!("{}/unload", partition(cluster, topic));
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
