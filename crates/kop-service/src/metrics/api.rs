//! Metrics by API.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kop_codec::ErrorCode;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge};
use prometheus_client::registry::{Registry, Unit};

use super::encode::{Now, Total, family};
use super::histogram::Histogram;
use crate::{ApiInfo, ErrorTally};

/// The metrics of one API.
#[derive(Clone, Debug)]
pub struct ApiMetrics {
    /// Requests that came in.
    pub requests: Counter,
    /// Those that are being worked on.
    pub in_flight: Gauge,
    /// Requests that closed their connection.
    pub faults: Counter,
    name: &'static str,
    errors: Family<ErrorLabel, Counter>,
    pub(super) succeeded: Histogram,
    pub(super) failed: Histogram,
}

impl ApiMetrics {
    /// Counts a response, `took` after its request, by its error codes.
    pub fn answered(&self, took: Duration, tally: &ErrorTally) {
        let ok = tally.counts().is_empty();
        let durations = if ok { &self.succeeded } else { &self.failed };
        durations.observe(took);
        for &(code, count) in tally.counts() {
            self.errors
                .get_or_create(&ErrorLabel::new(self.name, code))
                .inc_by(count);
        }
    }

    /// Counts a request that closes its connection after this time.
    pub fn faulted(&self, took: Duration) {
        self.failed.observe(took);
        self.faults.inc();
    }
}

#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct ErrorLabel {
    api: &'static str,
    code: &'static str,
}

impl ErrorLabel {
    fn new(api: &'static str, code: ErrorCode) -> Self {
        Self {
            api,
            code: code.name().unwrap_or("UNKNOWN"),
        }
    }
}

/// The APIs that there are, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct ApiFamilies {
    apis: Arc<Mutex<BTreeMap<&'static str, Arc<ApiMetrics>>>>,
    errors: Family<ErrorLabel, Counter>,
}

impl ApiFamilies {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "request_errors",
            "Error codes in responses",
            self.errors.clone(),
        );
        registry.register_collector(Box::new(self.clone()));
    }

    pub(super) fn of(&self, info: &ApiInfo) -> Arc<ApiMetrics> {
        let name = info.name();
        let mut apis = self.apis.lock();
        let api = apis.entry(name).or_insert_with(|| {
            Arc::new(ApiMetrics {
                requests: Counter::default(),
                in_flight: Gauge::default(),
                faults: Counter::default(),
                name,
                errors: self.errors.clone(),
                succeeded: Histogram::default(),
                failed: Histogram::default(),
            })
        });
        Arc::clone(api)
    }

    /// Those that were asked for at least once.
    pub(super) fn used(&self) -> Vec<(&'static str, Arc<ApiMetrics>)> {
        let apis = self.apis.lock();
        let used = apis.iter().filter(|(_, api)| api.requests.get() > 0);
        used.map(|(name, api)| (*name, Arc::clone(api))).collect()
    }
}

impl Collector for ApiFamilies {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let used = self.used();
        let rows = used.iter().map(|(name, api)| ([("api", *name)], api));
        family(
            &mut encoder,
            ("requests", None),
            "Requests that came in",
            rows.clone()
                .map(|(label, api)| (label, Total(api.requests.get()))),
        )?;
        family(
            &mut encoder,
            ("requests_in_flight", None),
            "Requests being worked on",
            rows.clone()
                .map(|(label, api)| (label, Now(api.in_flight.get()))),
        )?;
        family(
            &mut encoder,
            ("request_duration", Some(Unit::Seconds)),
            "Time from a request to its response, waiting for data included",
            rows.clone().map(|(label, api)| {
                let (ok, failed) = (api.succeeded.snapshot(), api.failed.snapshot());
                (label, ok.plus(&failed))
            }),
        )?;
        family(
            &mut encoder,
            ("request_faults", None),
            "Requests that closed their connection",
            rows.map(|(label, api)| (label, Total(api.faults.get()))),
        )
    }
}
