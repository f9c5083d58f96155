//! What the service counts, for Prometheus.
//!
//! | metric | type | labels |
//! |---|---|---|
//! | `kop_requests_total` | counter | `api` |
//! | `kop_requests_in_flight` | gauge | `api` |
//! | `kop_request_duration_seconds` | histogram | `api` |
//! | `kop_request_errors_total` | counter | `api`, `code`: each error code of each response |
//! | `kop_request_faults_total` | counter | `api`: requests that closed their connection |
//! | `kop_topic_bytes_in_total`, `kop_topic_messages_in_total` | counter | `topic` |
//! | `kop_topic_bytes_out_total` | counter | `topic` |
//! | `kop_topic_produce_conversions_total` | counter | `topic`: records converted from an older format |
//! | `kop_topic_fetch_conversions_total` | counter | `topic`: records converted for an older client |
//! | `kop_fetch_sessions`, `kop_fetch_session_partitions` | gauge | |
//! | `kop_fetches_woken_total` | counter | waiting fetches that new data woke |

mod api;
mod topic;

use std::sync::Arc;

use prometheus_client::metrics::{counter::Counter, gauge::Gauge};
use prometheus_client::registry::Registry;

use crate::ApiInfo;

pub use api::ApiMetrics;
pub use topic::{TopicLabel, TopicMetrics};

/// The metrics of a broker.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    apis: api::ApiFamilies,
    /// By topic.
    pub topics: TopicMetrics,
    /// Incremental fetch sessions at present.
    pub fetch_sessions: Gauge,
    /// Partitions in them.
    pub fetch_session_partitions: Gauge,
    /// Waiting fetches that new data woke.
    pub fetches_woken: Counter,
}

impl Metrics {
    /// New metrics, shown by `registry` under the prefix that it has.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        metrics.apis.register(registry);
        metrics.topics.register(registry);
        registry.register(
            "fetch_sessions",
            "Incremental fetch sessions",
            metrics.fetch_sessions.clone(),
        );
        registry.register(
            "fetch_session_partitions",
            "Partitions in incremental fetch sessions",
            metrics.fetch_session_partitions.clone(),
        );
        registry.register(
            "fetches_woken",
            "Waiting fetches that new data woke",
            metrics.fetches_woken.clone(),
        );
        metrics
    }

    /// The metrics of one API, looked up once.
    pub fn api(&self, info: &ApiInfo) -> Arc<ApiMetrics> {
        Arc::new(self.apis.of(info))
    }
}
