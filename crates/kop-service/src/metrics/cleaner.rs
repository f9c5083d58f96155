//! What compacts the logs, where the storage does not do that by itself.

use std::fmt;
use std::time::Duration;

use kop_log::compaction::CleanerStats;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::registry::Unit;

use super::encode::{Now, Total, one};

/// Writes the metrics of a cleaner. `now_ms` is the wall clock, in milliseconds since 1970.
pub(super) fn cleaner(
    stats: &CleanerStats,
    now_ms: i64,
    encoder: &mut DescriptorEncoder<'_>,
) -> fmt::Result {
    shares(stats, encoder)?;
    if let Some(last) = stats.last_run_ms {
        one(
            encoder,
            ("log_cleaner_time_since_last_run", Some(Unit::Seconds)),
            "Time since a log to compact was last looked for",
            &Now(seconds(now_ms.saturating_sub(last))),
        )?;
    }
    totals(stats, encoder)
}

fn seconds(millis: i64) -> f64 {
    let millis = u64::try_from(millis).unwrap_or(0);
    Duration::from_millis(millis).as_secs_f64()
}

/// What goes up and down.
fn shares(stats: &CleanerStats, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    for (name, unit, help, value) in [
        (
            "log_cleaner_max_dirty_percent",
            None,
            "Share of the dirtiest log that could be compacted",
            stats.max_dirty_percent,
        ),
        (
            "log_cleaner_max_compaction_delay",
            Some(Unit::Seconds),
            "How long a log is behind its max.compaction.lag.ms at most",
            seconds(stats.max_compaction_delay_ms),
        ),
        (
            "log_cleaner_recopy_percent",
            None,
            "Bytes that stayed in the last compaction",
            stats.recopy_percent,
        ),
        (
            "log_cleaner_last_round",
            Some(Unit::Seconds),
            "Time that the last compaction took",
            stats.last_round_seconds,
        ),
        (
            "log_cleaner_buffer_utilization_percent",
            None,
            "How full the table of keys was in the last compaction",
            stats.buffer_percent,
        ),
    ] {
        one(encoder, (name, unit), help, &Now(value))?;
    }
    for (name, unit, help, value) in [
        (
            "log_cleaner_uncleanable_partitions",
            None,
            "Partitions that are not compacted any more, since they are damaged",
            stats.uncleanable_partitions,
        ),
        (
            "log_cleaner_uncleanable",
            Some(Unit::Bytes),
            "Their bytes",
            stats.uncleanable_bytes,
        ),
    ] {
        one(encoder, (name, unit), help, &Now(value))?;
    }
    Ok(())
}

/// What only goes up.
fn totals(stats: &CleanerStats, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    for (name, unit, help, value) in [
        (
            "log_cleaner_rounds",
            None,
            "Compactions of a log",
            stats.rounds,
        ),
        (
            "log_cleaner_failures",
            None,
            "Compactions that failed",
            stats.failures,
        ),
        (
            "log_cleaner_read",
            Some(Unit::Bytes),
            "Bytes that compaction has read",
            stats.read_bytes,
        ),
        (
            "log_cleaner_written",
            Some(Unit::Bytes),
            "Bytes that compaction has written",
            stats.written_bytes,
        ),
        (
            "log_cleaner_records_read",
            None,
            "Records that compaction has decided on",
            stats.read_records,
        ),
        (
            "log_cleaner_records_written",
            None,
            "Records of them that stayed",
            stats.written_records,
        ),
    ] {
        one(encoder, (name, unit), help, &Total(value))?;
    }
    Ok(())
}
