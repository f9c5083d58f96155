//! One server at a time works on a metadata namespace. Needs a real Pulsar cluster, as `conformance` does.

mod cluster;

use std::time::Duration;

use kop_log::LogCatalog;
use kop_log_pulsar::{OpenError, PulsarCatalog, PulsarConfig};
use tokio::time::timeout;

use crate::cluster::config;

const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a Pulsar cluster: KOP_TEST_PULSAR, KOP_TEST_PULSAR_ADMIN"]
async fn a_second_server_is_refused_or_waits() {
    let config = config();
    let first = PulsarCatalog::open(config.clone()).await.expect("opened");
    let stored = first.metadata().put("key", Some("value".into())).await;
    stored.expect("stored");
    let refused = PulsarCatalog::open(config.clone()).await.expect_err("held");
    assert!(
        matches!(&refused, OpenError::Locked { owner, .. } if owner.starts_with("a test")),
        "{refused}"
    );
    assert!(!refused.is_retriable());
    let waiting = PulsarConfig {
        wait_for_lock: true,
        ..config
    };
    let mut second = tokio::spawn(PulsarCatalog::open(waiting));
    assert!(timeout(Duration::from_secs(2), &mut second).await.is_err());
    first.close().await.expect("closed");
    let second = timeout(SOON, second).await.expect("in time");
    let second = second.expect("no panic").expect("the lock is free");
    assert_eq!(second.metadata().get("key").as_deref(), Some(&b"value"[..]));
    assert_eq!(second.cluster_id(), first.cluster_id());
    let late = first.metadata().put("key", None).await;
    assert!(
        late.is_err(),
        "whoever has given the lock back cannot write"
    );
    second.close().await.expect("closed");
}
