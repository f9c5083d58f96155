//! What goes over the sockets, counted.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Counters of connections and bytes.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    accepted: Counter,
    refused: Counter,
    open: Gauge,
    received: Counter,
    sent: Counter,
}

impl Traffic {
    pub(crate) fn register(&self, registry: &mut Registry) {
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
