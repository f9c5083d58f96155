use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use kop_codec::ErrorCode;
use kop_codec::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use kop_codec::messages::metadata_request::MetadataRequestTopic;
use kop_codec::messages::{IncrementalAlterConfigsRequest, MetadataRequest, ProduceRequest};
use kop_service::metrics::Metrics;
use kop_service::{Fault, RawRequest, StartGate};
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use tokio::time::Instant;
use tower::ServiceExt;

use crate::faulty::{Faults, Mood, faulty};
use crate::kit::{batch, fetch_request, partitions, produce, produce_request, topic};
use crate::order::raw;
use crate::support::Client;

fn client() -> (Client, Arc<Faults>) {
    let (faults, catalog) = faulty();
    (Client::over(catalog, &[], Metrics::default()), faults)
}

#[tokio::test]
async fn a_storage_that_fails_is_told_without_its_paths_and_recovers() {
    let (client, storage) = client();
    topic(&client, "a", 1, &[]).await;
    produce(&client, "a", 0, batch(&["x"])).await;
    storage.set(Mood::Fails);
    let answer = produce(&client, "a", 0, batch(&["x"])).await;
    assert_eq!(answer.error_code, ErrorCode::KAFKA_STORAGE_ERROR);
    assert!(!answer.error_message.unwrap().contains("secret"));
    for (version, code) in [
        (5, ErrorCode::NOT_LEADER_OR_FOLLOWER),
        (6, ErrorCode::KAFKA_STORAGE_ERROR),
    ] {
        let response = client.send(version, &fetch_request("a", &[(0, 0)])).await;
        assert_eq!(partitions(&response)[0].error_code, code);
    }
    storage.set(Mood::Works);
    assert_eq!(produce(&client, "a", 0, batch(&["x"])).await.base_offset, 1);
}

#[tokio::test(start_paused = true)]
async fn a_produce_waits_as_long_as_the_client_says_or_the_server_allows() {
    let (client, storage) = client();
    topic(&client, "a", 1, &[]).await;
    storage.set(Mood::StandsStill);
    for (acks, timeout_ms, waits) in [(-1, 700, 700), (-1, -5, 0), (1, 700, 30_000)] {
        let start = Instant::now();
        let request = ProduceRequest {
            acks,
            timeout_ms,
            ..produce_request("a", 0, batch(&["x"]))
        };
        let response = client.send(9, &request).await;
        let code = response.responses[0].partition_responses[0].error_code;
        assert_eq!(code, ErrorCode::REQUEST_TIMED_OUT);
        let waited = start.elapsed().as_millis();
        assert!((waits..waits + 3).contains(&waited), "{waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_produce_lets_the_next_request_start_once_its_appends_have_their_places() {
    let (client, storage) = client();
    topic(&client, "a", 1, &[]).await;
    storage.set(Mood::StandsStill);
    let gate = StartGate::new();
    let request = raw(&client, &gate, 9, &produce_request("a", 0, batch(&["x"])));
    let mut produce = client.service().clone().oneshot(request);
    assert!(
        (&mut produce).now_or_never().is_none(),
        "the append stands still"
    );
    assert!(gate.is_open());
}

#[tokio::test(start_paused = true)]
async fn a_serial_request_holds_up_the_next_until_the_server_gives_up() {
    let (client, storage) = client();
    storage.set(Mood::StandsStill);
    let topic = MetadataRequestTopic {
        name: Some("new".into()),
        ..Default::default()
    };
    let request = MetadataRequest {
        topics: Some(vec![topic]),
        ..Default::default()
    };
    let gate = StartGate::new();
    let request: RawRequest = raw(&client, &gate, 9, &request);
    let start = Instant::now();
    let mut answer = client.service().clone().oneshot(request);
    assert!((&mut answer).now_or_never().is_none());
    assert!(!gate.is_open());
    let fault = answer.await.unwrap_err();
    assert!(
        matches!(
            fault,
            Fault::TimedOut {
                limit_ms: 30_000,
                ..
            }
        ),
        "{fault}"
    );
    assert!(start.elapsed() >= Duration::from_secs(30));
    assert!(gate.is_open());
}

#[tokio::test(start_paused = true)]
async fn changes_of_settings_at_the_same_time_lose_nothing() {
    let (client, storage) = client();
    topic(&client, "a", 1, &[]).await;
    storage.set(Mood::TakesAMoment);
    let keys = [
        "retention.ms",
        "retention.bytes",
        "segment.ms",
        "max.message.bytes",
        "flush.messages",
        "flush.ms",
    ];
    let requests = keys.map(|key| change("a", key, "100000"));
    let answers = join_all(requests.iter().map(|request| client.send(1, request))).await;
    for answer in answers {
        assert_eq!(answer.responses[0].error_code, ErrorCode::NONE);
    }
    let topic = client.broker().catalog().topic("a").unwrap();
    let set: Vec<_> = topic.overrides.keys().map(String::as_str).collect();
    let mut keys = keys;
    keys.sort_unstable();
    assert_eq!(set, keys);
}

fn change(topic: &str, key: &str, value: &str) -> IncrementalAlterConfigsRequest {
    let config = AlterableConfig {
        name: key.into(),
        value: Some(value.into()),
        ..Default::default()
    };
    let resource = AlterConfigsResource {
        resource_type: 2,
        resource_name: topic.into(),
        configs: vec![config],
        ..Default::default()
    };
    IncrementalAlterConfigsRequest {
        resources: vec![resource],
        ..Default::default()
    }
}

#[tokio::test]
async fn what_happens_is_counted() {
    let mut registry = Registry::with_prefix("kop");
    let metrics = Metrics::register(&mut registry);
    let client = Client::over(faulty().1, &[], metrics);
    topic(&client, "a", 1, &[]).await;
    let records = batch(&["x", "y"]);
    let len = records.len();
    produce(&client, "a", 0, records.clone()).await;
    produce(&client, "nope", 0, records).await;
    client.send(12, &fetch_request("a", &[(0, 0)])).await;
    client.send(0, &fetch_request("a", &[(0, 0)])).await;
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    for line in [
        "kop_requests_total{api=\"PRODUCE\"} 2",
        "kop_requests_in_flight{api=\"PRODUCE\"} 0",
        "kop_request_duration_seconds_count{api=\"FETCH\"} 2",
        "kop_request_errors_total{api=\"PRODUCE\",code=\"UNKNOWN_TOPIC_OR_PARTITION\"} 1",
        "kop_topic_messages_in_total{topic=\"a\"} 2",
        &format!("kop_topic_bytes_in_total{{topic=\"a\"}} {len}"),
        "kop_topic_fetch_conversions_total{topic=\"a\"} 2",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    client.broker().catalog().delete_topic("a").await.unwrap();
    client.broker().topic_deleted(&"a".into()).await;
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    assert!(!text.contains("topic=\"a\""), "{text}");
}
