//! Metrics by API.

use kop_codec::ErrorCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{
    counter::Counter, family::Family, gauge::Gauge, histogram::Histogram,
};
use prometheus_client::registry::{Registry, Unit};

use crate::{ApiInfo, ErrorTally};

/// From a quarter of a millisecond to the half minute of a long poll.
const SECONDS: [f64; 13] = [
    0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// The metrics of one API.
#[derive(Clone, Debug)]
pub struct ApiMetrics {
    /// Requests that came in.
    pub requests: Counter,
    /// Those that are being worked on.
    pub in_flight: Gauge,
    /// Seconds from the request to its response, waiting for data included.
    pub duration: Histogram,
    /// Requests that closed their connection.
    pub faults: Counter,
    name: &'static str,
    errors: Family<ErrorLabel, Counter>,
}

impl ApiMetrics {
    /// Counts the error codes of a response.
    pub fn count_errors(&self, tally: &ErrorTally) {
        for &(code, count) in tally.counts() {
            self.errors
                .get_or_create(&ErrorLabel::new(self.name, code))
                .inc_by(count);
        }
    }
}

#[derive(Clone, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct ApiLabel {
    api: &'static str,
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

#[derive(Clone, Debug)]
pub(super) struct ApiFamilies {
    requests: Family<ApiLabel, Counter>,
    in_flight: Family<ApiLabel, Gauge>,
    duration: Family<ApiLabel, Histogram, fn() -> Histogram>,
    faults: Family<ApiLabel, Counter>,
    errors: Family<ErrorLabel, Counter>,
}

impl Default for ApiFamilies {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            in_flight: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            faults: Family::default(),
            errors: Family::default(),
        }
    }
}

impl ApiFamilies {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("requests", "Requests that came in", self.requests.clone());
        registry.register(
            "requests_in_flight",
            "Requests being worked on",
            self.in_flight.clone(),
        );
        let help = "Time from a request to its response, waiting for data included";
        registry.register_with_unit(
            "request_duration",
            help,
            Unit::Seconds,
            self.duration.clone(),
        );
        registry.register(
            "request_faults",
            "Requests that closed their connection",
            self.faults.clone(),
        );
        registry.register(
            "request_errors",
            "Error codes in responses",
            self.errors.clone(),
        );
    }

    pub(super) fn of(&self, info: &ApiInfo) -> ApiMetrics {
        let name = info.name();
        let label = ApiLabel { api: name };
        ApiMetrics {
            requests: self.requests.get_or_create_owned(&label),
            in_flight: self.in_flight.get_or_create_owned(&label),
            duration: self.duration.get_or_create_owned(&label),
            faults: self.faults.get_or_create_owned(&label),
            name,
            errors: self.errors.clone(),
        }
    }
}
