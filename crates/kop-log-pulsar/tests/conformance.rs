//! The properties that every log has, of one on a real Pulsar cluster: `KOP_TEST_PULSAR=pulsar://host:6650` and
//! `KOP_TEST_PULSAR_ADMIN=http://host:8080` say where.

mod cluster;

use std::sync::Arc;

use kop_log::{BoxFuture, LogCatalog};
use kop_log_conformance::Backend;
use kop_log_pulsar::{PulsarCatalog, PulsarConfig};

use crate::cluster::config;

/// A tenant's namespaces that no other test has.
struct Cluster {
    config: PulsarConfig,
}

impl Backend for Cluster {
    fn open(&self) -> BoxFuture<'_, Arc<dyn LogCatalog>> {
        Box::pin(async {
            let opened = PulsarCatalog::open(self.config.clone()).await;
            Arc::new(opened.expect("the cluster is used")) as Arc<dyn LogCatalog>
        })
    }

    fn compacts(&self) -> bool {
        false
    }
}

kop_log_conformance::conformance_tests!(
    #[ignore = "needs a Pulsar cluster: KOP_TEST_PULSAR, KOP_TEST_PULSAR_ADMIN"]
    Cluster { config: config() }
);
