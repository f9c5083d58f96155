//! What goes over the sockets, counted.

use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeGaugeValue, EncodeLabelSet, EncodeMetric,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::registry::{Registry, Unit};

use crate::budget::Budget;
use crate::connection::Cause;

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, EncodeLabelSet)]
struct CauseLabel {
    cause: &'static str,
}

/// Counters of connections and bytes.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    accepted: Counter,
    refused: Counter,
    closed: Family<CauseLabel, Counter>,
    open: Gauge,
    received: Counter,
    sent: Counter,
}

impl Traffic {
    pub(crate) fn register(self: &Arc<Self>, registry: &mut Registry) {
        registry.register_collector(Box::new(Aliases(Arc::clone(self))));
        let registry = registry.sub_registry_with_prefix("network");
        registry.register(
            "connections",
            "Connections that are open",
            self.open.clone(),
        );
        registry.register(
            "connections_accepted",
            "Connections that were accepted",
            self.accepted.clone(),
        );
        registry.register(
            "connections_refused",
            "Connections beyond a limit, closed at once",
            self.refused.clone(),
        );
        registry.register(
            "connections_closed",
            "Connections that ended, by cause",
            self.closed.clone(),
        );
        registry.register(
            "received_bytes",
            "Bytes received from clients",
            self.received.clone(),
        );
        registry.register("sent_bytes", "Bytes sent to clients", self.sent.clone());
    }

    pub(crate) fn opened(&self) {
        self.accepted.inc();
        self.open.inc();
    }

    pub(crate) fn closed(&self) {
        self.open.dec();
    }

    pub(crate) fn ended(&self, cause: &Cause) {
        let cause = cause.label();
        self.closed.get_or_create(&CauseLabel { cause }).inc();
    }

    pub(crate) fn refused(&self) {
        self.refused.inc();
    }

    pub(crate) fn received(&self, bytes: u64) {
        self.received.inc_by(bytes);
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.sent.inc_by(bytes);
    }
}

/// The same under the names of the original, as they are: without `_total` they cannot be counters.
#[derive(Debug)]
struct Aliases(Arc<Traffic>);

impl Collector for Aliases {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Self(traffic) = self;
        let open = traffic.open.get();
        let help = "Connections that are open";
        gauge(&mut encoder, "server_ALIVE_CHANNEL_COUNT", help, open)?;
        gauge(&mut encoder, "server_ACTIVE_CHANNEL_COUNT", help, open)?;
        for (name, help, counter) in [
            (
                "server_NETWORK_TOTAL_BYTES_IN",
                "Bytes received from clients",
                &traffic.received,
            ),
            (
                "server_NETWORK_TOTAL_BYTES_OUT",
                "Bytes sent to clients",
                &traffic.sent,
            ),
        ] {
            let value = ConstGauge::new(counter.get());
            value.encode(encoder.encode_descriptor(name, help, None, MetricType::Unknown)?)?;
        }
        Ok(())
    }
}

/// Shows the memory that requests and answers take.
#[derive(Debug)]
pub(crate) struct Memory(pub(crate) Arc<Budget>);

impl Collector for Memory {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for (name, help, bytes) in [
            (
                "network_memory_used",
                "Memory of requests in flight and answers not yet sent",
                self.0.used(),
            ),
            (
                "network_memory_limit",
                "Memory past which no requests are read",
                self.0.limit(),
            ),
        ] {
            let value = ConstGauge::new(bytes as u64);
            let unit = Some(&Unit::Bytes);
            value.encode(encoder.encode_descriptor(name, help, unit, value.metric_type())?)?;
        }
        Ok(())
    }
}

fn gauge<N: EncodeGaugeValue>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: N,
) -> fmt::Result {
    let value = ConstGauge::new(value);
    value.encode(encoder.encode_descriptor(name, help, None, value.metric_type())?)
}
