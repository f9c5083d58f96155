//! ZooKeeper, one bookie and several brokers on this machine, so that topics can move and brokers can die.

use std::fs;
use std::path::PathBuf;

use anyhow::ensure;
use clap::Subcommand;

use super::super::process::{self, say};
use super::jvm::{self, Server};
use super::node::SETTINGS;
use super::{Options, home, jars};

/// What a cluster can be told.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Start all of it; returns when all brokers are healthy.
    Start {
        /// How many brokers.
        #[arg(long, default_value_t = 2)]
        brokers: u16,
        #[command(flatten)]
        options: Options,
    },
    /// Stop all of it.
    Stop,
    /// Say what runs.
    Status,
    /// Delete the data of a stopped one.
    Clean,
    /// Start one broker again, with its last settings.
    StartBroker {
        /// Its number, from 1.
        number: u16,
    },
    /// Stop one broker.
    StopBroker {
        /// Its number, from 1.
        number: u16,
    },
    /// End one broker with kill -9.
    KillBroker {
        /// Its number, from 1.
        number: u16,
    },
    /// Print the service and admin URL of each broker.
    Urls,
}

/// More brokers than anybody would run on one machine; bounds the ports.
const MOST: u16 = 8;

/// Ports: brokers from `port`, their admin REST 20 above, then the bookie and ZooKeeper.
struct Cluster {
    port: u16,
}

/// Runs a command on the cluster whose first broker has this port.
pub(super) fn run(port: u16, verb: Verb) -> anyhow::Result<()> {
    let cluster = Cluster { port };
    match verb {
        Verb::Start { brokers, options } => cluster.start(brokers, &options),
        Verb::Stop => {
            let servers: Vec<Server> = cluster.servers().collect();
            servers.iter().rev().try_for_each(Server::stop)
        }
        Verb::Status => {
            let running = cluster.servers().filter(Server::status).count();
            ensure!(running > 0, "nothing runs");
            Ok(())
        }
        Verb::Clean => cluster.clean(),
        Verb::StartBroker { number } => cluster.start_broker(number),
        Verb::StopBroker { number } => cluster.broker(number)?.stop(),
        Verb::KillBroker { number } => cluster.broker(number)?.kill(),
        Verb::Urls => {
            for number in cluster.numbers() {
                let (service, web) = (cluster.service_port(number), cluster.web_port(number));
                say(format!(
                    "pulsar://127.0.0.1:{service} http://127.0.0.1:{web}"
                ));
            }
            Ok(())
        }
    }
}

impl Cluster {
    fn folder(&self) -> PathBuf {
        home().join(format!("cluster-{}", self.port))
    }

    fn server(&self, name: &str, class: &'static str) -> Server {
        Server {
            name: name.to_owned(),
            class,
            folder: self.folder(),
        }
    }

    fn zookeeper(&self) -> Server {
        self.server(
            "zookeeper",
            "org.apache.zookeeper.server.ZooKeeperServerMain",
        )
    }

    fn bookie(&self) -> Server {
        self.server("bookie", "org.apache.bookkeeper.server.Main")
    }

    fn broker(&self, number: u16) -> anyhow::Result<Server> {
        ensure!(
            (1..=MOST).contains(&number),
            "brokers are numbered from 1 to {MOST}"
        );
        Ok(self.server(
            &format!("broker{number}"),
            "org.apache.pulsar.PulsarBrokerStarter",
        ))
    }

    /// The numbers of the brokers that have been started.
    fn numbers(&self) -> impl Iterator<Item = u16> {
        (1..=MOST).filter(|number| {
            self.broker(*number)
                .is_ok_and(|broker| broker.conf().exists())
        })
    }

    /// In the order in which they are started.
    fn servers(&self) -> impl Iterator<Item = Server> {
        let brokers = self.numbers().filter_map(|number| self.broker(number).ok());
        [self.zookeeper(), self.bookie()].into_iter().chain(brokers)
    }

    fn service_port(&self, number: u16) -> u16 {
        self.port + number - 1
    }

    fn web_port(&self, number: u16) -> u16 {
        self.port + 20 + number - 1
    }

    fn bookie_port(&self) -> u16 {
        self.port + 40
    }

    fn zookeeper_port(&self) -> u16 {
        self.port + 41
    }

    fn store(&self) -> String {
        format!("zk:127.0.0.1:{}", self.zookeeper_port())
    }

    fn start(&self, brokers: u16, options: &Options) -> anyhow::Result<()> {
        ensure!((1..=MOST).contains(&brokers), "1 to {MOST} brokers");
        jars::install()?;
        fs::create_dir_all(self.folder().join("data"))?;
        self.start_zookeeper()?;
        self.start_bookie(options)?;
        for number in 1..=brokers {
            let store = self.store();
            let own = [
                "clusterName=cluster".to_owned(),
                format!("metadataStoreUrl={store}"),
                format!("configurationMetadataStoreUrl={store}"),
                format!("brokerServicePort={}", self.service_port(number)),
                format!("webServicePort={}", self.web_port(number)),
                "loadBalancerEnabled=true".to_owned(),
            ];
            let lines = SETTINGS.lines().chain(own.iter().map(String::as_str));
            jvm::write_settings(&self.broker(number)?.conf(), lines.chain(options.all()))?;
            fs::write(
                self.folder().join("memory"),
                format!("{} {}", options.heap, options.direct),
            )?;
            self.start_broker(number)?;
        }
        Ok(())
    }

    fn start_zookeeper(&self) -> anyhow::Result<()> {
        let server = self.zookeeper();
        let port = self.zookeeper_port();
        if server.pid().is_none() {
            jvm::ensure_free(&[port])?;
            let data = self.folder().join("data");
            let lines = [
                format!("dataDir={}", data.join("zookeeper").display()),
                "clientPortAddress=127.0.0.1".to_owned(),
                format!("clientPort={port}"),
                "tickTime=1000".to_owned(),
                "maxClientCnxns=0".to_owned(),
                "admin.enableServer=false".to_owned(),
            ];
            jvm::write_settings(&server.conf(), lines.iter().map(String::as_str))?;
            let java = jvm::java(&jars::lib(), "128m", "128m", "info");
            let child = server.spawn(java, &[server.conf().display().to_string()])?;
            server.wait(child, || jvm::listens(port))?;
        }
        self.initialize()
    }

    /// What a cluster has in ZooKeeper before its first broker starts.
    fn initialize(&self) -> anyhow::Result<()> {
        let done = self.folder().join("data/initialized");
        if done.exists() {
            return Ok(());
        }
        let store = self.store();
        let mut java = jvm::java(&jars::lib(), "256m", "128m", "warn");
        java.args([
            "org.apache.pulsar.PulsarClusterMetadataSetup",
            "--cluster",
            "cluster",
        ]);
        java.args([
            "--metadata-store",
            &store,
            "--configuration-metadata-store",
            &store,
        ]);
        java.arg("--web-service-url")
            .arg(format!("http://127.0.0.1:{}", self.web_port(1)));
        java.arg("--broker-service-url")
            .arg(format!("pulsar://127.0.0.1:{}", self.service_port(1)));
        process::run_logged(&mut java, &self.folder().join("setup.log"))?;
        fs::write(done, "")?;
        Ok(())
    }

    fn start_bookie(&self, options: &Options) -> anyhow::Result<()> {
        let server = self.bookie();
        if server.pid().is_some() {
            return Ok(());
        }
        let port = self.bookie_port();
        jvm::ensure_free(&[port])?;
        let data = self.folder().join("data");
        let own = [
            format!("metadataServiceUri=metadata-store:{}", self.store()),
            format!("bookiePort={port}"),
            format!("journalDirectory={}", data.join("journal").display()),
            format!("ledgerDirectories={}", data.join("ledgers").display()),
            "httpServerEnabled=false".to_owned(),
        ];
        let lines = SETTINGS.lines().chain(own.iter().map(String::as_str));
        jvm::write_settings(&server.conf(), lines.chain(options.all()))?;
        let mut java = jvm::java(&jars::lib(), &options.heap, &options.direct, "info");
        for side in ["bookie", "client"] {
            let kind = if side == "bookie" { "Bookie" } else { "Client" };
            java.arg(format!(
                "-Dbookkeeper.metadata.{side}.drivers=org.apache.pulsar.metadata.bookkeeper.PulsarMetadata{kind}Driver"
            ));
        }
        let child = server.spawn(
            java,
            &["--conf".to_owned(), server.conf().display().to_string()],
        )?;
        server.wait(child, || {
            fs::read_to_string(server.log())
                .is_ok_and(|log| log.contains("Started component bookie-server"))
                && jvm::listens(port)
        })
    }

    fn start_broker(&self, number: u16) -> anyhow::Result<()> {
        let server = self.broker(number)?;
        ensure!(
            server.conf().exists(),
            "broker {number} has never been started"
        );
        if server.status() {
            return Ok(());
        }
        jvm::ensure_free(&[self.service_port(number), self.web_port(number)])?;
        let memory = fs::read_to_string(self.folder().join("memory"))?;
        let (heap, direct) = memory.split_once(' ').unwrap_or(("600m", "600m"));
        let java = jvm::java(&jars::lib(), heap, direct, "info");
        let args = [
            "--broker-conf".to_owned(),
            server.conf().display().to_string(),
            "--bookie-conf".to_owned(),
            self.bookie().conf().display().to_string(),
        ];
        let child = server.spawn(java, &args)?;
        server.wait(child, || {
            jvm::is_ok(self.web_port(number), "/admin/v2/brokers/health", None)
        })
    }

    fn clean(&self) -> anyhow::Result<()> {
        ensure!(
            self.servers().all(|server| server.pid().is_none()),
            "stop it first"
        );
        let folder = self.folder();
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        say(format!("pulsar: no cluster in {}", folder.display()));
        Ok(())
    }
}
