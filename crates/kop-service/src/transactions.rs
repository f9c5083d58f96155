//! The transaction coordinator as the settings want it.

use std::sync::Arc;
use std::time::Duration;

use kop_coordinator::{
    GroupCoordinator, ProducerIds, TransactionConfig, TransactionCoordinator, TransactionParts,
};
use kop_log::LogCatalog;

use crate::Clock;
use crate::settings::{Settings, keys};

/// The coordinator of the transactional ids in a catalog.
pub(crate) fn coordinator(
    catalog: &Arc<dyn LogCatalog>,
    groups: &GroupCoordinator,
    producer_ids: Arc<ProducerIds>,
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> TransactionCoordinator {
    let clock = Arc::clone(clock);
    let parts = TransactionParts {
        catalog: Arc::clone(catalog),
        groups: groups.clone(),
        producer_ids,
        config: config(settings),
    };
    TransactionCoordinator::with_clock(parts, move || clock.now_ms())
}

fn config(settings: &Settings) -> TransactionConfig {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    TransactionConfig {
        max_timeout_ms: settings.get(keys::TRANSACTION_MAX_TIMEOUT_MS),
        id_expiration_ms: millis(settings.get(keys::TRANSACTIONAL_ID_EXPIRATION_MS)),
        abort_timed_out_interval_ms: millis(
            settings.get(keys::TRANSACTION_ABORT_TIMED_OUT_INTERVAL_MS),
        ),
        remove_expired_interval_ms: millis(
            settings.get(keys::TRANSACTION_REMOVE_EXPIRED_INTERVAL_MS),
        ),
        topic_partitions: settings.get(keys::TRANSACTION_STATE_LOG_NUM_PARTITIONS),
        topic_segment_bytes: settings.get(keys::TRANSACTION_STATE_LOG_SEGMENT_BYTES),
        ..TransactionConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Source;

    #[test]
    fn the_defaults_of_both_agree() {
        let settings =
            Settings::parse([] as [(Source, &str, &str); 0]).expect("no settings are right");
        assert_eq!(config(&settings), TransactionConfig::default());
    }
}
