//! What the service counts, for Prometheus. The README of `kop-server` has the table of all metrics.
//!
//! Nothing is counted by record. What is known anyway, such as sizes and offsets, is looked up when it is asked for.

mod aliases;
mod api;
mod cleaner;
mod encode;
mod histogram;
mod scrape;
mod topic;
mod transactions;

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::{counter::Counter, gauge::Gauge};
use prometheus_client::registry::{Registry, Unit};

use crate::ApiInfo;

pub use api::ApiMetrics;
pub use histogram::Histogram;
pub use scrape::Scrape;
pub use topic::{TopicCounters, TopicMetrics};

/// The metrics of a broker.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    apis: api::ApiFamilies,
    /// By topic.
    pub topics: TopicMetrics,
    /// Appends to partitions, from the call to the answer.
    pub append_duration: Histogram,
    /// Reads of partitions, until the records are known; to send them comes later.
    pub read_duration: Histogram,
    /// Incremental fetch sessions at present.
    pub fetch_sessions: Gauge,
    /// Partitions in them.
    pub fetch_session_partitions: Gauge,
    /// Fetches that wait for data at present.
    pub fetches_waiting: Gauge,
    /// Waiting fetches that new data woke.
    pub fetches_woken: Counter,
}

impl Metrics {
    /// New metrics, shown by `registry` under the prefix that it has.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        metrics.apis.register(registry);
        registry.register_collector(Box::new(metrics.topics.clone()));
        registry.register_collector(Box::new(LogDurations(metrics.clone())));
        registry.register_collector(Box::new(aliases::Aliases::new(&metrics)));
        let gauges = [
            (
                "fetch_sessions",
                "Incremental fetch sessions",
                &metrics.fetch_sessions,
            ),
            (
                "fetch_session_partitions",
                "Partitions in incremental fetch sessions",
                &metrics.fetch_session_partitions,
            ),
            (
                "fetches_waiting",
                "Fetches that wait for data",
                &metrics.fetches_waiting,
            ),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        registry.register(
            "fetches_woken",
            "Waiting fetches that new data woke",
            metrics.fetches_woken.clone(),
        );
        metrics
    }

    /// The metrics of one API, looked up once.
    pub fn api(&self, info: &ApiInfo) -> Arc<ApiMetrics> {
        self.apis.of(info)
    }
}

/// Shows how long the log takes.
#[derive(Debug)]
struct LogDurations(Metrics);

impl Collector for LogDurations {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Self(metrics) = self;
        for (name, help, histogram) in [
            (
                "log_append_duration",
                "Time of an append to a partition",
                &metrics.append_duration,
            ),
            (
                "log_read_duration",
                "Time of a read of a partition",
                &metrics.read_duration,
            ),
        ] {
            let seen = histogram.snapshot();
            encode::one(&mut encoder, (name, Some(Unit::Seconds)), help, &seen)?;
        }
        Ok(())
    }
}
