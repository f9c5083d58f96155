//! What no client library would send, and what it would not show: error codes, bad bytes, slow peers, order.
//!
//! Ignored by a plain `cargo test`, as these need a server: `cargo xtask test --only protocol`. With
//! `KOP_TEST_BOOTSTRAP` they run against any Kafka, which is how each expectation was checked, except for those that
//! need a process of their own: to look at its memory, its files or its end.

mod administration;
mod bad_input;
mod bombs;
mod cleaned_log;
mod cleaner;
mod compaction;
mod configs;
mod consumer_groups;
mod corners;
mod damage;
mod full_disk;
mod group_configs;
mod groups;
mod lifecycle;
mod listeners;
mod mixed_groups;
mod neighbours;
mod offsets;
mod produce;
mod refusals;
mod retention;
mod settings;
mod topics;
mod transactions;
mod transactions_in_a_row;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use kop_codec::Bytes;
use kop_codec::ErrorCode;
use kop_codec::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kop_codec::messages::{CreateTopicsRequest, produce_response};
use kop_records::{BatchBuilder, Compression};
use kop_tests::pulsar::Cluster;
use kop_tests::requests::{self, list_offsets};
use kop_tests::server::{Server, Setup};
use kop_tests::target::{Target, server_binary, skip};
use kop_tests::wire::Wire;

/// A server for one test, and a connection to it.
struct Case {
    target: Target,
    wire: Wire,
}

/// `None` says that the test is skipped, and has said why.
fn case(test: &str) -> Option<Case> {
    let Some(target) = Target::from_env(&[]).expect("the server starts") else {
        skip(test, "KOP_SERVER_BIN names no server");
        return None;
    };
    let wire = Wire::connect(&target.bootstrap()).expect("connect");
    Some(Case { target, wire })
}

/// A server of a test's own, started in a special way; `None` says that the test is skipped, and has said why.
fn own(test: &str, setup: Setup) -> Option<Case> {
    if std::env::var_os("KOP_TEST_BOOTSTRAP").is_some() {
        eprintln!("skipped: {test}: it needs a server of its own");
        return None;
    }
    let Some(binary) = server_binary() else {
        skip(test, "KOP_SERVER_BIN names no server");
        return None;
    };
    let server = Server::start_with(&binary, setup).expect("the server starts");
    let wire = Wire::connect(&server.bootstrap()).expect("connect");
    let target = Target::Own(server);
    Some(Case { target, wire })
}

/// The same for a test of the embedded log's files, which a server on Pulsar has none of.
fn own_files(test: &str, setup: Setup) -> Option<Case> {
    if Cluster::from_env().is_some() {
        eprintln!("skipped: {test}: it needs the files of the embedded log");
        return None;
    }
    own(test, setup)
}

/// A name that no other test, and no earlier run, has used.
fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "{prefix}-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

impl Case {
    /// The process, of a test that has one of its own.
    fn server(&mut self) -> &mut Server {
        match &mut self.target {
            Target::Own(server) => server,
            Target::Running(..) => panic!("the server is not the test's own"),
        }
    }

    /// Another connection to the same server.
    fn connect(&self) -> Wire {
        Wire::connect(&self.target.bootstrap()).expect("connect")
    }

    /// Creates a topic of one partition with these settings and returns its name.
    fn topic(&mut self, configs: &[(&str, &str)]) -> String {
        let name = unique("topic");
        let config = |&(name, value): &(&str, &str)| CreatableTopicConfig {
            name: name.into(),
            value: Some(value.into()),
            ..Default::default()
        };
        let topic = CreatableTopic {
            name: name.as_str().into(),
            num_partitions: 1,
            replication_factor: 1,
            configs: configs.iter().map(config).collect(),
            ..Default::default()
        };
        let request = CreateTopicsRequest {
            topics: vec![topic],
            timeout_ms: 10_000,
            ..Default::default()
        };
        let response = self.wire.call(7, &request).expect("CreateTopics");
        assert_eq!(
            response.topics[0].error_code,
            ErrorCode::NONE,
            "{response:?}"
        );
        // Apache Kafka's brokers hear of a new topic some time after the controller has answered.
        let there = kop_tests::wait_until(Duration::from_secs(10), || self.has_leader(&name));
        assert!(there, "{name} gets no leader");
        name
    }

    fn has_leader(&mut self, name: &str) -> bool {
        let request = list_offsets(name, -1);
        let response = self.wire.call(7, &request).expect("ListOffsets");
        response.topics[0].partitions[0].error_code == ErrorCode::NONE
    }

    /// Produces a batch to partition 0 with acks=all and returns the partition's answer.
    fn produce(&mut self, topic: &str, batch: Bytes) -> produce_response::PartitionProduceResponse {
        let mut response = self
            .wire
            .call(9, &requests::produce(topic, 0, batch))
            .expect("Produce");
        response.responses.remove(0).partition_responses.remove(0)
    }
}

/// A batch of records with these timestamps and values.
fn batch(builder: BatchBuilder, records: &[(i64, &str)]) -> Bytes {
    let mut builder = builder;
    for (timestamp, value) in records {
        builder
            .append(*timestamp, None, Some(value.as_bytes()), &[])
            .expect("append");
    }
    builder.build().expect("build")
}

/// A plain batch of so many records at "now".
fn plain(count: usize) -> Bytes {
    batch(
        BatchBuilder::new(Compression::None),
        &vec![(now(), "value"); count],
    )
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock after 1970").as_millis() as i64
}
