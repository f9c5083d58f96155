//! What the logs in a Pulsar cluster do, in `/metrics`.

use std::fmt;
use std::sync::Weak;

use kop_log_pulsar::{LogContext, LogNumbers};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// Shows the numbers of the logs.
#[derive(Debug)]
struct Numbers(Weak<LogContext>);

/// A number: its name and what it is.
type Told = (&'static str, &'static str, fn(&LogNumbers) -> u64);

const COUNTERS: [Told; 9] = [
    (
        "pulsar_connections_made",
        "Connections made to brokers",
        |numbers| numbers.connections.made,
    ),
    (
        "pulsar_connections_failed",
        "Attempts to connect to a broker that failed",
        |numbers| numbers.connections.failed,
    ),
    (
        "pulsar_connections_lost",
        "Connections to brokers that ended while they were in use",
        |numbers| numbers.connections.lost,
    ),
    (
        "pulsar_offsets_inferred",
        "Writes whose offsets followed from their receipt",
        |numbers| numbers.offsets_inferred,
    ),
    (
        "pulsar_offsets_read",
        "Writes whose offsets had to be read",
        |numbers| numbers.offsets_read,
    ),
    (
        "pulsar_resynchronisations",
        "Times that a partition had to find out which of its writes were made",
        |numbers| numbers.resynchronisations,
    ),
    (
        "pulsar_undecodable_entries",
        "Entries that could not be decoded",
        |numbers| numbers.undecodable_entries,
    ),
    (
        "pulsar_cache_hits",
        "Reads that were answered from memory",
        |numbers| numbers.cache_hits,
    ),
    (
        "pulsar_cache_misses",
        "Reads for which a broker was asked",
        |numbers| numbers.cache_misses,
    ),
];

const GAUGES: [Told; 7] = [
    (
        "pulsar_connections",
        "Connections to brokers that are open",
        |numbers| numbers.connections.open,
    ),
    (
        "pulsar_open_partitions",
        "Partitions that are followed",
        |numbers| numbers.open_partitions,
    ),
    (
        "pulsar_open_tails",
        "Readers of their tails; fewer where a broker cannot be reached",
        |numbers| numbers.open_tails,
    ),
    (
        "pulsar_kept_readers",
        "Readers of older data that are kept for the next read",
        |numbers| numbers.open_readers,
    ),
    (
        "pulsar_writes_in_flight",
        "Writes that are on their way or wait for their offsets",
        |numbers| numbers.writes_in_flight,
    ),
    (
        "pulsar_tail_lag_entries",
        "Written entries that the tails have not delivered yet",
        |numbers| numbers.tail_lag_entries,
    ),
    (
        "pulsar_cache_bytes",
        "Bytes of batches kept in memory",
        |numbers| numbers.cache_bytes,
    ),
];

/// Has `registry` show the numbers for as long as the logs are there.
pub(super) fn register(registry: &mut Registry, context: Weak<LogContext>) {
    registry.register_collector(Box::new(Numbers(context)));
}

impl Collector for Numbers {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(context) = self.0.upgrade() else {
            return Ok(());
        };
        let numbers = context.numbers();
        for (name, help, number) in COUNTERS {
            let value = ConstCounter::new(number(&numbers));
            value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)?;
        }
        for (name, help, number) in GAUGES {
            let value = ConstGauge::new(number(&numbers));
            value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_has_every_number() {
        let readme = include_str!("../../README.md");
        let counters = COUNTERS.map(|(name, ..)| format!("`{name}_total`"));
        let gauges = GAUGES.map(|(name, ..)| format!("`{name}`"));
        for name in counters.iter().chain(&gauges) {
            assert!(readme.contains(name), "README.md does not have {name}");
        }
    }
}
