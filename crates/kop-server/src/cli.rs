//! The command line.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::available_parallelism;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use kop_log_pulsar::{Check, Outcome};
use kop_service::settings::{Settings, Source, keys};
use tracing_subscriber::EnvFilter;

use crate::{RunningServer, Server, environment, properties, pulsar, signals};

/// A Kafka server of one process. Without arguments it listens on 127.0.0.1:9092 and keeps its data in ./kop-data.
///
/// Every key of the configuration can be given by --set, by an environment variable KOP_<KEY> (num.partitions is
/// KOP_NUM_PARTITIONS) or in a file; a flag goes before the environment, and that before the file.
#[derive(Debug, Parser)]
#[command(name = "kop-server", version)]
struct Cli {
    /// Reads keys from a file of key=value lines.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Keeps the data here: the key log.dirs.
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Keeps the data in a Pulsar cluster, for instance pulsar://127.0.0.1:6650: the key pulsarServiceUrl.
    #[arg(long, value_name = "URL", global = true)]
    pulsar: Option<String>,
    /// Listens here, with port 0 on a free port; may be given several times: the key listeners.
    #[arg(long = "listener", value_name = "[NAME://]HOST:PORT", global = true)]
    listeners: Vec<String>,
    /// Sets a key; may be given several times.
    #[arg(long = "set", value_name = "KEY=VALUE", global = true)]
    set: Vec<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prints every key with its value and what it does, in the format of the file.
    Config,
    /// Looks whether the Pulsar cluster has what the server needs, and says what to change. Changes nothing.
    Doctor,
}

/// Runs the program with the arguments and the environment of the process, until a signal stops it.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli, std::env::vars_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to tell it to where standard error is gone.
            let _ = writeln!(io::stderr(), "kop-server: {}", explain(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, without those that an error's own text has said already.
fn explain(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

fn run(cli: &Cli, environment: impl Iterator<Item = (OsString, OsString)>) -> anyhow::Result<()> {
    let settings = Settings::parse(given(cli, environment)?)?;
    match cli.command {
        Some(Command::Config) => match print_config(&settings, &mut io::stdout().lock()) {
            // The reader has seen enough, as `head` has.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            printed => printed.context("cannot print"),
        },
        Some(Command::Doctor) => doctor(&settings),
        None => serve(settings),
    }
}

type Given = Vec<(Source, String, String)>;

fn given(
    cli: &Cli,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> anyhow::Result<Given> {
    let mut given = Given::new();
    if let Some(path) = &cli.config {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let lines = properties::parse(&text).with_context(|| path.display().to_string())?;
        given.extend(
            lines
                .into_iter()
                .map(|(key, value)| (Source::File, key, value)),
        );
    }
    let variables = environment::settings(environment)?;
    given.extend(
        variables
            .into_iter()
            .map(|(key, value)| (Source::Environment, key, value)),
    );
    let mut flag =
        |key: &str, value: &str| given.push((Source::Flag, key.to_owned(), value.to_owned()));
    for pair in &cli.set {
        let Some((key, value)) = pair.split_once('=') else {
            bail!("--set {pair}: it is written KEY=VALUE")
        };
        flag(key.trim(), value);
    }
    if let Some(path) = &cli.data_dir {
        let path = path
            .to_str()
            .with_context(|| format!("--data-dir {}: it is not UTF-8", path.display()))?;
        flag(keys::LOG_DIRS.definition().name, path);
    }
    if let Some(url) = &cli.pulsar {
        flag(keys::PULSAR_SERVICE_URL.definition().name, url);
    }
    if !cli.listeners.is_empty() {
        flag(keys::LISTENERS.definition().name, &cli.listeners.join(","));
    }
    Ok(given)
}

fn print_config(settings: &Settings, out: &mut impl Write) -> io::Result<()> {
    for described in settings.describe() {
        writeln!(out, "# {}", described.doc)?;
        let mut remarks = Vec::new();
        if !described.aliases.is_empty() {
            remarks.push(format!("Also named {}.", described.aliases.join(", ")));
        }
        if let Some(default) = described
            .synonyms
            .last()
            .filter(|_| described.source != Source::Default)
        {
            remarks.push(format!(
                "Default {}.",
                default.value.as_deref().unwrap_or("none")
            ));
        }
        if !described.read_only {
            remarks.push("Can be changed while the server runs.".to_owned());
        }
        if !remarks.is_empty() {
            writeln!(out, "# {}", remarks.join(" "))?;
        }
        match described.value {
            Some(value) => writeln!(out, "{}={value}\n", described.name)?,
            None => writeln!(out, "#{}=\n", described.name)?,
        }
    }
    Ok(())
}

fn doctor(settings: &Settings) -> anyhow::Result<()> {
    if !pulsar::is_wanted(settings) {
        bail!("there is no Pulsar cluster to look at: give --pulsar URL");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start a runtime")?;
    let checks = runtime.block_on(pulsar::check(settings))?;
    let mut out = io::stdout().lock();
    let mut bad = 0;
    for Check { subject, outcome } in &checks {
        let (mark, text) = match outcome {
            Outcome::Good(text) => ("ok     ", text),
            Outcome::Warning(text) => ("warning", text),
            Outcome::Unknown(text) => ("unknown", text),
            Outcome::Bad(text) => ("bad    ", text),
        };
        bad += usize::from(matches!(outcome, Outcome::Bad(_)));
        writeln!(out, "{mark}  {subject}: {text}").context("cannot print")?;
    }
    if bad > 0 {
        bail!("{bad} of {} checks failed", checks.len());
    }
    Ok(())
}

fn serve(settings: Settings) -> anyhow::Result<()> {
    start_logging(&settings)?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    match settings.get(keys::WORKER_THREADS) {
        // One wakes the next whenever there is something to do; with as many as processors they are in the way of each
        // other and of the threads that write.
        0 => runtime.worker_threads(available_parallelism().map_or(1, |all| all.get().div_ceil(2))),
        threads => runtime.worker_threads(threads as usize),
    };
    runtime
        .enable_all()
        .thread_name("kop")
        .build()
        .context("cannot start threads")?
        .block_on(async {
            let mut signals = signals::Stop::listen().context("cannot listen for signals")?;
            let starting = Server::builder().settings(settings).start();
            // Which may wait for a cluster to come up.
            let server = tokio::select! {
                server = starting => server?,
                signal = signals.received() => {
                    tracing::info!(signal, "stopped before the server had started");
                    return Ok(());
                }
            };
            // A server is no worse for nobody reading this.
            let _ = greet(&server, &mut io::stdout().lock());
            let signal = tokio::select! {
                signal = signals.received() => signal,
                reason = server.replaced() => bail!("{reason}: this server ends"),
            };
            tracing::info!(signal, "shutting down");
            server.shutdown().await.context("cannot close the data")?;
            tracing::info!("all data is flushed");
            Ok(())
        })
}

fn start_logging(settings: &Settings) -> anyhow::Result<()> {
    let level = settings.get(keys::LOGGING_LEVEL);
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(filter) if !filter.is_empty() => EnvFilter::try_new(filter).context("RUST_LOG")?,
        _ => EnvFilter::try_new(&level).context("logging.level")?,
    };
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let started = match &*settings.get(keys::LOGGING_FORMAT) {
        "json" => logging.json().try_init(),
        _ => logging
            .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
            .try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("cannot start logging: {error}"))
}

fn greet(server: &RunningServer, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "kop-server {}", env!("CARGO_PKG_VERSION"))?;
    for (name, address) in server.local_addrs() {
        writeln!(out, "  listens on   {address} ({name})")?;
    }
    let settings = server.settings();
    if pulsar::is_wanted(settings) {
        let urls: Vec<String> = settings
            .get(keys::PULSAR_SERVICE_URL)
            .iter()
            .map(str::to_owned)
            .collect();
        writeln!(out, "  data in      {}", urls.join(","))?;
    } else {
        let configured = settings.get(keys::LOG_DIRS);
        let path = std::path::absolute(Path::new(&*configured))
            .unwrap_or_else(|_| PathBuf::from(&*configured));
        writeln!(out, "  data in      {}", path.display())?;
    }
    if let Some(address) = server.http_addr() {
        writeln!(out, "  metrics      http://{address}/metrics")?;
    }
    if let Some((_, address)) = server.local_addrs().first() {
        writeln!(out, "Try: kcat -b {} -L", reachable(*address))?;
    }
    out.flush()
}

/// An address on this machine to connect to.
fn reachable(mut listening: SocketAddr) -> SocketAddr {
    if listening.ip().is_unspecified() {
        // An IPv6 listener on every address takes IPv4 too.
        listening.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    listening
}
