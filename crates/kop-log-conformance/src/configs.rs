//! Properties of settings.

use kop_log::LogError;

use crate::Backend;
use crate::fixture::{Batch, create, new_topic, partition, settings};

/// A topic's settings are replaced as a whole, and logs in use follow.
pub async fn overrides_hold_at_once(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(
        &*catalog,
        &[("retention.ms", "5000"), ("max.message.bytes", "99")],
    )
    .await;
    assert_eq!(
        (log.config().retention_ms, log.config().max_message_bytes),
        (Some(5000), 99)
    );
    let overrides = settings(&[
        ("retention.ms", "-1"),
        ("message.timestamp.type", "LogAppendTime"),
    ]);
    let topic = catalog
        .set_topic_config("t", overrides.clone())
        .await
        .expect("set");
    assert_eq!(
        (
            &topic.overrides,
            &catalog.topic("t").expect("there").overrides
        ),
        (&overrides, &overrides)
    );
    assert_eq!(
        (log.config().retention_ms, log.config().max_message_bytes),
        (None, 1_048_588)
    );
    let appended = Batch::of(&["a"]).append(&log).await.expect("appended");
    assert!(appended.log_append_time_ms > 0);
}

/// A setting that is refused leaves all as it was.
pub async fn bad_settings_change_nothing(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("retention.ms", "5000")]).await;
    for bad in [
        ("cleanup.policy", "compress"),
        ("segment.bytes", "1"),
        ("retention.mss", "1"),
    ] {
        let refused = catalog
            .set_topic_config("t", settings(&[("retention.ms", "6000"), bad]))
            .await;
        assert!(
            matches!(&refused, Err(LogError::InvalidConfig { key, .. }) if key == bad.0),
            "{refused:?}"
        );
    }
    let refused = catalog.set_topic_defaults(settings(&[("log.retention.bytes", "many")]));
    assert!(
        matches!(&refused, Err(LogError::InvalidConfig { key, .. }) if key == "log.retention.bytes")
    );
    assert_eq!(
        (log.config().retention_ms, log.config().retention_bytes),
        (Some(5000), None)
    );
    assert_eq!(
        catalog.topic("t").expect("there").overrides,
        settings(&[("retention.ms", "5000")])
    );
}

/// The server's defaults hold for all topics, old and new, but under their own settings.
pub async fn defaults_hold_for_what_is_not_overridden(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("retention.ms", "5000")]).await;
    let defaults = settings(&[("log.retention.minutes", "1"), ("message.max.bytes", "77")]);
    catalog.set_topic_defaults(defaults).expect("set");
    create(&*catalog, new_topic("u", 1, &[])).await;
    let new = catalog.open_partition("u", 0).await.expect("opened");
    assert_eq!(
        (log.config().retention_ms, log.config().max_message_bytes),
        (Some(5000), 77)
    );
    assert_eq!(
        (new.config().retention_ms, new.config().max_message_bytes),
        (Some(60_000), 77)
    );
    catalog.set_topic_defaults(settings(&[])).expect("set");
    assert_eq!(
        (new.config().retention_ms, log.config().max_message_bytes),
        (Some(604_800_000), 1_048_588)
    );
}
