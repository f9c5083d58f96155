//! Pulsar's proxy in front of a standalone broker: clients that cannot reach brokers go through it.

use std::fs;

use clap::Subcommand;

use super::super::process::say;
use super::jvm::{self, Server};
use super::{home, jars};

const SOURCE: &str = include_str!("PulsarProxy.java");

/// What it can be told.
#[derive(Clone, Copy, Subcommand)]
pub(crate) enum Verb {
    /// Start it nine ports above the broker; returns when it listens.
    Start,
    /// Stop it.
    Stop,
}

/// Runs a command on the proxy of the broker on `port`.
pub(super) fn run(port: u16, verb: Verb) -> anyhow::Result<()> {
    let server = Server {
        name: "proxy".to_owned(),
        class: "PulsarProxy.java",
        folder: home().join(format!("proxy-{port}")),
    };
    match verb {
        Verb::Start => start(port, &server),
        Verb::Stop => server.stop(),
    }
}

fn start(broker: u16, server: &Server) -> anyhow::Result<()> {
    let port = broker + 9;
    if server.pid().is_none() {
        jars::install()?;
        jvm::ensure_free(&[port])?;
        fs::create_dir_all(&server.folder)?;
        fs::write(server.folder.join(server.class), SOURCE)?;
        let settings = [
            format!("servicePort={port}"),
            "webServicePort=".to_owned(),
            "bindAddress=127.0.0.1".to_owned(),
            "advertisedAddress=127.0.0.1".to_owned(),
            "clusterName=standalone".to_owned(),
            format!("brokerProxyAllowedTargetPorts={broker}"),
            format!("brokerServiceURL=pulsar://127.0.0.1:{broker}"),
            format!("brokerWebServiceURL=http://127.0.0.1:{}", broker + 1),
        ];
        jvm::write_settings(&server.conf(), settings.iter().map(String::as_str))?;
        let mut java = jvm::java(&jars::lib(), "128m", "128m", "info");
        java.current_dir(&server.folder);
        // The last one counts. What is published of the proxy's version comes first.
        let (own, others) = (jars::admin_lib(), jars::lib());
        java.arg("-cp")
            .arg(format!("{}/*:{}/*", own.display(), others.display()));
        let child = server.spawn(java, &[server.conf().display().to_string()])?;
        server.wait(child, || jvm::listens(port))?;
    }
    say(format!("pulsar: the proxy is pulsar://127.0.0.1:{port}"));
    Ok(())
}
