//! What Pulsar's operators say about topics: policies and properties that are set past the server.

use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_codec::messages::describe_configs_request::DescribeConfigsResource;
use kop_codec::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use kop_codec::messages::{DescribeConfigsRequest, IncrementalAlterConfigsRequest};
use kop_tests::data::Record;
use kop_tests::librdkafka::{Sending, read_to_end};
use kop_tests::pulsar::Cluster;
use kop_tests::requests::{self, list_offsets};
use kop_tests::server::Server;
use kop_tests::wire::Wire;
use kop_tests::{pause, steps, wait_until};

use crate::{create, member, server};

const PATIENCE: Duration = Duration::from_secs(20);
/// The kind of a resource that is a topic.
const TOPIC: i8 = 2;

fn setting(server: &Server, topic: &str, key: &str) -> Option<String> {
    let request = DescribeConfigsRequest {
        resources: vec![DescribeConfigsResource {
            resource_type: TOPIC,
            resource_name: topic.into(),
            configuration_keys: Some(vec![key.into()]),
            ..Default::default()
        }],
        ..Default::default()
    };
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let answer = wire.call(4, &request).expect("DescribeConfigs");
    let config = answer.results.first()?.configs.first()?;
    config.value.as_ref().map(ToString::to_string)
}

fn alter(server: &Server, topic: &str, key: &str, value: &str) {
    assert_eq!(altered(server, topic, (key, value), false), ErrorCode::NONE);
}

/// Changes a setting of a topic, or only asks whether that may be: the answer's code.
pub(crate) fn altered(
    server: &Server,
    topic: &str,
    (key, value): (&str, &str),
    validate_only: bool,
) -> ErrorCode {
    let request = IncrementalAlterConfigsRequest {
        resources: vec![AlterConfigsResource {
            resource_type: TOPIC,
            resource_name: topic.into(),
            configs: vec![AlterableConfig {
                name: key.into(),
                value: Some(value.into()),
                ..Default::default()
            }],
            ..Default::default()
        }],
        validate_only,
        ..Default::default()
    };
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let answer = wire.call(1, &request).expect("IncrementalAlterConfigs");
    answer.responses[0].error_code
}

/// Sends two old records, and says where the log starts once it starts at `target`, or three seconds later.
fn start_after_retention(server: &Server, topic: &str, target: i64) -> i64 {
    let record = |value: &str| Record {
        // Older than Kafka's default of seven days.
        timestamp: 1_000_000_000_000,
        ..Record::of(value)
    };
    let records = [record("a"), record("b")];
    steps::send(&server.bootstrap(), topic, &[], &records).expect("a write");
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let mut start = -1;
    wait_until(Duration::from_secs(3), || {
        let answer = wire.call(5, &list_offsets(topic, -2)).expect("ListOffsets");
        start = answer.topics[0].partitions[0].offset;
        start == target
    });
    start
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_topic_that_pulsar_made_is_kept_as_its_namespace_says() {
    let settings = ["log.retention.check.interval.ms=200"];
    let Some((server, cluster)) = server("retention of a namespace", &settings) else {
        return;
    };
    let namespace = format!("{}-kept", cluster.namespace());
    cluster.create_namespace(&namespace).expect("a namespace");
    let topic = format!("persistent/{namespace}/made-by-pulsar");
    cluster
        .admin_with("PUT", &format!("{topic}/partitions"), "1")
        .expect("a topic");
    let name = format!("{namespace}/made-by-pulsar");
    assert_eq!(start_after_retention(&server, &name, 2), 0);
    let retention = || setting(&server, &name, "retention.ms");
    assert_eq!(retention().as_deref(), Some("-1"));
    // Another setting changes nothing of it, and one of its own takes its place.
    alter(&server, &name, "max.message.bytes", "2000");
    let own = || {
        cluster
            .admin("GET", &format!("{topic}/retention"))
            .expect("the topic's own")
    };
    let kept = wait_until(PATIENCE, || own().contains("\"retentionTimeInMinutes\":-1"));
    assert!(kept, "{}", own());
    alter(&server, &name, "retention.ms", "3600000");
    assert_eq!(retention().as_deref(), Some("3600000"));
    assert_eq!(start_after_retention(&server, &name, 4), 4);
}

/// Pulsar keeps what a subscription has not acknowledged, and nothing else.
#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_topic_without_retention_has_what_a_subscription_holds() {
    let settings = ["log.retention.check.interval.ms=200"];
    let Some((server, cluster)) = server("no retention", &settings) else {
        return;
    };
    let namespace = format!("{}-not-kept", cluster.namespace());
    let topic = format!("persistent/{namespace}/made-by-pulsar");
    cluster
        .admin("PUT", &format!("namespaces/{namespace}"))
        .expect("a namespace");
    cluster
        .admin_with("PUT", &format!("{topic}/partitions"), "1")
        .expect("a topic");
    cluster
        .admin("PUT", &format!("{topic}-partition-0/subscription/holds"))
        .expect("a subscription");
    let name = format!("{namespace}/made-by-pulsar");
    assert_eq!(start_after_retention(&server, &name, 2), 0);
    let kept = || ["retention.ms", "retention.bytes"].map(|key| setting(&server, &name, key));
    let none = [(); 2].map(|()| Some("0".to_owned()));
    assert_eq!(kept(), none);
    // Another setting changes nothing of it.
    alter(&server, &name, "max.message.bytes", "2000");
    assert_eq!(
        (kept(), start_after_retention(&server, &name, 4)),
        (none, 0)
    );
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_is_changed_in_pulsar_counts_without_a_restart() {
    let settings = ["pulsar.topics.refresh.ms=1000"];
    let Some((server, cluster)) = server("changed in Pulsar", &settings) else {
        return;
    };
    create(&server, "changed", 1);
    let write = || {
        let records = [Record::of("v")];
        steps::send(&server.bootstrap(), "changed", &[], &records).expect("a write");
    };
    write();
    let topic = cluster.partitioned_path("changed");
    let hour = r#"{"retentionTimeInMinutes":60,"retentionSizeInMB":5}"#;
    cluster
        .admin_with("POST", &format!("{topic}/retention"), hour)
        .expect("a policy");
    let format = r#"{"kafkaEntryFormat":"kafka"}"#;
    cluster
        .admin_with("PUT", &format!("{topic}/properties"), format)
        .expect("a property");
    let seen = wait_until(PATIENCE, || {
        setting(&server, "changed", "retention.ms").as_deref() == Some("3600000")
    });
    assert!(seen, "{}", server.log());
    assert_eq!(
        setting(&server, "changed", "retention.bytes").as_deref(),
        Some("5242880")
    );
    let entry = |number: usize| {
        let partition = cluster.path("changed", 0);
        let of =
            format!("{partition}/examinemessage?initialPosition=earliest&messagePosition={number}");
        let head = cluster.admin_head(&of).expect("the entry");
        head.to_ascii_lowercase().contains("entry.format")
    };
    assert!(!entry(1));
    let mut number = 1;
    let changed = wait_until(PATIENCE, || {
        write();
        number += 1;
        entry(number)
    });
    assert!(changed, "{}", server.log());
    // What the server itself is told goes before what was there.
    alter(&server, "changed", "retention.ms", "7200000");
    let retention = || setting(&server, "changed", "retention.ms");
    let lost = wait_until(Duration::from_secs(5), || {
        retention().as_deref() != Some("7200000")
    });
    assert!(!lost, "{:?}", retention());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_rate_that_producers_exceed_is_no_obstacle_to_groups() {
    let Some((server, cluster)) = server("a publish rate", &[]) else {
        return;
    };
    create(&server, "rate", 2);
    let path = format!("namespaces/{}/publishRate", cluster.namespace());
    let rate = r#"{"publishThrottlingRateInMsg":5,"publishThrottlingRateInByte":-1}"#;
    cluster
        .admin_with("POST", &path, rate)
        .expect("the policy is set");
    pause(Duration::from_secs(1));
    let sending = Sending::new(&server.bootstrap(), &[("linger.ms", "0")]).expect("a producer");
    for number in 0..200 {
        let record = Record {
            value: Some(b"v".to_vec()),
            ..Record::default()
        };
        sending.send("rate", &record, number).expect("send");
        pause(Duration::from_millis(5));
    }
    assert!(sending.reports().count() < 100, "they are not held up");
    let began = Instant::now();
    let member = member(&server, "rate", "rate");
    let commits = [(1, String::new()), (0, String::new())];
    member.commit(&commits).expect("a commit");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    cluster.admin("DELETE", &path).expect("it is removed");
}

/// Has entries stored by so many bookies.
fn store_in(cluster: &Cluster, bookies: u8) {
    let policy = format!(
        r#"{{"bookkeeperEnsemble":{bookies},"bookkeeperWriteQuorum":{bookies},"bookkeeperAckQuorum":{bookies},"managedLedgerMaxMarkDeleteRate":0}}"#
    );
    let path = format!("namespaces/{}/persistence", cluster.namespace());
    let set = cluster.admin_with("POST", &path, &policy);
    set.expect("the policy is set");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_broker_without_enough_bookies_is_not_asked_without_a_pause() {
    let Some((server, cluster)) = server("too few bookies", &[]) else {
        return;
    };
    create(&server, "few", 1);
    let settings = [("enable.idempotence", "true"), ("linger.ms", "0")];
    let sending = Sending::new(&server.bootstrap(), &settings).expect("a producer");
    let write = |number: usize| {
        let record = Record::of(number.to_string());
        sending.send("few", &record, number).expect("send");
    };
    write(0);
    sending.flush().expect("it is written");
    // The broker keeps its ledger until that is full.
    store_in(&cluster, 2);
    let sent = 200;
    for number in 1..sent {
        write(number);
        pause(Duration::from_millis(5));
    }
    let looked = || {
        let times = server.metric("kop_pulsar_resynchronisations_total");
        times.expect("metrics")
    };
    let stuck = wait_until(PATIENCE, || looked() > 1.0);
    assert!(stuck, "the broker writes on\n{}", server.log());
    let before = looked();
    pause(Duration::from_secs(5));
    let times = looked() - before;
    assert!(times < 30.0, "{times}");
    store_in(&cluster, 1);
    let began = Instant::now();
    sending.flush().expect("all are told");
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    let written = sending.reports().filter(|(_, report)| report.is_ok());
    assert_eq!(written.count(), sent, "{}", server.log());
    let read = read_to_end(&server.bootstrap(), "few", "read_uncommitted").expect("it is read");
    let read: Vec<_> = read.into_iter().map(|(_, record)| record.value).collect();
    let all = (0..sent).map(|number| Some(number.to_string().into_bytes()));
    assert_eq!(read, all.collect::<Vec<_>>());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn writes_to_a_topic_that_takes_only_what_has_a_schema_are_refused_at_once() {
    let Some((server, cluster)) = server("a schema is enforced", &[]) else {
        return;
    };
    create(&server, "schema", 1);
    let schema = format!("schemas/{}/schema/schema", cluster.namespace());
    let text = r#"{"type":"STRING","schema":"","properties":{}}"#;
    cluster.admin_with("POST", &schema, text).expect("a schema");
    let enforced = |enforced: &str| {
        let namespace = format!("namespaces/{}", cluster.namespace());
        cluster
            .admin_with(
                "POST",
                &format!("{namespace}/schemaValidationEnforced"),
                enforced,
            )
            .expect("the policy is set");
        cluster
            .admin("PUT", &format!("{namespace}/unload"))
            .expect("its topics are loaded anew");
    };
    let write = || {
        let settings = [("message.timeout.ms", "20000")];
        steps::send(&server.bootstrap(), "schema", &settings, &[Record::of("v")])
    };
    enforced("true");
    let mut error = String::new();
    let refused = wait_until(PATIENCE, || {
        let outcome = write();
        error = format!("{outcome:?}");
        error.contains("PolicyViolation")
    });
    assert!(refused, "{error}\n{}", server.log());
    let began = Instant::now();
    let again = format!("{:?}", write());
    assert!(again.contains("PolicyViolation"), "{again}");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    let advice = "Set schemaValidationEnforced=false";
    assert!(server.log().contains(advice), "{}", server.log());
    enforced("false");
    let written = wait_until(PATIENCE, || write().is_ok());
    assert!(written, "{}", server.log());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_is_too_large_for_the_topic_is_refused_at_once() {
    let Some((server, cluster)) = server("too large for a topic", &[]) else {
        return;
    };
    let write = |topic: &str, codec: &str, size: usize| {
        let record = Record::of(vec![b'x'; size]);
        let settings = [("compression.type", codec), ("message.timeout.ms", "10000")];
        steps::send(&server.bootstrap(), topic, &settings, &[record])
    };
    let refused = |topic: &str, codec: &str, size: usize| {
        let error = write(topic, codec, size).expect_err("it is too large");
        let error = format!("{error:?}");
        assert!(error.contains("MessageSizeTooLarge"), "{error}");
    };
    let end = |topic: &str| {
        let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
        let answer = wire.call(5, &list_offsets(topic, -1)).expect("ListOffsets");
        answer.topics[0].partitions[0].offset
    };
    // Small enough as a batch, but not as an entry, which is not compressed.
    create(&server, "small", 1);
    alter(&server, "small", "max.message.bytes", "2000");
    refused("small", "lz4", 100_000);
    write("small", "none", 1000).expect("a small one");
    assert_eq!(end("small"), 1, "nothing was tried in vain");
    // By a policy that the server does not know yet: the broker refuses it.
    create(&server, "smaller", 1);
    write("smaller", "none", 1000).expect("no policy yet");
    let policy = format!("{}/maxMessageSize", cluster.partitioned_path("smaller"));
    cluster
        .admin_with("POST", &policy, "500")
        .expect("the policy is set");
    let told = wait_until(PATIENCE, || write("smaller", "none", 1000).is_err());
    assert!(told, "{}", server.log());
    let before = end("smaller");
    refused("smaller", "none", 1000);
    write("smaller", "none", 100).expect("a small one");
    assert_eq!(end("smaller"), before + 1, "{}", server.log());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_limit_of_topics_is_named() {
    let Some((server, cluster)) = server("a limit of topics", &[]) else {
        return;
    };
    create(&server, "first", 1);
    let limit = format!("namespaces/{}/maxTopicsPerNamespace", cluster.namespace());
    cluster
        .admin_with("POST", &limit, "1")
        .expect("the policy is set");
    let request = requests::create_topic("second");
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let answer = wire.call(5, &request).expect("CreateTopics");
    let answer = &answer.topics[0];
    assert_eq!(answer.error_code, ErrorCode::POLICY_VIOLATION);
    let said = answer.error_message.as_ref().map(ToString::to_string);
    let said = said.unwrap_or_default();
    let names = |text: &str, topic: &str| {
        text.contains(&cluster.partitioned(topic)) && text.contains("maximum number of topics")
    };
    assert!(names(&said, "second"), "{said}");
    // Whoever writes to a topic that is not there is told nothing by their client, but the operator is.
    let write = || {
        let settings = [("message.timeout.ms", "5000")];
        steps::send(&server.bootstrap(), "third", &settings, &[Record::of("v")])
    };
    write().expect_err("there is no room for it");
    assert!(names(&server.log(), "third"), "{}", server.log());
    cluster.admin("DELETE", &limit).expect("it is removed");
    let written = wait_until(PATIENCE, || write().is_ok());
    assert!(written, "{}", server.log());
}
