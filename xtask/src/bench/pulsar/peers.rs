//! A Pulsar, and a kop-server that keeps its data there.

use anyhow::Context;

use super::super::killed::{self, StopToo};
use super::super::kop::Kop;
use super::super::usage;
use crate::peers::process;
use crate::peers::pulsar::{Node, Options};

const PULSAR_PORT: u16 = 19_650;
const KOP_ADDRESS: &str = "127.0.0.1:19398";

/// Both run until this is dropped.
pub(super) struct Peers {
    // Ends before the Pulsar.
    kop: Kop,
    pulsar: Pulsar,
}

struct Pulsar {
    node: Node,
    _stop_too: StopToo,
}

impl Peers {
    /// Starts a Pulsar without data, then kop-server.
    pub(super) fn start(settings: &[String]) -> anyhow::Result<Self> {
        let server = node();
        server.stop()?;
        server.clean()?;
        let mut all = vec![
            // Readers of the tail would wait for 10 ms.
            "managedLedgerNewEntriesCheckDelayInMillis=0".to_owned(),
            // What the cases before have written would fill the disk.
            "gcWaitTime=30000".to_owned(),
            "journalMaxBackups=1".to_owned(),
        ];
        all.extend_from_slice(settings);
        let pulsar = Pulsar {
            node: node(),
            // Nobody is left to be told that it went wrong.
            _stop_too: killed::stop_too(|| drop(node().stop())),
        };
        server.start(&Options {
            heap: "1g".to_owned(),
            direct: "1g".to_owned(),
            settings: all,
            ..Options::default()
        })?;
        let (service, admin) = (server.service_url(), server.admin_url());
        let admin = format!("pulsarAdminUrl={admin}");
        let kop = Kop::start(KOP_ADDRESS, ["--pulsar", &service, "--set", &admin])?;
        Ok(Self { kop, pulsar })
    }

    /// Where they are, for a command of the client.
    pub(super) fn addresses(&self) -> String {
        format!(
            "bootstrap={KOP_ADDRESS} service={} admin={}",
            self.pulsar.node.service_url(),
            self.pulsar.node.admin_url()
        )
    }

    /// Process of kop-server.
    pub(super) fn kop_pid(&self) -> u32 {
        self.kop.pid()
    }

    /// Process of the Pulsar.
    pub(super) fn pulsar_pid(&self) -> anyhow::Result<u32> {
        self.pulsar.node.pid().context("the Pulsar has ended")
    }

    /// Memory of kop-server, see [`usage::memory`].
    pub(super) fn memory(&self, name: &str) -> anyhow::Result<f64> {
        usage::memory(self.kop.pid(), name)
    }
}

impl Drop for Pulsar {
    fn drop(&mut self) {
        // Gigabytes that nobody needs any more.
        if let Err(error) = self.node.stop().and_then(|()| self.node.clean()) {
            process::say(format!("{error:#}"));
        }
    }
}

fn node() -> Node {
    Node::new(PULSAR_PORT, false)
}
