use kop_codec::messages::describe_topic_partitions_request::{Cursor, TopicRequest};
use kop_codec::messages::metadata_request::MetadataRequestTopic;
use kop_codec::messages::metadata_response::MetadataResponseTopic;
use kop_codec::messages::{DescribeTopicPartitionsRequest, MetadataRequest};
use kop_codec::{ErrorCode, Uuid};

use crate::kit::topic;
use crate::support::Client;

fn named(names: &[&str], allow_auto_topic_creation: bool) -> MetadataRequest {
    let topics = names.iter().map(|name| MetadataRequestTopic {
        name: Some((*name).into()),
        ..Default::default()
    });
    MetadataRequest {
        topics: Some(topics.collect()),
        allow_auto_topic_creation,
        ..Default::default()
    }
}

async fn ask(
    client: &Client,
    version: i16,
    request: &MetadataRequest,
) -> Vec<MetadataResponseTopic> {
    client.send(version, request).await.topics
}

#[tokio::test]
async fn names_the_broker_as_the_listener_advertises_it() {
    let client = Client::new();
    topic(&client, "a", 2, &[]).await;
    for version in 0..=13 {
        let response = client.send(version, &named(&["a"], version < 4)).await;
        let broker = &response.brokers[0];
        assert_eq!(
            (&*broker.host, broker.port, broker.node_id),
            ("kop.example", 9092, 1)
        );
        if version >= 1 {
            assert_eq!(response.controller_id, 1);
        }
        if version >= 2 {
            assert_eq!(
                response.cluster_id.as_ref(),
                Some(client.broker().cluster_id())
            );
        }
        let partitions = &response.topics[0].partitions;
        assert_eq!(
            partitions
                .iter()
                .map(|p| p.partition_index)
                .collect::<Vec<_>>(),
            [0, 1]
        );
        assert!(
            partitions
                .iter()
                .all(|p| p.leader_id == 1 && p.replica_nodes[..] == [1] && p.isr_nodes[..] == [1])
        );
    }
}

#[tokio::test]
async fn all_topics_are_null_or_in_version_0_an_empty_list() {
    let client = Client::new();
    for name in ["b", "a", "__consumer_offsets"] {
        topic(&client, name, 1, &[]).await;
    }
    let null = MetadataRequest {
        topics: None,
        ..Default::default()
    };
    let empty = named(&[], true);
    for (version, request, count) in [
        (0, &empty, 3),
        (1, &empty, 0),
        (1, &null, 3),
        (12, &empty, 0),
        (13, &null, 3),
    ] {
        assert_eq!(
            ask(&client, version, request).await.len(),
            count,
            "version {version}"
        );
    }
    let topics = ask(&client, 13, &null).await;
    let internal: Vec<_> = topics.iter().filter(|topic| topic.is_internal).collect();
    assert_eq!(internal.len(), 1);
    assert_eq!(internal[0].name.as_deref(), Some("__consumer_offsets"));
}

#[tokio::test]
async fn creates_what_is_missing_where_all_agree() {
    let client = Client::with(&[("num.partitions", "3")]);
    let refused = ask(&client, 4, &named(&["new"], false)).await;
    assert_eq!(refused[0].error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    let created = ask(&client, 4, &named(&["new"], true)).await;
    assert_eq!(
        (created[0].error_code, created[0].partitions.len()),
        (ErrorCode::NONE, 3)
    );
    let old_client = ask(&client, 1, &named(&["old"], true)).await;
    assert_eq!(
        old_client[0].error_code,
        ErrorCode::NONE,
        "before version 4 clients cannot forbid it"
    );

    let invalid = ask(
        &client,
        9,
        &named(&["a/b", "", "..", &"x".repeat(250)], true),
    )
    .await;
    assert!(
        invalid
            .iter()
            .all(|topic| topic.error_code == ErrorCode::INVALID_TOPIC_EXCEPTION)
    );
    let internal = ask(&client, 9, &named(&["__consumer_offsets"], true)).await;
    assert_eq!(
        internal[0].error_code,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );

    let odd = ask(&client, 9, &named(&["__debezium-heartbeat.a"], true)).await;
    assert_eq!(
        (odd[0].error_code, odd[0].is_internal),
        (ErrorCode::NONE, false)
    );

    let never = Client::with(&[("auto.create.topics.enable", "false")]);
    let refused = ask(&never, 9, &named(&["new"], true)).await;
    assert_eq!(refused[0].error_code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    assert!(never.broker().catalog().topics().is_empty());
}

#[tokio::test]
async fn one_request_creates_no_more_than_kafka_would() {
    let names: Vec<String> = (0..101).map(|n| format!("t{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let client = Client::with(&[("num.partitions", "100")]);
    let refused = ask(&client, 9, &named(&names, true)).await;
    assert_eq!(refused.len(), 101);
    let unknown =
        |topic: &MetadataResponseTopic| topic.error_code == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION;
    assert!(refused.iter().all(unknown));
    assert!(client.broker().catalog().topics().is_empty());
    ask(&client, 9, &named(&names[..1], true)).await;
    // The one that is there does not count.
    ask(&client, 9, &named(&names, true)).await;
    assert_eq!(client.broker().catalog().topics().len(), 101);
}

#[tokio::test]
async fn a_topic_is_told_once_however_often_it_is_asked_for() {
    let client = Client::new();
    let answers = ask(&client, 9, &named(&["a", "b", "a", "a"], true)).await;
    let names: Vec<_> = answers
        .iter()
        .map(|topic| topic.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["a", "b"]);
}

#[tokio::test]
async fn topics_are_found_by_id() {
    let client = Client::new();
    let id = topic(&client, "a", 1, &[]).await;
    let by_id = |topic_id| {
        let topic = MetadataRequestTopic {
            topic_id,
            name: None,
            ..Default::default()
        };
        MetadataRequest {
            topics: Some(vec![topic]),
            ..Default::default()
        }
    };
    let found = ask(&client, 12, &by_id(id)).await;
    assert_eq!(
        (found[0].name.as_deref(), found[0].topic_id),
        (Some("a"), id)
    );
    let other = Uuid::from_bytes([7; 16]);
    let missing = ask(&client, 12, &by_id(other)).await;
    assert_eq!(
        (missing[0].error_code, missing[0].topic_id),
        (ErrorCode::UNKNOWN_TOPIC_ID, other)
    );
    assert_eq!(missing[0].name, None);
    let early = ask(&client, 10, &by_id(id)).await;
    assert_eq!(early[0].error_code, ErrorCode::INVALID_REQUEST);
    let by_name = ask(&client, 10, &named(&["a"], false)).await;
    assert_eq!(by_name[0].topic_id, id);
}

#[tokio::test]
async fn operations_are_told_when_asked_for() {
    let client = Client::new();
    topic(&client, "a", 1, &[]).await;
    let asked = MetadataRequest {
        include_topic_authorized_operations: true,
        include_cluster_authorized_operations: true,
        ..named(&["a", "missing"], false)
    };
    let response = client.send(8, &asked).await;
    assert_eq!(response.cluster_authorized_operations, 8096);
    assert_eq!(response.topics[0].topic_authorized_operations, 3576);
    assert_eq!(response.topics[1].topic_authorized_operations, i32::MIN);
    let response = client.send(8, &named(&["a"], false)).await;
    assert_eq!(response.cluster_authorized_operations, i32::MIN);
    assert_eq!(response.topics[0].topic_authorized_operations, i32::MIN);
}

async fn page(
    client: &Client,
    names: &[&str],
    limit: i32,
    cursor: Option<(&str, i32)>,
) -> (String, Option<(String, i32)>) {
    let topics = names.iter().map(|name| TopicRequest {
        name: (*name).into(),
        ..Default::default()
    });
    let cursor = cursor.map(|(topic, partition_index)| Cursor {
        topic_name: topic.into(),
        partition_index,
        ..Default::default()
    });
    let request = DescribeTopicPartitionsRequest {
        topics: topics.collect(),
        response_partition_limit: limit,
        cursor,
        ..Default::default()
    };
    let response = client.send(0, &request).await;
    let mut text = String::new();
    for topic in &response.topics {
        let partitions: Vec<_> = topic
            .partitions
            .iter()
            .map(|p| p.partition_index.to_string())
            .collect();
        let name = topic.name.as_deref().unwrap_or("null");
        let code = topic.error_code.0;
        text += &format!(
            "{name}:{}{} ",
            partitions.join(","),
            if code == 0 {
                String::new()
            } else {
                format!("!{code}")
            }
        );
    }
    let next = response
        .next_cursor
        .map(|cursor| (cursor.topic_name.to_string(), cursor.partition_index));
    (text.trim().to_owned(), next)
}

#[tokio::test]
async fn partitions_are_described_page_by_page() {
    let client = Client::with(&[("max.request.partition.size.limit", "4")]);
    for (name, partitions) in [("a", 2), ("b", 3), ("c", 1)] {
        topic(&client, name, partitions, &[]).await;
    }
    let next = |topic: &str, partition| Some((topic.to_owned(), partition));
    assert_eq!(
        page(&client, &[], 2000, None).await,
        ("a:0,1 b:0,1".to_owned(), next("b", 2))
    );
    assert_eq!(
        page(&client, &[], 2000, Some(("b", 2))).await,
        ("b:2 c:0".to_owned(), None)
    );
    assert_eq!(
        page(&client, &[], 2, None).await,
        ("a:0,1".to_owned(), next("b", 0))
    );
    assert_eq!(
        page(&client, &["c", "a", "nope"], 4, None).await,
        ("a:0,1 c:0 nope:!3".to_owned(), None)
    );
    assert_eq!(
        page(&client, &["c", "a"], 0, None).await,
        ("a:0".to_owned(), next("a", 1))
    );
    assert_eq!(
        page(&client, &["a"], 4, Some(("a", -1))).await,
        ("a:!42".to_owned(), None)
    );
    assert_eq!(
        page(&client, &["a"], 4, Some(("a", i32::MAX))).await,
        ("a:".to_owned(), None)
    );
    assert_eq!(
        page(&client, &["a/b"], 4, None).await,
        ("a/b:!17".to_owned(), None)
    );
}
