//! The admin REST: each call, and what it has changed.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant};

use kop_pulsar_client::{
    AccessMode, Admin, Error, MessageId, ProducerOptions, ReaderOptions, Retention, Start,
    TenantInfo,
};

use super::{Pulsar, entry, keyed, take};

/// Policies take effect a moment after they were set.
async fn becomes<T, F>(expected: T, ask: impl Fn() -> F)
where
    T: PartialEq + std::fmt::Debug,
    F: Future<Output = Result<T, Error>>,
{
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let now = ask().await.unwrap();
        if now == expected {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{now:?} does not become {expected:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A broker refuses it while it goes on with the last one, which splitting a bundle is too.
async fn unload(admin: &Admin, namespace: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(error) = admin.unload_namespace(namespace).await {
        let busy = error.to_string().contains("is being unloaded");
        assert!(busy && Instant::now() < deadline, "{error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn tenants_and_namespaces() {
    let pulsar = Pulsar::new("namespaces").await;
    let admin = pulsar.client.admin();
    let tenant = format!("tenant-{:08x}", rand::random::<u32>());
    assert!(admin.tenant(&tenant).await.unwrap().is_none());
    let info = TenantInfo {
        admin_roles: vec!["somebody".to_owned()],
        allowed_clusters: admin.clusters().await.unwrap(),
    };
    admin.create_tenant(&tenant, &info).await.unwrap();
    assert!(
        admin
            .create_tenant(&tenant, &info)
            .await
            .unwrap_err()
            .is_conflict()
    );
    assert_eq!(
        admin.tenant(&tenant).await.unwrap().unwrap().admin_roles,
        ["somebody"]
    );

    let namespace = format!("{tenant}/one");
    assert!(!admin.namespace_exists(&namespace).await.unwrap());
    admin.create_namespace(&namespace).await.unwrap();
    assert!(
        admin
            .create_namespace(&namespace)
            .await
            .unwrap_err()
            .is_conflict()
    );
    assert!(admin.namespace_exists(&namespace).await.unwrap());
    assert_eq!(
        admin.namespaces(&tenant).await.unwrap(),
        [namespace.as_str()]
    );

    assert_eq!(admin.namespace_retention(&namespace).await.unwrap(), None);
    let retention = Retention {
        minutes: 60,
        mebibytes: 100,
    };
    admin
        .set_namespace_retention(&namespace, retention)
        .await
        .unwrap();
    assert_eq!(
        admin.namespace_retention(&namespace).await.unwrap(),
        Some(retention)
    );
    assert_eq!(admin.namespace_message_ttl(&namespace).await.unwrap(), None);
    admin
        .set_namespace_message_ttl(&namespace, Some(3600))
        .await
        .unwrap();
    assert_eq!(
        admin.namespace_message_ttl(&namespace).await.unwrap(),
        Some(3600)
    );
    assert_eq!(
        admin
            .namespace_compaction_threshold(&namespace)
            .await
            .unwrap(),
        None
    );
    admin
        .set_namespace_compaction_threshold(&namespace, Some(1 << 20))
        .await
        .unwrap();
    assert_eq!(
        admin
            .namespace_compaction_threshold(&namespace)
            .await
            .unwrap(),
        Some(1 << 20)
    );
    let policies = admin.namespace_policies(&namespace).await.unwrap().unwrap();
    assert!(policies.contains_key("retention_policies"), "{policies:?}");

    admin
        .split_bundle(&namespace, "0x00000000_0x40000000", true)
        .await
        .unwrap();
    unload(admin, &namespace).await;
    admin.delete_namespace(&namespace, true).await.unwrap();
    assert!(!admin.namespace_exists(&namespace).await.unwrap());
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn topics_partitions_and_properties() {
    let pulsar = Pulsar::new("topics").await;
    let admin = pulsar.client.admin();
    let (many, one) = (pulsar.topic("many ä"), pulsar.topic("one"));
    let properties = BTreeMap::from([("id".to_owned(), "1 2/3".to_owned())]);
    assert_eq!(admin.properties(&one).await.unwrap(), None);
    admin
        .create_partitioned_topic(&many, 2, &properties)
        .await
        .unwrap();
    let again = admin
        .create_partitioned_topic(&many, 2, &properties)
        .await
        .unwrap_err();
    assert!(again.is_conflict(), "{again}");
    admin.create_topic(&one, &properties).await.unwrap();
    assert_eq!(admin.partition_count(&many).await.unwrap(), 2);
    assert_eq!(admin.partition_count(&one).await.unwrap(), 0);
    assert_eq!(
        admin.partition_count(&pulsar.topic("none")).await.unwrap(),
        0
    );
    assert_eq!(admin.topics(&pulsar.namespace).await.unwrap().len(), 3);
    assert_eq!(
        admin
            .partitioned_topics(&pulsar.namespace)
            .await
            .unwrap()
            .len(),
        1
    );

    for topic in [&many, &one] {
        let more = BTreeMap::from([("more".to_owned(), "x".to_owned())]);
        admin.set_properties(topic, &more).await.unwrap();
        // Brokers keep properties of their own beside ours.
        let both = admin.properties(topic).await.unwrap().unwrap();
        assert_eq!((both["id"].as_str(), both["more"].as_str()), ("1 2/3", "x"));
        admin.remove_property(topic, "more").await.unwrap();
        admin.remove_property(topic, "never there").await.unwrap();
        let one = admin.properties(topic).await.unwrap().unwrap();
        assert!(
            one.contains_key("id") && !one.contains_key("more"),
            "{one:?}"
        );
    }

    admin.update_partitions(&many, 4).await.unwrap();
    assert_eq!(admin.partition_count(&many).await.unwrap(), 4);
    let second = format!("{many}-partition-1");
    admin.delete_topic(&second, true).await.unwrap();
    assert_eq!(admin.topics(&pulsar.namespace).await.unwrap().len(), 4);
    admin.create_missed_partitions(&many).await.unwrap();
    assert_eq!(admin.topics(&pulsar.namespace).await.unwrap().len(), 5);

    admin.delete_partitioned_topic(&many, false).await.unwrap();
    admin.delete_topic(&one, false).await.unwrap();
    assert!(
        admin
            .delete_topic(&one, false)
            .await
            .unwrap_err()
            .is_not_found()
    );
    assert!(admin.topics(&pulsar.namespace).await.unwrap().is_empty());
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn policies_of_topics() {
    let pulsar = Pulsar::new("policies").await;
    let admin = pulsar.client.admin();
    let topic = pulsar.topic("policies");
    admin.create_topic(&topic, &BTreeMap::new()).await.unwrap();
    let retention = Retention {
        minutes: 10,
        mebibytes: -1,
    };
    admin
        .set_topic_retention(&topic, Some(retention))
        .await
        .unwrap();
    becomes(Some(retention), || admin.topic_retention(&topic)).await;
    admin.set_topic_retention(&topic, None).await.unwrap();
    becomes(None, || admin.topic_retention(&topic)).await;
    admin
        .set_topic_compaction_threshold(&topic, Some(1000))
        .await
        .unwrap();
    becomes(Some(1000), || admin.topic_compaction_threshold(&topic)).await;
    admin
        .set_topic_compaction_threshold(&topic, None)
        .await
        .unwrap();
    becomes(None, || admin.topic_compaction_threshold(&topic)).await;
    admin
        .set_topic_max_message_size(&topic, Some(1000))
        .await
        .unwrap();
    becomes(Some(1000), || admin.topic_max_message_size(&topic)).await;
    admin.set_topic_message_ttl(&topic, Some(77)).await.unwrap();
    becomes(Some(77), || admin.topic_message_ttl(&topic)).await;
    admin.set_topic_message_ttl(&topic, None).await.unwrap();
    becomes(None, || admin.topic_message_ttl(&topic)).await;
    let producer = pulsar.producer(&topic).await.unwrap();
    producer.send(entry(0, 1, &[0; 900])).await.unwrap();
    let refused = producer.send(entry(1, 1, &[0; 1100])).await.unwrap_err();
    assert!(!refused.is_retriable(), "{refused}");
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn positions_by_index_and_time() {
    let pulsar = Pulsar::new("positions").await;
    let admin = pulsar.client.admin();
    let topic = pulsar.topic("positions");
    let producer = pulsar.producer(&topic).await.unwrap();
    let mut ids = Vec::new();
    for n in 0..10 {
        ids.push(producer.send(entry(n, 5, b"x")).await.unwrap());
    }
    for (id, n) in ids.iter().zip(0..) {
        assert_eq!(admin.index_of(&topic, *id).await.unwrap(), Some(n * 5 + 4));
    }
    let past = MessageId {
        entry: 1000,
        ..ids[0]
    };
    let nothing = admin.index_of(&topic, past).await.unwrap_err();
    assert!(
        nothing.to_string().contains("LastConfirmedEntry"),
        "{nothing}"
    );
    for index in [4, 5, 9, 10, 47, 49] {
        let found = admin.message_id_by_index(&topic, index).await.unwrap();
        assert_eq!(found, Some(ids[index as usize / 5]), "{index}");
    }
    assert_eq!(
        admin.message_id_by_index(&topic, 2).await.unwrap(),
        None,
        "a trap of Pulsar's"
    );
    assert_eq!(admin.message_id_by_index(&topic, 50).await.unwrap(), None);
    let end = MessageId {
        entry: 10,
        ..ids[9]
    };
    // Brokers that stamp entries go by their stamps, not by the publish times.
    let mut reader = pulsar.reader(&topic, Start::Earliest).await;
    let stamp = take(&mut reader, 10).await[9].broker_timestamp_ms.unwrap();
    for (time, expected) in [(1_700_000_000_004, ids[0]), (stamp + 60_000, end)] {
        assert_eq!(
            admin.message_id_by_time(&topic, time).await.unwrap(),
            Some(expected)
        );
    }

    let stats = admin.internal_stats(&topic).await.unwrap();
    assert_eq!(stats.number_of_entries, 10);
    assert_eq!(stats.last_confirmed(), ids.last().copied());
    assert_eq!(
        stats.ledgers.last().unwrap().ledger_id as u64,
        ids[9].ledger
    );
    admin.terminate(&topic).await.unwrap();
    let ended = pulsar.producer(&topic).await.unwrap_err();
    assert!(matches!(ended, Error::TopicTerminated(_)), "{ended}");
    let mut reader = pulsar.reader(&topic, Start::Earliest).await;
    assert_eq!(
        take(&mut reader, 10).await.len(),
        10,
        "it can still be read"
    );
    // Brokers tell readers of an empty one that there is nothing more: that ends none of them.
    let empty = pulsar.topic("empty");
    admin.create_topic(&empty, &BTreeMap::new()).await.unwrap();
    let mut reader = pulsar.reader(&empty, Start::Earliest).await;
    admin.terminate(&empty).await.unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(1), reader.next()).await;
    assert!(waited.is_err(), "{waited:?}");
    assert!(reader.is_open());
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn compaction_leaves_the_last_of_each_key() {
    let pulsar = Pulsar::new("compact").await;
    let admin = pulsar.client.admin();
    let topic = pulsar.topic("compact");
    let producer = pulsar.producer(&topic).await.unwrap();
    let options = ReaderOptions {
        start: Start::Earliest,
        read_compacted: true,
        ..ReaderOptions::default()
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    assert_eq!(admin.compaction_status(&topic).await.unwrap(), "NOT_RUN");
    // While the broker loads a new topic's transaction buffer it takes the topic for empty, and does so until the next
    // write after that; compacting nothing is a success.
    let mut ids = Vec::new();
    loop {
        for key in ["even", "odd"] {
            let written = producer.send(keyed("test", Some(key), ids.len() as u64, 1, b"x"));
            ids.push(written.await.unwrap());
        }
        admin.compact(&topic).await.unwrap();
        becomes("SUCCESS".to_owned(), || admin.compaction_status(&topic)).await;
        let mut reader = pulsar.client.reader(&topic, options.clone()).await.unwrap();
        let read: Vec<_> = take(&mut reader, 2)
            .await
            .iter()
            .map(|entry| entry.id)
            .collect();
        if ids.len() > 2 && ids.ends_with(&read) {
            assert_eq!(reader.last_message_id().await.unwrap(), ids.last().copied());
            break;
        }
        assert!(
            Instant::now() < deadline,
            "not compacted: {read:?} of {ids:?}"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn brokers_tell_about_themselves() {
    let pulsar = Pulsar::new("brokers").await;
    let admin = pulsar.client.admin();
    admin.health().await.unwrap();
    assert!(
        admin
            .version()
            .await
            .unwrap()
            .starts_with(|c: char| c.is_ascii_digit())
    );
    assert!(!admin.brokers().await.unwrap().is_empty());
    let settings = admin.runtime_configuration().await.unwrap();
    let interceptors = &settings["brokerEntryMetadataInterceptors"];
    assert!(
        interceptors.contains("AppendIndexMetadataInterceptor"),
        "{interceptors}"
    );
    admin.dynamic_configuration().await.unwrap();
    let wrong = admin
        .set_dynamic_configuration("noSuchSetting", "1")
        .await
        .unwrap_err();
    assert!(matches!(wrong, Error::Admin { status: 412, .. }), "{wrong}");
    let producer = ProducerOptions {
        access_mode: AccessMode::Shared,
        properties: vec![("made by".to_owned(), "a test".to_owned())],
        ..ProducerOptions::default()
    };
    pulsar
        .client
        .producer(&pulsar.topic("t"), producer)
        .await
        .unwrap();
    admin.trim(&pulsar.topic("t")).await.unwrap();
    pulsar.end().await;
}
