//! Clusters that will not have us, or that lack what is needed: each says exactly what is wrong, and nothing hangs.
//!
//! `KOP_TEST_PULSAR_PEER` is the beginning of a command that starts, restarts and stops a Pulsar for these tests alone:
//! `cargo xtask peers pulsar --port PORT`.

use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_codec::messages::CreateTopicsRequest;
use kop_codec::messages::create_topics_request::CreatableTopic;
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::native::{How, Native, Seen};
use kop_tests::pulsar::Cluster;
use kop_tests::server::{Server, Setup};
use kop_tests::target::{server_binary, skip};
use kop_tests::wire::Wire;
use kop_tests::{steps, wait_until};

use crate::bad_input::{run, said};

/// A server that will not start says so within this time.
const PATIENCE: Duration = Duration::from_secs(30);
const SMALL: &str = "--heap 400m --direct 400m";
const NO_INDEX: &str = "--set brokerEntryMetadataInterceptors= \
                        --set exposingBrokerEntryMetadataToClientEnabled=false";

/// A Pulsar of one test, which no other has meanwhile. Stopped when this is dropped.
struct Peer {
    command: String,
    _alone: MutexGuard<'static, ()>,
}

impl Peer {
    /// `None` says that the test is skipped, and has said why.
    fn new(test: &str, options: &str) -> Option<Self> {
        static ALONE: Mutex<()> = Mutex::new(());
        let Ok(command) = std::env::var("KOP_TEST_PULSAR_PEER") else {
            skip(test, "KOP_TEST_PULSAR_PEER starts no Pulsar");
            return None;
        };
        Some(Self {
            command: format!("{command} {options}"),
            _alone: ALONE.lock().unwrap_or_else(PoisonError::into_inner),
        })
    }

    fn tell(&self, verb: &str) -> String {
        let output = Command::new("sh")
            .args(["-c", &format!("{} {verb}", self.command)])
            .output()
            .expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{verb}: {text}{error}");
        text
    }

    /// Starts it anew, without what was there before.
    fn start(&self, options: &str) -> Cluster {
        self.tell("stop");
        self.tell("clean");
        let said = self.tell(&format!("start {SMALL} {options}"));
        let url = |scheme: &str| {
            let found = said
                .split_whitespace()
                .find(|word| word.starts_with(scheme));
            found.expect("it says where it is").to_owned()
        };
        Cluster::new(url("pulsar://"), url("http://"))
    }

    /// A token for a role.
    fn token(&self, role: &str) -> String {
        let said = self.tell(&format!("token {role}"));
        said.lines().last().expect("a token").trim().to_owned()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let stopping = Command::new("sh")
            .args(["-c", &format!("{} stop", self.command)])
            .output();
        if let Err(error) = stopping {
            eprintln!("the Pulsar of a test does not stop: {error}");
        }
    }
}

/// What the server says with these settings, which must make it end by itself.
fn refusal(cluster: &Cluster, settings: &[String], doctor: bool) -> String {
    let mut arguments: Vec<String> = cluster.arguments().to_vec();
    for setting in ["http.listener=".to_owned()].iter().chain(settings) {
        arguments.extend(["--set".to_owned(), setting.clone()]);
    }
    if doctor {
        arguments.push("doctor".to_owned());
    } else {
        arguments.extend(["--listener", "127.0.0.1:0"].map(str::to_owned));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let began = Instant::now();
    let output = run("refused", &arguments).expect("there is a binary");
    let text = said(&output);
    assert!(!output.status.success(), "{text}");
    assert!(began.elapsed() < PATIENCE, "{:?}: {text}", began.elapsed());
    assert!(!text.contains("panicked"), "{text}");
    text
}

fn credentials(token: &str) -> [String; 2] {
    [
        "brokerClientAuthenticationPlugin=token".to_owned(),
        format!("brokerClientAuthenticationParameters=token:{token}"),
    ]
}

fn start(cluster: &Cluster, settings: &[String]) -> Server {
    let setup = Setup {
        settings: settings.to_vec(),
        cluster: Some(cluster.clone()),
        ..Setup::default()
    };
    let binary = server_binary().expect("there is a binary");
    Server::start_with(&binary, setup).expect("the server starts")
}

fn create(server: &Server, topic: &str) -> ErrorCode {
    let topic = CreatableTopic {
        name: topic.into(),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    };
    let request = CreateTopicsRequest {
        topics: vec![topic],
        timeout_ms: 10_000,
        ..Default::default()
    };
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let response = wire.call(5, &request).expect("an answer");
    response.topics[0].error_code
}

#[test]
#[ignore = "needs a Pulsar of its own: cargo xtask test"]
fn credentials_and_permissions() {
    let test = "credentials and permissions";
    let Some(peer) = Peer::new(test, "--auth") else {
        return;
    };
    if server_binary().is_none() {
        return skip(test, "KOP_SERVER_BIN names no server");
    }
    let cluster = peer.start("");
    for doctor in [false, true] {
        let nobody = refusal(&cluster, &[], doctor);
        let wrong = refusal(&cluster, &credentials("not.a.token"), doctor);
        for text in [nobody, wrong] {
            let lower = text.to_lowercase();
            assert!(
                lower.contains("authenticat") || lower.contains("401"),
                "{text}"
            );
        }
    }
    // A role without any permission: what it may not do is named, and so is the place.
    let stranger = refusal(&cluster, &credentials(&peer.token("stranger")), false);
    let lower = stranger.to_lowercase();
    assert!(
        lower.contains("authoriz") || lower.contains("permission") || lower.contains("403"),
        "{stranger}"
    );

    // One that may use two namespaces, and create nothing.
    let admin = cluster.clone().with_token(peer.token("admin"));
    let (own, metadata) = (cluster.namespace(), format!("{}-meta", cluster.namespace()));
    let retention = r#"{"retentionTimeInMinutes":-1,"retentionSizeInMB":-1}"#;
    for namespace in [&own, &metadata] {
        let path = format!("namespaces/{namespace}");
        admin.admin("PUT", &path).expect("a namespace");
        let grants = r#"["produce","consume"]"#;
        admin
            .admin_with("POST", &format!("{path}/permissions/guest"), grants)
            .expect("a grant");
        admin
            .admin_with("POST", &format!("{path}/retention"), retention)
            .expect("retention");
    }
    let mut settings = credentials(&peer.token("guest")).to_vec();
    settings.push("kafkaManageSystemNamespaces=false".to_owned());
    let server = start(&cluster, &settings);
    assert_eq!(
        create(&server, "not-allowed"),
        ErrorCode::TOPIC_AUTHORIZATION_FAILED,
        "{}",
        server.log()
    );
    let path = cluster.partitioned("theirs").replacen("://", "/", 1);
    admin
        .admin_with("PUT", &format!("{path}/partitions"), "1")
        .expect("a topic");
    let record = Record {
        value: Some(b"as a guest".to_vec()),
        ..Record::default()
    };
    let settings = [("message.timeout.ms", "5000")];
    let written = wait_until(PATIENCE, || {
        let record = record.clone();
        steps::send(&server.bootstrap(), "theirs", &settings, &[record]).is_ok()
    });
    assert!(written, "{}", server.log());
}

fn native(native: &Native, cluster: &Cluster, topic: &str, value: &str) {
    let how = How {
        topic,
        codec: "NONE",
        batched: false,
    };
    let message = Seen {
        value: Some(value.as_bytes().to_vec()),
        time: 1,
        ..Seen::default()
    };
    native
        .produce(&cluster.service_url, [(how, message)])
        .expect("a write");
}

/// Everything in partition 0 of "old" that comes within a while.
fn old(server: &Server, count: usize) -> Vec<(i64, String)> {
    let reading = Reading::first(&server.bootstrap(), "old").expect("a consumer");
    let mut found = Vec::new();
    wait_until(Duration::from_secs(10), || {
        let records = reading.poll(Duration::from_millis(200)).unwrap_or_default();
        found.extend(records.into_iter().map(|(offset, record)| {
            let value = record.value.unwrap_or_default();
            (offset, String::from_utf8_lossy(&value).into_owned())
        }));
        found.len() >= count
    });
    found
}

#[test]
#[ignore = "needs a Pulsar of its own: cargo xtask test"]
fn brokers_without_the_index_and_what_they_wrote() {
    let test = "brokers without the index";
    let Some(peer) = Peer::new(test, "") else {
        return;
    };
    let Some(python) = Native::installed("pulsar-python") else {
        return skip(test, "Pulsar's clients are not installed");
    };
    if server_binary().is_none() {
        return skip(test, "KOP_SERVER_BIN names no server");
    }
    let cluster = peer.start(NO_INDEX);
    for doctor in [false, true] {
        let text = refusal(&cluster, &[], doctor);
        for key in [
            "brokerEntryMetadataInterceptors",
            "org.apache.pulsar.common.intercept.AppendIndexMetadataInterceptor",
            "exposingBrokerEntryMetadataToClientEnabled",
        ] {
            assert!(text.contains(key), "{key} is not named: {text}");
        }
    }
    let namespace = format!("namespaces/{}", cluster.namespace());
    let retention = r#"{"retentionTimeInMinutes":-1,"retentionSizeInMB":-1}"#;
    cluster.admin("PUT", &namespace).expect("a namespace");
    cluster
        .admin_with("POST", &format!("{namespace}/retention"), retention)
        .expect("retention");
    let path = cluster.partitioned("old").replacen("://", "/", 1);
    cluster
        .admin_with("PUT", &format!("{path}/partitions"), "1")
        .expect("a topic");
    let topic = cluster.topic("old", 0);
    native(&python, &cluster, &topic, "without an index");

    // The upgrade: from now on entries have an index, those before never get one.
    peer.tell(&format!("restart {SMALL}"));
    native(&python, &cluster, &topic, "with an index");
    let mut server = start(&cluster, &[]);
    assert_eq!(old(&server, 1), [], "{}", server.log());
    let told = wait_until(PATIENCE, || {
        server
            .log()
            .contains("skipMessagesWithoutIndex=true passes it")
    });
    assert!(told, "{}", server.log());
    server.stop().expect("it stops");
    let server = start(&cluster, &["skipMessagesWithoutIndex=true".to_owned()]);
    assert_eq!(
        old(&server, 1),
        [(0, "with an index".to_owned())],
        "{}",
        server.log()
    );
    let record = Record {
        value: Some(b"ours".to_vec()),
        ..Record::default()
    };
    steps::send(&server.bootstrap(), "old", &[], &[record]).expect("a write");
    assert_eq!(
        old(&server, 2),
        [(0, "with an index".to_owned()), (1, "ours".to_owned())]
    );
}
