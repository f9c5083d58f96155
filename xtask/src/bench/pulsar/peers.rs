//! A Pulsar, and a kop-server that keeps its data there.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};

use super::super::{usage, wire};
use crate::peers::process;
use crate::peers::pulsar::{Node, Options};

const PULSAR_PORT: u16 = 19_650;
const KOP_ADDRESS: &str = "127.0.0.1:19398";
const START_LIMIT: Duration = Duration::from_secs(60);

/// Both run until this is dropped.
pub(super) struct Peers {
    pulsar: Node,
    kop: Child,
}

impl Peers {
    /// Starts a Pulsar without data, then kop-server.
    pub(super) fn start(settings: &[String]) -> anyhow::Result<Self> {
        ensure!(
            !wire::answers(KOP_ADDRESS),
            "{KOP_ADDRESS} is in use: something of an earlier run?"
        );
        let pulsar = Node::new(PULSAR_PORT, false);
        pulsar.stop()?;
        pulsar.clean()?;
        // Readers of the tail would wait for 10 ms.
        let mut all = vec!["managedLedgerNewEntriesCheckDelayInMillis=0".to_owned()];
        all.extend_from_slice(settings);
        pulsar.start(&Options {
            heap: "1g".to_owned(),
            direct: "1g".to_owned(),
            settings: all,
            ..Options::default()
        })?;
        let log = File::create(super::super::home().join("kop-server.log"))?;
        let kop = Command::new(process::target_dir().join("release/kop-server"))
            .args(["--listener", KOP_ADDRESS, "--pulsar"])
            .arg(pulsar.service_url())
            .args(["--set", &format!("pulsarAdminUrl={}", pulsar.admin_url())])
            .args(["--set", "http.listener="])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .context("cannot start kop-server")?;
        let peers = Self { pulsar, kop };
        let answers = process::wait_until(START_LIMIT, || wire::answers(KOP_ADDRESS));
        ensure!(answers, "kop-server does not answer");
        Ok(peers)
    }

    /// Where they are, for a command of the client.
    pub(super) fn addresses(&self) -> String {
        format!(
            "bootstrap={KOP_ADDRESS} service={} admin={}",
            self.pulsar.service_url(),
            self.pulsar.admin_url()
        )
    }

    /// CPU of kop-server so far, see [`usage::cpu_seconds`].
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        usage::cpu_seconds(self.kop.id())
    }

    /// Memory of kop-server, see [`usage::memory`].
    pub(super) fn memory(&self, name: &str) -> anyhow::Result<f64> {
        usage::memory(self.kop.id(), name)
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        for outcome in [usage::end(&mut self.kop), self.pulsar.stop()] {
            if let Err(error) = outcome {
                process::say(format!("{error:#}"));
            }
        }
    }
}
