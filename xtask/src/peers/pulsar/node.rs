//! Standalone: broker, bookie and ZooKeeper in one process.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, ensure};

use super::super::process::{self, say};
use super::jvm::{self, Server};
use super::{Options, home, jars};

/// What any broker and bookie of ours is set to.
pub(super) const SETTINGS: &str = include_str!("standalone.conf");

const TOKENS: &str = "org.apache.pulsar.utils.auth.tokens.TokensCliUtils";

/// A Pulsar on 127.0.0.1.
pub(crate) struct Node {
    port: u16,
    auth: bool,
}

impl Node {
    /// The Pulsar on a port; nothing is started.
    pub(crate) fn new(port: u16, auth: bool) -> Self {
        Self { port, auth }
    }

    /// `pulsar://127.0.0.1:PORT`.
    pub(crate) fn service_url(&self) -> String {
        format!("pulsar://127.0.0.1:{}", self.port)
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port + 1)
    }

    /// Its process; None if it does not run.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.server().pid()
    }

    fn folder(&self) -> PathBuf {
        let kind = if self.auth { "auth" } else { "plain" };
        home().join(format!("{kind}-{}", self.port))
    }

    fn server(&self) -> Server {
        Server {
            name: "pulsar".to_owned(),
            class: "org.apache.pulsar.PulsarStandaloneStarter",
            folder: self.folder(),
        }
    }

    /// Starts it and returns when it is healthy.
    pub(crate) fn start(&self, options: &Options) -> anyhow::Result<()> {
        let server = self.server();
        if let Some(pid) = server.pid() {
            say(format!(
                "pulsar: already running on {}, pid {pid}",
                self.service_url()
            ));
            return Ok(());
        }
        jars::install()?;
        jvm::ensure_free(&[self.port, self.port + 1, self.port + 2, self.port + 3])?;
        fs::create_dir_all(self.folder())?;
        self.configure(options, &server)?;
        let mut java = jvm::java(&jars::lib(), &options.heap, &options.direct, "info");
        // Only with ZooKeeper does the bookie of standalone write a journal, so that a crash loses nothing.
        java.env("PULSAR_STANDALONE_USE_ZOOKEEPER", "1");
        let data = self.folder().join("data");
        let args = [
            ("--config", server.conf().display().to_string()),
            ("--num-bookies", "1".to_owned()),
            ("--advertised-address", "127.0.0.1".to_owned()),
            ("--bookkeeper-port", (self.port + 2).to_string()),
            ("--zookeeper-port", (self.port + 3).to_string()),
            (
                "--bookkeeper-dir",
                data.join("bookie").display().to_string(),
            ),
            (
                "--zookeeper-dir",
                data.join("zookeeper").display().to_string(),
            ),
        ];
        let mut args: Vec<String> = args
            .into_iter()
            .flat_map(|(key, value)| [key.to_owned(), value])
            .collect();
        args.extend(["--no-functions-worker", "--no-stream-storage"].map(str::to_owned));
        let child = server.spawn(java, &args)?;
        let token = self.auth.then(|| self.token("admin")).transpose()?;
        let token = token.as_deref();
        // The health check writes a message and reads it back.
        server.wait(child, || {
            jvm::is_ok(self.port + 1, "/admin/v2/brokers/health", token)
                && jvm::is_ok(self.port + 1, "/admin/v2/namespaces/public/default", token)
        })?;
        say(format!(
            "pulsar: {} and {}",
            self.service_url(),
            self.admin_url()
        ));
        Ok(())
    }

    fn configure(&self, options: &Options, server: &Server) -> anyhow::Result<()> {
        let mut own = vec![
            format!("brokerServicePort={}", self.port),
            format!("webServicePort={}", self.port + 1),
        ];
        if self.auth {
            let key = self.secret_key()?;
            own.extend([
                "authenticationEnabled=true".to_owned(),
                "authorizationEnabled=true".to_owned(),
                "authenticationProviders=org.apache.pulsar.broker.authentication.AuthenticationProviderToken".to_owned(),
                format!("tokenSecretKey=file://{}", key.display()),
                "superUserRoles=admin".to_owned(),
                "brokerClientAuthenticationPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken".to_owned(),
                format!("brokerClientAuthenticationParameters=token:{}", self.token("admin")?),
            ]);
        }
        let lines = SETTINGS.lines().chain(own.iter().map(String::as_str));
        jvm::write_settings(&server.conf(), lines.chain(options.all()))
    }

    fn secret_key(&self) -> anyhow::Result<PathBuf> {
        let key = self.folder().join("secret.key");
        if !key.exists() {
            fs::create_dir_all(self.folder())?;
            let mut java = jvm::java(&jars::lib(), "128m", "64m", "off");
            java.args([TOKENS, "create-secret-key", "--output"])
                .arg(&key);
            process::run_logged(&mut java, &self.folder().join("token.log"))?;
        }
        Ok(key)
    }

    /// The key that signs tokens; made the first time.
    pub(super) fn key(&self) -> anyhow::Result<PathBuf> {
        ensure!(self.auth, "the key goes with --auth");
        jars::install()?;
        self.secret_key()
    }

    /// A token for a role; one is made the first time and kept.
    pub(crate) fn token(&self, role: &str) -> anyhow::Result<String> {
        ensure!(self.auth, "tokens go with --auth");
        ensure!(
            role.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "{role:?} is not a role of letters, digits and hyphens"
        );
        let file = self.folder().join(format!("token-{role}"));
        if let Ok(token) = fs::read_to_string(&file) {
            return Ok(token);
        }
        jars::install()?;
        let key = self.secret_key()?;
        let mut java = jvm::java(&jars::lib(), "128m", "64m", "off");
        java.args([TOKENS, "create", "--subject", role, "--secret-key"]);
        let output = java.arg(format!("file://{}", key.display())).output()?;
        let text = String::from_utf8(output.stdout)?;
        let token = text
            .lines()
            .last()
            .filter(|token| token.matches('.').count() == 2);
        let token = token
            .with_context(|| format!("no token: {}", String::from_utf8_lossy(&output.stderr)))?;
        fs::write(file, token)?;
        Ok(token.to_owned())
    }

    /// Stops it.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        self.server().stop()
    }

    /// Ends it with kill -9.
    pub(crate) fn kill(&self) -> anyhow::Result<()> {
        self.server().kill()
    }

    /// Prints whether it runs; an error when it does not.
    pub(crate) fn status(&self) -> anyhow::Result<()> {
        ensure!(
            self.server().status(),
            "not running on {}",
            self.service_url()
        );
        Ok(())
    }

    /// Deletes the data of a stopped one.
    pub(crate) fn clean(&self) -> anyhow::Result<()> {
        ensure!(self.server().pid().is_none(), "stop it first");
        let data = self.folder().join("data");
        if data.exists() {
            fs::remove_dir_all(&data)
                .with_context(|| format!("cannot delete {}", data.display()))?;
        }
        say(format!("pulsar: no data in {}", data.display()));
        Ok(())
    }

    /// Deletes a ledger without a word to the broker.
    pub(super) fn delete_ledger(&self, id: u64) -> anyhow::Result<()> {
        let conf = self.folder().join("shell.conf");
        let uri = format!(
            "metadataServiceUri=zk+null://127.0.0.1:{}/ledgers",
            self.port + 3
        );
        jvm::write_settings(&conf, std::iter::once(uri.as_str()))?;
        let mut java = jvm::java(&jars::lib(), "128m", "64m", "warn");
        java.args(["org.apache.bookkeeper.bookie.BookieShell", "-conf"])
            .arg(&conf)
            .args(["deleteledger", "-force", "-ledgerid", &id.to_string()]);
        process::run_logged(&mut java, &self.folder().join("shell.log"))
    }

    /// Runs the admin command line with the terminal's input and output.
    pub(crate) fn admin(&self, args: &[String]) -> anyhow::Result<()> {
        jars::install()?;
        fs::create_dir_all(self.folder())?;
        let mut lines = vec![
            format!("webServiceUrl={}/", self.admin_url()),
            format!("brokerServiceUrl={}/", self.service_url()),
        ];
        if self.auth {
            lines.push(
                "authPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken".to_owned(),
            );
            lines.push(format!("authParams=token:{}", self.token("admin")?));
        }
        let conf = self.folder().join("client.conf");
        jvm::write_settings(&conf, lines.iter().map(String::as_str))?;
        let mut java: Command = jvm::java(&jars::admin_lib(), "256m", "128m", "warn");
        java.arg("org.apache.pulsar.admin.cli.PulsarAdminTool")
            .arg(conf);
        let status = java.args(args).status().context("cannot start java")?;
        ensure!(status.success(), "pulsar-admin: {status}");
        Ok(())
    }
}
