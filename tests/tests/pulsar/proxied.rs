//! A cluster whose brokers are reached through Pulsar's own proxy and in no other way.
//!
//! `KOP_TEST_PULSAR_COMMAND` is the beginning of the command that starts and stops it.

use std::env;
use std::time::Duration;

use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::pulsar::Cluster;
use kop_tests::server::Server;
use kop_tests::target::{output, server_binary, skip};
use kop_tests::{steps, wait_until};

use crate::{create, server_on};

const PATIENCE: Duration = Duration::from_secs(30);
/// Within it clients must be able to go on once the proxy is back.
const RECOVERY: Duration = Duration::from_secs(15);
const RECORDS: usize = 500;

/// It is stopped when this is dropped.
struct Proxy {
    command: String,
}

impl Proxy {
    /// What it says.
    fn tell(&self, verb: &str) -> anyhow::Result<String> {
        output(&format!("{} proxy {verb}", self.command))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Err(error) = self.tell("stop") {
            eprintln!("the proxy of a test does not stop: {error:#}");
        }
    }
}

fn send(server: &Server, values: &[String], timeout: &str) -> anyhow::Result<()> {
    let records = values.iter().map(|value| Record::of(value.as_str()));
    let records: Vec<Record> = records.collect();
    let settings = [
        ("enable.idempotence", "true"),
        ("message.timeout.ms", timeout),
    ];
    steps::send(&server.bootstrap(), "proxied", &settings, &records)
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn all_goes_through_the_proxy() {
    let test = "Pulsar's proxy";
    let (Ok(command), Some(mut cluster)) =
        (env::var("KOP_TEST_PULSAR_COMMAND"), Cluster::from_env())
    else {
        return skip(test, "KOP_TEST_PULSAR_COMMAND starts none");
    };
    if server_binary().is_none() {
        return skip(test, "KOP_SERVER_BIN names no server");
    }
    let proxy = Proxy { command };
    let said = proxy.tell("start").expect("it starts");
    let url = said.split_whitespace().last().expect("its URL");
    assert_ne!(url, cluster.service_url);
    cluster.service_url = url.to_owned();

    let server = server_on(&cluster, &[]).expect("there is a binary");
    create(&server, "proxied", 1);
    let mut wanted: Vec<String> = (0..RECORDS).map(|number| number.to_string()).collect();
    send(&server, &wanted, "30000").unwrap_or_else(|error| panic!("{error:#}\n{}", server.log()));

    // The brokers are still there, but the server does not go around the proxy.
    proxy.tell("stop").expect("it stops");
    let error = send(&server, &["in vain".to_owned()], "4000");
    assert!(error.is_err(), "written without the proxy");
    proxy.tell("start").expect("it starts");
    let last = vec!["after".to_owned()];
    let back = wait_until(RECOVERY, || send(&server, &last, "5000").is_ok());
    assert!(back, "{}", server.log());
    wanted.extend(last);

    let reading = Reading::first(&server.bootstrap(), "proxied").expect("a consumer");
    let mut found = Vec::new();
    let complete = wait_until(PATIENCE, || {
        let records = reading.poll(Duration::from_millis(200)).unwrap_or_default();
        found.extend(records.into_iter().map(|(_, record)| record.text()));
        found.last().is_some_and(|last| last == "after")
    });
    assert!(complete, "{found:?}\n{}", server.log());
    // What was told as failed may be there all the same, and "after" twice: once for each producer that gave up.
    found.retain(|value| value != "in vain");
    found.dedup();
    assert_eq!(found, wanted, "{}", server.log());
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
