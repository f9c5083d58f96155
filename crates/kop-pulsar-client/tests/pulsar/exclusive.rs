//! Producers that want a topic for themselves.

use std::time::Duration;

use kop_pulsar_client::{AccessMode, Error, Producer, ProducerOptions};

use super::{Pulsar, entry};

impl Pulsar {
    async fn exclusive(&self, topic: &str, access_mode: AccessMode) -> Result<Producer, Error> {
        let options = ProducerOptions {
            access_mode,
            ..ProducerOptions::default()
        };
        self.client.producer(topic, options).await
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn a_second_one_is_refused_or_waits_for_its_turn() {
    let pulsar = Pulsar::new("wait").await;
    let topic = pulsar.topic("lock");
    let first = pulsar
        .exclusive(&topic, AccessMode::Exclusive)
        .await
        .unwrap();
    assert!(first.topic_epoch().is_some());
    let refused = pulsar
        .exclusive(&topic, AccessMode::Exclusive)
        .await
        .unwrap_err();
    assert!(
        matches!(refused, Error::ProducerFenced(_) | Error::ProducerBusy(_)),
        "{refused}"
    );
    let shared = pulsar
        .exclusive(&topic, AccessMode::Shared)
        .await
        .unwrap_err();
    assert!(matches!(shared, Error::ProducerBusy(_)), "{shared}");

    let waiting = pulsar.exclusive(&topic, AccessMode::WaitForExclusive);
    let mut waiting = Box::pin(waiting);
    let early = tokio::time::timeout(Duration::from_millis(500), &mut waiting).await;
    assert!(early.is_err(), "it waits");
    first.send(entry(0, 1, b"still mine")).await.unwrap();
    drop(first);
    let second = tokio::time::timeout(Duration::from_secs(10), &mut waiting)
        .await
        .unwrap()
        .unwrap();
    second.send(entry(0, 1, b"mine now")).await.unwrap();
    drop(waiting);
    pulsar.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar: cargo xtask test --only pulsar"]
async fn fencing_takes_the_topic_and_nothing_else() {
    let pulsar = Pulsar::new("fence").await;
    let topic = pulsar.topic("lock");
    let other = pulsar
        .exclusive(&pulsar.topic("other"), AccessMode::Shared)
        .await
        .unwrap();
    let first = pulsar
        .exclusive(&topic, AccessMode::Exclusive)
        .await
        .unwrap();
    let second = pulsar
        .exclusive(&topic, AccessMode::ExclusiveWithFencing)
        .await
        .unwrap();
    assert!(second.topic_epoch() > first.topic_epoch());
    let fenced = first.send(entry(0, 1, b"too late")).await;
    assert!(fenced.is_err(), "{fenced:?}");
    tokio::time::timeout(Duration::from_secs(10), first.closed())
        .await
        .unwrap();
    second.send(entry(0, 1, b"mine")).await.unwrap();
    other.send(entry(0, 1, b"not disturbed")).await.unwrap();
    pulsar.end().await;
}
