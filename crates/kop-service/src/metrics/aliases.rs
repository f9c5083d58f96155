//! The metrics that have a counterpart in the original, under its names, so that dashboards made for it go on working.
//!
//! Times are milliseconds there. Its quantiles are of a window of time, so are these.

use std::fmt;
use std::sync::atomic::Ordering;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

use super::Metrics;
use super::encode::{Untyped, family, one};
use super::histogram::{Recent, Snapshot};
use super::topic::{COLUMNS, TIMES};

const QUANTILES: [(&str, f64); 7] = [
    ("0.5", 0.5),
    ("0.75", 0.75),
    ("0.95", 0.95),
    ("0.99", 0.99),
    ("0.999", 0.999),
    ("0.9999", 0.9999),
    ("1.0", 1.0),
];

/// The APIs that change topics.
const EVENTS: [&str; 5] = [
    "CREATE_TOPICS",
    "DELETE_TOPICS",
    "CREATE_PARTITIONS",
    "ALTER_CONFIGS",
    "INCREMENTAL_ALTER_CONFIGS",
];

/// Shows them.
#[derive(Debug)]
pub(super) struct Aliases {
    metrics: Metrics,
    appends: Recent,
    reads: Recent,
}

impl Aliases {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
            appends: Recent::new(metrics.append_duration.clone()),
            reads: Recent::new(metrics.read_duration.clone()),
            metrics: metrics.clone(),
        }
    }

    fn topics(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let topics = self.metrics.topics.all();
        for (name, at) in [
            ("server_BYTES_IN", 0),
            ("server_MESSAGE_IN", 1),
            ("server_BYTES_OUT", 2),
            ("server_PRODUCE_MESSAGE_CONVERSIONS", 3),
            ("server_CONSUME_MESSAGE_CONVERSIONS", 4),
            ("server_MESSAGE_OUT", 5),
        ] {
            let (_, help, counter) = COLUMNS[at];
            let rows = topics.iter().map(|(topic, counters)| {
                let value = counter(counters).load(Ordering::Relaxed);
                ([("topic", &**topic)], Untyped(value))
            });
            family(encoder, (name, None), help, rows)?;
        }
        for (name, (_, help, nanos)) in [
            ("server_PRODUCE_MESSAGE_CONVERSIONS_TIME_NANOS", TIMES[0]),
            ("server_CONSUME_MESSAGE_CONVERSIONS_TIME_NANOS", TIMES[1]),
        ] {
            let rows = topics.iter().map(|(topic, counters)| {
                let value = nanos(counters).load(Ordering::Relaxed);
                ([("topic", &**topic)], Untyped(value))
            });
            family(encoder, (name, None), help, rows)?;
        }
        Ok(())
    }

    /// The original had a queue for changes of topics, and called these events.
    fn events(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let apis = self.metrics.apis.used();
        let events = || apis.iter().filter(|(name, _)| EVENTS.contains(name));
        let queued: i64 = events().map(|(_, api)| api.in_flight.get()).sum();
        let help = "Requests that change topics and wait for their answer";
        one(
            encoder,
            ("server_KOP_EVENT_QUEUE_SIZE", None),
            help,
            &Untyped(queued),
        )?;
        let none = Snapshot::default();
        let took = events().fold(none, |took, (_, api)| {
            took.plus(&api.succeeded.snapshot())
                .plus(&api.failed.snapshot())
        });
        one(
            encoder,
            ("server_KOP_EVENT_LATENCY", None),
            "Milliseconds from these requests to their answers, all together",
            &Untyped(took.seconds() * 1e3),
        )
    }

    fn requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let apis = self.metrics.apis.used();
        let in_flight: i64 = apis.iter().map(|(_, api)| api.in_flight.get()).sum();
        let help = "Requests that wait for their answer";
        one(
            encoder,
            ("server_REQUEST_QUEUE_SIZE", None),
            help,
            &Untyped(in_flight),
        )?;
        let rows = || {
            apis.iter().flat_map(|(name, api)| {
                let labels = |success| [("request", *name), ("success", success)];
                [
                    (labels("true"), api.succeeded.snapshot()),
                    (labels("false"), api.failed.snapshot()),
                ]
            })
        };
        family(
            encoder,
            ("server_REQUEST_LATENCY_count", None),
            "Requests answered",
            rows().map(|(labels, seen)| (labels, Untyped(seen.count()))),
        )?;
        family(
            encoder,
            ("server_REQUEST_LATENCY_sum", None),
            "Milliseconds from requests to their answers",
            rows().map(|(labels, seen)| (labels, Untyped(seen.seconds() * 1e3))),
        )
    }
}

impl Collector for Aliases {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.topics(&mut encoder)?;
        self.requests(&mut encoder)?;
        self.events(&mut encoder)?;
        let help = "Waiting fetches that new data woke";
        let woken = Untyped(self.metrics.fetches_woken.get());
        one(
            &mut encoder,
            ("server_WAITING_FETCHES_TRIGGERED", None),
            help,
            &woken,
        )?;
        let recent = self.appends.snapshot();
        quantiles(
            &mut encoder,
            "server_MESSAGE_PUBLISH",
            "Milliseconds of an append, of late",
            &recent,
        )?;
        let recent = self.reads.snapshot();
        quantiles(
            &mut encoder,
            "server_MESSAGE_READ",
            "Milliseconds of a read, of late",
            &recent,
        )
    }
}

fn quantiles(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    recent: &Snapshot,
) -> fmt::Result {
    let rows = QUANTILES.map(|(label, part)| {
        let labels = [("success", "true"), ("quantile", label)];
        (labels, Untyped(recent.quantile(part) * 1e3))
    });
    family(encoder, (name, None), help, rows)
}
