//! Settings of topics and of the broker.

use std::sync::Arc;

use kop_log::{LogCatalog, MemoryCatalog};
use kop_service::metrics::Metrics;

use super::*;

#[tokio::test]
async fn settings_of_topics_have_values_and_sources() {
    let client = Client::with(&[("log.retention.hours", "2")]);
    let configs = vec![config("max.message.bytes", Some("2000"))];
    assert_eq!(
        create(
            &client,
            vec![CreatableTopic {
                configs,
                ..topic("t", 1)
            }]
        )
        .await,
        [ErrorCode::NONE]
    );
    assert_eq!(
        value(&client, TOPIC, "t", "max.message.bytes").await,
        ("2000".to_owned(), 1)
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("7200000".to_owned(), 4)
    );
    assert_eq!(
        value(&client, TOPIC, "t", "segment.bytes").await,
        ("1073741824".to_owned(), 5)
    );
    assert_eq!(
        value(&client, TOPIC, "t", "cleanup.policy").await,
        ("delete".to_owned(), 5)
    );
}

#[tokio::test]
async fn settings_change_one_by_one_or_all_at_once() {
    let client = Client::new();
    created(&client, "t", 1).await;
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 0, "1000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        change(&client, TOPIC, "t", "max.message.bytes", 0, "5000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("1000".to_owned(), 1)
    );
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 1, "").await,
        ErrorCode::NONE
    );
    assert_eq!(value(&client, TOPIC, "t", "retention.ms").await.1, 5);
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 2, "1").await,
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(
        change(&client, TOPIC, "t", "retention.ms", 9, "1").await,
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        change(&client, TOPIC, "t", "cleanup.policy", 2, "delete").await,
        ErrorCode::NONE
    );
    assert_eq!(
        change(&client, TOPIC, "t", "cleanup.policy", 2, "compress").await,
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(
        change(&client, TOPIC, "t", "cleanup.policy", 2, "compact").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "cleanup.policy").await,
        ("delete,compact".to_owned(), 1)
    );
    assert_eq!(
        change(&client, TOPIC, "t", "cleanup.policy", 3, "delete").await,
        ErrorCode::NONE
    );
    for (key, text) in [
        ("min.cleanable.dirty.ratio", "1.1"),
        ("delete.retention.ms", "-1"),
        ("max.compaction.lag.ms", "0"),
        ("min.compaction.lag.ms", "9223372036854775808"),
    ] {
        assert_eq!(
            change(&client, TOPIC, "t", key, 0, text).await,
            ErrorCode::INVALID_CONFIG,
            "{key}"
        );
    }
    assert_eq!(
        change(&client, TOPIC, "gone", "retention.ms", 0, "1").await,
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
    );
    assert_eq!(
        change(&client, 16, "t", "retention.ms", 0, "1").await,
        ErrorCode::INVALID_REQUEST
    );

    let config = alter_configs_request::AlterableConfig {
        name: "retention.bytes".into(),
        value: Some("77".into()),
        ..Default::default()
    };
    let resource = alter_configs_request::AlterConfigsResource {
        resource_type: TOPIC,
        resource_name: "t".into(),
        configs: vec![config],
        ..Default::default()
    };
    let request = AlterConfigsRequest {
        resources: vec![resource],
        ..Default::default()
    };
    assert_eq!(
        client.send(2, &request).await.responses[0].error_code,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.bytes").await,
        ("77".to_owned(), 1)
    );
    assert_eq!(value(&client, TOPIC, "t", "max.message.bytes").await.1, 5);
}

#[tokio::test]
async fn settings_of_the_broker_reach_its_topics() {
    let client = Client::new();
    created(&client, "t", 1).await;
    assert_eq!(
        change(&client, BROKER, "", "log.retention.ms", 0, "60000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("60000".to_owned(), 3)
    );
    assert_eq!(
        change(&client, BROKER, "1", "log.retention.ms", 0, "70000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("70000".to_owned(), 2)
    );
    assert_eq!(described(&client, BROKER, "").await.len(), 1);
    assert_eq!(
        change(&client, BROKER, "1", "log.retention.ms", 1, "").await,
        ErrorCode::NONE
    );
    assert_eq!(
        value(&client, TOPIC, "t", "retention.ms").await,
        ("60000".to_owned(), 3)
    );
    assert_eq!(
        change(&client, BROKER, "1", "listeners", 0, "x").await,
        ErrorCode::INVALID_REQUEST
    );
    assert_eq!(
        change(&client, BROKER, "1", "no.such.key", 0, "x").await,
        ErrorCode::INVALID_CONFIG
    );
    assert_eq!(
        change(&client, BROKER, "7", "log.retention.ms", 0, "1").await,
        ErrorCode::INVALID_REQUEST
    );
}

#[tokio::test]
async fn what_is_not_there_can_be_taken_back() {
    let client = Client::new();
    let key = "leader.replication.throttled.rate";
    assert_eq!(
        change(&client, BROKER, "1", key, 1, "").await,
        ErrorCode::NONE
    );
    let set = change(&client, BROKER, "1", key, 0, "1").await;
    assert_eq!(set, ErrorCode::INVALID_CONFIG);
}

const SESSION: &str = "consumer.session.timeout.ms";
const HEARTBEAT: &str = "consumer.heartbeat.interval.ms";

#[tokio::test]
async fn settings_of_groups_outlive_the_broker() {
    let catalog: Arc<dyn LogCatalog> = Arc::new(MemoryCatalog::new());
    let over = |settings: &[(&str, &str)]| {
        Client::over(Arc::clone(&catalog), settings, Metrics::default())
    };
    let odd = "a/b=c\n\u{e4}";
    let client = over(&[]);
    for group in ["g", odd] {
        assert_eq!(
            change(&client, GROUP, group, SESSION, 0, "60000").await,
            ErrorCode::NONE
        );
    }
    assert_eq!(
        change(&client, GROUP, "g", HEARTBEAT, 0, "15000").await,
        ErrorCode::NONE
    );
    assert_eq!(
        change(&client, GROUP, odd, SESSION, 1, "").await,
        ErrorCode::NONE
    );
    let again = over(&[]);
    for client in [&client, &again] {
        assert_eq!(
            value(client, GROUP, "g", SESSION).await,
            ("60000".to_owned(), 8)
        );
        assert_eq!(
            value(client, GROUP, "g", HEARTBEAT).await,
            ("15000".to_owned(), 8)
        );
        assert_eq!(value(client, GROUP, odd, SESSION).await.1, 5);
    }
    // The server's bounds have become narrower: the value that holds is within them.
    let narrow = over(&[
        ("group.consumer.max.session.timeout.ms", "50000"),
        ("group.consumer.session.timeout.ms", "46000"),
    ]);
    assert_eq!(
        value(&narrow, GROUP, "g", SESSION).await,
        ("50000".to_owned(), 8)
    );
    assert_eq!(
        value(&narrow, GROUP, "other", SESSION).await,
        ("46000".to_owned(), 4)
    );
}

#[tokio::test]
async fn groups_have_no_settings_of_kinds_that_are_not_here() {
    let client = Client::new();
    for (key, text) in [
        ("share.session.timeout.ms", "50000"),
        ("streams.num.standby.replicas", "1"),
        ("consumer.assignor.offload.enable", "true"),
    ] {
        assert_eq!(
            change(&client, GROUP, "g", key, 0, text).await,
            ErrorCode::INVALID_CONFIG,
            "{key}"
        );
        assert_eq!(
            change(&client, GROUP, "g", key, 1, "").await,
            ErrorCode::NONE,
            "{key}"
        );
    }
    assert_eq!(described(&client, GROUP, "g").await.len(), 3);
}
