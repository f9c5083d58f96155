//! A cluster that is not there, topics that vanish, brokers that are silent, and entries that are not ours.

use std::fs::File;
use std::io::{Read, Seek};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use kop_tests::data::Record;
use kop_tests::librdkafka::{Reading, Sending};
use kop_tests::native::Native;
use kop_tests::pulsar::Cluster;
use kop_tests::server::hide_settings;
use kop_tests::target::{server_binary, skip};
use kop_tests::{steps, wait_until};

use crate::refused::refusal;
use crate::{create, server, server_on};

const PATIENCE: Duration = Duration::from_secs(30);
/// A program that goes on for longer does not end.
const ENDS: Duration = Duration::from_secs(90);

/// Runs the server's program until it ends by itself; `None` says that the test is skipped, and has said why.
pub(crate) fn run(test: &str, arguments: &[&str]) -> Option<Output> {
    let Some(binary) = server_binary() else {
        skip(test, "KOP_SERVER_BIN names no server");
        return None;
    };
    let mut command = Command::new(binary);
    command.args(arguments).stdin(Stdio::null());
    hide_settings(&mut command);
    let (mut out, mut err) = (temporary(), temporary());
    let copy = |file: &File| file.try_clone().expect("a file");
    let mut child = command
        .stdout(copy(&out))
        .stderr(copy(&err))
        .spawn()
        .expect("it starts");
    let mut status = None;
    wait_until(ENDS, || {
        status = child.try_wait().expect("a status");
        status.is_some()
    });
    if status.is_none() {
        child.kill().expect("it is killed");
    }
    let ended = status.is_some();
    let output = Output {
        status: status.unwrap_or_else(|| child.wait().expect("a status")),
        stdout: text(&mut out),
        stderr: text(&mut err),
    };
    assert!(ended, "it does not end: {}", said(&output));
    Some(output)
}

fn temporary() -> File {
    tempfile::tempfile().expect("a file")
}

fn text(file: &mut File) -> Vec<u8> {
    let mut text = Vec::new();
    file.rewind().expect("a file");
    file.read_to_end(&mut text).expect("a file");
    text
}

pub(crate) fn said(output: &Output) -> String {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    format!("{out}{err}")
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_second_server_on_the_same_metadata_is_refused() {
    let Some((first, cluster)) = server("two servers on Pulsar", &[]) else {
        return;
    };
    create(&first, "topic", 1);
    let own = cluster.arguments();
    let mut arguments = vec!["--listener", "127.0.0.1:0", "--set", "http.listener="];
    arguments.extend(own.iter().map(String::as_str));
    let output = run("two servers", &arguments).expect("there is a binary");
    let text = said(&output);
    assert!(!output.status.success(), "{text}");
    assert!(
        text.contains("another") || text.contains("in use"),
        "it does not say what is wrong: {text}"
    );
    let goes_on = Record::of("the first goes on");
    steps::send(&first.bootstrap(), "topic", &[], &[goes_on]).expect("a write");
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn doctor_names_a_cluster_that_is_not_there() {
    let free = TcpListener::bind("127.0.0.1:0").expect("bind");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let (url, admin) = (
        format!("pulsar://127.0.0.1:{port}"),
        format!("pulsarAdminUrl=http://127.0.0.1:{port}"),
    );
    let began = Instant::now();
    let Some(output) = run("doctor", &["--pulsar", &url, "--set", &admin, "doctor"]) else {
        return;
    };
    let text = said(&output);
    assert!(!output.status.success(), "{text}");
    assert!(
        text.contains(&port.to_string()),
        "it does not name the address: {text}"
    );
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

#[test]
#[ignore = "needs a server: cargo xtask test"]
fn doctor_does_not_wait_forever_for_a_broker_that_is_silent() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let address = listener.local_addr().expect("an address");
    // It takes what comes and never answers.
    thread::spawn(move || {
        let mut open: Vec<TcpStream> = Vec::new();
        for stream in listener.incoming().flatten() {
            if let Ok(mut reading) = stream.try_clone() {
                thread::spawn(
                    move || while reading.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {},
                );
            }
            open.push(stream);
        }
    });
    let (url, admin) = (
        format!("pulsar://{address}"),
        format!("pulsarAdminUrl=http://{address}"),
    );
    let arguments = [
        "--pulsar",
        &url,
        "--set",
        &admin,
        "--set",
        "pulsar.operation.timeout.ms=2000",
        "doctor",
    ];
    let began = Instant::now();
    let Some(output) = run("a silent broker", &arguments) else {
        return;
    };
    assert!(!output.status.success(), "{}", said(&output));
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn doctor_says_which_url_leads_to_the_wrong_port() {
    let test = "URLs of wrong ports";
    let Some(cluster) = Cluster::from_env() else {
        return skip(test, "KOP_TEST_PULSAR names no Pulsar");
    };
    let (service, admin) = (&*cluster.service_url, &*cluster.admin_url);
    let broker = service.trim_start_matches("pulsar://");
    let web = admin.trim_start_matches("http://");
    let cases = [
        (
            format!("pulsar://{web}"),
            admin.to_owned(),
            "not the port of the binary protocol",
        ),
        (
            format!("pulsar+ssl://{broker}"),
            admin.to_owned(),
            "a port without TLS",
        ),
        (
            service.to_owned(),
            format!("https://{web}"),
            "a port without TLS",
        ),
        (
            service.to_owned(),
            format!("http://{broker}"),
            "a port of something else",
        ),
    ];
    for (service, admin, expected) in cases {
        let admin = format!("pulsarAdminUrl={admin}");
        let arguments = ["--pulsar", &service, "--set", &admin, "doctor"];
        let Some(output) = run(test, &arguments) else {
            return;
        };
        let text = said(&output);
        assert!(!output.status.success(), "{service} {admin}: {text}");
        assert!(text.contains(expected), "{service} {admin}: {text}");
    }
}

/// Deletes a topic in Pulsar, past the server.
fn delete(cluster: &Cluster, topic: &str) {
    let path = cluster.partitioned_path(topic);
    cluster
        .admin("DELETE", &format!("{path}/partitions?force=true"))
        .expect("it is deleted");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_topic_that_is_deleted_under_us_can_be_made_again() {
    let Some((server, cluster)) = server("deleted topic", &[]) else {
        return;
    };
    let bootstrap = server.bootstrap();
    create(&server, "gone", 2);
    let before = [(); 2].map(|()| Record::of("before"));
    steps::send(&bootstrap, "gone", &[], &before).expect("a write");
    delete(&cluster, "gone");
    // An error or none, but an answer; the broker may take a moment to tell the server.
    let settings = [
        ("message.timeout.ms", "5000"),
        ("allow.auto.create.topics", "false"),
    ];
    let sending = Sending::new(&bootstrap, &settings).expect("a producer");
    sending
        .send("gone", &Record::of("under us"), 0)
        .expect("queued");
    sending.flush().expect("it is answered");
    // What was there is not served from memory.
    let forgotten = kop_tests::wait_until(PATIENCE, || {
        let reading = Reading::all(&bootstrap, "gone").expect("a consumer");
        let records = reading.poll(Duration::from_secs(2)).unwrap_or_default();
        records.iter().all(|(_, record)| record.text() != "before")
    });
    assert!(forgotten, "{}", server.log());
    create(&server, "gone-again", 2);
    steps::send(&bootstrap, "gone-again", &[], &[Record::of("after")]).expect("a write");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn kafka_consumers_wake_up_for_what_pulsar_writes() {
    let Some(native) = Native::installed("pulsar-go") else {
        return skip("wake-up", "Pulsar's clients are not installed");
    };
    let Some((server, cluster)) = server("wake-up", &[]) else {
        return;
    };
    create(&server, "wake", 2);
    let reading = Reading::all(&server.bootstrap(), "wake").expect("a consumer");
    assert!(
        reading
            .poll(Duration::from_secs(2))
            .expect("poll")
            .is_empty()
    );
    let topic = cluster.topic("wake", 0);
    // The first message of a topic may have to wait until Pulsar has looked for transactions there.
    for (value, limit) in [("first", PATIENCE), ("second", Duration::from_secs(2))] {
        native
            .produce_one(&cluster.service_url, &topic, value)
            .expect("a write");
        let began = Instant::now();
        let records = reading.poll(PATIENCE).expect("poll");
        let took = began.elapsed();
        let values: Vec<_> = records
            .into_iter()
            .map(|(_, record)| record.value)
            .collect();
        assert_eq!(values, [Some(value.as_bytes().to_vec())]);
        // The fetch waits for half a second at most: it did not just time out and ask again much later.
        assert!(took < limit, "{value}: {took:?}\n{}", server.log());
    }
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn namespaces_that_are_missing_are_named() {
    let test = "missing namespaces";
    let (Some(cluster), Some(_)) = (Cluster::from_env(), server_binary()) else {
        return skip(test, "KOP_TEST_PULSAR or KOP_SERVER_BIN is not set");
    };
    let metadata = cluster.metadata_namespace();
    for missing in [&metadata, &cluster.namespace()] {
        let settings = ["kafkaManageSystemNamespaces=false".to_owned()];
        let text = refusal(&cluster, &settings, false);
        for named in [missing, "does not exist", "kafkaManageSystemNamespaces"] {
            assert!(text.contains(named), "{named} is not named: {text}");
        }
        cluster.create_namespace(missing).expect("a namespace");
    }
    // One that is only to be listed may come later.
    let allowed = format!("kopAllowedNamespaces={0},{0}-later", cluster.namespace());
    let server = server_on(&cluster, &[&allowed]).expect("there is a binary");
    create(&server, "topic", 1);
}
