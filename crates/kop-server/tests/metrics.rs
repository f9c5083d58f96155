//! What `/metrics` shows after traffic that is known.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use bytes::Bytes;
use common::{Client, address, get, server};
use kop_codec::messages::fetch_request::{FetchPartition, FetchTopic};
use kop_codec::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use kop_codec::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kop_codec::messages::{
    DeleteTopicsRequest, EndTxnRequest, FetchRequest, FindCoordinatorRequest,
    InitProducerIdRequest, OffsetCommitRequest, ProduceRequest,
};
use kop_codec::{ErrorCode, Records};
use kop_log::NewTopic;
use kop_records::{BatchBuilder, Compression};
use kop_server::RunningServer;

/// A scrape by series, and the type and unit of each metric.
#[derive(Debug, Default)]
struct Scraped {
    series: BTreeMap<String, f64>,
    types: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
}

impl Scraped {
    async fn of(server: &RunningServer) -> Self {
        let answer = get(server, "/metrics").await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("application/openmetrics-text"), "{head}");
        let mut scraped = Self::default();
        for line in body.lines() {
            let words: Vec<&str> = line.splitn(4, ' ').collect();
            match words[..] {
                ["#", "TYPE", name, kind] => {
                    let before = scraped.types.insert(name.to_owned(), kind.to_owned());
                    assert_eq!(before, None, "{name} is there twice");
                }
                ["#", "UNIT", name, unit] => {
                    scraped.units.insert(name.to_owned(), unit.to_owned());
                }
                ["#", ..] => {}
                _ => {
                    let (series, value) = line.rsplit_once(' ').unwrap();
                    let value = value.parse().unwrap();
                    let before = scraped.series.insert(series.to_owned(), value);
                    assert_eq!(before, None, "{series} is there twice");
                }
            }
        }
        scraped
    }

    #[track_caller]
    fn value(&self, series: &str) -> f64 {
        let value = self.series.get(series);
        *value.unwrap_or_else(|| panic!("no {series} in {self:#?}"))
    }

    #[track_caller]
    fn check(&self, expected: &[(&str, f64)]) {
        for (series, value) in expected {
            let found = self.value(series);
            assert!(
                (found - value).abs() < 1e-9,
                "{series} is {found}, not {value}"
            );
        }
    }
}

fn request(topic: &str, records: Bytes) -> ProduceRequest {
    let partition = PartitionProduceData {
        records: Some(Records::from(records)),
        ..Default::default()
    };
    let topic = TopicProduceData {
        name: topic.into(),
        partition_data: vec![partition],
        ..Default::default()
    };
    ProduceRequest {
        acks: -1,
        timeout_ms: 10_000,
        topic_data: vec![topic],
        ..Default::default()
    }
}

async fn produce(client: &mut Client, topic: &str, records: Bytes) -> ErrorCode {
    let answer = client.ask(9, &request(topic, records)).await;
    answer.responses[0].partition_responses[0].error_code
}

fn fetch(topic: &str, offset: i64, wait_ms: i32) -> FetchRequest {
    let partition = FetchPartition {
        fetch_offset: offset,
        partition_max_bytes: 1_000_000,
        ..Default::default()
    };
    let topic = FetchTopic {
        topic: topic.into(),
        partitions: vec![partition],
        ..Default::default()
    };
    FetchRequest {
        max_wait_ms: wait_ms,
        min_bytes: 1,
        max_bytes: 1_000_000,
        topics: vec![topic],
        ..Default::default()
    }
}

async fn commit(client: &mut Client, group: &str, topic: &str, offset: i64) {
    let partition = OffsetCommitRequestPartition {
        committed_offset: offset,
        ..Default::default()
    };
    let topic = OffsetCommitRequestTopic {
        name: topic.into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..Default::default()
    };
    let answer = client.ask(8, &request).await;
    let code = answer.topics[0].partitions[0].error_code;
    assert_eq!(code, ErrorCode::NONE);
}

/// Three records to the topic, twice to one that does not exist, two reads, and a commit that is one record behind.
async fn traffic(server: &RunningServer) -> (Client, usize) {
    let topic = NewTopic {
        name: "orders".into(),
        partitions: 1,
        overrides: BTreeMap::new(),
    };
    server.catalog().create_topic(topic).await.unwrap();
    let mut client = Client::connect(address(server)).await;
    let mut builder = BatchBuilder::new(Compression::None);
    for i in 0..3 {
        builder
            .append(1_000 + i, None, Some(b"value"), &[])
            .unwrap();
    }
    let records = builder.build().unwrap();
    let len = records.len();
    let code = produce(&mut client, "orders", records.clone()).await;
    assert_eq!(code, ErrorCode::NONE);
    for _ in 0..2 {
        let code = produce(&mut client, "nowhere", records.clone()).await;
        assert_eq!(code, ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
    }
    let answer = client.ask(11, &fetch("orders", 0, 0)).await;
    let read = answer.responses[0].partitions[0].records.as_ref();
    assert_eq!(read.unwrap().len(), len);
    client.ask(3, &fetch("orders", 0, 0)).await;
    commit(&mut client, "a\"b", "orders", 2).await;
    (client, len)
}

#[tokio::test]
async fn known_traffic_is_counted() {
    let server = server(&[]).await;
    let (client, len) = traffic(&server).await;
    let scraped = Scraped::of(&server).await;
    scraped.check(&[
        ("kop_requests_total{api=\"PRODUCE\"}", 3.0),
        ("kop_requests_in_flight{api=\"PRODUCE\"}", 0.0),
        ("kop_request_duration_seconds_count{api=\"PRODUCE\"}", 3.0),
        (
            "kop_request_duration_seconds_bucket{le=\"+Inf\",api=\"PRODUCE\"}",
            3.0,
        ),
        ("kop_request_faults_total{api=\"FETCH\"}", 0.0),
        (
            "kop_request_errors_total{api=\"PRODUCE\",code=\"UNKNOWN_TOPIC_OR_PARTITION\"}",
            2.0,
        ),
        ("kop_topic_messages_in_total{topic=\"orders\"}", 3.0),
        ("kop_topic_bytes_in_total{topic=\"orders\"}", len as f64),
        ("kop_topic_produce_conversions_total{topic=\"orders\"}", 0.0),
        ("kop_topic_fetch_conversions_total{topic=\"orders\"}", 3.0),
        ("kop_topic_messages_out_total{topic=\"orders\"}", 6.0),
        (
            "kop_topic_produce_conversion_seconds_total{topic=\"orders\"}",
            0.0,
        ),
        ("kop_log_append_duration_seconds_count", 1.0),
        ("kop_log_read_duration_seconds_count", 2.0),
        (
            "kop_log_start_offset{topic=\"orders\",partition=\"0\"}",
            0.0,
        ),
        ("kop_log_end_offset{topic=\"orders\",partition=\"0\"}", 3.0),
        ("kop_groups{state=\"Empty\"}", 1.0),
        ("kop_groups{state=\"Stable\"}", 0.0),
        ("kop_group_offset_commits_total", 1.0),
        (
            "kop_group_committed_offset{group=\"a\\\"b\",topic=\"orders\",partition=\"0\"}",
            2.0,
        ),
        (
            "kop_group_lag{group=\"a\\\"b\",topic=\"orders\",partition=\"0\"}",
            1.0,
        ),
        ("kop_metrics_incomplete", 0.0),
        ("kop_network_connections", 1.0),
        ("kop_network_memory_limit_bytes", 67_108_864.0),
        // Nothing is in flight, and all has been sent.
        ("kop_network_memory_used_bytes", 0.0),
    ]);
    assert!(scraped.value("kop_log_size_bytes{topic=\"orders\",partition=\"0\"}") >= len as f64);
    assert!(scraped.value("kop_topic_bytes_out_total{topic=\"orders\"}") > len as f64);
    assert!(scraped.value("kop_network_sent_bytes_total") > 2.0 * len as f64);
    let unknown = scraped
        .series
        .keys()
        .find(|series| series.contains("nowhere"));
    assert_eq!(unknown, None);
    drop(client);
}

#[tokio::test]
async fn transactions_are_counted() {
    let server = server(&[]).await;
    let (mut client, _) = traffic(&server).await;
    let find = FindCoordinatorRequest {
        key_type: 1,
        coordinator_keys: vec!["id".into()],
        ..Default::default()
    };
    let found = client.ask(4, &find).await;
    assert_eq!(found.coordinators[0].error_code, ErrorCode::NONE);
    let init = InitProducerIdRequest {
        transactional_id: Some("id".into()),
        transaction_timeout_ms: 60_000,
        producer_id: -1,
        producer_epoch: -1,
        ..Default::default()
    };
    let mut producer = client.ask(4, &init).await;
    let markers = "kop_transaction_markers_total";
    for (committed, sequence, ended) in [(true, 0, 1.0), (false, 0, 2.0), (true, 0, 3.0)] {
        let mut batch = BatchBuilder::new(Compression::None)
            .producer(producer.producer_id, producer.producer_epoch, sequence)
            .transactional(true);
        batch.append(0, None, Some(b"value"), &[]).unwrap();
        let request = ProduceRequest {
            transactional_id: Some("id".into()),
            ..request("orders", batch.build().unwrap())
        };
        let answer = client.ask(12, &request).await;
        let code = answer.responses[0].partition_responses[0].error_code;
        assert_eq!(code, ErrorCode::NONE);
        let end = EndTxnRequest {
            transactional_id: "id".into(),
            producer_id: producer.producer_id,
            producer_epoch: producer.producer_epoch,
            committed,
            ..Default::default()
        };
        let end = client.ask(5, &end).await;
        assert_eq!(end.error_code, ErrorCode::NONE);
        producer.producer_epoch = end.producer_epoch;
        let states = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort"];
        until(&server, markers, ended).await;
        let done = if committed {
            "kop_transactional_ids{state=\"CompleteCommit\"}"
        } else {
            "kop_transactional_ids{state=\"CompleteAbort\"}"
        };
        until(&server, done, 1.0).await;
        let scraped = Scraped::of(&server).await;
        for state in states {
            scraped.check(&[(&format!("kop_transactional_ids{{state=\"{state}\"}}"), 0.0)]);
        }
    }
    let scraped = Scraped::of(&server).await;
    scraped.check(&[
        ("kop_transactions_begun_total", 3.0),
        ("kop_transactions_committed_total", 2.0),
        ("kop_transactions_aborted_total", 1.0),
        ("kop_transactions_timed_out_total", 0.0),
        ("kop_transactional_ids_expired_total", 0.0),
        ("kop_transaction_marker_failures_total", 0.0),
        ("kop_producer_id_blocks_total", 1.0),
    ]);
    let (sum, max) = ("seconds_total", "max_seconds");
    let [sum, max] = [sum, max].map(|of| scraped.value(&format!("kop_transaction_marker_{of}")));
    assert!(0.0 < max && max <= sum, "{max} of {sum}");
}

#[tokio::test]
async fn times_are_in_seconds() {
    let server = server(&[]).await;
    let (mut client, _) = traffic(&server).await;
    let asked = std::time::Instant::now();
    client.ask(11, &fetch("orders", 3, 300)).await;
    let most = asked.elapsed().as_secs_f64();
    let scraped = Scraped::of(&server).await;
    let sum = scraped.value("kop_request_duration_seconds_sum{api=\"FETCH\"}");
    assert!((0.3..most + 5.0).contains(&sum), "{sum}");
    let bucket =
        |bound| format!("kop_request_duration_seconds_bucket{{le=\"{bound}\",api=\"FETCH\"}}");
    assert!(scraped.value(&bucket("0.25")) <= 2.0);
    let name = "kop_request_duration_seconds";
    assert_eq!(
        (&*scraped.types[name], &*scraped.units[name]),
        ("histogram", "seconds")
    );
    // The original's are milliseconds.
    let ms = scraped.value("kop_server_REQUEST_LATENCY_sum{request=\"FETCH\",success=\"true\"}");
    assert!((ms - sum * 1e3).abs() < 1e-3, "{ms}");
}

#[tokio::test]
async fn the_names_of_the_original_show_the_same() {
    let server = server(&[]).await;
    let (_client, _) = traffic(&server).await;
    let scraped = Scraped::of(&server).await;
    for (alias, ours) in [
        (
            "BYTES_IN{topic=\"orders\"}",
            "topic_bytes_in_total{topic=\"orders\"}",
        ),
        (
            "BYTES_OUT{topic=\"orders\"}",
            "topic_bytes_out_total{topic=\"orders\"}",
        ),
        (
            "MESSAGE_OUT{topic=\"orders\"}",
            "topic_messages_out_total{topic=\"orders\"}",
        ),
        (
            "MESSAGE_IN{topic=\"orders\"}",
            "topic_messages_in_total{topic=\"orders\"}",
        ),
        (
            "CONSUME_MESSAGE_CONVERSIONS{topic=\"orders\"}",
            "topic_fetch_conversions_total{topic=\"orders\"}",
        ),
        (
            "PRODUCE_MESSAGE_CONVERSIONS{topic=\"orders\"}",
            "topic_produce_conversions_total{topic=\"orders\"}",
        ),
        ("NETWORK_TOTAL_BYTES_IN", "network_received_bytes_total"),
        ("NETWORK_TOTAL_BYTES_OUT", "network_sent_bytes_total"),
        ("WAITING_FETCHES_TRIGGERED", "fetches_woken_total"),
        ("ALIVE_CHANNEL_COUNT", "network_connections"),
        ("ACTIVE_CHANNEL_COUNT", "network_connections"),
    ] {
        let ours = scraped.value(&format!("kop_{ours}"));
        scraped.check(&[(&format!("kop_server_{alias}"), ours)]);
    }
    scraped.check(&[
        ("kop_server_REQUEST_QUEUE_SIZE", 0.0),
        (
            "kop_server_REQUEST_LATENCY_count{request=\"PRODUCE\",success=\"true\"}",
            1.0,
        ),
        (
            "kop_server_REQUEST_LATENCY_count{request=\"PRODUCE\",success=\"false\"}",
            2.0,
        ),
    ]);
    for (alias, ours) in [
        (
            "PRODUCE_MESSAGE_CONVERSIONS_TIME_NANOS",
            "produce_conversion",
        ),
        ("CONSUME_MESSAGE_CONVERSIONS_TIME_NANOS", "fetch_conversion"),
    ] {
        let ours = format!("kop_topic_{ours}_seconds_total{{topic=\"orders\"}}");
        let nanos = scraped.value(&format!("kop_server_{alias}{{topic=\"orders\"}}"));
        assert!((nanos / 1e9 - scraped.value(&ours)).abs() < 1e-9, "{nanos}");
    }
    let p50 = scraped.value("kop_server_MESSAGE_PUBLISH{success=\"true\",quantile=\"0.5\"}");
    assert!(p50 > 0.0, "{p50}");
    scraped.value("kop_server_MESSAGE_READ{success=\"true\",quantile=\"0.999\"}");
}

#[tokio::test]
async fn conversions_and_their_time_are_counted() {
    let server = server(&[]).await;
    let (mut client, _) = traffic(&server).await;
    let mut builder = BatchBuilder::new(Compression::Gzip).magic(1);
    for i in 0..5 {
        builder.append(i, None, Some(b"old"), &[]).unwrap();
    }
    let request = request("orders", builder.build().unwrap());
    let answer = client.ask(2, &request).await;
    let code = answer.responses[0].partition_responses[0].error_code;
    assert_eq!(code, ErrorCode::NONE);
    let scraped = Scraped::of(&server).await;
    scraped.check(&[
        ("kop_topic_messages_in_total{topic=\"orders\"}", 8.0),
        ("kop_topic_produce_conversions_total{topic=\"orders\"}", 5.0),
    ]);
    for direction in ["produce", "fetch"] {
        let series = format!("kop_topic_{direction}_conversion_seconds_total{{topic=\"orders\"}}");
        assert!(scraped.value(&series) > 0.0, "{series}");
    }
}

#[tokio::test]
async fn changes_of_topics_are_the_events_of_the_original() {
    let server = server(&[]).await;
    let mut client = Client::connect(address(&server)).await;
    client.ask(5, &DeleteTopicsRequest::default()).await;
    let scraped = Scraped::of(&server).await;
    scraped.check(&[("kop_server_KOP_EVENT_QUEUE_SIZE", 0.0)]);
    assert!(scraped.value("kop_server_KOP_EVENT_LATENCY") > 0.0);
}

#[tokio::test]
async fn waiting_fetches_and_closed_connections_are_seen() {
    let server = server(&[]).await;
    let (mut client, _) = traffic(&server).await;
    client.send(11, 7, &fetch("orders", 3, 20_000)).await;
    until(&server, "kop_fetches_waiting", 1.0).await;
    drop(client);
    until(
        &server,
        "kop_network_connections_closed_total{cause=\"peer\"}",
        1.0,
    )
    .await;
    Scraped::of(&server).await.check(&[
        ("kop_fetches_waiting", 0.0),
        ("kop_network_connections", 0.0),
        ("kop_network_connections_accepted_total", 1.0),
    ]);
}

async fn until(server: &RunningServer, series: &str, value: f64) {
    let wait = async {
        while Scraped::of(server).await.series.get(series) != Some(&value) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(common::PATIENCE, wait).await.unwrap();
}

#[tokio::test]
async fn the_readme_has_every_metric() {
    let readme = include_str!("../README.md");
    let server = server(&[]).await;
    let (_client, _) = traffic(&server).await;
    let scraped = Scraped::of(&server).await;
    assert!(scraped.types.len() > 40, "{scraped:#?}");
    for (name, kind) in &scraped.types {
        let total = if kind == "counter" { "_total" } else { "" };
        let short = name.strip_prefix("kop_").unwrap();
        let told = [name.as_str(), short].map(|name| format!("`{name}{total}`"));
        let found = told.iter().any(|name| readme.contains(name));
        assert!(found, "README.md does not have {}", told[1]);
    }
}

#[tokio::test]
async fn what_is_shown_by_partition_has_a_limit() {
    let server = server(&[("metrics.max.partitions", "1")]).await;
    let (_client, _) = traffic(&server).await;
    let scraped = Scraped::of(&server).await;
    let shown = |prefix: &str| {
        let keys = scraped.series.keys();
        keys.filter(|series| series.starts_with(prefix)).count()
    };
    assert_eq!(shown("kop_log_end_offset{"), 1);
    assert_eq!(shown("kop_group_lag{"), 1);
    // The topic of the offsets has fifty.
    scraped.check(&[("kop_partitions", 51.0), ("kop_metrics_incomplete", 1.0)]);
}
