//! What a server that cannot work on its cluster says, and a cluster whose brokers give entries no index.

use std::time::{Duration, Instant};

use kop_codec::ErrorCode;
use kop_codec::messages::CreateTopicsRequest;
use kop_codec::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::native::Native;
use kop_tests::pulsar::Cluster;
use kop_tests::requests::list_offsets;
use kop_tests::server::Server;
use kop_tests::target::skip;
use kop_tests::wire::Wire;
use kop_tests::{steps, wait_until};

use crate::bad_input::{run, said};
use crate::peer::Peer;
use crate::{create, member, server_on};

/// A server that will not start says so within this time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What the server, or its doctor, says with these settings, which must make it end by itself.
pub(crate) fn refusal(cluster: &Cluster, settings: &[String], doctor: bool) -> String {
    let mut arguments: Vec<String> = cluster.arguments().to_vec();
    for setting in ["http.listener=".to_owned()].iter().chain(settings) {
        arguments.extend(["--set".to_owned(), setting.clone()]);
    }
    let last: &[&str] = match doctor {
        true => &["doctor"],
        false => &["--listener", "127.0.0.1:0"],
    };
    arguments.extend(last.iter().map(ToString::to_string));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let began = Instant::now();
    let output = run("refused", &arguments).expect("there is a binary");
    let text = said(&output);
    assert!(!output.status.success(), "{text}");
    assert!(began.elapsed() < PATIENCE, "{:?}: {text}", began.elapsed());
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// Everything in partition 0 of "old" that comes within a while.
fn old(server: &Server, count: usize) -> Vec<(i64, String)> {
    let reading = Reading::first(&server.bootstrap(), "old").expect("a consumer");
    let found = reading.take(count, Duration::from_secs(10)).into_iter();
    let found = found.map(|(offset, record)| (offset, record.text()));
    found.collect()
}

/// The offset for a time, or for the earliest (-2) or the latest (-1).
fn offset_for(server: &Server, timestamp: i64) -> i64 {
    let request = list_offsets("old", timestamp);
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let response = wire.call(5, &request).expect("ListOffsets");
    response.topics[0].partitions[0].offset
}

fn create_old_topic(cluster: &Cluster) {
    let namespace = cluster.namespace();
    cluster.create_namespace(&namespace).expect("a namespace");
    let path = cluster.partitioned_path("old");
    cluster
        .admin_with("PUT", &format!("{path}/partitions"), "1")
        .expect("a topic");
}

#[test]
#[ignore = "needs a Pulsar of its own: cargo xtask test"]
fn brokers_without_the_index_and_what_they_wrote() {
    let test = "brokers without the index";
    let Some(peer) = Peer::new(test, 10, &[]) else {
        return;
    };
    let Some(python) = Native::installed("pulsar-python") else {
        return skip(test, "Pulsar's clients are not installed");
    };
    let cluster = peer.start(&[
        "brokerEntryMetadataInterceptors=".to_owned(),
        "exposingBrokerEntryMetadataToClientEnabled=false".to_owned(),
    ]);
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
    create_old_topic(&cluster);
    let topic = cluster.topic("old", 0);
    python
        .produce_one(&cluster.service_url, &topic, "without an index")
        .expect("a write");

    // The upgrade: from now on entries have an index, those before never get one. Brokers have no policies of single topics,
    // and create no topics by themselves.
    peer.restart(&[
        "topicLevelPoliciesEnabled=false".to_owned(),
        "allowAutoTopicCreation=false".to_owned(),
    ]);
    python
        .produce_one(&cluster.service_url, &topic, "with an index")
        .expect("a write");
    let mut server = server_on(&cluster, &[]).expect("there is a binary");
    assert_eq!(old(&server, 1), [], "{}", server.log());
    let told = wait_until(PATIENCE, || {
        server
            .log()
            .contains("skipMessagesWithoutIndex=true passes it")
    });
    assert!(told, "{}", server.log());
    server.stop().expect("it stops");
    let skipping = ["skipMessagesWithoutIndex=true"];
    let server = server_on(&cluster, &skipping).expect("there is a binary");
    assert_eq!(
        old(&server, 1),
        [(0, "with an index".to_owned())],
        "{}",
        server.log()
    );
    steps::send(&server.bootstrap(), "old", &[], &[Record::of("ours")]).expect("a write");
    assert_eq!(
        old(&server, 2),
        [(0, "with an index".to_owned()), (1, "ours".to_owned())]
    );
    // Earliest, latest, and since the beginning of time.
    let offsets = [-2, -1, 0].map(|time| offset_for(&server, time));
    assert_eq!(offsets, [0, 2, 0], "{}", server.log());
    works_without_policies_of_topics(&server, &cluster);
}

/// Groups have their topic, and settings are refused only where the namespace does not keep enough.
fn works_without_policies_of_topics(server: &Server, cluster: &Cluster) {
    let bootstrap = server.bootstrap();
    create(server, "grouped", 2);
    let member = member(server, "group", "grouped");
    let commits = [(0, "so far".to_owned()), (0, String::new())];
    member.commit(&commits).expect("a commit");
    let committed = Reading::committed(&bootstrap, "group", "grouped").expect("commits");
    assert_eq!(committed, commits);
    let mut wire = Wire::connect(&bootstrap).expect("connect");
    let hour = r#"{"retentionTimeInMinutes":60,"retentionSizeInMB":-1}"#;
    let retention = format!("namespaces/{}/retention", cluster.namespace());
    cluster
        .admin_with("POST", &retention, hour)
        .expect("the namespace keeps an hour");
    for (key, value, code) in [
        ("cleanup.policy", "compact", ErrorCode::NONE),
        ("max.message.bytes", "2000", ErrorCode::NONE),
        ("retention.ms", "3600000", ErrorCode::NONE),
        ("retention.ms", "-1", ErrorCode::INVALID_CONFIG),
    ] {
        let config = CreatableTopicConfig {
            name: key.into(),
            value: Some(value.into()),
            ..Default::default()
        };
        let topic = CreatableTopic {
            name: format!("{key}{value}").into(),
            num_partitions: 1,
            replication_factor: 1,
            configs: vec![config],
            ..Default::default()
        };
        let request = CreateTopicsRequest {
            topics: vec![topic],
            timeout_ms: 10_000,
            ..Default::default()
        };
        let answer = wire.call(5, &request).expect("CreateTopics");
        let topic = &answer.topics[0];
        assert_eq!(topic.error_code, code, "{key}={value}: {topic:?}");
        let named = topic.error_message.as_deref().unwrap_or_default();
        let is_named = named.contains("topicLevelPoliciesEnabled");
        assert_eq!(is_named, code.is_error(), "{named}");
    }
}
