//! Properties of topics.

use kop_codec::Uuid;
use kop_log::LogError;

use crate::Backend;
use crate::fixture::{Batch, create, from, new_topic, partition, settings};

/// A topic is what it was created as, found by name and by id.
pub async fn a_topic_is_found_by_name_and_id(backend: &dyn Backend) {
    let catalog = backend.open().await;
    assert!(catalog.topics().is_empty() && catalog.topic("b").is_none());
    let b = create(&*catalog, new_topic("b", 3, &[("retention.ms", "5000")])).await;
    let offsets = create(
        &*catalog,
        new_topic("__consumer_offsets", 1, &[("cleanup.policy", "compact")]),
    )
    .await;
    assert_eq!((&*b.name, b.partitions, b.internal), ("b", 3, false));
    assert_eq!(b.overrides, settings(&[("retention.ms", "5000")]));
    assert!(offsets.internal && !b.id.is_zero() && b.id != offsets.id);
    for topic in [&b, &offsets] {
        assert_eq!(catalog.topic(&topic.name).expect("by name").id, topic.id);
        assert_eq!(
            catalog.topic_by_id(topic.id).expect("by id").name,
            topic.name
        );
    }
    let names: Vec<_> = catalog
        .topics()
        .iter()
        .map(|topic| topic.name.to_string())
        .collect();
    assert_eq!(names, ["__consumer_offsets", "b"]);
    assert!(catalog.topic_by_id(Uuid::ZERO).is_none());
    let log = catalog.open_partition("b", 2).await.expect("opened");
    assert_eq!(
        (log.topic(), log.topic_id(), log.partition()),
        ("b", b.id, 2)
    );
    assert!(catalog.log_dirs().iter().all(|dir| !dir.failed) && !catalog.log_dirs().is_empty());
}

/// No two topics have a name, or names that differ by `.` and `_` only.
pub async fn names_are_unique(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let id = create(&*catalog, new_topic("a.b", 1, &[])).await.id;
    let again = catalog.create_topic(new_topic("a.b", 2, &[])).await;
    assert!(matches!(again, Err(LogError::TopicExists(name)) if name == "a.b"));
    let collides = catalog.create_topic(new_topic("a_b", 1, &[])).await;
    assert!(
        matches!(collides, Err(LogError::TopicNameCollides { .. })),
        "{collides:?}"
    );
    let topic = catalog.topic("a.b").expect("still there");
    assert_eq!(
        (topic.id, topic.partitions, catalog.topics().len()),
        (id, 1, 1)
    );
}

/// Bad names, numbers and settings are refused, and nothing is left behind.
pub async fn bad_topics_are_refused(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let name = catalog.create_topic(new_topic("../x", 1, &[])).await;
    assert!(
        matches!(name, Err(LogError::InvalidTopicName { .. })),
        "{name:?}"
    );
    let none = catalog.create_topic(new_topic("x", 0, &[])).await;
    assert!(
        matches!(none, Err(LogError::InvalidPartitions { .. })),
        "{none:?}"
    );
    let many = catalog.create_topic(new_topic("x", i32::MAX, &[])).await;
    assert!(
        matches!(many, Err(LogError::TooManyPartitions { .. })),
        "{many:?}"
    );
    for overrides in [
        [("cleanup.policy", "compress")],
        [("no.such.key", "1")],
        [("retention.ms", "-5")],
    ] {
        let config = catalog.create_topic(new_topic("x", 1, &overrides)).await;
        assert!(
            matches!(config, Err(LogError::InvalidConfig { .. })),
            "{config:?}"
        );
    }
    assert!(catalog.topics().is_empty());
    create(&*catalog, new_topic("x", 1, &[])).await;
}

/// A name can be used again at once, and the new topic has nothing of the old one.
pub async fn a_deleted_topic_frees_its_name(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[("retention.ms", "5000")]).await;
    Batch::of(&["old"]).append_ok(&log).await;
    let old = log.topic_id();
    catalog.delete_topic("t").await.expect("deleted");
    assert!(
        catalog.topic("t").is_none()
            && catalog.topic_by_id(old).is_none()
            && catalog.topics().is_empty()
    );
    let log = partition(&*catalog, &[]).await;
    assert_ne!(log.topic_id(), old);
    assert!(
        catalog.topic_by_id(old).is_none(),
        "the old id is not the new topic's"
    );
    assert_eq!(
        (log.offsets().log_end, log.config().retention_ms),
        (0, Some(604_800_000))
    );
    assert_eq!(Batch::of(&["new"]).append_ok(&log).await, 0);
}

/// A log that somebody holds fails once its topic is deleted, also if the name lives on.
pub async fn a_log_in_use_learns_of_the_deletion(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let old = partition(&*catalog, &[]).await;
    Batch::of(&["a"]).append_ok(&old).await;
    catalog.delete_topic("t").await.expect("deleted");
    let new = partition(&*catalog, &[]).await;
    assert!(matches!(
        Batch::of(&["b"]).append(&old).await,
        Err(LogError::Deleted)
    ));
    assert!(matches!(old.read(from(0)).await, Err(LogError::Deleted)));
    assert!(matches!(
        old.find(kop_log::OffsetSpec::Earliest).await,
        Err(LogError::Deleted)
    ));
    assert!(matches!(
        old.delete_records(0).await,
        Err(LogError::Deleted)
    ));
    assert!(matches!(old.epoch_end(0), Err(LogError::Deleted)));
    assert!(matches!(old.flush().await, Err(LogError::Deleted)));
    assert_eq!(new.offsets().log_end, 0);
}

/// Partitions are added, never taken away; those that are there keep what they have.
pub async fn partitions_can_be_added(backend: &dyn Backend) {
    let catalog = backend.open().await;
    let log = partition(&*catalog, &[]).await;
    Batch::of(&["a"]).append_ok(&log).await;
    for total in [1, 0, -1] {
        let refused = catalog.add_partitions("t", total).await;
        assert!(
            matches!(refused, Err(LogError::InvalidPartitions { .. })),
            "{total}: {refused:?}"
        );
    }
    let many = catalog.add_partitions("t", i32::MAX).await;
    assert!(
        matches!(many, Err(LogError::TooManyPartitions { .. })),
        "{many:?}"
    );
    let topic = catalog.add_partitions("t", 3).await.expect("added");
    assert_eq!(
        (
            topic.partitions,
            catalog.topic("t").expect("there").partitions
        ),
        (3, 3)
    );
    assert_eq!(Batch::of(&["b"]).append_ok(&log).await, 1);
    let last = catalog.open_partition("t", 2).await.expect("opened");
    assert_eq!(
        (last.partition(), last.topic_id(), last.offsets().log_end),
        (2, log.topic_id(), 0)
    );
}

/// What is not there has an error of its own.
pub async fn unknown_names_are_errors(backend: &dyn Backend) {
    let catalog = backend.open().await;
    create(&*catalog, new_topic("t", 1, &[])).await;
    assert!(
        matches!(catalog.open_partition("u", 0).await, Err(LogError::UnknownTopic(name)) if name == "u")
    );
    for index in [1, -1, i32::MAX, i32::MIN] {
        let unknown = catalog.open_partition("t", index).await;
        assert!(
            matches!(unknown, Err(LogError::UnknownPartition { partition, .. }) if partition == index)
        );
    }
    assert!(matches!(
        catalog.delete_topic("u").await,
        Err(LogError::UnknownTopic(_))
    ));
    assert!(matches!(
        catalog.add_partitions("u", 2).await,
        Err(LogError::UnknownTopic(_))
    ));
    let config = catalog.set_topic_config("u", settings(&[])).await;
    assert!(matches!(config, Err(LogError::UnknownTopic(_))));
}
