//! Topics as Pulsar has them: without partitions, with some missing, in other namespaces, with a format of their own.

use std::time::Duration;

use kop_codec::ErrorCode;
use kop_codec::messages::metadata_request::MetadataRequestTopic;
use kop_codec::messages::metadata_response::MetadataResponseTopic;
use kop_codec::messages::{DeleteTopicsRequest, MetadataRequest};
use kop_tests::data::Record;
use kop_tests::librdkafka::Reading;
use kop_tests::requests::delete_records;
use kop_tests::server::Server;
use kop_tests::wire::Wire;
use kop_tests::{steps, wait_until};

use crate::foreign::grow;
use crate::{create, member, server, texts};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn describe(server: &Server, topic: &str) -> MetadataResponseTopic {
    let asked = MetadataRequestTopic {
        name: Some(topic.into()),
        ..Default::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![asked]),
        ..Default::default()
    };
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let mut response = wire.call(1, &request).expect("Metadata");
    response.topics.remove(0)
}

/// Offset and value of what is in partition 0, from the earliest on.
fn read(server: &Server, topic: &str, count: usize) -> Vec<(i64, String)> {
    let reading = Reading::first(&server.bootstrap(), topic).expect("a consumer");
    texts(server, &reading, count)
}

fn send(server: &Server, topic: &str, values: &[&str]) {
    let records: Vec<_> = values.iter().map(|value| Record::of(*value)).collect();
    steps::send(&server.bootstrap(), topic, &[], &records).expect("a write");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_topic_without_partitions_is_its_own_partition_0() {
    let Some((server, cluster)) = server("a topic without partitions", &[]) else {
        return;
    };
    cluster
        .admin("PUT", &cluster.partitioned_path("plain"))
        .expect("it is created");
    let found = wait_until(PATIENCE, || {
        describe(&server, "plain").error_code == ErrorCode::NONE
    });
    assert!(found, "{}", server.log());
    assert_eq!(describe(&server, "plain").partitions.len(), 1);
    send(&server, "plain", &["a", "b"]);
    let expected = [(0, "a".to_owned()), (1, "b".to_owned())];
    assert_eq!(read(&server, "plain", 2), expected);
    for only_asks in [true, false] {
        let code = grow(&server, "plain", only_asks);
        assert_eq!(code, ErrorCode::INVALID_PARTITIONS);
    }
    // It is the topic itself that has them.
    let stats = cluster
        .admin(
            "GET",
            &format!("{}/internalStats", cluster.partitioned_path("plain")),
        )
        .expect("statistics");
    assert!(stats.contains("\"numberOfEntries\""), "{stats}");
    assert!(!stats.contains("\"numberOfEntries\":0,"), "{stats}");
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_partition_that_vanished_is_made_again() {
    let Some((server, cluster)) = server("a missing partition", &[]) else {
        return;
    };
    create(&server, "holes", 2);
    send(&server, "holes", &["before"]);
    // What brokers do with topics that are idle.
    let partition = cluster.path("holes", 0);
    cluster
        .admin("DELETE", &format!("{partition}?force=true"))
        .expect("it is deleted");
    let written = wait_until(PATIENCE, || {
        let settings = [("message.timeout.ms", "3000")];
        let after = [Record::of("after")];
        steps::send(&server.bootstrap(), "holes", &settings, &after).is_ok()
    });
    assert!(written, "{}", server.log());
    assert_eq!(describe(&server, "holes").partitions.len(), 2);
    let found = read(&server, "holes", 1);
    assert_eq!(found.last().map(|(_, value)| value.as_str()), Some("after"));
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn records_are_deleted_up_to_any_offset() {
    let Some((mut server, _)) = server("DeleteRecords", &[]) else {
        return;
    };
    create(&server, "cut", 2);
    send(&server, "cut", &["0", "1", "2", "3", "4"]);
    let delete = |server: &Server, offset: i64| {
        let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
        let response = wire.call(1, &delete_records("cut", offset));
        let response = response.expect("DeleteRecords");
        let answer = &response.topics[0].partitions[0];
        (answer.error_code, answer.low_watermark)
    };
    // In the middle of a batch: Pulsar could cut whole ledgers only.
    assert_eq!(delete(&server, 3), (ErrorCode::NONE, 3));
    assert_eq!(delete(&server, 9).0, ErrorCode::OFFSET_OUT_OF_RANGE);
    let left = [(3, "3".to_owned()), (4, "4".to_owned())];
    assert_eq!(read(&server, "cut", 2), left);
    server.restart().expect("it restarts");
    assert_eq!(read(&server, "cut", 2), left);
    assert_eq!(delete(&server, -1), (ErrorCode::NONE, 5));
    send(&server, "cut", &["5"]);
    assert_eq!(read(&server, "cut", 1), [(5, "5".to_owned())]);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn topics_of_other_namespaces_go_by_their_full_names() {
    let Some((server, cluster)) = server("other namespaces", &[]) else {
        return;
    };
    let other = format!("{}-other", cluster.namespace());
    cluster.create_namespace(&other).expect("a namespace");
    let (short, full) = (
        format!("{other}/topic"),
        format!("persistent://{other}/topic"),
    );
    send(&server, &short, &["by the short name"]);
    send(&server, &full, &["by the full name"]);
    for name in [&short, &full] {
        assert_eq!(
            read(&server, name, 2),
            [
                (0, "by the short name".to_owned()),
                (1, "by the full name".to_owned())
            ],
            "{name}"
        );
    }
    // Nobody sees them who does not know their names, and names that are none are refused.
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    let all = MetadataRequest::default();
    let listed = wire.call(1, &all).expect("Metadata").topics;
    assert!(
        listed.iter().all(|topic| topic
            .name
            .as_deref()
            .is_none_or(|name| !name.contains("-other"))),
        "{listed:?}"
    );
    for name in ["a/b", "a/b/c/d", "non-persistent://a/b/c"] {
        let code = describe(&server, name).error_code;
        assert_eq!(code, ErrorCode::INVALID_TOPIC_EXCEPTION, "{name}");
    }
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_topic_may_have_an_entry_format_of_its_own() {
    let Some((server, cluster)) = server("a format of its own", &[]) else {
        return;
    };
    create(&server, "own", 1);
    send(&server, "own", &["in the server's format"]);
    let properties = r#"{"kafkaEntryFormat":"kafka"}"#;
    cluster
        .admin_with(
            "PUT",
            &format!("{}/properties", cluster.partitioned_path("own")),
            properties,
        )
        .expect("the property is set");
    drop(server);
    let server = crate::server_on(&cluster, &[]).expect("it starts again");
    send(&server, "own", &["in its own"]);
    assert_eq!(read(&server, "own", 2).len(), 2);
    // The entry itself tells: the second has the property of the Kafka formats.
    let entry = |number: usize| {
        let partition = cluster.path("own", 0);
        cluster
            .admin_head(&format!(
                "{partition}/examinemessage?initialPosition=earliest&messagePosition={number}"
            ))
            .expect("the entry")
            .to_ascii_lowercase()
    };
    assert!(!entry(1).contains("entry.format"), "{}", entry(1));
    assert!(entry(2).contains("entry.format"), "{}", entry(2));
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_group_and_a_subscription_of_the_same_name_are_two_things() {
    let Some((server, cluster)) = server("a group and a subscription", &[]) else {
        return;
    };
    create(&server, "shared", 2);
    send(&server, "shared", &["0", "1", "2", "3"]);
    let partition = cluster.path("shared", 0);
    let subscription = format!("{partition}/subscription/same");
    // At the earliest message.
    let earliest = r#"{"ledgerId":-1,"entryId":-1,"partitionIndex":-1}"#;
    cluster
        .admin_with("PUT", &subscription, earliest)
        .expect("a subscription");
    let bootstrap = server.bootstrap();
    let member = member(&server, "same", "shared");
    let commits = [(4, String::new()), (0, String::new())];
    member.commit(&commits).expect("a commit");
    let committed = || Reading::committed(&bootstrap, "same", "shared").expect("commits");
    assert_eq!(committed(), commits);
    let backlog = || {
        let stats = cluster
            .admin("GET", &format!("{partition}/stats"))
            .expect("statistics");
        let stats: serde_json::Value = serde_json::from_str(&stats).expect("JSON");
        stats["subscriptions"]["same"]["msgBacklog"].as_i64()
    };
    // All in one entry, or one in each.
    assert!(backlog().is_some_and(|left| left > 0), "{:?}", backlog());
    cluster
        .admin("POST", &format!("{subscription}/skip_all"))
        .expect("skipped");
    assert_eq!(backlog(), Some(0));
    assert_eq!(committed(), commits);
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn a_namespace_says_whether_topics_are_created_and_with_how_many_partitions() {
    let Some((server, cluster)) = server("rules of a namespace", &[]) else {
        return;
    };
    let namespace = format!("{}-rules", cluster.namespace());
    cluster
        .admin("PUT", &format!("namespaces/{namespace}"))
        .expect("a namespace");
    let rule = |rule: &str| {
        let path = format!("namespaces/{namespace}/autoTopicCreation");
        cluster
            .admin_with("POST", &path, rule)
            .expect("the namespace has a rule");
    };
    let asked = |server: &Server, name: &str| {
        let answer = describe(server, &format!("{namespace}/{name}"));
        (answer.error_code, answer.partitions.len())
    };
    rule(r#"{"allowAutoTopicCreation":false}"#);
    let unknown = (ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, 0);
    assert_eq!(asked(&server, "forbidden"), unknown);
    drop(server);
    let settings = ["auto.create.topics.enable=false"];
    let server = crate::server_on(&cluster, &settings).expect("it starts again");
    rule(r#"{"allowAutoTopicCreation":true,"topicType":"partitioned","defaultNumPartitions":3}"#);
    assert_eq!(asked(&server, "three"), (ErrorCode::NONE, 3));
    // Elsewhere the server's own setting counts.
    assert_eq!(describe(&server, "short").error_code, unknown.0);
    rule(r#"{"allowAutoTopicCreation":false}"#);
    let mut number = 0;
    let changed = wait_until(PATIENCE, || {
        number += 1;
        asked(&server, &format!("new-{number}")) == unknown
    });
    assert!(changed, "{}", server.log());
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn what_servers_and_brokers_keep_for_themselves_is_out_of_reach() {
    let Some((server, cluster)) = server("out of reach", &[]) else {
        return;
    };
    // Its policies are events in a topic of the brokers.
    create(&server, "with-policies", 1);
    let (events, own) = ("__change_events", "__kop_metadata");
    let full = format!("{}/{own}", cluster.metadata_namespace());
    let mut wire = Wire::connect(&server.bootstrap()).expect("connect");
    for name in [events, &full] {
        let code = describe(&server, name).error_code;
        assert_eq!(code, ErrorCode::INVALID_TOPIC_EXCEPTION, "{name}");
        let request = DeleteTopicsRequest {
            topic_names: vec![name.into()],
            timeout_ms: 10_000,
            ..Default::default()
        };
        let answer = wire.call(5, &request).expect("DeleteTopics");
        let code = answer.responses[0].error_code;
        assert_eq!(code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION, "{name}");
    }
    let listed = |namespace: &str, name: &str| {
        let list = cluster.admin(
            "GET",
            &format!("persistent/{namespace}?includeSystemTopic=true"),
        );
        list.expect("the topics").contains(name)
    };
    assert!(listed(&cluster.namespace(), events));
    assert!(listed(&cluster.metadata_namespace(), own));
}

#[test]
#[ignore = "needs a Pulsar: cargo xtask test"]
fn brokers_keep_topics_that_nobody_uses() {
    let Some((server, cluster)) = server("topics that nobody uses", &[]) else {
        return;
    };
    create(&server, "unused", 1);
    let member = Reading::member(&server.bootstrap(), "group", "unused").expect("a member");
    let own = |name: &str| format!("persistent/{}/{name}", cluster.metadata_namespace());
    for topic in [
        cluster.partitioned_path("unused"),
        own("__consumer_offsets"),
        own("__kop_metadata"),
    ] {
        // What brokerDeleteInactiveTopicsEnabled, which is true by default, would do.
        let kept = wait_until(PATIENCE, || {
            member.poll(Duration::from_millis(100)).expect("poll");
            let policies = cluster.admin("GET", &format!("{topic}/inactiveTopicPolicies"));
            policies.is_ok_and(|policies| policies.contains(r#""deleteWhileInactive":false"#))
        });
        assert!(kept, "{topic}: {}", server.log());
    }
}
