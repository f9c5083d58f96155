//! What a server does by itself from time to time.

use std::sync::Arc;
use std::time::Duration;

use kop_log::LogCatalog;
use kop_log_local::LocalCatalog;
use kop_service::Clock;
use kop_service::settings::{Settings, keys};
use tokio::time::{Instant, sleep};

use crate::compose::cleaner;

/// How soon it is noticed that a topic has begun to ask for flushing by age, or that a setting was changed.
const LOOK: Duration = Duration::from_secs(1);
/// Shortest time between two looks for something to compact.
const BREATH: Duration = Duration::from_millis(10);

/// Lets the catalog do what is due: retention, rolling and flushing by age. Does not end.
pub(crate) async fn maintain(
    catalog: Arc<dyn LogCatalog>,
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
) {
    let mut last = Instant::now();
    loop {
        let every = interval(&*catalog, &settings);
        if last.elapsed() >= every {
            catalog.maintain(clock.now_ms()).await;
            last = Instant::now();
        }
        sleep(every.saturating_sub(last.elapsed()).min(LOOK)).await;
    }
}

/// Lets the catalog compact what is dirty. Does not end, unless nothing is to be compacted.
pub(crate) async fn compact(
    catalog: Arc<dyn LogCatalog>,
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
) {
    if !settings.get(keys::LOG_CLEANER_ENABLE) {
        return;
    }
    loop {
        sleep(settings.get(keys::LOG_CLEANER_BACKOFF_MS).max(BREATH)).await;
        catalog.compact(clock.now_ms()).await;
    }
}

/// Tells the cleaner of settings that were changed, within a second, also while it is at work. Does not end.
pub(crate) async fn steer_cleaner(catalog: Arc<LocalCatalog>, settings: Arc<Settings>) {
    let mut told = None;
    loop {
        let now = Some(cleaner(&settings));
        if now != told {
            now.iter().for_each(|now| catalog.set_cleaner(now.clone()));
            told = now;
        }
        sleep(LOOK).await;
    }
}

/// The interval of the settings, or the shortest `flush.ms` of a topic where that is shorter.
fn interval(catalog: &dyn LogCatalog, settings: &Settings) -> Duration {
    let defaults = settings.topic_defaults();
    let default = ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"]
        .into_iter()
        .find_map(|key| defaults.get(key));
    let topics = catalog.topics();
    let own = topics
        .iter()
        .filter_map(|topic| topic.overrides.get("flush.ms"));
    let shortest = default
        .into_iter()
        .chain(own)
        .filter_map(|millis| millis.parse().ok())
        .min();
    let flush = Duration::from_millis(shortest.unwrap_or(u64::MAX).max(1));
    settings
        .get(keys::LOG_RETENTION_CHECK_INTERVAL_MS)
        .min(flush)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kop_log::MemoryCatalog;
    use kop_log::NewTopic;
    use kop_service::settings::Source;

    use super::*;

    #[tokio::test]
    async fn the_shortest_flush_interval_counts() {
        let catalog = MemoryCatalog::default();
        let settings = Settings::default();
        assert_eq!(interval(&catalog, &settings), Duration::from_secs(300));
        let overrides = BTreeMap::from([("flush.ms".to_owned(), "50".to_owned())]);
        catalog
            .create_topic(NewTopic {
                name: "t".into(),
                partitions: 1,
                overrides,
            })
            .await
            .unwrap();
        assert_eq!(interval(&catalog, &settings), Duration::from_millis(50));
        let given = [(Source::Flag, "log.flush.interval.ms", "20")];
        assert_eq!(
            interval(&catalog, &Settings::parse(given).unwrap()),
            Duration::from_millis(20)
        );
    }
}
