//! Which topics there are, where they are, and how they come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use kop_pulsar_client::{Client, ClientConfig, Error};

use super::{Pulsar, config, entry};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn asking_for_partitions_creates_nothing() {
    let pulsar = Pulsar::new("partitions").await;
    let (client, admin) = (&pulsar.client, pulsar.client.admin());
    let (many, one, none) = (
        pulsar.topic("many"),
        pulsar.topic("one"),
        pulsar.topic("none"),
    );
    admin
        .create_partitioned_topic(&many, 3, &BTreeMap::new())
        .await
        .unwrap();
    admin.create_topic(&one, &BTreeMap::new()).await.unwrap();
    assert_eq!(client.partitions(&many).await.unwrap(), 3);
    assert_eq!(client.partitions(&one).await.unwrap(), 0);
    let missing = client.partitions(&none).await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    assert!(client.lookup(&one).await.unwrap().broker().contains(':'));

    let mut topics = client.topics_of_namespace(&pulsar.namespace).await.unwrap();
    topics.sort();
    let mut expected: Vec<_> = (0..3).map(|n| format!("{many}-partition-{n}")).collect();
    expected.push(one);
    assert_eq!(topics, expected);
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn a_watch_tells_what_comes_and_goes() {
    let pulsar = Pulsar::new("watch").await;
    let (client, admin) = (&pulsar.client, pulsar.client.admin());
    let (early, late) = (pulsar.topic("early"), pulsar.topic("late"));
    admin.create_topic(&early, &BTreeMap::new()).await.unwrap();
    let mut watch = client
        .watch_topics(&pulsar.namespace, "persistent://.*")
        .await
        .unwrap();
    assert_eq!(watch.next().await.unwrap().added, [early.as_str()]);
    admin.create_topic(&late, &BTreeMap::new()).await.unwrap();
    admin.delete_topic(&early, true).await.unwrap();
    let (mut added, mut removed) = (BTreeSet::new(), BTreeSet::new());
    while !(added.contains(&late) && removed.contains(&early)) {
        let change = tokio::time::timeout(Duration::from_secs(10), watch.next()).await;
        let change = change.expect("the change comes in time").unwrap();
        added.extend(change.added);
        removed.extend(change.removed);
    }
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn a_dead_service_url_is_passed_over() {
    let config = config();
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let client = Client::new(ClientConfig {
        service_urls: [
            vec![format!("pulsar://{closed}")],
            config.service_urls.clone(),
        ]
        .concat(),
        admin_urls: [vec![format!("http://{closed}")], config.admin_urls.clone()].concat(),
        ..config
    })
    .unwrap();
    client.lookup("public/default/anything").await.unwrap();
    client.admin().clusters().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn unknown_namespaces_are_named() {
    let pulsar = Pulsar::new("unknown").await;
    let topic = "persistent://public/no-such-namespace/topic";
    let refused = pulsar.producer(topic).await.unwrap_err();
    assert!(
        !matches!(refused, Error::Timeout { .. } | Error::Disconnected { .. }),
        "{refused}"
    );
    let good = pulsar.producer(&pulsar.topic("t")).await.unwrap();
    good.send(entry(0, 1, b"x"))
        .await
        .expect("the connection lives on");
    pulsar.end().await;
}
