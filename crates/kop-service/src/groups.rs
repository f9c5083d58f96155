//! The group coordinator as the settings want it.

use std::sync::Arc;

use kop_coordinator::{
    ConsumerConfig, GroupConfig, GroupCoordinator, GroupPartitioner, GroupTimes, MigrationPolicy,
};
use kop_log::LogCatalog;

use crate::Clock;
use crate::settings::{Settings, keys};

/// The coordinator of the groups in a catalog.
pub(crate) fn coordinator(
    catalog: &Arc<dyn LogCatalog>,
    settings: &Settings,
    times: Arc<dyn GroupTimes>,
    clock: &Arc<dyn Clock>,
) -> GroupCoordinator {
    let clock = Arc::clone(clock);
    GroupCoordinator::with_clock(Arc::clone(catalog), config(settings, times), move || {
        clock.now_ms()
    })
}

fn config(settings: &Settings, times: Arc<dyn GroupTimes>) -> GroupConfig {
    let size = |limit: i32| usize::try_from(limit).unwrap_or(0);
    let interval = settings.get(keys::OFFSETS_RETENTION_CHECK_INTERVAL_MS);
    GroupConfig {
        min_session_timeout_ms: settings.get(keys::GROUP_MIN_SESSION_TIMEOUT_MS),
        max_session_timeout_ms: settings.get(keys::GROUP_MAX_SESSION_TIMEOUT_MS),
        initial_rebalance_delay_ms: settings.get(keys::GROUP_INITIAL_REBALANCE_DELAY_MS),
        max_size: size(settings.get(keys::GROUP_MAX_SIZE)),
        consumer: consumer_config(settings, times),
        offset_metadata_max_bytes: size(settings.get(keys::OFFSET_METADATA_MAX_BYTES)),
        offsets_retention_minutes: settings.get(keys::OFFSETS_RETENTION_MINUTES),
        offsets_retention_check_interval_ms: i64::try_from(interval.as_millis())
            .unwrap_or(i64::MAX),
        offsets_topic_partitions: settings.get(keys::OFFSETS_TOPIC_NUM_PARTITIONS),
        offsets_topic_segment_bytes: settings.get(keys::OFFSETS_TOPIC_SEGMENT_BYTES),
        // Where the original kept the groups of a Pulsar cluster.
        partitioner: if settings
            .get(keys::PULSAR_SERVICE_URL)
            .iter()
            .next()
            .is_some()
        {
            GroupPartitioner::FloorMod
        } else {
            GroupPartitioner::Absolute
        },
        offsets_commit_timeout_ms: settings.get(keys::OFFSETS_COMMIT_TIMEOUT_MS),
        ..GroupConfig::default()
    }
}

fn consumer_config(settings: &Settings, times: Arc<dyn GroupTimes>) -> ConsumerConfig {
    let protocols = settings.get(keys::GROUP_COORDINATOR_REBALANCE_PROTOCOLS);
    let assignors = settings.get(keys::GROUP_CONSUMER_ASSIGNORS);
    let policy = settings.get(keys::GROUP_CONSUMER_MIGRATION_POLICY);
    let max_size = settings.get(keys::GROUP_CONSUMER_MAX_SIZE);
    ConsumerConfig {
        enabled: protocols.iter().any(|protocol| protocol == "consumer"),
        times,
        max_size: usize::try_from(max_size).unwrap_or(0),
        assignors: assignors
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect(),
        migration: MigrationPolicy::ALL
            .into_iter()
            .find(|known| known.name() == &*policy)
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use kop_log::MemoryCatalog;

    use super::*;
    use crate::settings::{GroupSettings, Source};

    #[test]
    fn the_defaults_of_both_agree() {
        let settings =
            Settings::parse([] as [(Source, &str, &str); 0]).expect("no settings are right");
        let settings = Arc::new(settings);
        let catalog = MemoryCatalog::new();
        let times = GroupSettings::load(Arc::clone(&settings), &*catalog.metadata());
        let found = config(&settings, Arc::new(times.of("any")));
        // What times a group cannot be compared, only seen.
        assert_eq!(
            format!("{found:?}"),
            format!("{:?}", GroupConfig::default())
        );
    }
}
